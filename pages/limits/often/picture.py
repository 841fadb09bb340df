"""Drawn: right answers and confidence by how often a fact was told, and the floor under errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from core.intervals import share_interval
from core.limits.confident.calibration import expected_calibration_error
from core.limits.often.telling import GROUPS, Found, Tally
from core.limits.often.wordings import KINDS, Worded
from pages.kit.catalogue import Words
from pages.kit.numbers import NO_FIGURE, decimal, quantity, share, share_span, whole
from pages.limits.shown import table, with_span

ENDLESS: Final = 10**6  # a group whose upper end is said to be open

Row = Mapping[str, Any]


def group_name(group: str, t: Words) -> str:
    """How often the facts of a group are told."""
    low, high = GROUPS[group]
    if high == 0:
        return t("often.never")
    if low == high:
        return t("often.once") if low == 1 else t("often.times", n=whole(low, t.lang))
    if high > ENDLESS:
        return t("often.at_least", n=whole(low, t.lang))
    return t("often.from_to", low=whole(low, t.lang), high=whole(high, t.lang))


def columns(groups: Mapping[str, Tally], label: str, t: Words) -> str:
    """For each number of tellings a column: the share answered rightly, its interval, and a mark
    where the mean confidence lies.

    Args:
        groups: by name in GROUPS; those without a fact are left out.
        label: what is drawn, for whoever cannot see it.
    """
    drawn = "".join(_column(group_name(name, t), one, t) for name, one in groups.items() if one.n)
    return (
        f"<div class='gb-tellings'>{_legend(t)}<div class='columns' role='img' "
        f"aria-label='{escape(label)}: {escape(_spoken(groups, t))}'>{drawn}</div></div>"
    )


def _legend(t: Words) -> str:
    parts = (
        ("right", t("often.legend_right")),
        ("span", t("often.legend_span")),
        ("sure", t("often.legend_sure")),
    )
    drawn = "".join(f"<span><i class='{kind}'></i>{escape(text)}</span>" for kind, text in parts)
    return f"<p class='legend'>{drawn}</p>"


def _column(name: str, one: Tally, t: Words) -> str:
    low, high = one.interval
    return (
        f"<section><div class='field'>"
        f"<i class='right' style='height:{100 * one.share:.1f}%'></i>"
        f"<i class='span' style='bottom:{100 * low:.1f}%;height:{100 * (high - low):.1f}%'></i>"
        f"<i class='sure' style='bottom:{100 * one.confidence:.1f}%'></i></div>"
        f"<p><b>{escape(name)}</b><br>{escape(share(one.share, t.lang))}"
        f"<br><span>n = {escape(whole(one.n, t.lang))}</span></p></section>"
    )


def _spoken(groups: Mapping[str, Tally], t: Words) -> str:
    return "; ".join(
        t(
            "often.column",
            group=group_name(name, t),
            right=with_span(one.n_right, one.n, t),
            sure=share(one.confidence, t.lang),
        )
        for name, one in groups.items()
        if one.n
    )


@dataclass(frozen=True)
class Bar:
    """A share drawn from the left.

    Args:
        name: what it is.
        value: a share of 1.
        span: its 95 % interval; None if it was counted, not sampled.
        kind: of the colour: "counted" or "wrong".
    """

    name: str
    value: float
    span: tuple[float, float] | None
    kind: str


def wrong_bar(name: str, one: Tally) -> Bar:
    """The false ones among drawn answers."""
    n_wrong = one.n - one.n_right - one.n_unsure
    return Bar(name, n_wrong / max(1, one.n), share_interval(n_wrong, one.n), "wrong")


def bars(some: Sequence[Bar], t: Words) -> str:
    """Shares below each other on one scale, with a line where the first of them ends."""
    top = max(max(bar.value, bar.span[1] if bar.span else 0.0) for bar in some)
    line = 100 * some[0].value / top
    drawn = "".join(_bar(bar, top, line, t) for bar in some)
    return f"<div class='gb-floor'>{drawn}</div>"


def _bar(bar: Bar, top: float, line: float, t: Words) -> str:
    said = share(bar.value, t.lang, 1)
    whisker = ""
    if bar.span:
        low, high = bar.span
        said = f"{said} ({share_span(low, high, t.lang, 1)})"
        whisker = (
            f"<i class='span' style='left:{100 * low / top:.1f}%;"
            f"width:{100 * (high - low) / top:.1f}%'></i>"
        )
    return (
        f"<p>{escape(bar.name)} <b>{escape(said)}</b></p><div class='field' aria-hidden='true'>"
        f"<i class='{bar.kind}' style='width:{100 * bar.value / top:.1f}%'></i>{whisker}"
        f"<i class='line' style='left:{line:.1f}%'></i></div>"
    )


def lane_name(lane: str, t: Words) -> str:
    """What a lane's model reads, or how it is trained."""
    return {
        "told": t("often.lane_told"),
        "cleaned": t("often.lane_cleaned"),
        "passes": t("often.lane_passes"),
        "short": t("often.lane_short"),
        "longer": t("often.lane_longer"),
        "larger": t("often.lane_larger"),
        "more": t("often.lane_more"),
        "unsure": t("often.lane_unsure"),
    }[lane]


