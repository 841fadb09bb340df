"""The plan: the size dial, its knobs, and what the result costs."""

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from core.architecture.config import CHOICES, ModelConfig
from core.architecture.sizes import (
    inference_memory_bytes,
    n_parameters,
    parameters_by_part,
    training_memory_bytes,
)
from core.errors import SettingError
from pages.architecture import dial
from pages.architecture.bench import Bench, place
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, figures, show_error
from pages.kit.numbers import data_size, millions, share, whole
from pages.kit.plan_names import choice_names, setting_names

OPTIMIZER_NAMES = {"muon": "Muon", "adamw": "AdamW"}


def take_up(bench: Bench) -> None:
    """At the start of a visit, set the dial from the link, else from the plan on the bench."""
    if bench.house is None and state.value("size") == dial.HOUSE:
        st.session_state["size"] = "m"
    told = {"size", "design"} & (st.session_state.keys() | set(st.query_params))
    if bench.design and bench.whose == "yours" and not told:
        size, changes = dial.nearest(bench.design, bench.house)
        st.session_state["size"], st.session_state["design"] = size, dial.written(changes)


def asked(bench: Bench) -> ModelConfig:
    """The plan the dial and the knobs ask for.

    Raises:
        SettingError: these knobs make no model.
    """
    base = dial.stop(state.value("size"), bench.encoder.n_vocab, bench.house)
    return dial.changed(base, dial.read(state.value("design")))


def in_force(bench: Bench) -> tuple[ModelConfig, SettingError | None]:
    """The plan to show: the one asked for, else the last valid one and what is wrong now."""
    try:
        config = asked(bench)
    except SettingError as error:
        base = dial.stop(state.value("size"), bench.encoder.n_vocab, bench.house)
        kept = dial.read(st.session_state.get("_possible", ""))
        return dial.changed(base, kept), error
    st.session_state["_possible"] = state.value("design")
    return config, None


def _moved(bench: Bench, owner: str) -> None:
    """After a change, put the plan on the bench at once, unless a model is built on the old one."""
    try:
        config = asked(bench)
    except SettingError:
        return
    if bench.is_prepared and not bench.is_built_upon:
        place(owner, config)


def size_name(size: str, t: Words) -> str:
    """What a size on the dial is called, here and wherever else it is chosen."""
    return {
        dial.HOUSE: t("architecture.size_house"),
        "xs": t("architecture.size_xs"),
        "s": t("architecture.size_s"),
        "m": t("architecture.size_m"),
        "l": t("architecture.size_l"),
        "xl": t("architecture.size_xl"),
    }[size]


def dial_and_cost(bench: Bench, owner: str, config: ModelConfig, t: Words) -> None:
    """The dial, with the cost of its plan beside it."""

    def turned() -> None:
        st.session_state["design"] = st.session_state["_possible"] = ""  # the dial resets the knobs
        _moved(bench, owner)

    left, right = st.columns([2, 3], vertical_alignment="center", gap="medium")
    if state.depth() != "watch":
        st.session_state.setdefault("size", state.value("size"))
        left.segmented_control(
            t("architecture.size"),
            dial.stops(bench.house),
            format_func=lambda size: size_name(size, t),
            key="size",
            required=True,
            on_change=turned,
        )
        state.put_in_url("size")
        state.put_in_url("design")
    training = training_memory(config)
    writing = inference_memory_bytes(config)
    with right if state.depth() != "watch" else st.container():
        figures(
            t,
            [
                Figure(millions(n_parameters(config), t.lang), t("architecture.weights")),
                Figure(data_size(sum(training.values()), t.lang), t("architecture.for_training")),
                Figure(data_size(sum(writing.values()), t.lang), t("architecture.for_writing")),
            ],
        )


def training_memory(config: ModelConfig) -> dict[str, int]:
    """The memory training would take with the optimiser and batch size chosen in step 3."""
    return training_memory_bytes(config, state.value("n_batch"), state.value("optimizer"))


