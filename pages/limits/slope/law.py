"""The loss of the next size: what a law says of it, and then its training."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from core.figures.curves import Axes, LogSteps
from core.figures.growth import Ribbon, Series, growth
from core.house.limits.emergence import NEXT_SIZE, Emergence
from core.jobs.engine import Plan
from core.jobs.programs import NEXT_SIZE as PROGRAM
from core.limits.slope.emergence import NEXT, size_of
from core.limits.slope.scaling import Band, band, computing, frontier
from pages.kit import components, state
from pages.kit.catalogue import Words
from pages.kit.components.figures import marks
from pages.kit.frame import note
from pages.kit.numbers import decimal, duration, interval, whole, with_extremes
from pages.limits import live
from pages.limits.live import Live, Run
from pages.limits.slope.showing import LOSS_DIGITS, SIZE_AXIS

LIVE: Final = Live("slope_next", PROGRAM, "judged")
N_DRAWN: Final = 40  # places along a curve

Rows = Sequence[Mapping[str, Any]]


def options(t: Words) -> dict[str, str]:
    """What the next size may come to."""
    return {
        "below": t("slope.next_below"),
        "within": t("slope.next_within"),
        "above": t("slope.next_above"),
    }


def outcome_of(loss: float, found: Band) -> str:
    """Where a measurement lies, seen from the last place of a band."""
    if loss < found.low[-1]:
        return "below"
    return "above" if loss > found.high[-1] else "within"


@st.cache_data(max_entries=8, show_spinner=False)
def _band(xs: tuple[float, ...], losses: tuple[float, ...], last: float) -> Band:
    """The law of some points with its band, from the first of them to `last`."""
    first = min(xs)
    asked = [first * (last / first) ** (n / (N_DRAWN - 1)) for n in range(N_DRAWN)]
    return band(xs, losses, asked)


def of_sizes(shipped: Emergence) -> Band:
    """The law over parameters, up to the next size, which it has not seen."""
    xs = tuple(float(row["n_parameters"]) for row in shipped.law)
    return _band(xs, tuple(row["loss_nats"] for row in shipped.law), float(size_of(NEXT)))


def ask(seen: Run | None, found: Band, t: Words) -> None:
    """The guess and the button that begins."""

    def plan() -> Plan:
        settings = NEXT_SIZE.changed(n_seeds=1, seed=state.seed())
        return Plan({}, settings.to_dict(), None, t("slope.next_run"), PROGRAM)

    question = t(
        "slope.question_next",
        n=whole(size_of(NEXT), t.lang),
        said=decimal(found.law.at(size_of(NEXT)), t.lang, LOSS_DIGITS),
        band=interval(found.low[-1], found.high[-1], t.lang, LOSS_DIGITS),
    )
    live.ask(LIVE, seen, question, options(t), t("slope.next_start"), plan, t)


def progress(t: Words) -> None:
    """While it runs: the step it has reached."""

    def told(seen: Run) -> tuple[str, str]:
        done, n = whole(seen.record.step, t.lang), whole(NEXT_SIZE.n_steps_each, t.lang)
        return t("slope.next_progress", done=done, n=n), ""

    live.progress(LIVE, lambda _: NEXT_SIZE.n_steps_each, told, t)


def draw(seen: Run | None, shipped: Emergence, t: Words) -> None:
    """The law over parameters; the guess, the run, and what was measured against the band."""
    found = of_sizes(shipped)
    watching = state.depth() == "watch"
    note(t("slope.law_about"))
    rows: Rows = seen.rows if seen and seen.record.is_finished else shipped.next if watching else ()
    over_sizes(shipped, found, rows, t)
    st.html(f"<p class='gb-found'>{told(found, t('slope.law_n'), t)}</p>")
    if not watching:
        ask(seen, found, t)
    if seen is not None and not seen.record.is_finished:
        progress(t)
    elif seen is not None:
        live.failed(seen, t)
        if seen.rows:
            loss = seen.rows[-1]["loss_nats"]
            said = sentence(loss, found, t)
            live.found(LIVE, options(t), outcome_of(loss, found), said, t)
            note(t("slope.next_how", time=duration(seen.record.seconds, t.lang)))
            note(_next_shipped(shipped, t))
        live.ended(LIVE, seen, t)
    elif watching:
        note(_next_shipped(shipped, t))


def sentence(loss: float, found: Band, t: Words) -> str:
    """A measurement beside the band."""
    return t(
        "slope.next_found",
        loss=decimal(loss, t.lang, LOSS_DIGITS),
        said=decimal(found.law.at(found.xs[-1]), t.lang, LOSS_DIGITS),
        band=interval(found.low[-1], found.high[-1], t.lang, LOSS_DIGITS),
    )


def _next_shipped(shipped: Emergence, t: Words) -> str:
    losses = sorted(row["loss_nats"] for row in shipped.next)
    middle, low, high = (
        decimal(each, t.lang, LOSS_DIGITS)
        for each in (losses[len(losses) // 2], losses[0], losses[-1])
    )
    n = whole(len(losses), t.lang)
    return t("slope.next_shipped", losses=with_extremes(middle, low, high), n=n)


def told(found: Band, name: str, t: Words) -> str:
    """A law in numbers."""
    return t(
        "slope.law",
        name=name,
        floor=decimal(found.law.floor, t.lang, LOSS_DIGITS),
        exponent=decimal(found.law.exponent, t.lang, LOSS_DIGITS),
    )


def over_sizes(shipped: Emergence, found: Band, rows: Rows, t: Words) -> None:
    """Loss over parameters, with the law and, where it is there, the next size."""
    measured = [
        Series(
            t("slope.measured"),
            [row["n_parameters"] for row in shipped.law],
            [row["loss_nats"] for row in shipped.law],
            joined="",
        )
    ]
    if rows:
        measured.append(
            Series(
                t("slope.next_size"),
                [row["n_parameters"] for row in rows],
                [row["loss_nats"] for row in rows],
                role="warn",
                joined="",
            )
        )
    fig = growth(
        [_drawn(found, t), *measured],
        Axes(t("slope.parameters"), t("slope.axis_loss")),
        x_axis=SIZE_AXIS,
        marks=marks(t),
        ribbon=Ribbon(t("slope.band"), found.xs, found.low, found.high),
    )
    components.figure(fig, t, key="slope_law", alt=t("slope.law_alt"), height=330)


def _drawn(found: Band, t: Words) -> Series:
    at = [found.law.at(x) for x in found.xs]
    return Series(t("slope.law_name"), found.xs, at, role="house", marked=False)


def over_data(shipped: Emergence, t: Words) -> None:
    """Loss of one size over what it has read, and of all models over computing."""
    n_parameters = shipped.data[0]["n_parameters"]
    every = [*shipped.data, *shipped.law]
    of_one = [row for row in every if row["n_parameters"] == n_parameters]
    read = [(float(row["n_tokens"]), row["loss_nats"]) for row in of_one]
    costs = [(computing(row["n_parameters"], row["n_tokens"]), row["loss_nats"]) for row in every]
    best = frontier(costs)
    left, right = st.columns(2)
    tokens, operations = t("slope.tokens", n=whole(n_parameters, t.lang)), t("slope.computing")
    with left:
        axis = LogSteps(3e4, 8e5, (5e4, 1e5, 5e5))
        _plotted(read, read, tokens, axis, "slope_data", t("slope.law_d"), t)
    with right:
        axis = LogSteps(1e9, 5e11, (1e9, 1e10, 1e11))
        _plotted(costs, best, operations, axis, "slope_compute", t("slope.law_c"), t)


def _plotted(
    points: Sequence[tuple[float, float]],
    fitted_to: Sequence[tuple[float, float]],
    x: str,
    axis: LogSteps,
    key: str,
    name: str,
    t: Words,
) -> None:
    """Measurements and the law of some of them, in figure and numbers."""
    xs, losses = zip(*fitted_to, strict=True)
    found = _band(tuple(xs), tuple(losses), max(xs))
    series = Series(t("slope.measured"), [p for p, _ in points], [q for _, q in points], joined="")
    fig = growth(
        [_drawn(found, t), series],
        Axes(x, t("slope.axis_loss")),
        x_axis=axis,
        marks=marks(t),
        ribbon=Ribbon(t("slope.band"), found.xs, found.low, found.high),
    )
    components.figure(fig, t, key=key, alt=t("slope.law_alt"), height=300)
    note(told(found, name, t))
