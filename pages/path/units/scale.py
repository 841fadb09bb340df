"""Unit: how much larger the well-known models are."""

import math
from collections.abc import Sequence
from typing import Final

from core.architecture.text.published_sizes import published_models
from core.learning.marking import ranked
from core.learning.progress import Own
from pages.home import shipped
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import millions, whole
from pages.path.evidence import prediction
from pages.path.questions import Choice, Order, See
from pages.path.unit import Found, Said, Unit

SEE: Final = See("scale")
LARGE: Final = "gpt3"
COMPARED: Final = ("gpt2_small", "gpt3", "llama31_405b")
POWERS: Final = (2, 3, 4, 5, 6, 7)  # of ten, between which one chooses
N_OFFERED: Final = 3


def says(t: Words) -> Said:
    """Its question and its task."""
    task = t("units.scale_task", part=t("frame.experiments"), reveal=t("frame.reveal"))
    return Said(t("units.scale_question"), task)


def own(_: Own, t: Words) -> Sequence[Text]:
    """The page's own sentence says it all."""
    return []


def found(t: Words) -> Found | None:
    """Weights of the example model and of well-known ones."""
    design = shipped.artifacts().get("design")
    if design is None:
        return None
    ours = float(design.numbers["n_parameters"])
    sizes = {
        one.key: (one.name, one.parameters.value)
        for one in published_models()
        if one.key in COMPARED and one.parameters is not None
    }
    times = sizes[LARGE][1] / ours
    power = min(POWERS, key=lambda each: abs(each - math.log10(times)))
    first = min(max(POWERS[0], power - 2), POWERS[-1] - 2 * (N_OFFERED - 1))
    offered = range(first, first + 2 * N_OFFERED, 2)
    weights = {"ours": ours} | {key: value for key, (_, value) in sizes.items()}
    names = {"ours": t("path.example_model")} | {key: name for key, (name, _) in sizes.items()}
    written = {key: millions(value, t.lang) for key, value in weights.items()}
    listed = " · ".join(f"{names[key]}: {written[key]}" for key in ranked(weights))
    counted = t("units.scale_counted", times=whole(round(times, -2), t.lang), sizes=listed)
    return Found(
        [t("units.scale_surprise", ours=written["ours"], large=written[LARGE], model=names[LARGE])],
        shipped.measured_then(t),
        [
            Choice(
                key="times",
                question=t("units.scale_ask", model=names[LARGE]),
                options={
                    str(each): t("units.scale_times", n=whole(10**each, t.lang)) for each in offered
                },
                right=str(power) if power in offered else "",
                feedback=counted,
                see=SEE,
            ),
            Order(
                key="sizes",
                question=t("units.scale_order"),
                options=names,
                right=ranked(weights),
                feedback=counted,
                see=SEE,
            ),
        ],
    )


UNIT: Final = Unit("scale", "scale", 5, says, prediction("scale_machine"), own, found)
