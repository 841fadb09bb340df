"""The bar of a unit: at the foot of every page while a unit is open, with what is to be done there.

It looks again and again whether the page has evidence, and says so without a reload.
"""

import streamlit as st

from core.learning.progress import Own
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.components.mounting import mount
from pages.kit.numbers import whole
from pages.kit.static import ASSETS
from pages.path import going, kept
from pages.path.listing import stage_of
from pages.path.unit import Unit, unit
from pages.path.units import ORDER

LOOK_AGAIN_S = 1.5


def draw(place: str, t: Words) -> None:
    """The bar, on every page but that of the path itself; the tour goes before it."""
    name = state.value("unit")
    if not name or place == "path" or state.value("tour"):
        return
    st.html(ASSETS / "unit.css")
    with st.container(key="gb_unit"):
        st.fragment(_bar)(name, place, t)


def _bar(name: str, place: str, t: Words) -> None:
    one = unit(name)
    own = kept.look(name, one.evidence)
    watches = state.depth() == "watch"
    with st.container(key="gb_unit_row", horizontal=True, vertical_alignment="center"):
        text = _text(one, own, watches, t)
        n = whole(ORDER.index(name) + 1, t.lang)
        head = t("path.bar_done", n=n) if own else t("path.bar_task", n=n)
        mount("unit_bar", "unit_said", {"head": head, "text": text, "done": own is not None})
        with st.container(key="gb_unit_ways", horizontal=True, gap="small"):
            _ways(one, place, own, watches, t)
    if own is None:
        look_again("unit", LOOK_AGAIN_S)


def _text(one: Unit, own: Own | None, watches: bool, t: Words) -> str:
    if own is None and watches:
        return str(t("path.bar_watch", watch=t("shell.watch")))
    if own is None:
        return str(one.says(t).task)
    checks = kept.progress().of(one.name).checks.values()
    if any(each.n_tries and not each.right_at for each in checks):
        return str(t("path.bar_seen"))
    complete = stage_of(kept.progress().of(one.name)) == "complete"
    return str(t("path.bar_complete") if complete else t("path.bar_ready"))


def _ways(one: Unit, place: str, own: Own | None, watches: bool, t: Words) -> None:
    """Buttons that lead on; the whole page is drawn again, for the bar alone cannot leave it."""
    pressed = st.button(t("path.bar_end"), key="unit_end", type="tertiary", on_click=going.end)
    if own is None and watches:
        label = t("path.bar_try", try_=t("shell.try"))
        pressed |= st.button(label, key="unit_try", on_click=going.try_it)
    elif own is None and place != one.place:
        label = t("path.to_page", place=t(f"shell.{site.BY_NAME[one.place].name}"))
        to = {"modality": one.modality, **one.settings}
        args = (one.place, one.name, to)
        pressed |= st.button(label, key="unit_there", on_click=going.to_place, args=args)
    first = own is not None and not kept.progress().of(one.name).checks
    pressed |= st.button(
        t("path.bar_surprise") if first else t("path.bar_back"),
        key="unit_back",
        type="primary" if own else "secondary",
        on_click=going.back,
        args=(one.name,),
    )
    if pressed:
        st.rerun()
