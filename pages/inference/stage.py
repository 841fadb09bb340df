"""The stage of step 5: which model writes, the sampling lab, and what lies right beside it."""

import streamlit as st

from core.alignment.text.chat import is_chat
from core.api.writing import opening_tokens
from core.inference.generate import window_start
from core.lineage import MODEL_KINDS, Kind
from pages.inference.candidates import digits_shown, rechecks
from pages.kit import controls, state
from pages.kit.catalogue import Words, rich
from pages.kit.components import Sampling, sampling_lab
from pages.kit.frame import computed_now, note, stage
from pages.kit.models import Model
from pages.kit.numbers import whole

HANDLES = ("temperature", "top_k", "top_p", "seed", "candidates")
N_CANDIDATES = 8  # so many fit on a small screen together with what moves them


def draw(models: list[Model], t: Words) -> Model:
    """Draw the stage; returns the model that writes."""
    prompt = state.sentence()
    models = in_order(models)
    with stage(f"{t('inference.stage')} · {_whose(models, t)}", computed_now(t)):
        model = _chosen(models, t)
        _about(model, prompt, t)
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
            digits=digits_shown(),
            plays=state.depth() == "watch",
            asks=is_chat(model.kind),
        )
        if state.depth() != "watch":
            rechecks(model, prompt, t)
        _window(model, prompt, t)
        st.html(f'<p class="gb-soft">{rich(t("inference.path"))}</p>')
    return model


def in_order(models: list[Model]) -> list[Model]:
    """The visitor's models before the example's, and of each the base model first."""
    return sorted(
        models,
        key=lambda model: (model.whose == "house", model.lane, MODEL_KINDS.index(model.kind)),
    )


def take_handles() -> None:
    """Where a hand has left the lab's handles becomes the page's settings, and the address's."""
    moved = (st.session_state.get("lab") or {}).get("settings") or {}
    for name in HANDLES:
        if name in moved:
            st.session_state[name] = moved[name]
        state.put_in_url(name)


def _chosen(models: list[Model], t: Words) -> Model:
    """Which model writes; at first a base model, and a choice only where there is one."""
    first = next((model for model in models if not is_chat(model.kind)), models[0])
    if len(models) == 1 or state.depth() == "watch":
        return first
    by_key = {model.key: model for model in models}
    if st.session_state.get("writer") not in by_key:
        st.session_state["writer"] = first.key
    key = st.segmented_control(
        t("inference.writer"),
        list(by_key),
        format_func=lambda key: name_of(by_key[key], models, t),
        default=st.session_state["writer"],
        key="writer",
        required=True,
        label_visibility="collapsed",
    )
    return by_key[str(key)]


def _whose(models: list[Model], t: Words) -> str:
    """Whose models there are to choose from, where they are all the same person's."""
    own = [model for model in models if model.whose == "yours"]
    return t("frame.house") if not own else t("frame.yours")


def name_of(model: Model, models: list[Model], t: Words) -> str:
    """How far along it is; where it matters, also whose, and in a pair in which lane it lies."""
    kind = kind_name(model.kind, t)
    if all(each.whose == "house" for each in models):
        return kind
    second = t("inference.yours_b") if model.lane == "b" else t("frame.yours")
    return f"{t('frame.house') if model.whose == 'house' else second}: {kind}"


def kind_name(kind: Kind, t: Words) -> str:
    """What a model of this kind is called."""
    return {
        "checkpoint": t("inference.base"),
        "tuned": t("inference.tuned"),
        "aligned": t("inference.aligned"),
    }[kind]


def _about(model: Model, prompt: str, t: Words) -> None:
    """What this model makes of the sentence: a question to answer, or a text to go on with."""
    if is_chat(model.kind):
        note(t("inference.asked"))
    elif prompt.endswith("?"):
        note(t("inference.continued"))


def _window(model: Model, prompt: str, t: Words) -> None:
    """How much of the sentence the model can see."""
    n = len(opening_tokens(model.kind, model.encoder, prompt))
    limit = model.config.n_context
    start = window_start(n, limit)
    numbers = {"n": whole(n, t.lang), "limit": whole(limit, t.lang)}
    if start:
        note(t("inference.too_long", **numbers, seen=whole(n - start, t.lang)))
    else:
        note(t("inference.reads", **numbers, vocabulary=whole(model.config.n_vocab, t.lang)))
