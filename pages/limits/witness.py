"""A model of others as a witness: such questions put to a model that learned elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Final

import streamlit as st

from core.architecture.text.on_disk import OnDisk, models_on_disk
from core.architecture.text.smollm2 import COMMAND
from core.errors import GlassboxError
from core.house.limits.witness import MODEL, PART, testimony
from core.limits.witness import SORTS, Capital, Part, Role, Sum, testify
from core.services import services
from pages.inference.writing import watched
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note, show_error
from pages.kit.numbers import decimal, share, whole
from pages.kit.short_work import finished
from pages.limits.shown import measured_then, table, with_span

N_EXAMPLES: Final = 4

Rows = Sequence[Mapping[str, Any]]


def show(part: Part, t: Words) -> None:
    """What the witness said when it was asked, and a button that asks a model on this machine.

    Args:
        part: which questions; each station has one.
    """
    on_disk = {each.name: each for each in models_on_disk()}
    name, rows = _kept(part) or (MODEL, testimony(part))
    is_live = _kept(part) is not None
    badge = computed_now(t) if is_live else measured_then(t, PART) if rows else None
    with card(f"witness_{part}", t("witness.title", model=name), badge):
        note(t("witness.about"))
        if rows:
            draw: dict[Part, Callable[[Rows, Words], None]] = {
                "capitals": _capitals,
                "roles": _roles,
                "sums": _sums,
            }
            draw[part](rows, t)
        else:
            note(t("witness.not_asked"))
        if state.depth() == "watch":
            return
        if on_disk:
            _ask(part, on_disk, t)
        else:
            note(t("witness.none", command=COMMAND))


def _kept(part: Part) -> tuple[str, Rows] | None:
    found: tuple[str, Rows] | None = st.session_state.get(f"_witness_{part}")
    return found


def _ask(part: Part, on_disk: Mapping[str, OnDisk], t: Words) -> None:
    """Which model, and the button; the result stays until another is asked."""
    with st.container(
        key=f"gb_witness_ask_{part}", horizontal=True, vertical_alignment="bottom", gap="medium"
    ):
        names = list(on_disk)
        name = names[0]
        if len(names) > 1:
            with st.container(width=320):
                name = st.selectbox(t("witness.model"), names, key=f"witness_model_{part}")
        pressed = st.button(t("witness.ask", model=name), key=f"witness_ask_{part}")
    if not pressed:
        return
    try:
        with watched(t, f"witness_{part}") as tell:
            work = services().engine.short(testify, on_disk[name].path, part, state.seed())
            found = finished(work, tell)
    except GlassboxError as error:
        show_error(error, t)
        return
    st.session_state[f"_witness_{part}"] = (name, found)
    st.rerun()


def _capitals(rows: Rows, t: Words) -> None:
    """Real countries beside invented ones: how often a capital is named, and how often the same."""
    cases = [Capital(**row) for row in rows]
    real = [case for case in cases if case.truth]
    invented = [case for case in cases if not case.truth]
    n_right = sum(case.said.split(" ")[0] == case.truth for case in real)
    n_named = sum(bool(case.said) for case in invented)
    heads = (
        t("witness.countries"),
        t("witness.named"),
        t("witness.right"),
        t("witness.agreement", n=cases[0].n),
    )
    lines = [
        (
            t("witness.real"),
            with_span(sum(bool(case.said) for case in real), len(real), t),
            with_span(n_right, len(real), t),
            share(_mean([case.agreement for case in real]), t.lang),
        ),
        (
            t("witness.invented"),
            with_span(n_named, len(invented), t),
            t("witness.no_right"),
            share(_mean([case.agreement for case in invented]), t.lang),
        ),
    ]
    st.html(table(heads, lines, t("witness.countries")))
    surest = sorted(invented, key=lambda case: -case.n_said)[:N_EXAMPLES]
    said = ", ".join(
        t("witness.capital_said", country=case.country, said=case.said, k=case.n_said, n=case.n)
        for case in surest
        if case.said
    )
    if said:
        note(t("witness.surest", said=said))
    note(t("witness.capitals_how", n=cases[0].n))


def _roles(rows: Rows, t: Words) -> None:
    """Every job on a line from “he” to “she”."""
    found = sorted((Role(row["job"], tuple(row["she"])) for row in rows), key=lambda one: one.mean)
    lines = "".join(
        f"<li><b>{escape(one.job)}</b>"
        f"<span class='bar'><i style='left:{100 * min(one.she):.1f}%;"
        f"right:{100 * (1 - max(one.she)):.1f}%'></i>"
        f"<em style='left:{100 * one.mean:.1f}%'></em></span>"
        f"<span class='n'>{escape(share(one.mean, t.lang))}</span></li>"
        for one in found
    )
    st.html(
        f"<div class='gb-roles' role='img' aria-label='{escape(t('witness.roles_alt'))}'>"
        f"<p class='ends'><span>{escape(t('witness.he'))}</span>"
        f"<span>{escape(t('witness.she'))}</span></p><ol>{lines}</ol></div>"
    )
    n_one_way = sum(one.n_she in (0, len(one.she)) for one in found)
    note(
        t(
            "witness.roles_found",
            low=found[0].job,
            low_share=share(found[0].mean, t.lang),
            high=found[-1].job,
            high_share=share(found[-1].mean, t.lang),
            one_way=whole(n_one_way, t.lang),
            n=whole(len(found), t.lang),
        )
    )
    note(t("witness.roles_how", frames=len(found[0].she)))


def _sums(rows: Rows, t: Words) -> None:
    """Sums by how they were put."""
    found = [Sum(**row) for row in rows]
    names = {
        "one_digit": t("witness.one_digit"),
        "two_digits": t("witness.two_digits"),
        "three_digits": t("witness.three_digits"),
        "four_digits": t("witness.four_digits"),
        "in_words": t("witness.in_words"),
        "disturbed": t("witness.disturbed"),
    }
    heads = (t("witness.sort"), t("witness.right"), t("witness.example"))
    lines = []
    for sort in SORTS:
        some = [one for one in found if one.sort == sort]
        if not some:
            continue
        one = next((each for each in some if not each.right), some[0])
        said = t("witness.sum_said", asked=one.asked, said=one.said or "–", truth=one.truth)
        lines.append((names[sort], with_span(sum(e.right for e in some), len(some), t), str(said)))
    st.html(table(heads, lines, t("witness.sort")))
    note(t("witness.sums_how", n=decimal(len(found) / len(lines), t.lang, 0)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))
