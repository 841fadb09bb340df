"""Nothing but the name is exchanged; and what stories tell of women and of men."""

from collections.abc import Mapping
from html import escape
from typing import Any, Final

import streamlit as st

from core.house.limits.bias import PART, READ_SEED, TREATED_SKEW, Bias
from core.limits.bias.asking import TEMPERATURES
from core.limits.bias.measuring import names_exchanged, stories_of, told_by_name
from core.limits.bias.people import NAMES, ROLES, Gender
from pages.kit.catalogue import Words
from pages.kit.frame import card, note
from pages.kit.numbers import NO_FIGURE, change, share, whole
from pages.limits.bias import treatments
from pages.limits.bias.showing import BOSS, NURSE, temperature_name
from pages.limits.bias.treatments import points
from pages.limits.shown import measured_then, table, with_span

READ: Final = tuple(
    k for k, role in enumerate(role for role in ROLES for _ in range(2)) if role in (NURSE, BOSS)
)
"""Which of the kept stories, two of every occupation, are shown: those about a nurse and a boss."""


def draw(shipped: Bias, t: Words) -> None:
    """Two cards."""
    with card("bias_names", t("bias.names"), measured_then(t, PART)):
        note(t("bias.names_asked", name=_example("woman"), other=_example("man")))
        for by in ("gender", "origin"):
            st.html(exchanged(shipped, by, t))
        n = len(shipped.of("none"))
        note(t("bias.names_about", n=whole(n, t.lang), skew=whole(100 * TREATED_SKEW, t.lang)))
    with card("bias_cliches", t("bias.cliches"), measured_then(t, PART)):
        st.html(read(shipped, t))
        st.html(counted(shipped, t))
        note(t("bias.cliches_about", skew=whole(100 * TREATED_SKEW, t.lang)))


def _example(gender: Gender) -> str:
    return NAMES["turkish"][gender][0]


def exchanged(shipped: Bias, by: str, t: Words) -> str:
    """What the texts tell of both names, and what models expect of them, untreated and treated.

    Args:
        by: "gender" or "origin", as in `names_exchanged`.
    """
    one, other = told_by_name(by, TREATED_SKEW)
    told = (share(one, t.lang), share(other, t.lang), change(100 * (one - other), t.lang, 1))
    rows: list[tuple[str, ...]] = [(t("bias.in_texts"), *told, NO_FIGURE)]
    lanes = [("none", t("bias.untreated")), ("augmented", t("bias.short_augmented"))]
    for lane, name in lanes if treatments.guessed() else lanes[:1]:
        found = names_exchanged(shipped.of(lane), by)
        pairs = t("bias.other_answer", k=whole(found.n_other, t.lang), n=whole(found.n, t.lang))
        before, after = share(found.before, t.lang), share(found.after, t.lang)
        rows.append((name, before, after, points(found.change, t), pairs))
    if by == "gender":
        title, first, second = t("bias.by_gender"), t("bias.of_women"), t("bias.of_men")
    else:
        title, first, second = t("bias.by_origin"), t("bias.of_here"), t("bias.of_elsewhere")
    heads = (t("bias.measured_on"), first, second, t("bias.paired"), t("bias.likeliest"))
    return f"<h3 class='gb-asked'>{escape(title)}</h3>{table(heads, rows, title)}"


def read(shipped: Bias, t: Words) -> str:
    """A few stories about a nurse and a boss, drawn and greedy."""
    model: Mapping[str, Any] = next(row for row in shipped.of("none") if row["seed"] == READ_SEED)
    columns = []
    for told in model["stories"]:
        if told["temperature"] not in (TEMPERATURES[0], TEMPERATURES[-1]):
            continue
        texts = [told["examples"][place] for place in READ]
        items = "".join(f"<li>{escape(text)}</li>" for text in texts)
        head = escape(temperature_name(told["temperature"], t))
        columns.append(f"<section><h3>{head}</h3><ul>{items}</ul></section>")
    return f"<div class='gb-stories'>{''.join(columns)}</div>"


def counted(shipped: Bias, t: Words) -> str:
    """How many deeds are those that the stereotype expects, and how many stories differ."""
    rows: list[tuple[str, ...]] = [
        (t("bias.in_texts"), share(TREATED_SKEW, t.lang), NO_FIGURE, NO_FIGURE)
    ]
    for temperature in TEMPERATURES:
        found = stories_of(shipped.of("none"), temperature)
        rows.append(
            (
                temperature_name(temperature, t),
                with_span(found.in_character, found.n_women + found.n_men, t),
                whole(found.n_different, t.lang),
                whole(found.n, t.lang),
            )
        )
    heads = (t("bias.answers_drawn"), t("bias.left_deeds"), t("bias.different"), t("bias.stories"))
    return table(heads, rows, t("bias.cliches"))
