"""Which JSON schema and which question: three to start from, and the visitor's own."""

import json
from typing import Final

import streamlit as st

from core.alignment.text.chat import is_chat, question_tokens
from core.data.world import chat_prompt
from pages.kit import controls, drafts, state
from pages.kit.catalogue import Words
from pages.kit.components import schema_editor
from pages.kit.models import Model

PERSON: Final = """{
  "type": "object",
  "properties": {
    "name": {"type": "string"},
    "street": {"type": "string"}
  },
  "required": ["name", "street"],
  "additionalProperties": false
}"""
HOURS: Final = """{
  "type": "object",
  "properties": {
    "place": {"type": "string"},
    "opens": {"type": "integer", "minimum": 0, "maximum": 24}
  },
  "required": ["place", "opens"],
  "additionalProperties": false
}"""
WEEK: Final = """{
  "type": "object",
  "properties": {
    "days": {
      "type": "array", "minItems": 1, "maxItems": 5,
      "items": {"enum": ["Mo", "Di", "Mi", "Do", "Fr"]}
    },
    "opens": {"type": "string", "pattern": "^[01][0-9]:[0-5][0-9]$"}
  },
  "required": ["days", "opens"],
  "additionalProperties": false
}"""
OWN: Final = "form_own"  # the visitor's own, kept as a draft
NEXT: Final = "_form_schema_next"  # the choice to be made before its control is drawn again
TURN: Final = "_form_schema_turn"  # which choice the field's text belongs to, and its number
STARTERS: Final = {"person": PERSON, "hours": HOURS, "week": WEEK}
MAX_TOKENS: Final = 100  # of one answer, unless the schema is a starter
TOKENS_OF: Final = {PERSON: 27, HOURS: 40, WEEK: 60}
"""Tokens that an answer may have: enough for a true one, and not much more, as where an API is
given a `max_tokens`."""


def chosen_schema(t: Words) -> None:
    """Choose the schema to hold answers to: a starter, or what the visitor has made of one.

    A changed starter becomes the visitor's own, so that the two can never be taken for each other.
    """
    names = {
        "person": t("form.person"),
        "hours": t("form.hours"),
        "week": t("form.week"),
        "own": t("form.own"),
    }
    if NEXT in st.session_state:
        st.session_state["form_schema"] = st.session_state.pop(NEXT)
    if state.depth() == "watch":
        return
    controls.choice("form_schema", t("form.schema"), lambda each: names[each], show_label=False)


def schema_field(t: Words) -> None:
    """The schema in force, to read and, unless one only watches, to change."""
    start = schema_in_force()
    if state.depth() == "watch":
        with st.expander(t("form.schema_shown")):
            st.code(start, language="json", wrap_lines=True)
        return
    name = state.value("form_schema")
    if st.session_state.get(TURN, (name, 0))[0] != name:  # what was typed elsewhere stays there
        st.session_state[TURN] = (name, st.session_state[TURN][1] + 1)
    turn = st.session_state.setdefault(TURN, (name, 0))
    with st.expander(t("form.schema_edit"), expanded=name == "own" or state.depth() == "dig"):
        typed = schema_editor(start, t, key="schema_field", n_rows=10, turn=f"{turn}")
    if typed != start:
        drafts.store(OWN, typed)
        if name != "own":
            st.session_state[NEXT] = "own"
        st.rerun()


def fields_of(schema: str) -> list[str]:
    """The names of the fields that a schema asks for, in its order; empty where it has none."""
    try:
        read = json.loads(schema)
    except ValueError:
        return []
    found = read.get("properties") if isinstance(read, dict) else None
    return [str(name) for name in found] if isinstance(found, dict) else []


def schema_in_force() -> str:
    """The schema last chosen or typed; one's own begins as the first starter."""
    own = drafts.known(OWN)
    return STARTERS.get(state.value("form_schema")) or (PERSON if own is None else str(own))


def chosen_question(t: Words) -> str:
    """What the model is asked; each starter has its own question."""
    if state.depth() == "watch":
        return str(state.start("form_question"))
    typed = controls.text("form_question", t("form.question_label"), follows=True)
    return typed.strip() or str(state.start("form_question"))


def asked(model: Model, question: str, lang: str) -> tuple[int, ...]:
    """The tokens that put the question to this kind of model."""
    encoder = model.encoder
    if is_chat(model.kind):
        return tuple(question_tokens(encoder, question))
    return (encoder.end_id, *encoder.encode(chat_prompt(question, lang)))


def answer_of(model: Model, tokens: list[int]) -> str:
    """What a model wrote; a base model writes on, so of it only the first line counts."""
    text = model.encoder.decode(tokens).strip()
    return text if is_chat(model.kind) else text.split("\n")[0]
