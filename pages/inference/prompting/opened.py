"""Which model is asked, and the base model that it came from."""

from collections.abc import Sequence

import streamlit as st

from core.alignment.text.chat import is_chat
from core.services import services
from pages.inference import stage
from pages.kit import models, state
from pages.kit.catalogue import Words
from pages.kit.models import Model


def at_hand() -> list[Model]:
    """Every model there is to ask, the visitor's own first."""
    return stage.in_order(models.on_hand(services(), state.owner()))


def chosen(found: Sequence[Model], t: Words) -> Model:
    """The choice between them; at first the one furthest along of the first chain."""
    by_key = {model.key: model for model in found}
    first = answering(found) or found[0]
    if len(found) == 1 or state.depth() == "watch":
        return first
    if st.session_state.get("prompting_model") not in by_key:
        st.session_state["prompting_model"] = first.key
    key = st.segmented_control(
        t("inference.writer"),
        list(by_key),
        format_func=lambda key: stage.name_of(by_key[key], list(found), t),
        key="prompting_model",
        required=True,
        label_visibility="collapsed",
    )
    return by_key[str(key)]


def answering(found: Sequence[Model]) -> Model | None:
    """The furthest along of the models that answer, of the first chain that has one."""
    chats = [model for model in found if is_chat(model.kind)]
    if not chats:
        return None
    chain = (chats[0].whose, chats[0].lane)
    return [model for model in chats if (model.whose, model.lane) == chain][-1]


def base_of(model: Model, found: Sequence[Model]) -> Model | None:
    """The base model of the same chain."""
    return next(
        (
            one
            for one in found
            if (one.whose, one.lane) == (model.whose, model.lane) and not is_chat(one.kind)
        ),
        None,
    )
