"""The visitor's own pair of words and own roles, skewed as the visitor says, learned live."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import streamlit as st

from core.jobs.engine import Plan
from core.jobs.programs import PAIRS
from core.limits.bias.amplification import at_temperature
from core.limits.bias.asking import TEMPERATURES
from core.limits.bias.measuring import Share, share_of
from core.limits.bias.pairs import (
    HIGHEST,
    LOWEST,
    MOST_LETTERS,
    MOST_ROLES,
    PAIR_LANES,
    PairLane,
    PairsSettings,
    read_roles,
    trouble,
)
from core.limits.trials import finished
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note
from pages.kit.numbers import NO_FIGURE, duration, share, whole
from pages.limits import live
from pages.limits.bias.showing import CLOSE, spanned, temperature_name
from pages.limits.live import Live, Run, newest
from pages.limits.shown import table

LIVE: Final = Live("bias_own", PAIRS, "paired")


def draw(t: Words) -> None:
    """The fields, the guess, the run and its result."""
    seen = newest(LIVE)
    done = seen is not None and seen.record.is_finished
    with card("bias_own", t("bias.own"), computed_now(t) if done else None):
        note(t("bias.own_about"))
        asks = seen is None or bool(st.session_state.get("_bias_own_again"))
        settings = _fields(t) if asks else None
        if not asks or settings is not None:
            _ask(seen, settings, t)
        if seen is not None and not seen.record.is_finished:
            _progress(t)
        elif seen is not None:
            _result(seen, t)


def _fields(t: Words) -> PairsSettings | None:
    """What is typed, or None with a sentence that says what is missing."""
    with st.container(key="gb_bias_words", horizontal=True, vertical_alignment="bottom"):
        first = controls.text("bias_first", t("bias.group_one"), placeholder=t("bias.one_example"))
        second = controls.text(
            "bias_second", t("bias.group_two"), placeholder=t("bias.two_example")
        )
        typed = controls.text("bias_roles", t("bias.roles"), placeholder=t("bias.roles_example"))
    common = controls.slider("bias_share", t("bias.share"))
    first, second, typed = (
        text.strip() or example
        for text, example in (
            (first, t("bias.one_example")),
            (second, t("bias.two_example")),
            (typed, t("bias.roles_example")),
        )
    )
    roles = read_roles(typed, common / 100)
    wrong = trouble(first, second, roles)
    if wrong is not None:
        st.html(f'<p class="gb-not-here" role="alert">{escape(told(*wrong, t))}</p>')
        return None
    names, shares = zip(*roles, strict=True)
    return PairsSettings(
        first=" ".join(first.split()),
        second=" ".join(second.split()),
        roles=names,
        shares=shares,
        seed=state.seed(),
    )


def told(what: str, word: str, t: Words) -> str:
    """What is wrong with the typed words, in a sentence."""
    return {
        "empty": t("bias.wrong_empty"),
        "same": t("bias.wrong_same", word=word),
        "none": t("bias.wrong_none"),
        "long": t("bias.wrong_long", word=word[:MOST_LETTERS], n=MOST_LETTERS),
        "sign": t("bias.wrong_sign", word=word),
        "many": t("bias.wrong_many", n=word, most=MOST_ROLES),
        "twice": t("bias.wrong_twice", word=word),
        "taken": t("bias.wrong_taken", word=word),
        "share": t(
            "bias.wrong_share",
            word=word,
            low=share(LOWEST, t.lang),
            high=share(HIGHEST, t.lang),
        ),
    }[what]


def options(t: Words) -> dict[str, str]:
    """What may come of asking greedily."""
    return {
        "fewer": t("bias.own_fewer"),
        "same": t("bias.own_same"),
        "more": t("bias.own_more"),
    }


def _ask(seen: Run | None, settings: PairsSettings | None, t: Words) -> None:
    def plan() -> Plan:
        assert settings is not None  # the button is drawn only beside fields that can be used
        return Plan({}, settings.to_dict(), None, t("bias.own_run"), PAIRS)

    if settings is None:
        question = ""
    else:
        share_of_first = settings.shares[0]
        question = t(
            "bias.own_guess",
            role=settings.roles[0],
            first=settings.first,
            n=whole(100 * share_of_first, t.lang),
            second=settings.second,
            rest=whole(100 * (1 - share_of_first), t.lang),
            group=majority(settings),
        )
    n = len(PairsSettings().models)
    live.ask(LIVE, seen, question, options(t), t("bias.start", n=whole(n, t.lang)), plan, t)


def majority(settings: PairsSettings) -> str:
    """The group that the texts about the first role have more often."""
    return settings.first if settings.shares[0] >= 0.5 else settings.second


def _progress(t: Words) -> None:
    def said(seen: Run) -> tuple[str, str]:
        n_done = sum(bool(row["done"]) for row in seen.rows)
        settings = PairsSettings.from_dict(seen.record.settings)
        n = whole(len(settings.models), t.lang)
        return t("bias.progress", done=whole(n_done, t.lang), n=n), ""

    def planned(seen: Run) -> int:
        return PairsSettings.from_dict(seen.record.settings).n_steps

    live.progress(LIVE, planned, said, t)


def answered(rows: Sequence[Mapping[str, Any]], role: str, temperature: float) -> Share:
    """How often the first group is answered, of all models together: one share for each model."""
    values = [
        sum(at_temperature(share, temperature) for share in row["first"][role])
        / len(row["first"][role])
        for row in rows
    ]
    return share_of(values, greedy=temperature == 0.0)


def outcome_of(settings: PairsSettings, greedy: Share) -> str:
    """Whether the more frequent group of the first role is answered more often than it is told."""
    told_, given = settings.shares[0], greedy.value
    if told_ < 0.5:
        told_, given = 1.0 - told_, 1.0 - given
    if abs(given - told_) <= CLOSE:
        return "same"
    return "more" if given > told_ else "fewer"


def _result(seen: Run, t: Words) -> None:
    live.failed(seen, t)
    settings = PairsSettings.from_dict(seen.record.settings)
    rows = finished([dict(row) for row in seen.rows])
    of = {lane: [row for row in rows if row["lane"] == lane] for lane in PAIR_LANES}
    if of["none"]:
        role = settings.roles[0]
        greedy = answered(of["none"], role, 0.0)
        of_major = greedy.value if settings.shares[0] >= 0.5 else 1.0 - greedy.value
        said = t(
            "bias.own_found",
            role=role,
            group=majority(settings),
            n=whole(100 * max(settings.shares[0], 1 - settings.shares[0]), t.lang),
            greedy=share(of_major, t.lang),
        )
        live.found(LIVE, options(t), outcome_of(settings, greedy), said, t)
        st.html(tabulated(settings, of, t))
        note(
            t(
                "bias.own_how",
                n=whole(len(of["none"]), t.lang),
                texts=whole(settings.n_texts, t.lang),
                time=duration(seen.record.seconds, t.lang),
            )
        )
    live.ended(LIVE, seen, t)


def tabulated(
    settings: PairsSettings, of: Mapping[PairLane, Sequence[Mapping[str, Any]]], t: Words
) -> str:
    """Every role: what the texts say, what is answered, and what telling both groups leaves."""
    rows = []
    for role, told_ in zip(settings.roles, settings.shares, strict=True):
        cells = [role, share(told_, t.lang)]
        cells += [spanned(answered(of["none"], role, each), t) for each in TEMPERATURES]
        treated = of["augmented"]
        cells.append(spanned(answered(treated, role, 1.0), t) if treated else NO_FIGURE)
        rows.append(cells)
    heads: list[str] = [t("bias.role"), t("bias.own_texts", group=settings.first)]
    heads += [temperature_name(each, t) for each in TEMPERATURES]
    heads.append(t("bias.own_augmented"))
    return table(heads, rows, t("bias.own"))
