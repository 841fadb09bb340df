"""Fifty answers to one question, written freely and with the schema enforced, in the background."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import streamlit as st

from core.api.chat import language_of_question
from core.errors import GlassboxError, SchemaNotJson
from core.inference.sampling import SamplingSettings
from core.inference.text.constraint import Constraint, grammar_of
from core.postprocessing.form.formatting import Read, read_json
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model
from pages.postprocessing import drawing
from pages.postprocessing.drawing import Drawing
from pages.postprocessing.form.schema import MAX_TOKENS, TOKENS_OF, answer_of, asked

N_DRAWS: Final = 50
ASKED: Final = "_form_asked"
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


def wanted() -> bool:
    """Whether the answers have been asked for: with the button, or by a link that names one."""
    asked = st.session_state.get(ASKED, False) or "form_draw" in st.query_params
    return bool(asked) or state.depth() == "watch"


def ask() -> None:
    """From now on answers are written, for this schema and for every other."""
    st.session_state[ASKED] = True


def usable(model: Model, schema: str, t: Words) -> bool:
    """Whether answers can be held to a schema; if not, the reason is shown."""
    try:
        Constraint(grammar_of(schema, model.encoder), TOKENS_OF.get(schema, MAX_TOKENS))
        read_json("{}", schema)  # what only the validator would refuse
    except GlassboxError as error:
        if not isinstance(error, SchemaNotJson):  # the field has said so already, and where
            show_error(error, t)
        note(t("form.kept"))
        return False
    return True


def begun(model: Model, schema: str, question: str, t: Words) -> Fifty:
    """Begin to write, or find what was begun.

    Args:
        model: who writes.
        schema: a usable one.
        question: what is asked.
        t: the visitor's words.
    """
    n_tokens = TOKENS_OF.get(schema, MAX_TOKENS)
    start = asked(model, question, language_of_question(question, t.lang))
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


@lru_cache(maxsize=4096)
def checked(text: str, schema: str, repair: bool) -> Read:
    """A text held against a schema."""
    return read_json(text, schema, repair=repair)


Readings = list[tuple[str, list[Read | None]]]
KEPT: Final = 64  # readings of whole drawings that are remembered, of all visitors
_shelf: Final[OrderedDict[tuple[str, str, int, int], tuple[Fifty, Readings]]] = OrderedDict()


def readings(model: Model, fifty: Fifty) -> Readings:
    """For each way of writing, what became of every draw; None: not written yet."""
    if not fifty.is_over:
        return _readings(model, fifty)
    key = (model.id, fifty.schema, id(fifty.free), id(fifty.held))
    kept = _shelf.get(key)
    if kept is None or kept[0].free is not fifty.free or kept[0].held is not fifty.held:
        kept = _shelf[key] = fifty, _readings(model, fifty)
        while len(_shelf) > KEPT:
            _shelf.popitem(last=False)
    return kept[1]


def _readings(model: Model, fifty: Fifty) -> Readings:
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
