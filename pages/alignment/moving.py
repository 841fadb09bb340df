"""What an aligning run does as it goes: its curves, moved by its rows, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.figures.curves import Axes, Curve, Role, curves
from core.jobs.failures import rebuilt
from core.services import services
from core.store import RunRecord
from pages.alignment.judging import rule_names
from pages.kit import components as parts
from pages.kit import runs, state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, note, show_error
from pages.kit.numbers import decimal, share, significant, whole

Row = dict[str, Any]
MAIN_HEIGHT: Final = 226
SMALL_HEIGHT: Final = 150


@dataclass(frozen=True)
class Seen:
    """A run with what it has said, by kind of row."""

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
    """A run with all it has said."""
    rows = services().engine.rows(state.owner(), run.id)
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(dict(row))
    return Seen(run, by_kind, rows[-1]["seq"] if rows else 0)


def main_figure(seen: Seen, t: Words) -> None:
    """On held-out questions: how often the rule is kept, and how much is still grammatical."""
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


def small_figures(seen: Seen, t: Words) -> list[tuple[str, Any]]:
    """What else moves, each a title and a function that draws it."""
    first = (
        (t("aligning.loss"), "step", "loss_nats", t("aligning.axis_nats"))
        if seen.is_dpo
        else (t("aligning.score"), "step", "reward", t("aligning.axis_score"))
    )
    kind = "exam" if seen.is_dpo else "step"
    wanted = (
        first,
        (t("aligning.kl"), kind, "kl", t("aligning.axis_kl")),
        (t("aligning.entropy"), kind, "entropy", t("aligning.axis_kl")),
        (t("aligning.length"), kind, "length", t("aligning.axis_tokens")),
    )
    return [(title, _Small(seen, t, title, *rest)) for title, *rest in wanted]


@dataclass(frozen=True)
class _Small:
    """One small figure."""

    seen: Seen
    t: Words
    title: str
    kind: str
    y: str
    axis: str

    def __call__(self) -> None:
        seen, t = self.seen, self.t
        line = _line(seen, self.kind, self.y, "", "train", 1 if self.y == "length" else 2)
        fig = curves([line], Axes(t("aligning.axis_steps"), self.axis), marks=parts.marks(t))
        fig.update_xaxes(range=[0, seen.n_steps])
        feed = parts.Feed(seen.run.id, self.kind, [(0, "step", self.y)], seen.after)
        parts.live_figure(
            fig, t, key=f"align_{self.y}", alt=self.title, feeds=[feed], height=SMALL_HEIGHT
        )


def _line(seen: Seen, kind: str, y: str, name: str, role: Role, digits: int) -> Curve:
    rows = [row for row in runs.thinned(seen.of(kind)) if row.get(y) is not None]  # type: ignore[arg-type]
    return Curve(name, [row["step"] for row in rows], [row[y] for row in rows], role, 0, digits)


def ending(seen: Seen, t: Words) -> None:
    """How the run stands or ended, in a sentence."""
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
                low=share(last["rate_low"], t.lang),
                high=share(last["rate_high"], t.lang),
                n=whole(last["n_judged"], t.lang),
            )
        )


def passed_on(numbers: dict[str, Any], whose: Any, seconds: float, t: Words) -> list[Figure]:
    """The rate before and after with its interval, how far the model moved, and what it cost."""
    if "rate" not in numbers or "rate_before" not in numbers:
        return []
    rule = rule_names(t)[str(numbers.get("rule", "polite"))]
    low, high = share(numbers["rate_low"], t.lang), share(numbers["rate_high"], t.lang)
    before, after = share(numbers["rate_before"], t.lang), share(numbers["rate"], t.lang)
    row = [
        Figure(f"{before} → {after}", t("aligning.rate_label", rule=rule), whose),
        Figure(f"{low}–{high}", t("aligning.interval")),
        Figure(significant(numbers["kl"], t.lang, 2), t("aligning.kl_label")),
    ]
    return row + ([Figure(decimal(seconds, t.lang, 0), t("aligning.seconds"))] if seconds else [])


def newest(rows: Sequence[Row]) -> list[Row]:
    """The samples of the newest exam, in their order."""
    if not rows:
        return []
    last = rows[-1]["step"]
    return sorted((row for row in rows if row["step"] == last), key=lambda row: row["place"])
