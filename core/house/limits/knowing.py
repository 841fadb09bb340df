"""What the shipped models answered to questions about facts that were told and that were not."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from core.alignment.text.chat import is_chat
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.text.documents import Corpus
from core.data.world import WorldSettings, town
from core.house.chain import house_artifacts
from core.house.files import Folder
from core.house.limits import record
from core.languages import LANGS
from core.limits.confident.knowing import Case, ask, questions
from core.lineage import MODEL_KINDS, Kind

PART: Final = "knowing"
WARM: Final = 1.0
TEMPERATURES: Final = (WARM, 0.5, 0.0)
"""Those the questions are asked at; 1 leaves the model's probabilities as they are."""
DRAWS: Final = {WARM: 20, 0.5: 20, 0.0: 1}  # at 0 all draws are alike


@dataclass(frozen=True)
class Knowing:
    """What a model answered to the same questions at one temperature, shipped.

    Args:
        kind: of the model.
        checkpoint: its id.
        temperature: of the draws.
        seconds: what asking took.
        cases: one a question.
    """

    kind: Kind
    checkpoint: str
    temperature: float
    seconds: float
    cases: Sequence[Case]


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Ask the shipped base, fine-tuned and aligned model what its texts tell and what they do not.

    Args:
        folder: where the house's files lie.
        say: is told what is under way.
    """
    chain = {artifact.kind: artifact for artifact in house_artifacts(folder)}
    encoder = Encoder.from_bytes(chain["encoder"].read())
    corpus = Corpus.from_bytes(chain["corpus"].read())
    where = town(WorldSettings(**chain["corpus"].settings["world"]))
    asked = {lang: questions(where, corpus, lang) for lang in LANGS}
    found = []
    for kind in MODEL_KINDS:
        if kind not in chain:
            continue
        model = read_checkpoint(chain[kind].read())[0]
        for temperature in TEMPERATURES:
            say(f"asking the model “{kind}” at temperature {temperature}")
            begun = time.perf_counter()
            cases = [
                case
                for lang in LANGS
                for case in ask(
                    model,
                    encoder,
                    asked[lang],
                    where,
                    lang,
                    is_chat=is_chat(kind),
                    temperature=temperature,
                    n_each=DRAWS[temperature],
                )
            ]
            found.append(
                {
                    "kind": kind,
                    "checkpoint": chain[kind].id,
                    "temperature": temperature,
                    "seconds": round(time.perf_counter() - begun, 1),
                    "cases": [case.to_dict() for case in cases],
                }
            )
    return {"asked": found}


def knowing(folder: Folder | None = None) -> tuple[Knowing, ...]:
    """What the shipped models answered; nothing of models that have been made anew since."""
    shipped = frozenset(artifact.id for artifact in house_artifacts(folder))
    return _knowing(record.where(folder), shipped)


@cache
def _knowing(folder: Folder, shipped: frozenset[str]) -> tuple[Knowing, ...]:
    return tuple(
        Knowing(**{**one, "cases": tuple(Case(**case) for case in one["cases"])})
        for one in record.read(PART, folder).get("asked", ())
        if one["checkpoint"] in shipped
    )
