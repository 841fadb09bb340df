"""The same questions, answered before a run and now."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class AnswerRow:
    """One question with its answers.

    Args:
        question: what is asked.
        before: what was answered before anything was learned.
        now: the newest answer; None as long as there is none.
        pieces: the newest answer in pieces with what the judge read in each: "polite", "brusque",
            "false", "beside" or nothing.
        before_verdict, verdict: of each answer whether it is right, and in which word; None where
            nobody judges it.
    """

    question: str
    before: str
    now: str | None = None
    pieces: Sequence[tuple[str, str]] = field(default=())
    before_verdict: tuple[bool, str] | None = None
    verdict: tuple[bool, str] | None = None


def answers(
    rows: Sequence[AnswerRow],
    t: Words,
    *,
    key: str,
    before: str,
    now: str,
    step: int | None = None,
    live_run: str | None = None,
    after: int = -1,
) -> None:
    """Answers before and now, updated by a run's "sample" rows (question, answer).

    Args:
        rows: the rows already known.
        before, now: labels of a question's two lines.
        step: the step of the latest answers; None if there are none.
        live_run: the run to follow.
        after: the last `seq` of that run already in `rows`.
    """
    data = {
        "rows": [asdict(row) for row in rows],
        "step": step,
        "run": live_run,
        "after": after,
        "lang": t.lang,
        "words": {
            "label": t("components.answers"),
            "before": before,
            "now": now,
            "nothing": t("components.answers_nothing"),
            "step": t("components.step", n="{n}"),
            "polite": t("alignment.mark_polite"),
            "brusque": t("alignment.mark_brusque"),
            "false": t("alignment.mark_false"),
            "beside": t("alignment.mark_beside"),
        },
    }
    mount("answers", key, data)
