"""The stage of step 5: who writes, the sampling lab, and what lies right beside it."""

import streamlit as st

from core.alignment.chat import is_chat
from core.api.writing import opening_tokens
from core.inference.generate import window_start
from core.lineage import Kind
from pages.inference.candidates import rechecks
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.components import Sampling, sampling_lab
from pages.kit.frame import computed_now, note, stage
from pages.kit.models import Model
from pages.kit.numbers import whole

HANDLES = ("temperature", "top_k", "top_p", "seed")
N_CANDIDATES = 10  # so many fit on a small screen together with what moves them


def draw(models: list[Model], t: Words) -> Model:
    """Draw the stage; gives back the model that writes."""
    prompt = state.sentence()
    alone = f" · {_name(models[0], models, t)}" if len(models) == 1 else ""
    with stage(t("inference.stage") + alone, computed_now(t)):
        model = _chosen(models, t)
        _too_long(model, prompt, t)
        if state.depth() == "dig":
            controls.slider("max_tokens", t("inference.max_tokens"))
        take_handles()
        sampling_lab(
            prompt,
            t,
            key="lab",
            model=model.id,
            settings=Sampling(
                **{name: state.value(name) for name in HANDLES},
                max_tokens=state.value("max_tokens"),
            ),
            n_candidates=N_CANDIDATES,
            plays=state.depth() == "watch",
            asks=is_chat(model.kind),
        )
        if is_chat(model.kind):
            note(t("inference.asked"))
        if state.depth() != "watch":
            rechecks(model, prompt, t)
        note(t("inference.token", n=whole(model.config.n_vocab, t.lang)))
    return model


def take_handles() -> None:
    """Where a hand has left the lab's handles becomes the page's settings, and the address's."""
    moved = (st.session_state.get("lab") or {}).get("settings") or {}
    for name in HANDLES:
        if name in moved:
            st.session_state[name] = moved[name]
        state.put_in_url(name)


def _chosen(models: list[Model], t: Words) -> Model:
    """Whose model writes; a choice only where there is one."""
    if len(models) == 1 or state.depth() == "watch":
        return models[0]
    by_key = {model.key: model for model in models}
    if st.session_state.get("writer") not in by_key:
        st.session_state["writer"] = models[0].key
    key = st.segmented_control(
        t("inference.writer"),
        list(by_key),
        format_func=lambda key: _name(by_key[key], models, t),
        default=st.session_state["writer"],
        key="writer",
        required=True,
        label_visibility="collapsed",
    )
    return by_key[str(key)]


def _name(model: Model, models: list[Model], t: Words) -> str:
    """Whose it is, in a pair in which lane it lies, and how far along where they differ in that."""
    second = t("inference.yours_b") if model.lane == "b" else t("frame.yours")
    whose = t("frame.house") if model.whose == "house" else second
    if all(each.kind == "checkpoint" for each in models):
        return whose
    return f"{whose}: {kind_name(model.kind, t)}"


def kind_name(kind: Kind, t: Words) -> str:
    """What a model of this kind is called."""
    return {
        "checkpoint": t("inference.is_base"),
        "tuned": t("inference.is_tuned"),
        "aligned": t("inference.is_aligned"),
    }[kind]


def _too_long(model: Model, prompt: str, t: Words) -> None:
    """Say so where the model cannot see the whole sentence."""
    n = len(opening_tokens(model.kind, model.encoder, prompt))
    limit = model.config.n_context
    start = window_start(n, limit)
    if start:
        seen = whole(n - start, t.lang)
        note(t("inference.too_long", n=whole(n, t.lang), limit=whole(limit, t.lang), seen=seen))
