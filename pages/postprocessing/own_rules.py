"""Rules of the visitor's own: typed here, kept under their owner's cookie, never in a link."""

from html import escape
from typing import Any, Final

import streamlit as st

from core.errors import GlassboxError, PatternBroken, SettingError
from core.postprocessing.privacy.expressions import MAX_CHARACTERS
from core.postprocessing.privacy.own_rules import (
    MAX_NAME,
    MAX_RULES,
    OWN_ACTIONS,
    OwnRule,
    checked,
    own_rules,
)
from core.services import services
from pages.kit import drafts, state
from pages.kit.catalogue import Words
from pages.kit.parts import note, show_error
from pages.postprocessing.kinds import action_names

KEPT: Final = "own_rules"  # among the owner's belongings
NAME, PATTERN, ACTION = "own_rule_name", "own_rule_pattern", "own_rule_action"
ERROR: Final = "_own_rule_error"


def rules() -> tuple[OwnRule, ...]:
    """The visitor's rules; those of another version that cannot work any more are passed over."""
    kept: list[dict[str, str]] = services().store.belongings.take_out(state.owner(), KEPT) or []
    try:
        return own_rules(kept)
    except SettingError:
        return tuple(rule for each in kept for rule in _alone(each))


def settings() -> dict[str, Any]:
    """The stage's setting; nothing where there is no rule."""
    own = [rule.to_dict() for rule in rules()]
    return {"own": own} if own else {}


def show(t: Words) -> None:
    """The rules there are, each with a button that deletes it, and fields for a new one."""
    own = rules()
    label = t("postprocessing.own_n", n=len(own)) if own else t("postprocessing.own_rules")
    st.html(f"<h3 class='gb-rules'>{escape(label)}</h3>")
    note(t("postprocessing.own_note"))
    for place, rule in enumerate(own):
        _row(place, rule, t)
    if len(own) >= MAX_RULES:
        note(t("postprocessing.own_full", n=MAX_RULES))
        return
    _new(t)


def _row(place: int, rule: OwnRule, t: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"gb_own_{place}"):
        action = action_names(t)[rule.action]
        st.html(
            f"<p class='gb-own'><b>{escape(rule.name)}</b> {escape(action)}<br>"
            f"<code>{escape(rule.pattern)}</code></p>"
        )
        st.button(
            t("postprocessing.own_remove"),
            key=f"own_remove_{place}",
            help=t("postprocessing.own_remove_help", name=rule.name),
            on_click=_remove,
            args=(rule,),
        )


def _new(t: Words) -> None:
    names = action_names(t)
    named, pattern = drafts.recall(NAME), drafts.recall(PATTERN)
    left, right = st.columns(2)
    left.text_input(
        t("postprocessing.own_name"),
        named,
        key=NAME,
        max_chars=MAX_NAME,
        placeholder=t("postprocessing.own_name_example"),
    )
    right.selectbox(
        t("postprocessing.own_action"), OWN_ACTIONS, format_func=names.__getitem__, key=ACTION
    )
    st.text_input(
        t("postprocessing.own_pattern"),
        pattern,
        key=PATTERN,
        max_chars=MAX_CHARACTERS,
        placeholder=r"KD-\d{6}",
    )
    drafts.keep(NAME)
    drafts.keep(PATTERN)
    if (error := st.session_state.get(ERROR)) is not None:
        show_error(_in_words(error, t), t)
    st.button(t("postprocessing.own_add"), key="own_rule_add", type="primary", on_click=_add)


def _add() -> None:
    """Take what was typed as a rule; what cannot be one stays in its field, with the reason."""
    given = st.session_state
    own = rules()
    rule = OwnRule(given.get(NAME, "").strip(), given.get(PATTERN, ""), given.get(ACTION, "mask"))
    try:
        own = (*own, checked(rule, own))
    except GlassboxError as error:
        given[ERROR] = error
        return
    _keep(own)
    given[ERROR] = None
    given[NAME] = given[PATTERN] = ""


def _remove(rule: OwnRule) -> None:
    _keep(tuple(each for each in rules() if each != rule))


def _keep(own: tuple[OwnRule, ...]) -> None:
    services().store.belongings.put_away(state.owner(), KEPT, [rule.to_dict() for rule in own])


def _alone(given: object) -> tuple[OwnRule, ...]:
    try:
        return own_rules([given])
    except SettingError:
        return ()


def _in_words(error: GlassboxError, t: Words) -> GlassboxError:
    """What is broken about a pattern, as the reader says it."""
    if not isinstance(error, PatternBroken):
        return error
    reasons = {
        "unclosed_group": t("postprocessing.broken_group"),
        "unopened": t("postprocessing.broken_unopened"),
        "unclosed_class": t("postprocessing.broken_class"),
        "nothing_to_repeat": t("postprocessing.broken_repeat"),
        "reversed_count": t("postprocessing.broken_count"),
        "reversed_range": t("postprocessing.broken_range"),
        "bad_escape": t("postprocessing.broken_escape"),
    }
    said = {**error.values, "reason": reasons[error.values["reason"]]}
    return PatternBroken(str(error), **said)
