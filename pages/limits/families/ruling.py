"""The rules in the visitor's hands: edited in the page, read at once, held against the town."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import streamlit as st

from core.data import world
from core.data.world import Copies
from core.limits.families.material import SORTS, Material
from core.limits.families.measuring import Count, Told, ruled
from core.limits.families.rules import (
    LONGEST_LINE,
    MOST_RULES,
    Refused,
    Rule,
    Rules,
    answered_by,
    read_rules,
    shipped_rules,
)
from pages.kit import controls
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import whole
from pages.limits.shown import table

EDITED: Final = "families_rules"  # the field; followed by the language
MOST_CHARACTERS: Final = 20_000
N_REFUSED_SHOWN: Final = 6


def rules_now(t: Words) -> Rules:
    """The visitor's rules, or those the page begins with."""
    text = st.session_state.get(f"_{EDITED}_{t.lang}")
    return read_rules(shipped_rules(t.lang) if text is None else text)


def editor(material: Material | None, t: Words) -> None:
    """The field, what is wrong with its lines, and what the rules answer."""
    key = f"{EDITED}_{t.lang}"
    kept = st.session_state.get(f"_{key}")
    start = shipped_rules(t.lang) if kept is None else kept
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        text = st.text_area(
            t("families.rules_field"), start, key=key, height=300, max_chars=MOST_CHARACTERS
        )
        st.session_state[f"_{key}"] = text
        if text != shipped_rules(t.lang):
            st.button(
                t("families.rules_restore"),
                key="families_restore",
                on_click=_restore,
                args=(key, t),
            )
    read = read_rules(text)
    with right:
        if read.refused:
            st.html(refused(read.refused, t))
        own = controls.text(
            "families_question", t("families.ask_rules"), placeholder=t("families.ask_example")
        )
        if own.strip():
            st.html(answered(own, answered_by(read.rules, own), t))
        if material is not None and material.town is not None:
            st.html(counted(ruled(read.rules, material), t))
    if material is not None and material.town is not None:
        note(t("families.rules_about", n=whole(len(read.rules), t.lang)))


def _restore(key: str, t: Words) -> None:
    st.session_state[f"_{key}"] = st.session_state[key] = shipped_rules(t.lang)


def reason(one: Refused, t: Words) -> str:
    """Why a line is no rule."""
    begin, then = ("WENN", "DANN") if t.lang == "de" else ("IF", "THEN")
    return {
        "too_many": t("families.too_many", n=whole(MOST_RULES, t.lang)),
        "too_long": t("families.too_long", n=whole(LONGEST_LINE, t.lang)),
        "no_if": t("families.no_if", word=begin),
        "no_then": t("families.no_then", word=then),
        "no_condition": t("families.no_condition", word=begin),
        "no_answer": t("families.no_answer", word=then),
    }[one.reason]


def refused(some: Sequence[Refused], t: Words) -> str:
    """The lines that are no rules, each with its reason."""
    lines = "".join(
        f"<li><b>{escape(t('families.line', n=one.line))}</b> {escape(reason(one, t))} "
        f"<code>{escape(one.text)}</code></li>"
        for one in some[:N_REFUSED_SHOWN]
    )
    more = len(some) - N_REFUSED_SHOWN
    rest = f"<p>{escape(t('families.more_lines', n=whole(more, t.lang)))}</p>" if more > 0 else ""
    said = escape(t("families.refused"))
    return f"<div class='gb-refused' role='alert'><p>{said}</p><ul>{lines}</ul>{rest}</div>"


def answered(question: str, rule: Rule | None, t: Words) -> str:
    """A question with the answer of its rule, or silence."""
    if rule is None:
        said = t("families.own_silent", question=question.strip())
    else:
        said = t("families.own_answered", answer=rule.answer, line=rule.line)
    return f"<p class='gb-found' role='status'>{escape(said)}</p>"


def sort_name(sort: str, t: Words) -> str:
    """What is asked."""
    return {
        "plain": t("families.sort_plain"),
        "reworded": t("families.sort_reworded"),
        "untold": t("families.sort_untold"),
    }[sort]


def counted(found: Mapping[str, Told], t: Words) -> str:
    """What becomes of the questions: answered truly, falsely, or not at all."""
    heads = (
        t("families.asked_for"),
        t("families.right"),
        t("families.wrong"),
        t("families.silence"),
    )
    rows = [
        (
            sort_name(sort, t),
            whole(found[sort].n_right, t.lang),
            whole(found[sort].n_wrong, t.lang),
            whole(found[sort].n_silent, t.lang),
        )
        for sort in SORTS
    ]
    return table(heads, rows, t("families.answered"))


def judged(rules: Sequence[Rule], material: Material | None) -> dict[str, Count]:
    """The judge's verdict on everything that the rules can say."""
    if material is None or material.town is None:
        return {}
    said = [line for rule in rules for line in world.sentences(rule.answer)]
    found = world.measure(said, material.lang, material.town)
    copies: Copies = material.copies
    return {
        "grammatical": Count(found.n_sentences, found.n_grammatical),
        "true": Count(found.n_checkable, found.n_true),
        "verbatim": Count(len(said), sum(map(copies.verbatim, said))),
    }
