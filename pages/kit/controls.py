"""The controls of a page: Streamlit widgets for the shareable settings of state.SETTINGS.

Range and start come from the table, the value is kept in the URL, the label comes from the page:

    temperature = controls.slider("temperature", t("inference.temperature"))

A value set in the session reaches the browser with the run that set it, and is lost if that run is
cut short. So the value is also each widget's default, which is sent in every run.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final, cast

import streamlit as st

from pages.kit import state
from pages.kit.numbers import decimal, share, whole
from pages.kit.setting import Setting

PASTED: Final = 100_000  # characters that a field takes at all


def _begin(name: str) -> Setting:
    """Give the widget its initial value: the URL's, else the setting's start."""
    if name not in st.session_state:
        st.session_state[name] = state.value(name)
    return state.SETTINGS[name]


def fitting(text: str, most: int) -> str:
    """What of a typed text is used; if it is too long, that is said, and the field keeps it all.

    A field with a limit of its own would drop a longer paste without a word.
    """
    if len(text) <= most:
        return text
    t = state.t()
    said = t("frame.too_long", n=whole(len(text), t.lang), most=whole(most, t.lang))
    st.html(f'<p class="gb-not-here" role="status">{escape(said)}</p>')
    return text[:most]


def follow_start(name: str) -> None:
    """Before a text field is drawn: let it show its start while nobody has typed anything else."""
    start, before = str(state.start(name)), st.session_state.get(f"_start_{name}")
    if name not in st.session_state:
        st.session_state[name] = state.value(name)
    elif st.session_state[name] == before:
        st.session_state[name] = start
    st.session_state[f"_start_{name}"] = start


def slider(name: str, label: str, *, help: str | None = None, percent: bool = False) -> Any:
    """A slider for a number in the table, formatted the way its reader writes numbers.

    Streamlit would format it in the browser's language, which may not be the page's, so each
    number is passed to it as text.
    """
    setting = state.SETTINGS[name]
    steps, now = setting.steps(), state.value(name)
    nearest = min(steps, key=lambda step: abs(step - now))
    if st.session_state.get(name) != nearest:  # assigning it would end a drag
        st.session_state[name] = nearest
    digits = 0 if setting.kind is int else len(str(setting.step).partition(".")[2])
    lang = state.lang()

    def written(x: float) -> str:
        return share(x, lang) if percent else decimal(x, lang, digits)

    chosen = st.select_slider(
        label, steps, value=st.session_state[name], format_func=written, key=name, help=help
    )
    state.put_in_url(name)
    return chosen


def number(name: str, label: str, *, help: str | None = None) -> int:
    """A field for an integer in the table, such as the seed."""
    setting = _begin(name)
    chosen = st.number_input(
        label,
        min_value=int(setting.low),
        max_value=int(setting.high),
        step=int(setting.step),
        value=st.session_state[name],
        key=name,
        help=help,
    )
    state.put_in_url(name)
    return int(chosen)


def choice(
    name: str,
    label: str,
    shown: Callable[[str], str],
    *,
    options: Sequence[str] | None = None,
    help: str | None = None,
    show_label: bool = True,
) -> str:
    """A choice from the table; `shown` names each option in the visitor's language."""
    setting = _begin(name)
    chosen = st.segmented_control(
        label,
        options or setting.choices,
        default=st.session_state[name],
        format_func=shown,
        key=name,
        required=True,
        help=help,
        label_visibility="visible" if show_label else "collapsed",
    )
    state.put_in_url(name)
    return cast(str, chosen)


def toggle(name: str, label: str, *, help: str | None = None) -> bool:
    """A switch for a yes/no setting in the table."""
    _begin(name)
    chosen = st.toggle(label, value=st.session_state[name], key=name, help=help)
    state.put_in_url(name)
    return chosen


def text(
    name: str, label: str, *, help: str | None = None, placeholder: str = "", follows: bool = False
) -> str:
    """A one-line text field for a setting in the table.

    Where it `follows`, an untouched field shows its start, also when that becomes another one.
    """
    if follows:
        follow_start(name)
    setting = _begin(name)
    chosen = st.text_input(
        label,
        value=st.session_state[name],
        key=name,
        help=help,
        placeholder=placeholder,
        max_chars=PASTED,
    )
    state.put_in_url(name)
    return fitting(str(chosen), setting.max_length)
