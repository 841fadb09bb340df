"""A run's numbers as they change, and the news that its status has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class RunNow:
    """A run as far as the server knows it.

    Args:
        run: its id.
        lane: "a" or "b".
        status: as core.store.Status names it.
        after: the last `seq` of its rows included in `known`.
        known: the latest values in its rows: step, seconds, grammatical_share, ...
        speeds: tokens per second in its latest steps.
    """

    run: str
    lane: str
    status: str
    after: int
    known: Mapping[str, Any]
    speeds: Sequence[float] = ()


def run_numbers(
    runs: Sequence[RunNow],
    t: Words,
    *,
    key: str,
    n_steps: int,
    judged: bool,
    timed: bool = True,
    speed: tuple[str, str] | None = None,
    notice: str = "",
) -> None:
    """Steps, speed, quality and remaining time, updated by the runs' rows.

    A run that gets queued, starts, pauses or ends, contrary to `status`, triggers one rerun.

    Args:
        runs: one run, or the two of a pair.
        n_steps: number of planned steps.
        judged: whether grammar and truth are measured.
        timed: whether its rows report how fast it reads.
        speed: where they do, under which name, and what that is called; None: tokens per second.
        notice: a message from the run that the visitor needs to see.
    """
    data = {
        "runs": [asdict(run) for run in runs],
        "n_steps": n_steps,
        "judged": judged,
        "timed": timed,
        "speed": speed[0] if speed else "tokens_per_s",
        "notice": notice,
        "lang": t.lang,
        "words": {**_words(t), **({"speed": speed[1]} if speed else {})},
    }
    mount("run_numbers", key, data, "changed")


def _words(t: Words) -> dict[str, str]:
    return {
        "steps": t("training.steps_done"),
        "speed": t("training.tokens_per_s"),
        "grammatical": t("training.grammatical"),
        "true": t("training.true"),
        "grammatical_of": t("training.grammatical_of", n="{n}"),
        "true_of": t("training.true_of", n="{n}"),
        "left": t("training.time_left"),
        "seconds": t("training.seconds", n="{n}"),
        "minutes": t("training.minutes", n="{n}", s="{s}"),
        "place": t("training.place", n="{n}"),
        "worker_lost": t("training.worker_lost"),
        "refused": t("training.refused"),
    }
