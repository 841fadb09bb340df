"""Which data the stage shows: what the controls ask for, what lies on the bench, or the house's."""

from dataclasses import dataclass

import streamlit as st

from core.jobs import preparing
from core.jobs.preparing import Order
from core.modality import TEXT
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
    slots = services().store.benches.of(owner, TEXT).lanes.get(lane, {})  # type: ignore[call-overload]
    if not {"corpus", "encoder", "dataset"} <= slots.keys():
        return None
    return Ids(slots["corpus"], slots["encoder"], slots["dataset"])


def shown_slots() -> dict[str, Slot]:
    """What the ribbon shows of step 1: the visitor's own, else the house's."""
    lane = services().store.benches.view(state.owner(), TEXT)["a"]
    return {kind: slot for kind, slot in lane.items()}


def example() -> funnel.View | None:
    """What the example model has read, where that is to be shown; None: something else is."""
    ids = on_bench(HOUSE)
    return _stored(ids) if ids is not None and _rests_at() == "house" else None


def view(t: Words, arrived: Arrived | None) -> funnel.View | None:
    """What to show besides the example, with a choice where there is one; None if there is nothing.

    A control that somebody has touched goes back to what the controls say, and stays there.
    """
    asked = prepared(arrived) if arrived else None
    own = on_bench(state.owner())
    wanted = arrived and (order_of(arrived), arrived.n_documents)
    if st.session_state.get("_data_asked") != wanted and not untouched():
        pick("chosen")
    st.session_state["_data_asked"] = wanted
    options = {"house": on_bench(HOUSE), "chosen": asked, "bench": own if own != asked else None}
    there = [name for name, ids in options.items() if name == "chosen" or ids is not None]
    now = _rests_at()
    chosen = _choice(t, there, now if now in there else "chosen")
    if chosen == "chosen" and asked is None:
        if arrived is None:
            return None
        return funnel.of_sample(arrived.sample, funnel.rules(), state.value("vocabulary"))
    ids = options[chosen]
    return _stored(ids) if ids else None


def pick(name: str) -> None:
    """Show these data from now on."""
    st.session_state["_data_view"] = name


def untouched() -> bool:
    """Whether every control of the page stands where it begins."""
    return all(state.value(name) == state.start(name) for name in DATA_SETTINGS)


def _rests_at() -> str:
    """What was picked; before that one's own data, then the example's, as long as nobody asks."""
    picked = st.session_state.get("_data_view")
    if picked and state.depth() != "watch":
        return str(picked)
    if not untouched() and state.depth() != "watch":
        return "chosen"
    if on_bench(state.owner()):
        return "bench"
    return "house" if on_bench(HOUSE) else "chosen"


def _stored(ids: Ids) -> funnel.View:
    if services().store.artifacts.owns(state.owner(), ids.corpus):
        return funnel.of_stored(state.owner(), ids.corpus, ids.encoder, "yours")
    return funnel.of_stored(HOUSE, ids.corpus, ids.encoder, "house")  # read once for everybody


def _choice(t: Words, there: list[str], now: str) -> str:
    """The switch between what there is to see."""
    if len(there) == 1 or state.depth() == "watch":
        return now
    names = {
        "chosen": t("data.view_chosen"),
        "bench": t("data.view_bench"),
        "house": t("data.view_house"),
    }
    st.session_state["data_view"] = now
    return str(
        st.segmented_control(
            t("data.view"),
            there,
            format_func=names.__getitem__,
            key="data_view",
            required=True,
            label_visibility="collapsed",
            on_change=lambda: pick(st.session_state["data_view"]),
        )
    )
