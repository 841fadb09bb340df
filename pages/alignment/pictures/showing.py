"""What preference tuning did: sixteen pictures before and now, the exam, what is passed on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.jobs.failures import rebuilt
from core.services import services
from core.store import RunRecord
from pages.alignment.pictures.choosing import rule_names
from pages.kit import components as parts
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, note, show_error
from pages.kit.numbers import share, whole

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """A run with what it has reported: looks at the sixteen, exams, its last step."""

    run: RunRecord
    looks: Sequence[Row]
    exams: Sequence[Row]
    step: Row
    after: int

    @property
    def live(self) -> dict[str, Any]:
        """Which run a component follows, and from where on; nothing if it does not go on."""
        return {} if self.run.is_finished else {"live_run": self.run.id, "after": self.after}

    def rule(self, t: Words) -> str:
        """What success is measured by, in the visitor's words."""
        return rule_names(t)[str(self.run.settings["rule"])]


def see(run: RunRecord) -> Seen:
    """Read a run with its rows."""
    rows = [dict(row) for row in services().engine.rows(state.owner(), run.id)]
    of = {
        kind: [row for row in rows if row["kind"] == kind] for kind in ("pictures", "exam", "step")
    }
    step = of["step"][-1] if of["step"] else {}
    after = int(rows[-1]["seq"]) if rows else 0
    return Seen(run, of["pictures"], of["exam"], step, after)


def numbers(seen: Seen, t: Words, notice: str) -> None:
    """Steps and time left, live."""
    run = seen.run
    known = {"seconds": run.seconds, **seen.step, "step": max(run.step, seen.step.get("step", 0))}
    parts.run_numbers(
        [parts.RunNow(run.id, run.lane, run.status, seen.after, known)],
        t,
        key="picture_align_numbers",
        n_steps=int(run.settings["n_steps"]),
        judged=False,
        timed=False,
        notice=notice,
    )


def pictures(seen: Seen, t: Words) -> None:
    """Sixteen pictures before and now."""
    looks = seen.looks
    parts.before_now(
        looks[0]["pictures"] if looks else [],
        looks[-1]["pictures"] if looks else [],
        t,
        key="picture_before_now",
        step=int(looks[-1]["step"]) if looks else 0,
        rule=seen.rule(t),
        **seen.live,
    )


def exam(seen: Seen, t: Words) -> None:
    """The rule's rate, what is said, what was forgotten: before and now."""
    rule = seen.rule(t)
    parts.moved_shares(
        [
            parts.MovedShare("rate", "rate", "n_judged", t("alignment_pictures.rate", rule=rule)),
            parts.MovedShare("met_share", "met", "n_judged", t("alignment_pictures.met")),
            parts.MovedShare("plain_share", "plain", "n_plain", t("alignment_pictures.plain")),
        ],
        seen.exams,
        t,
        key="picture_exam",
        **seen.live,
    )


def ending(seen: Seen, t: Words) -> None:
    """The state of the run, or what it cost, in a sentence."""
    run, exams = seen.run, seen.exams
    if run.error:
        show_error(rebuilt(run.error), t)
    elif "diverged_at_step" in run.numbers:
        note(t("aligning.diverged", step=whole(run.step, t.lang)))
    elif run.status == "paused":
        note(t("training.is_paused"))
    elif run.is_finished and len(exams) > 1:
        first, last = exams[0], exams[-1]
        points = [round(100 * (last[n] - first[n])) for n in ("rate", "met_share", "plain_share")]
        rate, met, plain = (_signed(each) for each in points)
        note(t("alignment_pictures.came_to", rule=seen.rule(t), rate=rate, met=met, plain=plain))


def _signed(points: int) -> str:
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "±0"


def passed_on(seen: Seen | None, t: Words) -> list[Figure]:
    """What the next step gets."""
    if seen is None or len(seen.exams) < 2:
        return []
    first, last = seen.exams[0], seen.exams[-1]

    def moved(name: str) -> str:
        return f"{share(first[name], t.lang)} → {share(last[name], t.lang)}"

    return [
        Figure(moved("rate"), t("alignment_pictures.rate", rule=seen.rule(t)), "yours"),
        Figure(moved("met_share"), t("alignment_pictures.met"), "yours"),
        Figure(moved("plain_share"), t("alignment_pictures.plain"), "yours"),
    ]
