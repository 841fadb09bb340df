"""Unit: a skew in the texts, and how the way of choosing a word makes it larger."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.house.limits.bias import PART, bias
from core.jobs.programs import ROLES
from core.learning.marking import ranked
from core.learning.progress import Own
from core.limits.bias.measuring import answered
from core.limits.trials import finished
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, share, whole
from pages.limits.shown import measured_then
from pages.path.evidence import Row, run
from pages.path.questions import Order, See, share_guessed
from pages.path.unit import Found, Said, Unit

SEE: Final = See("bias")
SKEW: Final = 0.7  # of the texts
TEMPERATURES: Final = {"plain": 1.0, "cooler": 0.5, "greedy": 0.0}


def says(t: Words) -> Said:
    """Its question and its task."""
    return Said(t("units.bias_question"), t("units.bias_task"))


def skewed(rows: Sequence[Row]) -> Mapping[str, float]:
    """How skewed the visitor's own models answer, as soon as one of them is finished."""
    done: list[dict[str, Any]] = [
        dict(row) for row in finished([dict(row) for row in rows]) if row["lane"] == "none"
    ]
    if not done:
        return {}
    return {
        "texts": float(done[-1]["skew"]),
        "plain": answered(done, TEMPERATURES["plain"]).value,
        "greedy": answered(done, TEMPERATURES["greedy"]).value,
    }


def own(seen: Own, t: Words) -> Sequence[Text]:
    """How skewed their texts and their answers were."""
    of = seen.figures
    if not {"texts", "plain", "greedy"} <= of.keys():
        return []
    texts, plain, greedy = (share(of[name], t.lang) for name in ("texts", "plain", "greedy"))
    return [t("units.bias_own", texts=texts, plain=plain, greedy=greedy)]


def found(t: Words) -> Found | None:
    """How skewed answers are at several temperatures."""
    made = bias(t.lang)
    rows = made.of("none", SKEW) if made else []
    if not rows:
        return None
    values = {name: answered(rows, each).value for name, each in TEMPERATURES.items()}
    written = {name: share(value, t.lang) for name, value in values.items()}
    texts = share(SKEW, t.lang)
    feedback = t("units.bias_counted", texts=texts, n=whole(len(rows), t.lang), **written)
    surprise = t("units.bias_surprise", texts=texts, greedy=written["greedy"])
    return Found(
        [surprise if values["greedy"] > SKEW else feedback],
        measured_then(t, PART),
        [
            share_guessed(
                "cooler", t("units.bias_ask", texts=texts), values["cooler"], feedback, SEE, t
            ),
            Order(
                key="temperatures",
                question=t("units.bias_order", texts=texts),
                options={
                    "plain": t("units.choosing_at", n=decimal(TEMPERATURES["plain"], t.lang, 1)),
                    "cooler": t("units.choosing_at", n=decimal(TEMPERATURES["cooler"], t.lang, 1)),
                    "greedy": t("units.bias_greedy"),
                },
                right=ranked(values),
                feedback=feedback,
                see=SEE,
            ),
        ],
    )


UNIT: Final = Unit("bias", "bias", 8, says, run(ROLES, "asked", skewed, ended=True), own, found)
