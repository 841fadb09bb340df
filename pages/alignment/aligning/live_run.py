"""An alignment run as it goes: its curves, updated live, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.figures.curves import Axes, Curve, Role, curves
from core.jobs.failures import rebuilt
from core.lineage import Artifact
from core.services import services
from core.store import RunRecord
from pages.alignment.preferring.judging import rule_names
from pages.home.shipped import aligned_then
from pages.kit import components as parts
from pages.kit import runs, state
from pages.kit.catalogue import Words
from pages.kit.frame import Badge, Figure, computed_now, note, show_error
from pages.kit.numbers import decimal, share, share_span, significant, whole

Row = dict[str, Any]
MAIN_HEIGHT: Final = 240
SMALL_HEIGHT: Final = 150
NEVER_BELOW_0: Final = ("kl", "entropy", "length")
DIGITS: Final = {"kl": 3, "length": 1}  # decimals where the default does not fit


@dataclass(frozen=True)
class Seen:
    """A run with its rows, grouped by kind."""

    run: RunRecord
    rows: dict[str, list[Row]]
    after: int

    @property
    def n_steps(self) -> int:
        """Steps planned."""
        return int(self.run.settings["n_steps"])

    @property
    def is_dpo(self) -> bool:
        """Whether it learns from pairs."""
        return "beta" in self.run.settings

    def of(self, kind: str) -> list[Row]:
        """Its rows of one kind."""
        return self.rows.get(kind, [])


def see(run: RunRecord) -> Seen:
    """Read a run with all its rows."""
    rows = services().engine.rows(state.owner(), run.id)
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(dict(row))
    return Seen(run, by_kind, rows[-1]["seq"] if rows else 0)


def badge(seen: Seen | None, aligned: Artifact | None, t: Words) -> Badge | None:
    """The badge of the stage; None if it shows no number."""
    if seen:
        return computed_now(t)
    if aligned is None:
        return None
    own = services().store.artifacts.owns(state.owner(), aligned.id)
    return computed_now(t) if own else aligned_then(t)


def numbers(seen: Seen, notice: str, t: Words) -> None:
    """Progress and remaining time of a run, updated live."""
    run = seen.run
    known = {"step": run.step, "seconds": run.seconds}
    now = parts.RunNow(run.id, run.lane, run.status, seen.after, known)
    parts.run_numbers(
        [now],
        t,
        key="align_numbers",
        n_steps=seen.n_steps,
        judged=False,
        timed=False,
        notice=notice,
    )


def main_figure(seen: Seen, t: Words) -> None:
    """On held-out questions: the share that keeps the rule, and the share still grammatical."""
    rule = rule_names(t)[str(seen.run.settings["rule"])]
    names: list[tuple[str, str, Role]] = [
        (t("aligning.keeps", rule=rule), "rate", "accent"),
        (t("aligning.grammatical"), "grammatical_share", "value"),
    ]
    lines = [_line(seen, "exam", y, name, role, 0) for name, y, role in names]
    axes = Axes(t("aligning.axis_steps"), t("aligning.axis_answers"))
    fig = curves(lines, axes, percent=True, y_range=(0.0, 1.0), marks=parts.marks(t))
    fig.update_xaxes(range=[0, seen.n_steps])
    feeds = [
        parts.Feed(seen.run.id, "exam", [(0, "step", "rate")], seen.after, 100.0),
        parts.Feed(seen.run.id, "exam", [(1, "step", "grammatical_share")], seen.after, 100.0),
    ]
    parts.live_figure(
        fig, t, key="align_main", alt=t("aligning.alt"), feeds=feeds, height=MAIN_HEIGHT
    )


def other_figures(seen: Seen, t: Words) -> list["Small"]:
    """The other figures: first the quantity the method acts on, then what it does to the model."""
    kind = "exam" if seen.is_dpo else "step"
    kl = Small(seen, t("aligning.kl"), kind, "kl", t("aligning.axis_kl"))
    first = (
        Small(seen, t("aligning.loss"), "step", "loss_nats", t("aligning.axis_nats"))
        if seen.is_dpo
        else Small(seen, t("aligning.score"), "step", "reward", t("aligning.axis_score"))
    )
    return [
        first,
        kl,
        Small(seen, t("aligning.entropy"), kind, "entropy", t("aligning.axis_kl")),
        Small(seen, t("aligning.length"), kind, "length", t("aligning.axis_tokens")),
    ]


@dataclass(frozen=True)
class Small:
    """One quantity of a run over its steps."""

    seen: Seen
    title: str
    kind: str
    y: str
    axis: str

    def draw(self, t: Words) -> None:
        """Its figure, updated live."""
        seen = self.seen
        line = _line(seen, self.kind, self.y, "", "train", DIGITS.get(self.y, 2))
        fig = curves([line], Axes(t("aligning.axis_steps"), self.axis), marks=parts.marks(t))
        fig.update_xaxes(range=[0, seen.n_steps])
        if self.y in NEVER_BELOW_0:
            fig.update_yaxes(rangemode="tozero")
        feed = parts.Feed(seen.run.id, self.kind, [(0, "step", self.y)], seen.after)
        parts.live_figure(
            fig, t, key=f"align_figure_{self.y}", alt=self.title, feeds=[feed], height=SMALL_HEIGHT
        )


def _line(seen: Seen, kind: str, y: str, name: str, role: Role, digits: int) -> Curve:
    rows = [row for row in runs.thinned(seen.of(kind)) if row.get(y) is not None]  # type: ignore[arg-type]
    return Curve(name, [row["step"] for row in rows], [row[y] for row in rows], role, 0, digits)


def ending(seen: Seen, t: Words) -> None:
    """The state or the outcome of the run, in a sentence."""
    run, exams = seen.run, seen.of("exam")
    if run.error:
        show_error(rebuilt(run.error), t)
    elif seen.of("diverged"):
        note(t("aligning.diverged", step=whole(run.step, t.lang)))
    elif run.status == "paused":
        note(t("training.is_paused"))
    elif run.status == "queued" and not exams:
        note(t("aligning.waits"))
    elif run.is_finished and len(exams) > 1:
        first, last = exams[0], exams[-1]
        note(
            t(
                "aligning.came_to",
                before=share(first["rate"], t.lang),
                after=share(last["rate"], t.lang),
                span=share_span(last["rate_low"], last["rate_high"], t.lang),
                n=whole(last["n_judged"], t.lang),
            )
        )


def passed_on(numbers: dict[str, Any], whose: Any, seconds: float, t: Words) -> list[Figure]:
    """The rate before and after with its interval, the KL divergence, and the seconds taken."""
    if "rate" not in numbers or "rate_before" not in numbers:
        return []
    rule = rule_names(t)[str(numbers.get("rule", "polite"))]
    span = share_span(numbers["rate_low"], numbers["rate_high"], t.lang)
    before, after = share(numbers["rate_before"], t.lang), share(numbers["rate"], t.lang)
    row = [
        Figure(f"{before} → {after}", t("aligning.rate_label", rule=rule), whose),
        Figure(span, t("aligning.interval")),
        Figure(significant(numbers["kl"], t.lang, 2), t("aligning.kl_label")),
    ]
    return row + ([Figure(decimal(seconds, t.lang, 0), t("aligning.seconds"))] if seconds else [])


def newest(rows: Sequence[Row]) -> list[Row]:
    """The samples of the latest exam, in order."""
    if not rows:
        return []
    last = rows[-1]["step"]
    return sorted((row for row in rows if row["step"] == last), key=lambda row: row["place"])
