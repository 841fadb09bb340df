"""What every artefact of the chain is: its kind, its identity and where it came from.

Invariant: an id says which bytes, a recipe says how they were made. Neither grants access.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

Kind = Literal[
    "corpus",  # texts, cleaned
    "encoder",  # the tokenizer learned from them
    "dataset",  # the texts as tokens
    "design",  # the model's plan
    "checkpoint",  # the trained model, which continues text
    "examples",  # questions with the answers wished for
    "tuned",  # the model after fine-tuning on them, which answers
    "preferences",  # pairs of its answers, the better one marked
    "reward",  # a model of those preferences
    "aligned",  # the answering model, moved towards what is preferred
    "generation",  # a text that a model wrote
    "answer",  # what is left of it after all stages, ready to send
]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""All kinds in the order of the chain: each is made from kinds at or before its own place."""

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
"""The kinds that can write, the furthest along the chain last; all are stored as checkpoints."""

CODE_VERSION: Final = "1"
"""Raised by hand when the same settings would yield other bytes than before."""

ID_LENGTH: Final = 40  # hex digits: 160 of SHA-256's 256 bits, still beyond any collision

Number = float | int | str


@dataclass(frozen=True)
class Artifact:
    """One thing the chain produced; its bytes lie in the store under `id`."""

    id: str  # hash of the bytes
    kind: Kind
    recipe: str  # hash of kind, parents, settings, seed and code version
    parents: tuple[str, ...]  # ids of what it was made from
    settings: dict[str, Any]
    seed: int | None
    code_version: str
    created_at: str  # UTC, ISO 8601
    n_bytes: int
    numbers: dict[str, Number] = field(default_factory=dict)  # the step's real numbers
    modality: str = "text"

    @property
    def step(self) -> str:
        """The pipeline step whose page made it."""
        return STEP_OF[self.kind]


def content_id(data: bytes) -> str:
    """Name bytes by what they are.

    Args:
        data: any bytes, none included.

    Returns:
        the first ID_LENGTH hex digits of their SHA-256.
    """
    return hashlib.sha256(data).hexdigest()[:ID_LENGTH]


def recipe_id(
    kind: Kind, parents: Sequence[str], settings: Mapping[str, Any], seed: int | None
) -> str:
    """Name a way of making: equal recipes yield equal artefacts, so one need not run twice.

    Args:
        kind: what is made.
        parents: ids of what it is made from; their order counts.
        settings: what JSON can hold; the order of the keys does not count.
        seed: the seed of all randomness, None where there is none.

    Returns:
        ID_LENGTH hex digits.

    Raises:
        ValueError: the settings hold NaN or an infinity, which no two programs write alike.
        TypeError: the settings hold something JSON has no form for.
    """
    recipe = {
        "kind": kind,
        "parents": list(parents),
        "settings": settings,
        "seed": seed,
        "code_version": CODE_VERSION,
    }
    return content_id(canonical_json(recipe))


def canonical_json(value: Any) -> bytes:
    """Write a value as the one JSON text that all equal values share.

    Args:
        value: dicts with text keys, lists, text, finite numbers, booleans, None.

    Returns:
        UTF-8, keys sorted, no white space.

    Raises:
        ValueError: a number is NaN or infinite.
        TypeError: JSON has no form for the value.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8", errors="surrogatepass")


def downstream_of(kind: Kind) -> tuple[Kind, ...]:
    """All kinds that come after `kind` in the chain."""
    return KINDS[KINDS.index(kind) + 1 :]
