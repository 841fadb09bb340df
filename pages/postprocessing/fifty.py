"""Fifty answers to one question, written freely and with the schema enforced, in the background."""

from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from core.errors import GlassboxError, SchemaNotJson
from core.inference.constraint import Constraint, grammar_of
from core.inference.sampling import SamplingSettings
from core.postprocessing.formatting import Read, read_json
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model
from pages.postprocessing import drawing
from pages.postprocessing.drawing import Drawing
from pages.postprocessing.schema import MAX_TOKENS, TOKENS_OF, answer_of, asked

N_DRAWS: Final = 50
TEMPERATURE: Final = 1.4  # high enough that free writing often slips


@dataclass(frozen=True)
class Fifty:
    """The draws of the stage: one question and the same seeds, free and held to the schema."""

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


def begun(model: Model, schema: str, question: str, t: Words) -> Fifty | None:
    """Begin to write, or find what was begun; None, with the reason shown, for a bad schema."""
    try:
        n_tokens = TOKENS_OF.get(schema, MAX_TOKENS)
        Constraint(grammar_of(schema, model.encoder), n_tokens)
        read_json("{}", schema)  # what only the validator would refuse
    except GlassboxError as error:
        if not isinstance(error, SchemaNotJson):  # the field has said so already, and where
            show_error(error, t)
        note(t("form.kept"))
        return None
    start = asked(model, question, t.lang)
    base = SamplingSettings(temperature=TEMPERATURE, max_tokens=n_tokens)
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
    """For each way of writing, what became of every draw; None: not written yet."""
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
