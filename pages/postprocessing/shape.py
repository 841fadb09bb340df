"""The stage: fifty answers each, free, repaired and constrained, while they are written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

import streamlit as st

from core.alignment.intervals import share_interval
from core.errors import GlassboxError, SchemaNotJson
from core.inference.constraint import Constraint, grammar_of
from core.inference.sampling import SamplingSettings
from core.postprocessing.formatting import Read, read_json
from core.services import services
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import computed_now, note, show_error, stage
from pages.kit.models import Model
from pages.kit.numbers import share, whole
from pages.postprocessing import drawing
from pages.postprocessing.allowed import allowed_tokens
from pages.postprocessing.drawing import Drawing
from pages.postprocessing.reading import verdict
from pages.postprocessing.schema import answer_of, asked, chosen_question, chosen_schema

N_DRAWS: Final = 50
MAX_TOKENS: Final = 100  # of one answer
LOOK_EVERY_S: Final = 0.5


@dataclass(frozen=True)
class Fifty:
    """The draws of the stage: the same question and seeds, free and held to the schema."""

    schema: str
    question: str
    free: Drawing
    held: Drawing

    @property
    def is_over(self) -> bool:
        """Whether nothing is being written any more."""
        return self.free.over.is_set() and self.held.over.is_set()

    @property
    def is_whole(self) -> bool:
        """Whether every answer was written to its end."""
        return self.free.is_whole and self.held.is_whole


def draw(model: Model, t: Words) -> Fifty | None:
    """Draw the stage; None where the schema cannot be used."""
    with stage(t("form.stage"), computed_now(t)):
        left, right = st.columns([5, 7], gap="large")
        with left:
            schema, question = chosen_schema(t), chosen_question(t)
        with right:
            fifty = _begun(model, schema, question, t)
            if fifty is not None:
                st.fragment(_rows)(model, fifty, t, not fifty.is_over)
        if fifty is not None:
            _one_draw(model, fifty, t)
    return fifty


def _begun(model: Model, schema: str, question: str, t: Words) -> Fifty | None:
    try:
        Constraint(grammar_of(schema, model.encoder), MAX_TOKENS)
        read_json("{}", schema)  # what only the validator would refuse
    except GlassboxError as error:
        if not isinstance(error, SchemaNotJson):  # the field has said so already, and where
            show_error(error, t)
        note(t("form.kept"))
        return None
    start = asked(model, question, t.lang)
    base = SamplingSettings(temperature=state.value("temperature"), max_tokens=MAX_TOKENS)
    whose = "house" if model.whose == "house" else state.owner()
    found, first = [], 1000 * state.seed()
    for constraint in (None, schema):
        settings = replace(base, constraint=constraint)
        wanted = [(start, replace(settings, seed=first + i)) for i in range(N_DRAWS)]
        key = (whose, model.id, wanted[0], st.session_state.get("_form_round", 0))
        found.append(
            drawing.begin(
                services(),
                state.owner(),
                model.id,
                model.encoder.end_id,
                key,
                lambda wanted=wanted: wanted,
            )
        )
    return Fifty(schema, question, *found)


@st.cache_data(max_entries=2000, show_spinner=False)
def checked(text: str, schema: str, repair: bool) -> Read:
    """A text held against a schema."""
    return read_json(text, schema, repair=repair)


def readings(model: Model, fifty: Fifty) -> list[tuple[str, list[Read | None]]]:
    """Per way of writing what became of each draw; None: not written yet."""
    rows = []
    for name, drawn, repair in (
        ("free", fifty.free, False),
        ("mended", fifty.free, True),
        ("held", fifty.held, False),
    ):
        found: list[Read | None] = [
            checked(answer_of(model, tokens), fifty.schema, repair) if ended else None
            for tokens, ended in zip(drawn.texts, drawn.ended, strict=True)
        ]
        rows.append((name, found))
    return rows


def _rows(model: Model, fifty: Fifty, t: Words, live: bool) -> None:
    """The three rows; while texts are written this repeats itself, and ends with a whole rerun."""
    names = {
        "free": (t("form.free"), t("form.free_about")),
        "mended": (t("form.mended"), t("form.mended_about")),
        "held": (t("form.held"), t("form.held_about")),
    }
    picked = state.value("form_draw") - 1
    rows = "".join(_row(*names[name], found, picked, t) for name, found in readings(model, fifty))
    st.html(f"<div class='gb-fifty'>{rows}</div>")
    for error in {type(e): e for e in (fifty.free.error, fifty.held.error) if e}.values():
        show_error(error, t)
    n_done = fifty.free.n_done + fifty.held.n_done
    if not fifty.is_over:
        st.progress(n_done / (2 * N_DRAWS), text=t("form.drawing", n=n_done, all=2 * N_DRAWS))
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


def _row(name: str, about: str, found: Sequence[Read | None], picked: int, t: Words) -> str:
    done = [read for read in found if read is not None]
    n_valid = sum(read.is_valid for read in done)
    low, high = share_interval(n_valid, len(done))
    cells = "".join(
        f"<i class='{_kind(read)}{' picked' if place == picked else ''}'></i>"
        for place, read in enumerate(found)
    )
    rate = t("form.rate", n=n_valid, all=len(done))
    interval = t("form.interval", low=share(low, t.lang), high=share(high, t.lang))
    return (
        f"<section><h3>{escape(name)}</h3><b>{escape(rate)}</b>"
        f"<span>{escape(interval) if done else ''}</span>"
        f"<div aria-hidden='true'>{cells}</div><p>{escape(about)}</p></section>"
    )


def _kind(read: Read | None) -> str:
    if read is None:
        return "none"
    return "bad" if not read.is_valid else "mended" if read.repairs else "good"


def _one_draw(model: Model, fifty: Fifty, t: Words) -> None:
    """One draw out of fifty, as each of the three ways left it."""
    if state.depth() == "watch" or not fifty.is_over:
        return
    controls.slider("form_draw", t("form.draw"))
    place = state.value("form_draw") - 1
    for column, (name, found) in zip(
        st.columns(3, gap="medium"), readings(model, fifty), strict=True
    ):
        read = found[place]
        if read is not None:
            column.html(verdict(name, read, t))
    if fifty.held.ended[place]:
        allowed_tokens(model, fifty.held, place, t)
