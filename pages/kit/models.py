"""Which models can generate here, and what a page needs to know about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from core.api.models import house_names
from core.architecture.config import ModelConfig
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import WorldSettings
from core.errors import NotFound, SettingError
from core.lineage import MODEL_KINDS, Artifact, Kind
from core.modality import TEXT
from core.services import Services
from core.store import Lane, Slot, Store, Workbench
from pages.kit.on_hand import found_on

Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Model:
    """A model that can generate text.

    Args:
        name: its name in /v1.
        checkpoint: its artefact.
        whose: the example model's, or the visitor's own.
        lane: the lane of the bench it is in.
        encoder: turns text into tokens.
        config: its plan.
        corpus: the text it was trained on; None if unknown.
        world: the small world that text was generated from; None for any other text.
    """

    name: str
    checkpoint: Artifact
    whose: Literal["house", "yours"]
    lane: Lane
    encoder: Encoder
    config: ModelConfig
    corpus: Artifact | None
    world: WorldSettings | None

    @property
    def id(self) -> str:
        """The checkpoint's id."""
        return self.checkpoint.id

    @property
    def key(self) -> str:
        """Distinguishes the models on a page: whose, in which lane, and how far along."""
        return f"{self.whose}_{self.lane}" + ("" if self.kind == "checkpoint" else f"_{self.kind}")

    @property
    def kind(self) -> Kind:
        """How far along the chain it is: "checkpoint" continues, "tuned" and "aligned" answer."""
        return self.checkpoint.kind


Benches = tuple[Mapping[Lane, Mapping[Kind, Slot]], Workbench]
"""What a bench shows, and the example model's own, as `Benches.with_house` reads them."""


def on_hand(
    services: Services,
    owner: str,
    kinds: Sequence[Kind] = MODEL_KINDS,
    benches: Benches | None = None,
) -> list[Model]:
    """The models to choose from: those on the visitor's bench, then the example models.

    Args:
        services: where to find them.
        owner: whose bench to look at.
        kinds: which of MODEL_KINDS; within a lane, the furthest along the chain comes first.
        benches: for a page that has read them already.
    """
    store = services.store
    view, house = benches or store.benches.with_house(owner, TEXT)
    found = found_on(store, owner, view, house, kinds)
    names = {id_: name for name, (_, id_) in reversed(house_names(house).items())}
    return [_opened(store, names, *each) for each in found]


def _opened(
    store: Store,
    names: Mapping[str, str],
    whose: Literal["house", "yours"],
    lane: Lane,
    chain: Sequence[Artifact],
) -> Model:
    *before, checkpoint = chain
    newest = {artifact.kind: artifact for artifact in before}
    if "encoder" not in newest:
        raise NotFound(f"nothing of the kind encoder led to {checkpoint.id}")
    corpus = newest.get("corpus")
    return Model(
        name=names.get(checkpoint.id, checkpoint.id),
        checkpoint=checkpoint,
        whose=whose,
        lane=lane,
        encoder=store.artifacts.opened_of(newest["encoder"], Encoder.from_bytes),
        config=store.artifacts.opened_of(checkpoint, weights)[0],
        corpus=corpus,
        world=_world_of(corpus),
    )


def weights(data: bytes) -> tuple[ModelConfig, Arrays]:
    """A checkpoint's plan and its arrays by name; for `Store.opened`."""
    model, _ = read_checkpoint(data)
    return model.config, {name: each.numpy() for name, each in model.state_dict().items()}


def _world_of(corpus: Artifact | None) -> WorldSettings | None:
    """The settings of the small world, if this exact version of it generated the text."""
    given = corpus.settings.get("world") if corpus else None
    try:
        return WorldSettings(**given) if given else None
    except (SettingError, TypeError):
        return None
