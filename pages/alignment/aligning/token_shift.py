"""One answer token by token: which tokens became more or less likely."""

import math

import streamlit as st

from core.alignment.comparing import probability_shift
from core.alignment.text.chat import question_tokens
from core.data.text.graphemes import token_spans
from pages.alignment import names
from pages.alignment.measurements import transformer
from pages.alignment.one_question import Line
from pages.alignment.questions import question_now
from pages.kit.catalogue import Words
from pages.kit.components import Scale, token_strip
from pages.kit.frame import card, computed_now, note
from pages.kit.models import Model


def token_shift(line: Line, answer: str, t: Words) -> None:
    """The last model's answer, coloured by the change from the model before it."""
    kinds = [kind for kind in line.models if kind != "checkpoint"]
    before = kinds[0] if len(kinds) > 1 else "checkpoint"
    earlier, later = line.models[before], line.furthest
    tokens = later.encoder.encode(answer)
    if later.kind == "checkpoint" or not tokens:
        return
    asked = question_tokens(later.encoder, question_now(t))
    bits = _bits((earlier.id, later.id), (*asked, *tokens), (earlier, later))[len(asked) - 1 :]
    spans = token_spans(later.encoder, tokens)
    values, place = [], 0
    for span in spans:  # tokens that share a visible character form one span
        values.append(sum(bits[place : place + len(span.ids)]))
        place += len(span.ids)
    with card("shift", t("alignment.shift"), computed_now(t)):
        of = {"before": names.model(before, t), "after": names.model(later.kind, t)}
        note(t("alignment.shift_note", **of))
        top = max(1.0, max(abs(value) for value in values))
        scale = Scale(t("alignment.shift_scale"), t("alignment.bits"), top=top, signed=True)
        token_strip(spans, t, key="shift", values=values, scale=scale, group="shift")


@st.cache_data(max_entries=64, show_spinner=False)
def _bits(
    ids: tuple[str, str], tokens: tuple[int, ...], _models: tuple[Model, Model]
) -> list[float]:
    """The gain in log-probability of each token but the first, in bits."""
    before, after = (transformer(model) for model in _models)
    shift: list[float] = (probability_shift(before, after, tokens) / math.log(2)).tolist()
    return shift
