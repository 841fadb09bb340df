"""How often the shipped aligned model is right under seven prompts: the same questions and draws.

It is what the bench of the station "prompting" counts with both its sliders at their ends.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from core.alignment.text.prompts import KINDS, beginnings
from core.alignment.text.scoring import Share
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.text.documents import Corpus
from core.data.world import WorldSettings, town
from core.house.chain import house_artifacts
from core.house.files import Folder
from core.house.limits import record
from core.languages import LANGS, Lang
from core.limits.prompted import PLACE, counted, questions

PART: Final = "prompting"
KIND: Final = "aligned"
N_EACH: Final = 10  # answers to each question
SEED: Final = 7_000


@dataclass(frozen=True)
class Prompting:
    """What was counted in one language, shipped.

    Args:
        questions: asked under every prompt.
        n_each: answers to each of them.
        n_right: kind of prompt, as `core.alignment.text.prompts.KINDS` has it, to the right answers
            to each question.
    """

    questions: Sequence[str]
    n_each: int
    n_right: Mapping[str, Sequence[int]]

    @property
    def shares(self) -> dict[str, Share]:
        """Right answers under every kind of prompt."""
        n = len(self.questions) * self.n_each
        return {name: Share(sum(hits), n) for name, hits in self.n_right.items()}


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Ask the shipped aligned model the same questions under every kind of prompt.

    Args:
        folder: where the house's files lie.
        say: is told what is under way.
    """
    chain = {artifact.kind: artifact for artifact in house_artifacts(folder)}
    if KIND not in chain:
        return {}
    encoder = Encoder.from_bytes(chain["encoder"].read())
    corpus = Corpus.from_bytes(chain["corpus"].read())
    where = town(WorldSettings(**chain["corpus"].settings["world"]))
    model, begun = read_checkpoint(chain[KIND].read())[0], time.perf_counter()
    counts = {}
    for lang in LANGS:
        say(f"asking under {len(KINDS)} prompts ({lang})")
        asked = questions(where, corpus, lang)
        prompts = beginnings(PLACE, [(one.text, one.truth) for one in asked.examples], lang, lang)
        found = counted(
            model,
            encoder,
            asked.told,
            prompts,
            where,
            lang,
            n_each=N_EACH,
            seed=SEED,
        )
        counts[lang] = {"questions": [one.text for one in asked.told], "right": found}
    seconds = round(time.perf_counter() - begun, 1)
    return {"checkpoint": chain[KIND].id, "n_each": N_EACH, "seconds": seconds, "counts": counts}


def prompting(lang: Lang, folder: Folder | None = None) -> Prompting | None:
    """What was counted in a language; None if nothing is shipped, or of a model made anew since."""
    shipped = frozenset(artifact.id for artifact in house_artifacts(folder))
    return _prompting(record.where(folder), lang, shipped)


@cache
def _prompting(folder: Folder, lang: Lang, shipped: frozenset[str]) -> Prompting | None:
    found = record.read(PART, folder)
    if not found or found["checkpoint"] not in shipped:
        return None
    counts = found["counts"][lang]
    return Prompting(counts["questions"], found["n_each"], counts["right"])
