"""Which models can generate here, of one kind of data: the visitor's own, then the example's."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from core.lineage import MODEL_KINDS, Artifact, Kind
from core.store import Lane, Slot, Store, Workbench


class OnHand(NamedTuple):
    """A model with what it was made from.

    Args:
        whose: the example model's, or the visitor's own.
        lane: of the bench it is in.
        chain: its lineage, oldest first, the checkpoint last.
    """

    whose: Literal["house", "yours"]
    lane: Lane
    chain: Sequence[Artifact]


def on_hand(
    store: Store, owner: str, modality: str, kinds: Sequence[Kind] = MODEL_KINDS
) -> list[OnHand]:
    """The models to choose from.

    Args:
        store: where to find them.
        owner: whose bench to look at.
        modality: of which kind of data.
        kinds: which of MODEL_KINDS; within a lane, the furthest along the chain comes first.
    """
    return found_on(store, owner, *store.benches.with_house(owner, modality), kinds)


def found_on(
    store: Store,
    owner: str,
    view: Mapping[Lane, Mapping[Kind, Slot]],
    house: Workbench,
    kinds: Sequence[Kind] = MODEL_KINDS,
) -> list[OnHand]:
    """The same of benches that were read already: what to show, and the example model's own."""
    furthest_first = [kind for kind in reversed(MODEL_KINDS) if kind in kinds]
    found: list[tuple[Literal["house", "yours"], Lane, Kind, str]] = [
        ("yours", lane, kind, slot.artifact.id)
        for lane, slots in view.items()
        for kind in furthest_first
        if (slot := slots.get(kind)) and slot.whose == "yours"
    ]
    example = house.lanes["a"]
    found += [("house", "a", kind, example[kind]) for kind in furthest_first if kind in example]
    chains = store.artifacts.lineages(owner, [(id_, kind) for _, _, kind, id_ in found])
    return [
        OnHand(whose, lane, chain) for (whose, lane, _, _), chain in zip(found, chains, strict=True)
    ]
