"""How the example model was trained, from the shipped record: its checkpoints on the way."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.data.world import WorldSettings
from core.errors import GlassboxError
from core.figures.curves import Axes, Curve, LogSteps, curves
from core.house import HouseCheckpoint, made
from core.training.text.verdicts import judge
from pages.home import shipped
from pages.home.writing import broadcast
from pages.kit import components as parts
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import Figure, show_error
from pages.kit.numbers import NO_FIGURE, share, whole
from pages.training.showing import loss_axis, loss_range

HEIGHT: Final = 240  # pixels
FIRST_STEP: Final = 10  # where the curve's logarithmic axis begins; step 0 stands there
LOOK_EVERY_S: Final = 0.3


def branches(checkpoints: Sequence[HouseCheckpoint], t: Words) -> str:
    """How the last checkpoint came about, where it is a mean of several; else empty."""
    found = checkpoints[-1].artifact.settings.get("branches")
    if not found:
        return ""
    n, n_steps = whole(found["n"], t.lang), whole(found["n_steps"], t.lang)
    return t("training.house_branches", n=n, n_steps=n_steps)


def curve(checkpoints: Sequence[HouseCheckpoint], t: Words) -> None:
    """What could be measured at each recorded step."""
    steps = [one.step for one in checkpoints]

    def values(name: str) -> list[float]:
        return [float(one.numbers[name]) for one in checkpoints]

    if state.value("curve") == "shares":
        checkable = [one for one in checkpoints if one.numbers["n_checkable"]]
        lines = [
            Curve(t("training.grammatical_line"), steps, values("grammatical_share"), end_digits=0),
            Curve(
                t("training.true_line"),
                [one.step for one in checkable],
                [float(one.numbers["true_share"]) for one in checkable],
                "value",
                end_digits=0,
            ),
        ]
        what, y_range = t("training.axis_shares"), (0.0, 1.0)
    else:
        nats = state.value("curve") == "nats"
        name = "validation_loss_nats" if nats else "validation_bits_per_byte"
        lines = [Curve(t("training.unseen"), steps, values(name), "valid")]
        what, y_range = loss_axis(t), loss_range(lines)
    fig = curves(
        lines,
        Axes(t("training.axis_steps_log"), what),
        percent=state.value("curve") == "shares",
        y_range=y_range,
        log_x=LogSteps(FIRST_STEP, steps[-1], steps),
        marks=parts.marks(t),
    )
    parts.figure(fig, t, key="training_house", alt=t("training.alt"), height=HEIGHT)


def written(checkpoints: Sequence[HouseCheckpoint], t: Words) -> None:
    """The visitor's sentence as every checkpoint continues it: recorded, else written now."""
    prompt = state.sentence()
    then = shipped.written_then(checkpoints, prompt, made()["sample_seed"])
    if then is not None:
        slider(checkpoints, t, prompt, then)
        return
    asked = (checkpoints, prompt, made()["sample_seed"])

    def look() -> None:
        try:
            found = broadcast(*asked)
        except GlassboxError as error:
            show_error(error, t)
            return
        slider(checkpoints, t, prompt, found.texts())
        if found.error:
            show_error(found.error, t)
        if not found.done:
            look_again("training_writing", LOOK_EVERY_S)

    st.fragment(look)()


def is_recorded(checkpoints: Sequence[HouseCheckpoint]) -> bool:
    """Whether the visitor's sentence was continued when the record was made."""
    return shipped.written_then(checkpoints, state.sentence(), made()["sample_seed"]) is not None


def slider(
    checkpoints: Sequence[HouseCheckpoint], t: Words, prompt: str, texts: Sequence[str]
) -> None:
    """The checkpoints under the hand: text, the judge's marks on it, and what was measured."""
    parts.training_slider(
        [_stop(one, prompt, text, t) for one, text in zip(checkpoints, texts, strict=True)],
        t,
        key="training_slider",
        prompt=prompt,
        compact=True,
        legend=True,
        autoplay=state.depth() == "watch",
    )


def _stop(checkpoint: HouseCheckpoint, prompt: str, text: str, t: Words) -> parts.Stop:
    verdict = judge(prompt, text, _world())
    right = (
        t("training.right_of", right=whole(verdict.n_right, t.lang), n=whole(verdict.n, t.lang))
        if verdict.n
        else NO_FIGURE
    )
    return parts.Stop(
        label=t("training.at_step", n=whole(checkpoint.step, t.lang)),
        text=text,
        numbers=[Figure(right, t("training.right_here")), *_measured(checkpoint, t)],
        wrong=verdict.ungrammatical,
        untrue=verdict.untrue,
    )


def _measured(checkpoint: HouseCheckpoint, t: Words) -> list[Figure]:
    """What many sentences drawn without a prompt came to, and how many those were."""
    numbers = checkpoint.numbers
    n, n_checkable = float(numbers["n_sentences"]), float(numbers["n_checkable"])
    true = share(float(numbers["true_share"]), t.lang) if n_checkable else NO_FIGURE
    return [
        Figure(
            share(float(numbers["grammatical_share"]), t.lang),
            t("training.grammatical_of", n=whole(n, t.lang)),
        ),
        Figure(true, t("training.true_of", n=whole(n_checkable, t.lang))),
    ]


def _world() -> WorldSettings:
    """The town the example model's texts tell of."""
    return WorldSettings(**shipped.artifacts()["corpus"].settings["world"])
