"""Which models draw: the example's, the caller's own, and the picture book itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from core.api.models import listed
from core.house.pictures.painting import usual_for
from core.inference.pictures import PictureModel
from core.lineage import Artifact
from core.modality import PICTURES
from core.postprocessing.pictures.painters import BookPainter, ModelPainter, Painter
from core.store import Store

BOOK_NAME: Final = "glassbox-picture-book"  # no model: what it draws is right by construction

N_OPENED: Final = 4  # models kept in memory

Painters = Callable[[Store, str], Mapping[str, Painter]]
"""From the store and an owner to the painters it may use, by name; the first is the default."""


@dataclass(frozen=True)
class PaintersOnHand(Mapping[str, Painter]):
    """The painters of one caller, by name; a model is opened when it is asked for.

    Args:
        store: where the models are.
        owner: who asks.
        models: as `listed` has them; the book comes after them.
    """

    store: Store
    owner: str
    models: Mapping[str, Artifact]

    def __getitem__(self, name: str) -> Painter:
        return BookPainter() if name == BOOK_NAME else self._model(self.models[name])

    def __iter__(self) -> Iterator[str]:
        yield from self.models
        yield BOOK_NAME

    def __len__(self) -> int:
        return len(self.models) + 1

    def _model(self, checkpoint: Artifact) -> ModelPainter:
        lineage = self.store.artifacts.lineage(self.owner, checkpoint.id, checkpoint.kind)
        newest = {artifact.kind: artifact for artifact in lineage}
        model = _opened(self.store, self.owner, checkpoint.id, newest["encoder"].id)
        town_seed = _town_seed(newest.get("corpus"))
        return ModelPainter(model, checkpoint.id, usual_for(model), town_seed)


def painters_on_hand(store: Store, owner: str) -> Mapping[str, Painter]:
    """What the caller may draw with: the example's model, its own, newest first, and the book."""
    return PaintersOnHand(store, owner, dict(listed(store, owner, PICTURES)))


@lru_cache(maxsize=N_OPENED)
def _opened(store: Store, owner: str, checkpoint: str, encoder: str) -> PictureModel:
    read = store.artifacts.read
    return PictureModel.from_bytes(read(owner, checkpoint), read(owner, encoder))


def _town_seed(corpus: Artifact | None) -> int:
    """Of the town whose people the captions may name."""
    book: Mapping[str, Any] = corpus.settings.get("book", {}) if corpus else {}
    return int(book.get("town_seed", 1))
