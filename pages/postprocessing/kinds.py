"""Personal data, kind by kind: what happens to a kind that is treated differently from the rest."""

from html import escape

import streamlit as st

from core.postprocessing.privacy.patterns import KINDS
from core.postprocessing.privacy.private import ACTIONS
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.parts import note
from pages.postprocessing.names import kind_name

NAME = "private_kinds"
AS_ALL = "as_all"


def read(text: str) -> dict[str, str]:
    """What the address says of single kinds, "iban:remove phone:keep"; nonsense is skipped."""
    pairs = (part.partition(":")[::2] for part in text.split())
    return {kind: action for kind, action in pairs if kind in KINDS and action in ACTIONS}


def written(chosen: dict[str, str]) -> str:
    """The same as the address carries it."""
    return " ".join(f"{kind}:{chosen[kind]}" for kind in KINDS if kind in chosen)


def settings(for_all: str) -> dict[str, str]:
    """The stage's settings: an action for each kind, and the way of masking.

    Args:
        for_all: a value of the setting "private_action".
    """
    blocks = for_all == "blocks"
    actions = {
        **dict.fromkeys(KINDS, "mask" if blocks else for_all),
        **read(state.value(NAME) or ""),
    }
    return {**actions, "style": "blocks"} if blocks else actions


def action_names(t: Words) -> dict[str, str]:
    """What may happen to something private, in a word."""
    return {
        "mask": t("postprocessing.action_mask"),
        "blocks": t("postprocessing.action_blocks"),
        "pseudonymise": t("postprocessing.action_pseudonymise"),
        "remove": t("postprocessing.action_remove"),
        "keep": t("postprocessing.action_keep"),
    }


def show(t: Words) -> None:
    """A select box for each kind, under a heading that counts the exceptions."""
    chosen, names = read(state.value(NAME) or ""), action_names(t)
    mask = "blocks" if state.value("private_action") == "blocks" else "mask"
    shown = {**names, "mask": names[mask], AS_ALL: t("postprocessing.action_as_all")}
    label = t("postprocessing.kinds_n", n=len(chosen)) if chosen else t("postprocessing.kinds")
    st.html(f"<h3 class='gb-rules'>{escape(label)}</h3>")
    note(t("postprocessing.kinds_note"))
    for kind, place in zip(KINDS, [*st.columns(3), *st.columns(3)], strict=True):
        key = f"private_kind_{kind}"
        if st.session_state.get(key) != chosen.get(kind, AS_ALL):
            st.session_state[key] = chosen.get(kind, AS_ALL)
        place.selectbox(
            kind_name(kind, t),
            (AS_ALL, *ACTIONS),
            format_func=shown.__getitem__,
            key=key,
            on_change=_choose,
        )
    state.put_in_url(NAME)


def _choose() -> None:
    now = {kind: st.session_state.get(f"private_kind_{kind}", AS_ALL) for kind in KINDS}
    st.session_state[NAME] = written({k: action for k, action in now.items() if action in ACTIONS})