def use(bench: Bench, owner: str, config: ModelConfig, t: Words) -> None:
    """If the bench holds a different plan, the button that replaces it with the one shown."""
    if state.depth() == "watch" or not bench.is_prepared or config == bench.design:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("architecture.use"),
            key="use_design",
            type="primary",
            on_click=place,
            args=(owner, config),
        )
        reason = (
            t("architecture.use_displaces") if bench.is_built_upon else t("architecture.use_other")
        )
        st.html(f'<p class="gb-soft">{escape(reason)}</p>')


def knobs(bench: Bench, owner: str, t: Words, error: SettingError | None) -> None:
    """Every setting of a plan, and why the chosen ones do not go together, if they do not."""
    base = dial.stop(state.value("size"), bench.encoder.n_vocab, bench.house)
    values = {name: getattr(base, name) for name in dial.KNOBS} | dial.read(state.value("design"))

    def turned(name: str) -> None:
        now = values | {name: st.session_state[f"knob_{name}"]}
        changes = {k: v for k, v in now.items() if v != getattr(base, k)}
        st.session_state["design"] = dial.written(changes)
        _moved(bench, owner)

    names = setting_names(t)
    columns = st.columns(4)
    for n, name in enumerate(dial.KNOBS):
        key, label = f"knob_{name}", names[name]
        st.session_state[key] = values[name]
        given: dict[str, Any] = {"key": key, "on_change": turned, "args": (name,)}
        with columns[n % 4]:
            if name in dial.RANGES:
                low, high, step = dial.RANGES[name]
                st.number_input(label, min_value=low, max_value=high, step=step, **given)
            elif name in CHOICES:
                shown = choice_names(t)
                st.selectbox(label, CHOICES[name], format_func=shown.__getitem__, **given)
            else:
                st.toggle(label, **given)
    reason = dial.refusal(values) if error else None
    if reason:
        key, named = reason
        why = f"{t(key, **named)} {t('architecture.last_possible')}"
        st.html(f'<p class="gb-error" role="alert">{escape(why)}</p>')
    elif error:
        show_error(error, t)


def part_names(t: Words) -> dict[str, str]:
    """What the parts are called that parameters are counted by."""
    return {
        "token_embedding": t("architecture.part_token_embedding"),
        "position_embedding": t("architecture.part_position_embedding"),
        "attention": t("architecture.part_attention"),
        "feedforward": t("architecture.part_feedforward"),
        "norms": t("architecture.part_norms"),
        "unembedding": t("architecture.part_unembedding"),
    }


def parts_and_memory(config: ModelConfig, t: Words) -> None:
    """How many parameters each part has, and where the memory goes."""
    parts, optimizer = parameters_by_part(config), state.value("optimizer")
    training = training_memory(config)
    writing = inference_memory_bytes(config)
    named = part_names(t)
    of_memory = {
        "weights": t("architecture.memory_weights"),
        "gradients": t("architecture.memory_gradients"),
        "optimizer": t("architecture.memory_optimizer", name=OPTIMIZER_NAMES[optimizer]),
        "activations": t("architecture.memory_activations"),
        "cache": t("architecture.memory_cache"),
    }
    counted = {
        named[name]: f"{whole(n, t.lang)} · {share(n / sum(parts.values()), t.lang)}"
        for name, n in parts.items()
    }
    left, middle, right = st.columns(3, gap="large")
    with left:
        _table(t("architecture.parts"), counted)
    with middle:
        sizes = {of_memory[name]: data_size(n, t.lang) for name, n in training.items()}
        _table(t("architecture.for_training"), sizes)
    with right:
        sizes = {of_memory[name]: data_size(n, t.lang) for name, n in writing.items()}
        _table(t("architecture.for_writing"), sizes)


def _table(title: str, rows: Mapping[str, str]) -> None:
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in rows.items()
    )
    st.html(f'<table class="gb-recheck"><caption>{escape(title)}</caption>{body}</table>')
