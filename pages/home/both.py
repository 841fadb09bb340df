"""The visitor's own pair from data to answer: both lanes at every step, in one table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.lineage import Kind
from core.modality import TEXT
from core.services import services
from core.store import Lane, Slot
from pages.home.hero import readable
from pages.home.life import difference
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.components import Consequence, lanes
from pages.kit.frame import card, computed_now, note
from pages.kit.numbers import NO_FIGURE, decimal, share

SHOWN_CHARACTERS: Final = 60  # of an answer
SHARE: Final = -1  # instead of digits: shown as a percentage

Slots = Mapping[Kind, Slot]


@dataclass(frozen=True)
class Measured:
    """One row: a number, the artefacts that may carry it, and where those are made.

    Args:
        kinds: kinds of artefact, the furthest along the chain first.
        number: its name among the artefact's numbers.
        label: what was measured.
        places: the page on which each kind is made.
        digits: decimals shown, or SHARE.
    """

    kinds: tuple[Kind, ...]
    number: str
    label: str
    places: tuple[str, ...]
    digits: int = 0


def own_pair(t: Words) -> None:
    """The table of the pair on the visitor's bench, if there is one."""
    store, owner = services().store, state.owner()
    view = store.benches.view(owner, TEXT)
    if not store.benches.of(owner, TEXT).is_pair:
        return
    from pages.training.running import lane_name  # slow to import, and only pairs need it

    with card("own_pair", t("home.own_pair"), computed_now(t)):
        note(t("home.own_pair_text"))
        names = (lane_name(t, "a"), lane_name(t, "b"))
        rows = own_rows(view, owner, t)
        lanes(rows, t, key="own_lanes", names=names, label=t("home.own_pair"))
        missing = [row for row in rows if NO_FIGURE in (row.a_shown, row.b_shown)]
        if missing:
            note(t("home.own_missing"))


def own_rows(view: Mapping[Lane, Slots], owner: str, t: Words) -> list[Consequence]:
    """The steps in order with both lanes' numbers; a dash links to where the number is made."""
    models = ("aligned", "tuned")
    ways = ("aligning", "tuning")
    wanted = (
        Measured(("corpus",), "n_kept", t("home.row_read"), ("data",)),
        Measured(("design",), "n_parameters", t("home.row_weights"), ("architecture",)),
        Measured(("checkpoint",), "validation_bits_per_byte", t("home.row_bits"), ("training",), 2),
        Measured(("preferences",), "n_preferences", t("home.row_choices"), ("preferring",)),
        Measured(models, "rate_truthful", t("home.row_truthful"), ways, SHARE),  # type: ignore[arg-type]
        Measured(models, "rate_polite", t("home.row_polite"), ways, SHARE),  # type: ignore[arg-type]
    )
    found = [_row(each, view["a"], view["b"], t) for each in wanted]
    last = Measured(("answer",), "n_filtered", t("home.row_filtered"), ("postprocessing",))
    return [*found, _answer_row(view, owner, t), _row(last, view["a"], view["b"], t)]


def _row(wanted: Measured, a: Slots, b: Slots, t: Words) -> Consequence:
    values = [_number(wanted, lane) for lane in (a, b)]
    shown = [_written(value, wanted.digits, t) for value in values]
    made = [kind for kind in wanted.kinds if any(kind in lane for lane in (a, b))]
    place = wanted.places[wanted.kinds.index(made[0])] if made else wanted.places[-1]
    change = ""
    if values[0] is not None and values[1] is not None:
        change = difference(values[0], values[1], wanted.digits, t)
    note = "" if None not in values else t("home.not_yet")
    return Consequence(
        wanted.label, values[0], values[1], *shown, change, note, href=site.href(place)
    )


def _number(wanted: Measured, lane: Slots) -> float | None:
    """The number from the furthest artefact that has one."""
    for kind in wanted.kinds:
        if (slot := lane.get(kind)) is not None:
            value = slot.artifact.numbers.get(wanted.number)
            if isinstance(value, int | float):
                return float(value)
    return None


def _written(value: float | None, digits: int, t: Words) -> str:
    if value is None:
        return NO_FIGURE
    return share(value, t.lang) if digits == SHARE else decimal(value, t.lang, digits)


def _answer_row(view: Mapping[Lane, Slots], owner: str, t: Words) -> Consequence:
    """What both write after the same words, or a dash."""
    texts = [_text(lane.get("generation"), owner) for lane in (view["a"], view["b"])]
    shown = [readable(text, SHOWN_CHARACTERS).strip() if text else NO_FIGURE for text in texts]
    note = "" if None not in texts else t("home.not_yet")
    return Consequence(
        t("home.row_answer"), None, None, *shown, "", note, bar=False, href=site.href("inference")
    )


def _text(slot: Slot | None, owner: str) -> str | None:
    return None if slot is None else _read(slot.artifact.id, owner)


@st.cache_data(max_entries=32, show_spinner=False)
def _read(id_: str, _owner: str) -> str:
    said = json.loads(services().store.artifacts.read(_owner, id_))
    return str(said["text"])
