"""What a model writes as it learns: at its checkpoints, and live."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount
from pages.kit.frame import Figure


@dataclass(frozen=True)
class Stop:
    """One checkpoint on the way.

    Args:
        label: its position, such as "step 200".
        text: how the model at that point continues the prompt.
        numbers: what it could do at that point.
        surprise: its loss, drawn as a line over the slider; None: no line.
        surprise_label: the loss as displayed.
        wrong: sentences the grammar does not accept, as characters of prompt and text together.
        untrue: sentences that claim something false, given in the same way.
    """

    label: str
    text: str
    numbers: Sequence[Figure] = ()
    surprise: float | None = None
    surprise_label: str = ""
    wrong: Sequence[tuple[int, int]] = ()
    untrue: Sequence[tuple[int, int]] = ()


def training_slider(
    checkpoints: Sequence[Stop],
    t: Words,
    *,
    key: str,
    prompt: str,
    start: int | None = None,
    begin: str = "",
    compact: bool = False,
    legend: bool = False,
    autoplay: bool = False,
) -> None:
    """One prompt through training time: drag the slider, and noise becomes language.

    Args:
        checkpoints: in training order.
        prompt: the text that every checkpoint continues.
        start: the checkpoint shown first; None: the last one.
        begin: label at the left end; empty: the checkpoint shown.
        compact: smaller, for a card that also shows something else.
        legend: whether to explain the judge's marks, if there are any.
        autoplay: play through once automatically, unless the visitor prefers reduced motion.
    """
    data = {
        "checkpoints": [asdict(stop) for stop in checkpoints],
        "prompt": prompt,
        "start": len(checkpoints) - 1 if start is None else start,
        "compact": compact,
        "autoplay": autoplay,
        "lang": t.lang,
        "words": {
            "slider": t("components.training_slider"),
            "begin": begin,
            "end": t("components.trained"),
            "play": t("components.play"),
            "pause": t("components.pause"),
            "wrong": t("components.mark_wrong") if legend else "",
            "untrue": t("components.mark_untrue") if legend else "",
        },
    }
    mount("training_slider", key, data)


@dataclass(frozen=True)
class Sample:
    """What a run wrote at a step.

    Args:
        step: the step.
        text: the text after the prompt.
        n_judged: number of its sentences that could be judged; None if nothing is judged.
        ungrammatical, untrue: the wrong ones, as characters of prompt and text together.
    """

    step: int
    text: str
    n_judged: int | None = None
    ungrammatical: Sequence[tuple[int, int]] = ()
    untrue: Sequence[tuple[int, int]] = ()


def samples_feed(
    samples: Sequence[Sample],
    t: Words,
    *,
    key: str,
    prompt: str,
    live_run: str | None = None,
    after: int = -1,
    limit: int = 5,
) -> None:
    """What the model writes now, newest first, fed by a run's "sample" rows.

    Args:
        samples: the samples already known.
        prompt: the text each sample continues; a sample may repeat it.
        live_run: the run to follow.
        after: the last `seq` of that run already in `samples`.
        limit: maximum number shown.
    """
    data = {
        "samples": [asdict(sample) for sample in samples],
        "prompt": prompt,
        "run": live_run,
        "after": after,
        "limit": limit,
        "lang": t.lang,
        "words": {
            "label": t("components.samples"),
            "step": t("components.step", n="{n}"),
            "empty": t("components.samples_empty"),
            "right": t("components.n_right", right="{right}", n="{n}"),
            "wrong": t("components.mark_wrong"),
            "untrue": t("components.mark_untrue"),
        },
    }
    mount("samples_feed", key, data)
