"""What every artefact of the chain carries: its kind, its identity and its origin.

Invariant: an id identifies the bytes, a recipe how they were made. Neither grants access.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from core.modality import TEXT

Kind = Literal[
    "corpus",  # cleaned texts, or pictures with their captions
    "encoder",  # the tokenizer of texts or captions
    "dataset",  # the texts as tokens
    "design",  # the model's plan
    "checkpoint",  # the trained model, which continues text or draws
    "examples",  # questions with the desired answers
    "tuned",  # the model fine-tuned on them; it answers questions
    "preferences",  # pairs of its answers, the better one marked
    "reward",  # a model of those preferences
    "aligned",  # the answering model, moved towards the preferences
    "generation",  # what a model wrote or drew
    "answer",  # the same after all stages, ready to send
]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""All kinds in chain order: each is made only from kinds at or before its own position."""

STEP_OF: Final[Mapping[Kind, str]] = {
    "corpus": "data",
    "encoder": "data",
    "dataset": "data",
    "design": "architecture",
    "checkpoint": "training",
    "examples": "alignment",
    "tuned": "alignment",
    "preferences": "alignment",
    "reward": "alignment",
    "aligned": "alignment",
    "generation": "inference",
    "answer": "postprocessing",
}

MODEL_KINDS: Final[tuple[Kind, ...]] = ("checkpoint", "tuned", "aligned")
"""The kinds that can generate, in chain order; all are stored as checkpoints."""

CODE_VERSION: Final = "3"
"""Raised whenever the same settings yield something else than before; tests/core/test_golden.py
notices, program by program."""

ID_LENGTH: Final = 40  # hex digits: 160 of SHA-256's 256 bits, collisions are still out of reach

Number = float | int | str


@dataclass(frozen=True)
class Artifact:
    """One thing the chain produced; its bytes are in the store under `id`."""

    id: str  # hash of the bytes
    kind: Kind
    recipe: str  # hash of kind, modality, parents, settings, seed and code version
    parents: tuple[str, ...]  # ids of the artefacts it was made from
    settings: dict[str, Any]
    seed: int | None
    code_version: str
    created_at: str  # UTC, ISO 8601
    n_bytes: int
    modality: str  # a name of core.modality.MODALITIES
    numbers: dict[str, Number] = field(default_factory=dict)  # the step's real numbers

    @property
    def step(self) -> str:
        """The pipeline step whose page makes this kind."""
        return STEP_OF[self.kind]


def content_id(data: bytes) -> str:
    """An id for some bytes, computed from their content.

    Args:
        data: any bytes, possibly none.

    Returns:
        the first ID_LENGTH hex digits of their SHA-256.
    """
    return hashlib.sha256(data).hexdigest()[:ID_LENGTH]


def recipe_id(
    kind: Kind,
    parents: Sequence[str],
    settings: Mapping[str, Any],
    seed: int | None,
    modality: str,
) -> str:
    """An id for a way of making something: equal recipes yield equal artefacts, so one run will do.

    Args:
        kind: what is made.
        parents: ids of what it is made from; their order matters.
        settings: any JSON-serialisable values; the order of keys does not matter.
        seed: the seed of all randomness, None if there is none.
        modality: the kind of data it is made of.

    Returns:
        ID_LENGTH hex digits.

    Raises:
        ValueError: the settings hold NaN or an infinity, which programs write differently.
        TypeError: the settings hold something JSON cannot represent.
    """
    recipe: dict[str, Any] = {
        "kind": kind,
        "parents": list(parents),
        "settings": settings,
        "seed": seed,
        "code_version": CODE_VERSION,
    }
    if modality != TEXT:  # it came first, and its recipes did not name it
        recipe["modality"] = modality
    return content_id(canonical_json(recipe))


def canonical_json(value: Any) -> bytes:
    """The canonical JSON text of a value: equal values give equal bytes.

    Args:
        value: dicts with text keys, lists, text, finite numbers, booleans, None.

    Returns:
        UTF-8, keys sorted, without white space.

    Raises:
        ValueError: a number is NaN or infinite.
        TypeError: JSON cannot represent the value.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8", errors="surrogatepass")


def downstream_of(kind: Kind) -> tuple[Kind, ...]:
    """All kinds that come after `kind` in the chain."""
    return KINDS[KINDS.index(kind) + 1 :]
