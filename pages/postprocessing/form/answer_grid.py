"""The stage: fifty answers, written freely, repaired, and with the schema enforced."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.intervals import share_interval
from core.postprocessing.form.formatting import Read
from pages.kit import controls, site, state
from pages.kit.catalogue import Words, rich
from pages.kit.components.clock import look_again
from pages.kit.frame import card, computed_now, note, show_error, stage
from pages.kit.models import Model
from pages.kit.numbers import NO_FIGURE, decimal, share_span, whole
from pages.postprocessing.form import fifty as draws
from pages.postprocessing.form.allowed_tokens import allowed_tokens
from pages.postprocessing.form.fifty import Fifty, readings
from pages.postprocessing.form.reading import problems_in_words, verdict
from pages.postprocessing.form.schema import (
    MAX_TOKENS,
    TOKENS_OF,
    chosen_question,
    chosen_schema,
    fields_of,
    schema_field,
    schema_in_force,
)
from pages.postprocessing.form.truth import can_be_judged, true_address

LOOK_EVERY_S: Final = 0.5
TOLD: Final = "_form_told"  # number of the answer that shows most, chosen by the page


def draw(model: Model, t: Words) -> Fifty | None:
    """Draw the stage; None where nothing is written: not asked for yet, or the schema cannot be."""
    with stage(t("form.stage"), computed_now(t) if draws.wanted() else None):
        story, place = st.empty(), st.container()
        chosen_schema(t)
        schema = schema_in_force()
        with story:
            _story(schema, t)
        with place, st.container(key="gb_ask", horizontal=True, vertical_alignment="bottom"):
            question = chosen_question(t)
            asks = draws.wanted()
            if not asks:
                label = t("form.write", n=draws.N_DRAWS)
                st.button(label, key="form_write", type="primary", on_click=draws.ask)
        fifty, usable = None, draws.usable(model, schema, t)
        if usable and not asks:
            st.html(_waiting(schema, t))
        elif usable:
            fifty = draws.begun(model, schema, question, t)
            st.fragment(_rows)(model, fifty, t, not fifty.is_over)
        schema_field(t)
        if state.depth() == "dig":
            about = TOKENS_OF.get(schema, MAX_TOKENS), decimal(draws.TEMPERATURE, t.lang, 1)
            note(t("form.how", n=draws.N_DRAWS, tokens=about[0], temperature=about[1]))
        else:
            note(t("form.how_plain", n=draws.N_DRAWS))
        if state.depth() != "watch":
            carried = {**state.shared(), "sending_form": "json"}
            st.page_link(site.page("sending", t), label=t("form.send"), query_params=carried)
    return fifty


def detail(model: Model, fifty: Fifty | None, t: Words) -> None:
    """The chosen answer, way by way, once all are written."""
    if fifty is not None and fifty.is_over and state.depth() != "watch":
        _one_draw(model, fifty, t)


def _story(schema: str, t: Words) -> None:
    """Why a program needs this form, and the names of its fields."""
    names = {
        "person": t("form.why_person"),
        "hours": t("form.why_hours"),
        "week": t("form.why_week"),
        "own": t("form.why_own"),
    }
    why = rich(names[state.value("form_schema")])
    fields = "".join(f"<code>{escape(name)}</code> " for name in fields_of(schema))
    needs = f" {escape(t('form.needs'))} {fields}" if fields else ""
    st.html(f"<p class='gb-soft gb-why'>{why}{needs}</p>")


def _waiting(schema: str, t: Words) -> str:
    """The rows before anything is written, and the empty line that the program waits to fill."""
    cells = "<i class='none'></i>" * draws.N_DRAWS
    rows = "".join(
        f"<section><h3>{rich(name)}</h3><p>{rich(about)}</p>"
        f"<div aria-hidden='true'>{cells}</div></section>"
        for name, about in _ways(t).values()
    )
    line = "".join(f"<td><small>{escape(name)}</small>&nbsp;</td>" for name in fields_of(schema))
    fills = f"<span class='gb-soft'>{escape(t('form.fills'))}</span>"
    table = f"<table><tr>{line}</tr></table>"
    empty = f"<div class='gb-filled'>{fills}{table}</div>" if line else ""
    return f"<div class='gb-fifty'>{_key(t)}{rows}</div>{empty}"


def _ways(t: Words) -> dict[str, tuple[str, str]]:
    """The three ways of writing: what each is called, and what happens in it."""
    return {
        "free": (t("form.free"), t("form.free_about")),
        "mended": (t("form.mended"), t("form.mended_about")),
        "held": (t("form.held"), t("form.held_about")),
    }


def _key(t: Words) -> str:
    """What a box stands for, and how the three kinds are drawn."""
    kinds = (
        ("good", t("form.box_good")),
        ("mended", t("form.box_mended")),
        ("bad", t("form.box_bad")),
    )
    signs = " ".join(f"<span><i class='{kind}'></i> {escape(said)}</span>" for kind, said in kinds)
    return f"<p class='gb-key'>{escape(t('form.boxes'))} {signs}</p>"


def _rows(model: Model, fifty: Fifty, t: Words, live: bool) -> None:
    """The three rows; they refresh while texts are written, and end with a rerun of the page."""
    names = _ways(t)
    found = readings(model, fifty)
    known = _known(model, fifty, t)
    picked = _picked(found, known) if fifty.is_over else -1
    columns = fields_of(fifty.schema)
    rows = "".join(
        _row(*names[name], reads, picked, t)
        + _filled(reads[picked] if picked >= 0 else None, columns, known, t)
        for name, reads in found
    )
    st.html(f"<div class='gb-fifty'>{rows}</div>")
    if fifty.is_over and state.depth() != "watch":
        controls.slider("form_draw", t("form.draw"))
    for error in {type(e): e for e in (fifty.free.error, fifty.held.error) if e}.values():
        show_error(error, t)
    n_done = fifty.free.n_done + fifty.held.n_done
    if not fifty.is_over:
        n_all = 2 * draws.N_DRAWS
        st.progress(n_done / n_all, text=t("form.drawing", n=n_done, all=n_all))
        if st.button(t("form.stop"), key="form_stop"):
            fifty.free.stop()
            fifty.held.stop()
        look_again("fifty", LOOK_EVERY_S)
    elif live:
        st.rerun()
    elif not fifty.is_whole:
        note(t("form.stopped", n=whole(n_done, t.lang)))
        if st.button(t("form.again"), key="form_again"):
            st.session_state["_form_round"] = st.session_state.get("_form_round", 0) + 1
            st.rerun()


def _picked(
    found: Sequence[tuple[str, Sequence[Read | None]]], known: dict[str, str] | None
) -> int:
    """Which draw is shown: the visitor's, else the first in which the three ways differ.

    Among those, the first in which the enforced answer is true, where that is known.
    """
    before = st.session_state.get(TOLD)
    if st.session_state.get("form_draw", before) == before and "form_draw" not in st.query_params:
        free, mended, held = (reads for _, reads in found)
        telling = [
            place
            for place, reads in enumerate(zip(free, mended, held, strict=True))
            if [bool(read and read.is_valid) for read in reads] == [False, True, True]
        ]
        true = [place for place in telling if (read := held[place]) and read.value == known]
        if telling:
            st.session_state[TOLD] = st.session_state["form_draw"] = (true or telling)[0] + 1
    return int(state.value("form_draw")) - 1


def _known(model: Model, fifty: Fifty, t: Words) -> dict[str, str] | None:
    """What a true answer says, where the town knows it."""
    if can_be_judged(model, fifty, t):
        return true_address(model, t.lang)
    return None


def _row(name: str, about: str, found: Sequence[Read | None], picked: int, t: Words) -> str:
    done = [read for read in found if read is not None]
    n_valid = sum(read.is_valid for read in done)
    low, high = share_interval(n_valid, len(done))
    cells = "".join(
        f"<i class='{_kind(read)}{' picked' if place == picked else ''}'></i>"
        for place, read in enumerate(found)
    )
    rate = t("form.rate", n=n_valid, all=len(done)) if done else NO_FIGURE
    interval = t("form.interval", span=share_span(low, high, t.lang))
    shown = interval if done and state.depth() == "dig" else ""
    return (
        f"<section><h3>{rich(name)}</h3><b>{escape(rate)}</b><span>{escape(shown)}</span>"
        f"<div aria-hidden='true'>{cells}</div><p>{rich(about)}</p>"
    )


def _filled(
    read: Read | None, columns: Sequence[str], known: dict[str, str] | None, t: Words
) -> str:
    """The answer as it came, and the line of a table that a program makes of it, if it can."""
    if read is None:
        return "<div class='gb-filled'></div></section>"
    text = f"<code>{escape(read.text) or '∅'}</code>"
    if not read.is_valid:
        why = escape((problems_in_words(read, t) or [""])[0])
        outcome = f"<em class='bad'>{escape(t('form.left_empty'))} {why}</em>"
    else:
        value = read.value if isinstance(read.value, dict) else {"": read.value}
        names = [name for name in columns if name in value] or list(value)
        cells = "".join(
            f"<td><small>{escape(name)}</small>{escape(_plain(value[name]))}</td>" for name in names
        )
        verdict = ""
        if known is not None:
            right = value == known
            word = t("form.and_true") if right else t("form.but_false")
            verdict = f"<td class='{'right' if right else 'wrong'}'>{escape(word)}</td>"
        outcome = f"<table><tr>{cells}{verdict}</tr></table>"
    return f"<div class='gb-filled'>{text}{outcome}</div></section>"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _kind(read: Read | None) -> str:
    if read is None:
        return "none"
    return "bad" if not read.is_valid else "mended" if read.repairs else "good"


def _one_draw(model: Model, fifty: Fifty, t: Words) -> None:
    """The chosen draw in detail: what each way did to it, and which tokens the schema allowed."""
    place = state.value("form_draw") - 1
    with card("one_draw", t("form.one_draw", n=place + 1)):
        for column, (name, found) in zip(
            st.columns(3, gap="medium"), readings(model, fifty), strict=True
        ):
            read = found[place]
            if read is not None:
                column.html(verdict(name, read, t))
        if fifty.held.ended[place]:
            allowed_tokens(model, fifty.held, place, t)