def treatments(found: Mapping[Any, Found], t: Words) -> str:
    """Each lane: what it leaves right of what was told once and often, false of the rest, and what
    it costs.
    """
    plain = found.get("told")
    heads = (
        t("often.treatment"),
        t("often.right_once"),
        t("often.right_often"),
        t("often.false_never"),
        t("often.false_asked"),
        t("often.n_sentences"),
        t("often.n_read"),
        t("often.n_parameters"),
    )
    rows = [
        (
            lane_name(lane, t),
            _right(one.groups["once"], t),
            _right(one.groups["often"], t),
            _wrong(one.groups["never"], t),
            _wrong(one.asked, t),
            whole(one.n_sentences, t.lang),
            _times(one.n_steps, plain.n_steps if plain else 0.0, t),
            _times(one.n_parameters, plain.n_parameters if plain else 0.0, t),
        )
        for lane, one in found.items()
    ]
    return table(heads, rows, t("often.treatments"))


def _right(one: Tally, t: Words) -> str:
    return with_span(one.n_right, one.n, t)


def _wrong(one: Tally, t: Words) -> str:
    return with_span(one.n - one.n_right - one.n_unsure, one.n, t)


def _times(value: float, plain: float, t: Words) -> str:
    return quantity(decimal(value / plain, t.lang, 1), "×") if plain else NO_FIGURE


def wordings(found: Worded, t: Words) -> str:
    """By number of wordings: right when asked, and right when the text is gone on with."""
    heads = (
        t("often.wordings_in"),
        t("often.wordings_asked"),
        t("often.wordings_recited"),
        t("often.n_asked"),
    )
    rows = [
        (
            _wordings(kind, t),
            _right(found.asked[kind], t),
            _right(found.recited[kind], t),
            whole(found.asked[kind].n, t.lang),
        )
        for kind in KINDS
    ]
    known = found.known
    rows.append((t("often.wordings_known"), _right(known, t), NO_FIGURE, whole(known.n, t.lang)))
    return table(heads, rows, t("often.wordings"))


def wording_columns(found: Worded, t: Words) -> str:
    """By number of wordings a column: right when asked in other words, and how sure."""
    drawn = "".join(_column(_wordings(kind, t), found.asked[kind], t) for kind in KINDS)
    spoken = "; ".join(
        t(
            "often.column",
            group=_wordings(kind, t),
            right=_right(found.asked[kind], t),
            sure=share(found.asked[kind].confidence, t.lang),
        )
        for kind in KINDS
    )
    return (
        f"<div class='gb-tellings'>{_legend(t)}<div class='columns' role='img' "
        f"aria-label='{escape(spoken)}'>{drawn}</div></div>"
    )


def _wordings(kind: int, t: Words) -> str:
    return t("often.one_wording") if kind == 1 else t("often.n_wordings", n=whole(kind, t.lang))


def falsehoods(rows: Sequence[Row], t: Words) -> str:
    """False answers the models were surest of, with how often the text tells the truth."""
    items = "".join(
        f"<li><p class='q'>{escape(_question(row, t))}</p><p class='a'>{escape(_said(row, t))}</p>"
        f"<p class='v'>{escape(_in_text(row, t))}</p></li>"
        for row in rows
    )
    return f"<ol class='gb-falsehoods'>{items}</ol>"


def _question(row: Row, t: Words) -> str:
    if row["relation"] == "home":
        return t("often.ask_home", person=row["person"])
    return t("often.ask_dog", person=row["person"])


def stated(row: Row, name: str, t: Words) -> str:
    """The sentence that says so of somebody."""
    if row["relation"] == "home":
        return t("often.home", person=row["person"], name=name)
    return t("often.dog", person=row["person"], name=name)


def _said(row: Row, t: Words) -> str:
    return stated(row, row["said"], t) if row["said"] else t("often.no_name")


def _in_text(row: Row, t: Words) -> str:
    sure = share(row["probability"], t.lang)
    if row["n_told"]:
        n = whole(row["n_told"], t.lang)
        return t("often.text_tells", n=n, name=row["truth"], sure=sure)
    return t("often.text_silent", name=row["truth"], sure=sure)


def calibration_of(one: Found) -> float:
    """The expected calibration error over all facts."""
    return expected_calibration_error(one.bins)
