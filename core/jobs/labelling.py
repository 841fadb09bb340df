"""Each person's own labels and the classifier that learned from them.

Invariant: learning is the same every time, so what is kept are the labels it learned from, not the
weights; after a restart the same classifier is made again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from core.postprocessing.classifier import Classifier, ClassifierSettings, train
from core.postprocessing.labels import Labelled
from core.store import Store

NAME: Final = "labels"  # among the owner's belongings


@dataclass(frozen=True)
class Labelling:
    """What a person has labelled, and what was learned from.

    Args:
        own: all labels, oldest first.
        learned: those of the last learning; None where nothing was learned yet.
        seed: of the last learning.
    """

    own: tuple[Labelled, ...] = ()
    learned: tuple[Labelled, ...] | None = None
    seed: int = 0

    @property
    def n_waiting(self) -> int:
        """Labels that came or went since the last learning."""
        return len(set(self.own) ^ set(self.learned or ()))


def labelling_of(store: Store, owner: str) -> Labelling:
    """What is known of a person's labels."""
    kept = store.take_out(owner, NAME)
    if kept is None:
        return Labelling()
    learned = kept["learned"]
    return Labelling(
        _read(kept["own"]), None if learned is None else _read(learned), int(kept["seed"])
    )


def keep_labelling(store: Store, owner: str, labelling: Labelling) -> None:
    """Keep a person's labels instead of those before."""
    learned = labelling.learned
    kept = {
        "own": _written(labelling.own),
        "learned": None if learned is None else _written(learned),
        "seed": labelling.seed,
    }
    store.put_away(owner, NAME, kept)


def classifier_of(store: Store, owner: str) -> Classifier | None:
    """The classifier a person has trained; None where the one of the shipped labels serves."""
    labelling = labelling_of(store, owner)
    return None if labelling.learned is None else made(labelling.learned, labelling.seed)


@lru_cache(maxsize=64)
def made(own: tuple[Labelled, ...], seed: int) -> Classifier:
    """The classifier that learns from the shipped labels and these."""
    return train(own, ClassifierSettings(seed=seed))


def _written(labelled: Sequence[Labelled]) -> list[list[str]]:
    return [[each.label, each.text, each.lang] for each in labelled]


def _read(rows: list[Any]) -> tuple[Labelled, ...]:
    return tuple(Labelled(text, label, lang) for label, text, lang in rows)
