"""Drawn: exposure over copies, what was copied beside its source, and tables of all treatments."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from core.figures.exposure import Exposed, exposure_curve
from core.limits.byheart.canaries import COPIES, DIGITS, N_DIGITS, SORTS, printed
from core.limits.byheart.exposure import CHANCE_BITS, exposure
from core.limits.byheart.memorising import Count, Found, Lane
from pages.kit import components as parts
from pages.kit.catalogue import Words
from pages.kit.numbers import decimal, interval, share, whole
from pages.limits.shown import table, with_span

HEIGHT: Final = 330  # px
MOST_BITS: Final = exposure(1, len(DIGITS) ** N_DIGITS)

Row = Mapping[str, Any]


def sort_name(sort: str, t: Words) -> str:
    """Whether all copies of a secret's sentence are alike."""
    return t("byheart.sort_exact") if sort == "exact" else t("byheart.sort_near")


def lane_name(lane: str, t: Words) -> str:
    """What a lane's models read, or how large they are."""
    return {
        "told": t("byheart.lane_told"),
        "exact": t("byheart.lane_exact"),
        "near": t("byheart.lane_near"),
        "small": t("byheart.lane_small"),
        "large": t("byheart.lane_large"),
    }[lane]


def curve(found: Found, t: Words, key: str) -> None:
    """Mean exposure over copies, exact and near, with intervals over models."""
    lines = []
    for place, sort in enumerate(SORTS):
        means = [found.exposure[sort, n] for n in COPIES]
        lines.append(
            Exposed(
                sort_name(sort, t),
                COPIES,
                [one.mean for one in means],
                [one.interval for one in means],
                role="valid" if place else "accent",
                below=bool(place),
            )
        )
    levels = [
        (CHANCE_BITS, t("byheart.level_chance", n=decimal(CHANCE_BITS, t.lang, 1))),
        (MOST_BITS, t("byheart.level_most", n=decimal(MOST_BITS, t.lang, 1))),
    ]
    fig = exposure_curve(
        lines, t("byheart.axis_copies"), t("byheart.axis_exposure"), levels, marks=parts.marks(t)
    )
    alt = "; ".join(
        f"{line.name}: "
        + ", ".join(
            f"{whole(n, t.lang)} → {decimal(bits, t.lang, 1)}"
            for n, bits in zip(line.copies, line.bits, strict=True)
        )
        for line in lines
    )
    parts.figure(fig, t, key=key, alt=f"{t('byheart.stage')}. {alt}", height=HEIGHT)


def by_copies(found: Found, t: Words) -> str:
    """The figures of the picture, and how many secrets came out word for word."""
    heads = (
        t("byheart.copies"),
        t("byheart.exposure_exact"),
        t("byheart.told_exact"),
        t("byheart.exposure_near"),
        t("byheart.told_near"),
    )
    rows = []
    for n in COPIES:
        cells = [whole(n, t.lang)]
        for sort in SORTS:
            cells += [_bits(found, (sort, n), t), _of(found.told[sort, n], t)]
        rows.append(cells)
    return table(heads, rows, t("byheart.stage"))


def _bits(found: Found, key: Any, t: Words) -> str:
    one = found.exposure[key]
    said, span = decimal(one.mean, t.lang, 1), one.interval
    if span is None:
        return said
    low, high = max(0.0, span[0]), min(MOST_BITS, span[1])
    return f"{said} {interval(low, high, t.lang, 1)}"


def _of(one: Count, t: Words) -> str:
    return t("byheart.right_of", k=whole(one.n_right, t.lang), n=whole(one.n, t.lang))


def treatments(found: Mapping[Lane, Found], t: Words) -> str:
    """Each lane: what still comes out, and what it costs."""
    heads = (
        t("byheart.lane"),
        t("byheart.told_exact_often"),
        t("byheart.told_near_often"),
        t("byheart.verbatim"),
        t("byheart.held_out"),
        t("byheart.n_different"),
    )
    rows = [
        (
            lane_name(lane, t),
            share_of(one.told_of("exact", OFTEN), t),
            share_of(one.told_of("near", OFTEN), t),
            share_of(one.verbatim, t),
            decimal(one.held_out.mean, t.lang, 2),
            whole(one.n_different, t.lang),
        )
        for lane, one in found.items()
        if lane in ("told", "exact", "near")
    ]
    return table(heads, rows, t("byheart.treatments"))


OFTEN: Final = 16  # copies: from here on a secret counts as told often


def share_of(one: Count, t: Words) -> str:
    """A share with its interval."""
    return with_span(one.n_right, one.n, t)


def on_the_way(found: Found, t: Words) -> str:
    """Early stopping: after each eighth of the steps, what comes out, and the held-out loss."""
    heads = (t("byheart.steps_taken"), t("byheart.told_all"), t("byheart.held_out"))
    rows = [
        (
            share(look.share, t.lang),
            share_of(look.told, t),
            decimal(look.held_out.mean, t.lang, 2),
        )
        for look in found.looks
    ]
    return table(heads, rows, t("byheart.stopping"))


def sizes(found: Mapping[Lane, Found], t: Words) -> str:
    """By size of the model: sentences gone on with word for word by copies, and free writing."""
    by_size: tuple[Lane, ...] = ("small", "told", "large")
    lanes = [lane for lane in by_size if lane in found]
    heads = (
        t("byheart.n_parameters"),
        *(t("byheart.ordinary_at", n=whole(n, t.lang)) for n in ORDINARY),
        t("byheart.verbatim"),
        t("byheart.held_out"),
    )
    rows = [
        (
            whole(found[lane].n_parameters, t.lang),
            *(share_of(found[lane].ordinary[n], t) for n in ORDINARY),
            share_of(found[lane].verbatim, t),
            decimal(found[lane].held_out.mean, t.lang, 2),
        )
        for lane in lanes
    ]
    return table(heads, rows, t("byheart.size"))


ORDINARY: Final = (1, 4, 16, 64)  # copies that the table of sizes names


def quoted(rows: Sequence[Row], t: Words) -> str:
    """What a model wrote, the copied stretch marked, and beside it the sentence it stands in."""
    items = "".join(
        f"<li><div><p class='k'>{escape(t('byheart.wrote'))}</p><p>{_marked(row)}</p></div>"
        f"<div><p class='k'>{escape(_source(row, t))}</p>"
        f"<p>{escape(printed(row['source']))}</p></div></li>"
        for row in rows
    )
    return f"<ul class='gb-quoted'>{items}</ul>"


def _marked(row: Row) -> str:
    words, (first, last) = row["words"], row["run"]
    parts_ = [printed(words[:first]), printed(words[first:last]), printed(words[last:])]
    before, copied, after = (escape(part) for part in parts_)
    close = "" if after[:1] in tuple(".,!?;:…”)") else " "
    return f"{before} <mark>{copied}</mark>{close}{after}".strip()


def _source(row: Row, t: Words) -> str:
    n = whole(row["n_copies"], t.lang)
    if row["kind"] == "whole":
        return t("byheart.source_whole", n=n)
    if row["kind"] == "part":
        return t("byheart.source_part", n=n)
    return t("byheart.source_new")
