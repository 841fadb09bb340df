"""Drawn: what becomes of the same questions, asked in several ways, and how reading is learned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from core.house.limits.grounding import Grounding
from core.limits.grounding.exam import GROUPS, Tally, Way, by_way
from core.limits.grounding.lessons import MOST_PASSAGES
from pages.kit.catalogue import Words
from pages.kit.numbers import share, share_span, whole
from pages.limits.live import Row
from pages.limits.shown import table, with_span

FEW: Final = 0.2  # at most this share
MOST: Final = 0.6  # at least this share
SAID: Final = ("right", "wrong", "unsure", "beside")


def right(one: Tally, t: Words) -> str:
    """The share that says what the notice says, with its interval."""
    return with_span(one.n_right, one.n, t)


def outcome_of(one: Tally) -> str:
    """Which expectation a measurement fulfils."""
    reached = one.n_right / max(1, one.n)
    return "most" if reached >= MOST else "few" if reached <= FEW else "some"


@dataclass(frozen=True)
class Asked:
    """One way of asking, with what became of it.

    Args:
        name: in words.
        tally: what became of it.
    """

    name: str
    tally: Tally


def way_name(way: Way, t: Words) -> str:
    """What stands before the question."""
    return {
        "alone": t("lookup.way_alone"),
        "given": t("lookup.way_given"),
        "found": t("lookup.way_found"),
        "missing": t("lookup.way_missing"),
        "false": t("lookup.way_false"),
    }[way]


def untaught(shipped: Grounding, way: Way, t: Words) -> Asked:
    """What the model made of it before it was taught to read."""
    name = t("lookup.untaught_way", way=way_name(way, t))
    return Asked(name, shipped.tally(way, taught=False))


def taught(shipped: Grounding, way: Way, t: Words) -> Asked:
    """What all readers made of it together."""
    return Asked(t("lookup.taught_way", way=way_name(way, t)), shipped.tally(way))


def bars(some: Sequence[Asked], t: Words) -> str:
    """For each way one bar of all answers, by what they come to."""
    names = said_names(t)
    legend = "".join(f"<span class='{said}'><i></i>{escape(names[said])}</span>" for said in SAID)
    rows = "".join(_bar(one, names, t) for one in some)
    return f"<div class='gb-ways'><p class='legend'>{legend}</p>{rows}</div>"


def said_names(t: Words) -> dict[str, str]:
    """What an answer comes to."""
    return {
        "right": t("lookup.said_right"),
        "wrong": t("lookup.said_wrong"),
        "unsure": t("lookup.said_unsure"),
        "beside": t("lookup.said_beside"),
    }


def _bar(one: Asked, names: Mapping[str, str], t: Words) -> str:
    n = max(1, one.tally.n)
    parts = "".join(
        f"<i class='{said}' style='width:{100 * one.tally.said[said] / n:.1f}%'></i>"
        for said in SAID
        if one.tally.said[said]
    )
    spoken = "; ".join(f"{names[said]} {share(one.tally.said[said] / n, t.lang)}" for said in SAID)
    figure = f"{share(one.tally.n_right / n, t.lang)}"
    span = share_span(*one.tally.interval, t.lang)
    return (
        f"<section><p>{escape(one.name)} <b>{figure}</b> <span>({escape(span)}, n = "
        f"{escape(whole(one.tally.n, t.lang))})</span></p>"
        f"<div class='field' role='img' aria-label='{escape(spoken)}'>{parts}</div></section>"
    )


def groups(shipped: Grounding, t: Words) -> str:
    """What was told otherwise, and what was never told: how either is answered."""
    names = {"changed": t("lookup.group_changed"), "new": t("lookup.group_new")}
    heads = (
        t("lookup.asked_for"),
        t("lookup.memory_right"),
        t("lookup.memory_past"),
        t("lookup.given_right"),
        t("lookup.n_asked"),
    )
    rows = []
    for group in GROUPS:
        alone = shipped.tally("alone", taught=False, group=group)
        given = shipped.tally("given", group=group)
        rows.append(
            (
                names[group],
                right(alone, t),
                with_span(alone.n_past, alone.n, t),
                right(given, t),
                f"{whole(alone.n, t.lang)}; {whole(given.n, t.lang)}",
            )
        )
    return table(heads, rows, t("lookup.asked_for"))


def by_number(shipped: Grounding, t: Words) -> str:
    """More notices: found more often, and read less surely."""
    heads = (t("lookup.n"), t("lookup.is_among"), t("lookup.found_right"), t("lookup.n_asked"))
    rows = []
    for n in range(1, MOST_PASSAGES + 1):
        one = shipped.tally("found", n_found=n, model=shipped.readers[0])
        rows.append(
            (
                whole(n, t.lang),
                with_span(one.n_found, one.n, t),
                right(one, t),
                whole(one.n, t.lang),
            )
        )
    return table(heads, rows, t("lookup.by_number"))


def seeds(shipped: Grounding, t: Words) -> str:
    """Every reader by itself: with the right notice, with what is found, and without it."""
    ways: tuple[Way, ...] = ("given", "found", "missing", "false")
    heads = (t("lookup.reader"), *(way_name(way, t) for way in ways))
    rows = [
        (
            whole(int(seed) + 1, t.lang),
            *(right(shipped.tally(way, model=seed), t) for way in ways[:2]),
            with_span(*_unsure(shipped.tally("missing", model=seed)), t),
            right(shipped.tally("false", model=seed), t),
        )
        for seed in shipped.readers
    ]
    return table(heads, rows, t("lookup.reader"))


def _unsure(one: Tally) -> tuple[int, int]:
    return one.said["unsure"], one.n


def citations(one: Tally, t: Words) -> dict[str, str]:
    """Of all answers those that name a source, of these those whose source says so; and of all
    those that some notice says, whatever is named.
    """
    return {
        "cites": with_span(one.n_cited, one.n, t),
        "rightly": with_span(one.n_supported, one.n_cited, t),
        "sourced": with_span(one.n_sourced, one.n, t),
    }


def course(rows: Sequence[Row], n_found: int, t: Words) -> str:
    """How a run's answers change: a line for every look.

    Args:
        rows: of kind "asked".
        n_found: notices before a question.
    """
    heads = (
        t("lookup.updates"),
        way_name("alone", t),
        t("lookup.given_short", n=whole(n_found, t.lang)),
        t("lookup.missing_short"),
    )
    lines = []
    for step in sorted({row["step"] for row in rows}):
        found = by_way([row for row in rows if row["step"] == step])
        unsure = _unsure(found["missing"]) if "missing" in found else (0, 0)
        lines.append(
            (
                whole(step, t.lang),
                right(found["alone"], t) if "alone" in found else "",
                right(found["given"], t) if "given" in found else "",
                with_span(*unsure, t),
            )
        )
    return table(heads, lines, t("lookup.live"))
