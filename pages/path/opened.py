"""One unit on the page of the path: what to do, what was measured, the surprise, two questions."""

from datetime import datetime
from html import escape

import streamlit as st

from core.learning.progress import Own
from pages.home.shipped import day
from pages.kit import site
from pages.kit.catalogue import Words, rich
from pages.kit.frame import card, computed_now, note
from pages.kit.numbers import whole
from pages.path import checking, going, kept
from pages.path.unit import Unit, unit
from pages.path.units import ORDER


def draw(name: str, t: Words) -> None:
    """The unit with this name."""
    one, place = unit(name), ORDER.index(name)
    own = kept.look(name, one.evidence)
    with st.container(key="gb_path_all"):
        going.link("", f"← {t('path.all_units')}", t)
    about = t("path.unit_of", n=whole(place + 1, t.lang), of=whole(len(ORDER), t.lang))
    minutes = t("path.minutes", n=whole(one.minutes, t.lang))
    said = one.says(t)
    st.html(
        f'<p class="gb-unit-of">{escape(about)} · {escape(minutes)}</p>'
        f'<h2 class="gb-unit-question">{rich(said.question)}</h2>'
    )
    with card("path_todo", t("path.done") if own else t("path.todo")):
        st.html(f'<p class="gb-task">{rich(said.task)}</p>')
        _to_page(one, own, t)
    found = one.found(t)
    if own is not None:
        with card("path_own", t("path.own"), None if own.from_file else computed_now(t)):
            st.html(measured_by_oneself(one, own, t))
    if own is not None and found is not None:
        with card("path_surprise", t("path.surprise"), found.badge):
            st.html("".join(f'<p class="gb-found">{rich(each)}</p>' for each in found.surprise))
        with card("path_checks", t("path.checks")):
            for n, check in enumerate(found.asked, start=1):
                checking.draw(one, check, n, found.badge, t)
    elif found is None:
        note(t("path.not_measured"))
    else:
        rows = (t("path.then_surprise"), t("path.then_checks"))
        st.html("".join(f'<p class="gb-then">{escape(each)}</p>' for each in rows))
    with st.container(key="gb_path_on"):
        if own is not None:
            following = ORDER[place + 1] if place + 1 < len(ORDER) else ""
            label = (
                t("path.next_unit", n=whole(place + 2, t.lang)) if following else t("path.to_end")
            )
            going.link(following, label, t)


def _to_page(one: Unit, own: Own | None, t: Words) -> None:
    place = t(f"shell.{site.BY_NAME[one.place].name}")
    label = t("path.back_to_page", place=place) if own else t("path.to_page", place=place)
    st.button(
        label,
        key="path_to_page",
        type="tertiary" if own else "primary",
        on_click=going.to_place,
        args=(one.place, one.name, {"modality": one.modality, **one.settings}),
    )
    if own is None:
        note(t("path.waiting"))


def measured_by_oneself(one: Unit, own: Own, t: Words) -> str:
    """A visitor's own measurement as markup; what came from a file is text like any other."""
    lines = [f'<p class="gb-found">{rich(each)}</p>' for each in one.own(own, t)]
    if own.said:
        said = escape(own.said)
        lines.append(f'<p class="gb-found" lang="{escape(own.lang)}">{said}</p>')
    if (right := own.figures.get("right")) is not None:
        verdict = t("path.guess_right") if right else t("path.guess_wrong")
        lines.append(f"<p>{escape(verdict)}</p>")
    when = t("path.measured_on", date=on(own.at, t))
    source = f" · {escape(t('path.from_file'))}" if own.from_file else ""
    return "".join(lines) + f'<p class="gb-soft">{escape(when)}{source}</p>'


def on(moment: str, t: Words) -> str:
    """The day of a moment, in the reader's own format."""
    return day(datetime.fromisoformat(moment).astimezone().date().isoformat(), t.lang)
