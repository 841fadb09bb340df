"""Each user's own labels and the classifier trained on them.

Invariant: training is deterministic, so the labels are kept rather than the weights; after a
restart the same classifier is trained again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from core.postprocessing.safety.classifier import Classifier, ClassifierSettings, train
from core.postprocessing.safety.labels import Labelled
from core.store import Store

NAME: Final = "labels"  # among the owner's belongings


@dataclass(frozen=True)
class Labelling:
    """What a user has labelled, and what the classifier was trained on.

    Args:
        own: all labels, oldest first.
        learned: the labels of the last training; None before the first.
        seed: seed of the last training.
    """

    own: tuple[Labelled, ...] = ()
    learned: tuple[Labelled, ...] | None = None
    seed: int = 0

    @property
    def n_waiting(self) -> int:
        """Labels added or removed since the last training."""
        return len(set(self.own) ^ set(self.learned or ()))


def labelling_of(store: Store, owner: str) -> Labelling:
    """A user's labels, as stored."""
    kept = store.belongings.take_out(owner, NAME)
    if kept is None:
        return Labelling()
    learned = kept["learned"]
    return Labelling(
        _read(kept["own"]), None if learned is None else _read(learned), int(kept["seed"])
    )


def keep_labelling(store: Store, owner: str, labelling: Labelling) -> None:
    """Store a user's labels, replacing the previous ones."""
    learned = labelling.learned
    kept = {
        "own": _written(labelling.own),
        "learned": None if learned is None else _written(learned),
        "seed": labelling.seed,
    }
    store.belongings.put_away(owner, NAME, kept)


def classifier_of(store: Store, owner: str) -> Classifier | None:
    """The classifier a user has trained; None if the one from the shipped labels applies."""
    labelling = labelling_of(store, owner)
    return None if labelling.learned is None else made(labelling.learned, labelling.seed)


@lru_cache(maxsize=64)
def made(own: tuple[Labelled, ...], seed: int) -> Classifier:
    """The classifier trained on the shipped labels plus these."""
    return train(own, ClassifierSettings(seed=seed))


def _written(labelled: Sequence[Labelled]) -> list[list[str]]:
    return [[each.label, each.text, each.lang] for each in labelled]


def _read(rows: list[Any]) -> tuple[Labelled, ...]:
    return tuple(Labelled(text, label, lang) for label, text, lang in rows)
