"""The same questions, answered before a run and now."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class AnswerRow:
    """One question with its answers.

    Args:
        question: what is asked.
        before: what was answered before anything was learned.
        now: the newest answer; None as long as there is none.
    """

    question: str
    before: str
    now: str | None = None


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
    """Answers before and now, moved by a run's "sample" rows (question, answer).

    Args:
        rows: those already known.
        before, now: what the two lines of a question are called.
        step: the step the newest answers are of; None: there are none.
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
        },
    }
    mount("answers", key, data)
