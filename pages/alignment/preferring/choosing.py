"""The stage of choosing: the model, the pair, and a question of the visitor's own."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.errors import EmptyInput, GlassboxError
from pages.alignment import questions
from pages.alignment.preferring import clicking, tally
from pages.alignment.preferring.clicking import AGAIN, Cast
from pages.alignment.preferring.pairs import Drawing, Question
from pages.alignment.questions import own_question
from pages.inference.experiments import language_of
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model

MOST_CHARACTERS = 200  # in the visitor's own question


def chosen(found: Sequence[Model], t: Words) -> Model:
    """The model whose answers are compared: the first that answers, or the selected one."""
    by_key = {model.key: model for model in found}
    first = next((model for model in found if model.kind == "tuned"), found[0])
    if st.session_state.get("prefer_model") not in by_key:
        st.session_state["prefer_model"] = first.key
    if len(found) == 1 or state.depth() == "watch":
        model = first
    else:
        key = st.segmented_control(
            t("preferring.who"),
            list(by_key),
            format_func=lambda key: name(by_key[key], t),
            default=st.session_state["prefer_model"],
            key="prefer_model",
            required=True,
            label_visibility="collapsed",
        )
        model = by_key[str(key)]
    if model.kind == "checkpoint":
        _only_continues(t, any(one.kind == "tuned" for one in found))
    elif len(found) == 1 or state.depth() == "watch":
        note(t("preferring.answers", name=name(model, t)))
    return model


def name(model: Model, t: Words) -> str:
    """A model's name: owner, lane, and stage of training."""
    whose = t("preferring.house") if model.whose == "house" else t("preferring.yours")
    lane = t("preferring.lane_b") if model.lane == "b" else ""
    kind = t("preferring.is_tuned") if model.kind == "tuned" else t("preferring.is_base")
    return f"{whose}{lane}, {kind}"


def _only_continues(t: Words, others: bool) -> None:
    with st.container(key="gb_base_note", horizontal=True, vertical_alignment="center"):
        note(t("preferring.base_only"))
        if not others:
            st.page_link(
                site.page("tuning", t),
                label=t("preferring.to_tuning"),
                query_params=state.shared(),
            )


def choose(model: Model, t: Words) -> Cast:
    """Show the pair to choose from; return all choices made on this model."""
    cast = Cast.on(model)
    drawing = clicking.drawing_of(model, t, start=len(cast.first))
    clicking.hear(model, drawing)
    cast = Cast.on(model)
    try:
        place = st.container()
        own = clicking.current_round(model) != AGAIN
        question = _own_question(t) if own and state.depth() != "watch" else None
        with place:
            if question is not None:
                _ask(question, model, drawing, t)
            elif own:
                _ask_sentence(model, cast, drawing, t)
            clicking.box(model, cast, drawing, t)
            if own:
                note(_why_this(t))
            for sentence in tally.odd(cast, t):
                st.html(f'<p class="gb-error" role="status">{escape(sentence)}</p>')
    except GlassboxError as error:
        show_error(error, t)
    if not drawing.ready and clicking.current_round(model) != AGAIN:
        note(t("preferring.all_the_same") if model.world else t("preferring.ask_yourself"))
    return cast


def _own_question(t: Words) -> str | None:
    """The question asked in this rerun; None if there is none."""
    with (
        st.form(key="prefer_own", border=False, clear_on_submit=True),
        st.container(key="gb_own", horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input(
            t("preferring.own"),
            placeholder=t("preferring.own_example"),
            max_chars=MOST_CHARACTERS,
            key="prefer_own_text",
            label_visibility="collapsed",
        )
        asked = st.form_submit_button(t("preferring.ask"))
    return " ".join(typed.split()) if asked else None


def _why_this(t: Words) -> str:
    """How the pair was picked, or why the travelling sentence is not asked."""
    if own_question():
        return t("preferring.picked")
    return t("alignment.no_question", sentence=state.sentence())


def _ask_sentence(model: Model, cast: Cast, drawing: Drawing, t: Words) -> None:
    """Ask the travelling sentence first if it is a question; once per model."""
    asked = own_question()
    known: set[tuple[str, str]] = st.session_state.setdefault("_sentence_asked", set())
    if not asked or (model.id, asked) in known:
        return
    known.add((model.id, asked))
    if all(one.question != asked for one in cast.first):
        drawing.ask_now(Question(asked, questions.language_of(asked, t)))


def _ask(question: str, model: Model, drawing: Drawing, t: Words) -> None:
    """Queue the visitor's own question as the next pair."""
    if not question:
        show_error(EmptyInput("there is no question"), t)
    elif not drawing.ask_now(Question(question, language_of(model, t))):
        note(t("preferring.own_same"))
