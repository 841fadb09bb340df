"""The visitor's own facts: typed one a line, told among the others, and asked."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.limits.often.telling import Lane
from core.limits.often.village import (
    MOST_LETTERS,
    MOST_OWN,
    MOST_TOLD,
    OwnFact,
    Trouble,
    Unusable,
    read_own,
)
from core.limits.trials import finished
from pages.kit import controls, drafts
from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.kit.numbers import share, whole
from pages.limits.live import Row
from pages.limits.often.picture import lane_name
from pages.limits.shown import table

KEY: Final = "often_own"
SHOWN: Final = 40  # letters of a line that is refused
MOST: Final = 2000  # letters of the whole field


def facts_now() -> list[OwnFact]:
    """The usable facts as they are typed now."""
    return read_own(drafts.text(KEY)[:MOST])[0]


def field(t: Words) -> None:
    """The field, and what of it cannot be used."""
    start = drafts.recall(KEY, t("often.own_start"))
    text = st.text_area(
        t("often.own_label"),
        start,
        key=KEY,
        height=104,
        max_chars=controls.PASTED,
        help=t(
            "often.own_help",
            n=whole(MOST_OWN, t.lang),
            most=whole(MOST_TOLD, t.lang),
            letters=whole(MOST_LETTERS, t.lang),
        ),
    )
    drafts.keep(KEY)
    facts, unusable = read_own(controls.fitting(text or "", MOST))
    if unusable:
        lines = "".join(f"<br>{escape(_refused(one, t))}" for one in unusable[:MOST_OWN])
        st.html(f'<p class="gb-not-here" role="status">{escape(t("often.own_unused"))}{lines}</p>')
    if not facts and not unusable:
        note(t("often.own_none"))


def _refused(one: Unusable, t: Words) -> str:
    why: dict[Trouble, str] = {
        "parts": t("often.own_parts"),
        "count": t("often.own_count", most=whole(MOST_TOLD, t.lang)),
        "long": t("often.own_long", n=whole(MOST_LETTERS, t.lang)),
        "twice": t("often.own_twice"),
        "empty": t("often.own_empty"),
        "many": t("often.own_many", n=whole(MOST_OWN, t.lang)),
    }
    line = one.line if len(one.line) <= SHOWN else one.line[:SHOWN] + "…"
    return t("often.own_refused", line=line, why=why[one.trouble])


def answers(rows: Sequence[Row], lanes: Sequence[Lane], t: Words) -> str:
    """What the finished models answered to each own fact; empty if there is none.

    Args:
        rows: of kind "asked".
        lanes: those that are shown.
    """
    done = finished([dict(row) for row in rows])
    lines = [
        _line([row["own"][place] for row in done if row["lane"] == lane], lane, t)
        for lane in lanes
        for place in range(len(next((row["own"] for row in done if row["lane"] == lane), ())))
    ]
    if not lines:
        return ""
    heads = (
        t("often.own_fact"),
        t("often.own_told"),
        t("often.own_lane"),
        t("often.own_said"),
        t("often.own_right"),
        t("often.own_sure"),
    )
    return table(heads, sorted(lines, key=lambda line: line[0]), t("often.own_label"))


def _line(some: Sequence[Row], lane: Lane, t: Words) -> tuple[str, ...]:
    """One fact, asked of each model of a lane."""
    one = some[0]
    said = ", ".join(dict.fromkeys(each["said"] or t("often.no_name") for each in some))
    n_right = sum(each["right"] for each in some)
    sure = sum(each["probability"] for each in some) / len(some)
    return (
        t("often.home", person=one["person"], name=one["place"]),
        t("often.times_told", n=whole(one["n_told"], t.lang)),
        lane_name(lane, t),
        said,
        t("often.right_of", k=whole(n_right, t.lang), n=whole(len(some), t.lang)),
        share(sure, t.lang),
    )
