"""Which data the stage shows: what the controls ask for, what lies on the bench, or the house's."""

from dataclasses import dataclass

import streamlit as st

from core.jobs import preparing
from core.jobs.preparing import Order
from core.services import services
from core.store import HOUSE
from core.store.workbench import Slot
from pages.data import funnel
from pages.data.arriving import Arrived
from pages.kit import state
from pages.kit.catalogue import Words

DATA_SETTINGS = [
    name for name in state.SETTINGS if name.startswith(("world_", "clean_", "data_", "vocabulary"))
]


@dataclass(frozen=True)
class Ids:
    """A prepared chain of step 1 by the ids of its artefacts."""

    corpus: str
    encoder: str
    dataset: str


def order_of(arrived: Arrived) -> Order:
    """What the controls ask for."""
    return Order(arrived.world, funnel.rules(), state.value("vocabulary"))


def prepared(arrived: Arrived) -> Ids | None:
    """What was already made by the very same order, by the visitor or by the house."""
    found = preparing.find(services().store, state.owner(), order_of(arrived), arrived.corpus)
    return Ids(found.corpus.id, found.encoder.id, found.dataset.id) if found else None


def on_bench(owner: str, lane: str = "a") -> Ids | None:
    """What somebody has on the bench of step 1, if it is whole."""
    slots = services().store.bench(owner).lanes.get(lane, {})  # type: ignore[call-overload]
    if not {"corpus", "encoder", "dataset"} <= slots.keys():
        return None
    return Ids(slots["corpus"], slots["encoder"], slots["dataset"])


def shown_slots() -> dict[str, Slot]:
    """What the ribbon shows of step 1: the visitor's own, else the house's."""
    lane = services().store.bench_view(state.owner())["a"]
    return {kind: slot for kind, slot in lane.items()}


def view(t: Words, arrived: Arrived | None) -> funnel.View | None:
    """What to show, with a choice where there is one; None if there is nothing at all."""
    asked = prepared(arrived) if arrived else None
    own, house = on_bench(state.owner()), on_bench(HOUSE)
    options = {"chosen": asked, "bench": own, "house": house}
    there = [
        name
        for name, ids in options.items()
        if (name == "chosen" and arrived) or (ids is not None and ids != asked)
    ]
    if not there:
        return None
    untouched = all(state.value(name) == state.start(name) for name in DATA_SETTINGS)
    resting = "bench" if own else "house"
    rests = untouched and (own is not None or state.depth() == "watch")
    first = resting if rests and resting in there else there[0]
    chosen = _choice(t, there, first, arrived)
    if chosen == "chosen" and asked is None and arrived:
        return funnel.of_sample(arrived.sample, funnel.rules(), state.value("vocabulary"))
    ids = options[chosen]
    if ids is None:
        return None
    owner = state.owner()
    whose = "yours" if services().store.owns(owner, ids.corpus) else "house"
    return funnel.of_stored(owner, ids.corpus, ids.encoder, whose)


def _choice(t: Words, there: list[str], first: str, arrived: Arrived | None) -> str:
    """What the visitor wants to see; a touched control goes back to what the controls say."""
    asked = (arrived and (order_of(arrived), arrived.n_documents), tuple(there))
    if (
        st.session_state.get("_data_asked") != asked
        or st.session_state.get("data_view") not in there
    ):
        st.session_state["data_view"] = first
        st.session_state["_data_asked"] = asked
    if len(there) == 1 or state.depth() == "watch":
        return first
    names = {
        "chosen": t("data.view_chosen"),
        "bench": t("data.view_bench"),
        "house": t("data.view_house"),
    }
    return str(
        st.segmented_control(
            t("data.view"),
            there,
            format_func=names.__getitem__,
            default=st.session_state["data_view"],
            key="data_view",
            required=True,
            label_visibility="collapsed",
        )
    )
