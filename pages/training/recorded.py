"""How the house's model was trained, from the shipped record: its checkpoints on the way."""

from collections.abc import Sequence
from typing import Final

from core.data.world import PROMPTS
from core.figures.curves import Axes, Curve, curves
from core.house import HouseCheckpoint
from pages.kit import components as parts
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure
from pages.kit.numbers import decimal, share, whole

HEIGHT: Final = 250  # pixels
MOST_CHARACTERS: Final = 120


def prompt_of(checkpoint: HouseCheckpoint, t: Words) -> str:
    """The recorded beginning that fits best: the travelling sentence if it was recorded."""
    known = checkpoint.continuations.get(t.lang) or next(iter(checkpoint.continuations.values()))
    sentence = state.sentence()
    first = PROMPTS[t.lang][0]
    return sentence if sentence in known else first if first in known else next(iter(known))


def about(checkpoints: Sequence[HouseCheckpoint], t: Words) -> str:
    """At what the record was taken, and what the last of it is."""
    said = t("training.house_record", n=whole(len(checkpoints), t.lang))
    branches = checkpoints[-1].artifact.settings.get("branches")
    if not branches:
        return said
    n, n_steps = whole(branches["n"], t.lang), whole(branches["n_steps"], t.lang)
    return f"{said} {t('training.house_branches', n=n, n_steps=n_steps)}"


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
        fig = curves(
            lines,
            Axes(t("training.axis_steps"), t("training.axis_shares")),
            percent=True,
            y_range=(0.0, 1.0),
            marks=parts.marks(t),
        )
    else:
        nats = state.value("curve") == "nats"
        name = "validation_loss_nats" if nats else "validation_bits_per_byte"
        what = t("training.axis_nats") if nats else t("training.axis_bits")
        line = Curve(t("training.unseen"), steps, values(name), "valid")
        fig = curves([line], Axes(t("training.axis_steps"), what), marks=parts.marks(t))
    parts.figure(fig, t, key="training_house", alt=t("training.alt"), height=HEIGHT)


def slider(checkpoints: Sequence[HouseCheckpoint], t: Words, *, autoplay: bool) -> None:
    """What the model wrote at each recorded step."""
    prompt = prompt_of(checkpoints[-1], t)
    stops = [
        parts.Stop(
            label=t("training.at_step", n=whole(one.step, t.lang)),
            text=_continued(one, prompt),
            numbers=[
                Figure(
                    share(float(one.numbers["grammatical_share"]), t.lang),
                    t("training.grammatical"),
                ),
                Figure(share(float(one.numbers["true_share"]), t.lang), t("training.true")),
            ],
            surprise=float(one.numbers["validation_bits_per_byte"]),
            surprise_label=t(
                "training.bits", n=decimal(float(one.numbers["validation_bits_per_byte"]), t.lang)
            ),
        )
        for one in checkpoints
    ]
    parts.training_slider(stops, t, key="training_slider", prompt=prompt, autoplay=autoplay)


def _continued(checkpoint: HouseCheckpoint, prompt: str) -> str:
    """The beginning of what a checkpoint wrote; the rest would push its numbers out of sight."""
    text = next((own[prompt] for own in checkpoint.continuations.values() if prompt in own), "")
    if len(text) <= MOST_CHARACTERS:
        return text
    return text[:MOST_CHARACTERS].rsplit(" ", 1)[0] + " …"
