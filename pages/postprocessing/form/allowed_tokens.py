"""At one draw: what the schema left of the vocabulary at each place, and what the model wished."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.errors import GlassboxError
from core.inference.text.constraint import Constraint, grammar_of
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import Scale, token_strip
from pages.kit.frame import note, show_error
from pages.kit.models import Model
from pages.kit.numbers import share, whole
from pages.postprocessing.drawing import Drawing


@dataclass(frozen=True)
class Piece:
    """A token as the strip shows it."""

    text: str
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """One place of an answer.

    Args:
        token: what was written.
        n_allowed: tokens that the schema left.
        wish: what the model would have liked best, and its probability.
        wish_allowed: whether it might.
    """

    token: int
    n_allowed: int
    wish: int
    wish_share: float
    wish_allowed: bool


def allowed_tokens(model: Model, drawn: Drawing, number: int, t: Words) -> None:
    """The answer as tokens, each coloured by how many the schema had left at its place."""
    try:
        places = _places(model.id, drawn.wanted[number], model, state.owner())
    except GlassboxError as error:
        show_error(error, t)
        return
    encoder = model.encoder
    pieces = [
        Piece(encoder.token_bytes(p.token).decode("utf-8", "replace"), (p.token,)) for p in places
    ]
    refused = [place for place, p in enumerate(places) if not p.wish_allowed]
    left, right = st.columns([7, 5], gap="large")
    with left:
        picked = token_strip(
            pieces,
            t,
            key="form_allowed",
            values=[p.n_allowed for p in places],
            scale=Scale(t("form.allowed"), "", top=encoder.n_vocab, digits=0),
            group="form_allowed",
            selectable=True,
            small=True,
            label=t("form.allowed_label"),
        )
    at_start = refused[0] if refused else 0
    kept = st.session_state.setdefault("_form_place", {})
    if picked is not None:
        kept[number] = picked.token
    place = min(kept.get(number, at_start), len(places) - 1)
    with right:
        note(t("form.refused", n=len(refused), all=len(places)))
        st.text(_sentence(model, places[place], place, t))


def _sentence(model: Model, place: Place, number: int, t: Words) -> str:
    def quoted(token: int) -> str:
        if token == model.encoder.end_id:
            return t("form.end")
        text = model.encoder.token_bytes(token).decode("utf-8", "replace").replace(" ", "␣")
        return text or t("form.mark")

    values = {
        "n": number + 1,
        "allowed": whole(place.n_allowed, t.lang),
        "all": whole(model.config.n_vocab, t.lang),
        "wish": quoted(place.wish),
        "share": share(place.wish_share, t.lang),
        "written": quoted(place.token),
    }
    if place.wish_allowed:
        return t("form.place_granted", **values)
    return t("form.place_refused", **values)


@st.cache_data(max_entries=64, show_spinner=False)
def _places(model_id: str, wanted: tuple, _model: Model, _owner: str) -> list[Place]:
    """The same draw once more, this time with the scores before the schema."""
    tokens, settings = wanted
    constraint = Constraint(grammar_of(settings.constraint, _model.encoder), settings.max_tokens)
    found = []
    for written in services().write(
        _owner, model_id, tokens, settings, end_id=_model.encoder.end_id, with_logits=True
    ):
        logits = np.frombuffer(written.logits or b"", np.float32).astype(np.float64)
        probs = np.exp(logits - logits.max())
        probs /= probs.sum()
        allowed = constraint.allowed(len(logits)).numpy()
        wish = int(probs.argmax())
        found.append(
            Place(written.token, int(allowed.sum()), wish, float(probs[wish]), bool(allowed[wish]))
        )
        constraint.take(written.token)
    return found
