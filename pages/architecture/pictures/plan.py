"""The denoiser's plan: its knobs, the parameters counted from them, and what it costs."""

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any, Final

import streamlit as st

from core.architecture.pictures import DenoiserConfig, n_parameters
from core.architecture.pictures.sizes import n_multiplications
from core.errors import SettingError
from pages.architecture.pictures.bench import Bench, place
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, figures, show_error
from pages.kit.numbers import data_size, millions, whole

CHOICES: Final = {
    "n_channels": (32, 64, 96, 128, 192, 256),
    "n_blocks": (1, 2, 4, 6, 8),
    "patch": (2, 4, 8),
    "n_heads": (1, 2, 4, 8),
    "n_text_blocks": (1, 2, 3),
}
FIRST: Final = ("n_channels", "n_blocks", "patch")  # the others only for those who dig
WIDENING: Final = 4  # the feed-forward layer inside is so many times as wide

Changes = dict[str, int]


def read(text: str) -> Changes:
    """Turned knobs from a link; what it could not have said is ignored."""
    found: Changes = {}
    for part in text.split():
        name, _, value = part.partition(":")
        is_number = value.isascii() and value.isdigit() and len(value) < 5
        if is_number and int(value) in CHOICES.get(name, ()):
            found[name] = int(value)
    return found


def written(changes: Mapping[str, int]) -> str:
    """Turned knobs in the form a link carries them: "n_channels:192 patch:8"."""
    return " ".join(f"{name}:{value}" for name, value in changes.items())


def changed(base: DenoiserConfig, changes: Mapping[str, int]) -> DenoiserConfig:
    """A plan with some of its knobs turned; the feed-forward layer follows the channels.

    Raises:
        SettingError: no such model can be built.
    """
    given: dict[str, Any] = dict(changes)
    if "n_channels" in changes:
        given["n_hidden"] = WIDENING * changes["n_channels"]
    return replace(base, **given)


def in_force(bench: Bench) -> tuple[DenoiserConfig, SettingError | None]:
    """The plan to show: the one asked for; if it is impossible, the one before, and why."""
    told = {"denoiser"} & (st.session_state.keys() | set(st.query_params))
    if bench.design and bench.whose == "yours" and not told:
        kept = {
            name: getattr(bench.design, name)
            for name in CHOICES
            if getattr(bench.design, name) != getattr(bench.house, name)
        }
        st.session_state["denoiser"] = written(kept)
    try:
        config = changed(bench.house, read(state.value("denoiser")))
    except SettingError as error:
        return changed(bench.house, read(st.session_state.get("_denoiser", ""))), error
    st.session_state["_denoiser"] = state.value("denoiser")
    return config, None


def knobs(bench: Bench, owner: str, config: DenoiserConfig, t: Words) -> None:
    """What can be built differently, and what that makes of the model at once."""
    names = FIRST if state.depth() != "dig" else tuple(CHOICES)
    labels = {
        "n_channels": t("architecture_pictures.n_channels"),
        "n_blocks": t("architecture_pictures.n_blocks"),
        "patch": t("architecture_pictures.patch"),
        "n_heads": t("architecture_pictures.n_heads"),
        "n_text_blocks": t("architecture_pictures.n_text_blocks"),
    }
    helps = {"patch": t("architecture_pictures.patch_help")}

    def turned(name: str) -> None:
        chosen = st.session_state[f"denoiser_{name}"]
        now = {**_asked(bench), name: int(chosen)}
        st.session_state["denoiser"] = written(
            {k: v for k, v in now.items() if v != getattr(bench.house, k)}
        )

    asked = {name: getattr(bench.house, name) for name in names} | _asked(bench)
    with st.container(key="gb_denoiser_knobs", horizontal=True, gap="medium"):
        for name in names:
            key = f"denoiser_{name}"
            st.session_state[key] = asked[name]
            st.segmented_control(
                labels[name],
                CHOICES[name],
                format_func=lambda n: whole(n, t.lang),
                key=key,
                required=True,
                on_change=turned,
                args=(name,),
                help=helps.get(name),
            )
    state.put_in_url("denoiser")
    figures(
        t,
        [
            Figure(millions(n_parameters(config), t.lang), t("architecture.weights")),
            Figure(data_size(4 * n_parameters(config), t.lang), t("architecture_pictures.memory")),
            Figure(whole(config.n_patches, t.lang), t("architecture_pictures.n_patches")),
            Figure(
                millions(n_multiplications(config), t.lang), t("architecture_pictures.work")
            ),
        ],
    )  # fmt: skip
    use(bench, owner, config, t)


def _asked(bench: Bench) -> Changes:
    return read(state.value("denoiser"))


def use(bench: Bench, owner: str, config: DenoiserConfig, t: Words) -> None:
    """If the bench holds a different plan, the button that replaces it with the one shown."""
    if config == (bench.design or bench.house):
        st.html(f'<p class="gb-soft">{escape(t("architecture_pictures.in_use"))}</p>')
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("architecture.use"),
            key="use_denoiser",
            type="primary",
            on_click=place,
            args=(owner, config),
        )
        reason = (
            t("architecture.use_displaces") if bench.own else t("architecture_pictures.use_next")
        )
        st.html(f'<p class="gb-soft">{escape(reason)}</p>')


def refused(config_error: SettingError | None, t: Words) -> None:
    """Why the chosen knobs make no model, if they do not."""
    if config_error is not None:
        show_error(config_error, t)
