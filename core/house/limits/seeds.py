"""Is what the example shows chance? Smaller models of other towns, asked in the same way.

Each draws a town, texts, vocabulary, weights and batches of its own, and answers twenty times what
its texts tell and what they do not.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

from core.architecture.transformer import Transformer
from core.data.text.prepare import prepare
from core.data.world import WorldSettings, tell, town
from core.house.files import Folder
from core.house.limits import record
from core.house.recipe import BASE
from core.languages import LANGS
from core.limits.confident.knowing import Case, ask, questions
from core.training.settings import TrainingSettings
from core.training.text.next_token import train

PART: Final = "seeds"
SEEDS: Final = (11, 12, 13)  # of the towns; the example's is another
WORLD: Final = WorldSettings(n_documents=8000, left_out_share=BASE.world.left_out_share)
TRAINING: Final = TrainingSettings(n_steps=3000, n_batch=16, decay_share=0.7)
RECIPE: Final = replace(
    BASE, world=WORLD, n_vocab=2048, n_layers=3, n_channels=128, training=TRAINING
)


@dataclass(frozen=True)
class Sure:
    """How some questions were answered, twenty times each.

    Args:
        n: questions.
        confidence: mean share of the answers that agree.
        n_claimed: questions to which something is stated at all.
        n_right: questions whose most frequent claim is true.
    """

    n: int
    confidence: float
    n_claimed: int
    n_right: int

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Self:
        """Counted from cases."""
        return cls(
            n=len(cases),
            confidence=round(sum(case.confidence for case in cases) / max(1, len(cases)), 4),
            n_claimed=sum(case.claimed for case in cases),
            n_right=sum(case.favourite_right for case in cases),
        )


@dataclass(frozen=True)
class Seeded:
    """One of the smaller models.

    Args:
        seed: of its town, texts and weights.
        n_parameters: how large it is.
        seconds: what training took.
        told, untold: what its texts tell, and what they do not.
    """

    seed: int
    n_parameters: int
    seconds: float
    told: Sure
    untold: Sure


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Train the smaller models and ask each.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    return {"models": [asdict(made(seed, say)) for seed in SEEDS]}


def made(seed: int, say: Callable[[str], None]) -> Seeded:
    """One model, from its town to its answers."""
    world = replace(RECIPE.world, seed=seed)
    say(f"town {seed}: telling {world.n_documents} documents")
    prepared = prepare(
        tell(world),
        RECIPE.cleaning,
        n_vocab=RECIPE.n_vocab,
        validation_share=RECIPE.validation_share,
        seed=seed,
    )
    model = Transformer(RECIPE.design(prepared.encoder.n_vocab), seed=seed)
    say(f"town {seed}: training {model.n_parameters:,} parameters")
    begun = time.perf_counter()
    for _ in train(model, prepared.dataset, RECIPE.training.changed(seed=seed)):
        pass
    seconds = time.perf_counter() - begun
    say(f"town {seed}: asking")
    where = town(world)
    cases = [
        case
        for lang in LANGS
        for case in ask(
            model.eval(),
            prepared.encoder,
            questions(where, prepared.corpus, lang),
            where,
            lang,
            is_chat=False,
        )
    ]
    return Seeded(
        seed=seed,
        n_parameters=model.n_parameters,
        seconds=round(seconds, 1),
        told=Sure.of([case for case in cases if case.group != "never"]),
        untold=Sure.of([case for case in cases if case.group == "never"]),
    )


def seeds(folder: Folder | None = None) -> tuple[Seeded, ...]:
    """What the smaller models answered; nothing if nothing is shipped."""
    return tuple(
        Seeded(**{**one, "told": Sure(**one["told"]), "untold": Sure(**one["untold"])})
        for one in record.read(PART, folder).get("models", ())
    )
