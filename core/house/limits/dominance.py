"""What models can do in a language with few of the texts, and in the one with the others."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.house.files import Folder
from core.house.limits import record
from core.languages import Lang
from core.limits.bias.dominance import GERMAN_SHARES, InLanguage, in_languages, mixture, trained

PART: Final = "dominance"
N_SEEDS: Final = 3


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Learn an encoder and a model from every mixture, and judge what they write in both languages.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    found, begun = [], time.perf_counter()
    for german_share in GERMAN_SHARES:
        for seed in range(1, 1 + N_SEEDS):
            say(f"a model with {german_share:.0%} German texts, seed {seed}")
            world, prepared = mixture(german_share, seed)
            model = trained(prepared, seed)
            can = in_languages(model, world, prepared, seed)
            found.append({"seed": seed, "german_share": german_share, "can": [*map(asdict, can)]})
    return {"seconds": round(time.perf_counter() - begun, 1), "models": found}


@dataclass(frozen=True)
class Dominance:
    """What the models of all mixtures can do, shipped.

    Args:
        seconds: what it took, judging included.
        n_seeds: models of each mixture.
        can: of every model, one for each language.
    """

    seconds: float
    n_seeds: int
    can: Sequence[InLanguage]

    def of(self, lang: Lang, share: float) -> list[InLanguage]:
        """The models that have read so much of a language, in that language."""
        return [one for one in self.can if one.lang == lang and abs(one.share - share) < 1e-9]


def dominance(folder: Folder | None = None) -> Dominance | None:
    """What the models of all mixtures can do; None if nothing is shipped."""
    found = record.read(PART, folder)
    if not found:
        return None
    can = tuple(InLanguage(**one) for model in found["models"] for one in model["can"])
    seeds = {model["seed"] for model in found["models"]}
    return Dominance(found["seconds"], len(seeds), can)
