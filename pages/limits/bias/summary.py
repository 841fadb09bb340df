"""What the overview of all limits says of this station."""

from typing import Final

from core.house.limits.bias import PART, TREATED_SKEW, bias
from core.limits.bias.measuring import answered, treatment
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import change, decimal, quantity, whole
from pages.limits.bias.showing import spanned
from pages.limits.shown import Treated

__all__ = ["PART", "claim", "found", "treated"]

SKEW: Final = 0.7  # of the texts


def claim(t: Words) -> Text:
    """What one may doubt."""
    return t("limits.claim_bias")


def found(t: Words) -> str:
    """What a model makes of skewed texts."""
    shipped = bias(t.lang)
    if shipped is None:
        return t("limits.not_measured")
    rows = shipped.of("none", SKEW)
    return t(
        "limits.found_bias",
        n=whole(100 * SKEW, t.lang),
        warm=spanned(answered(rows, 1.0), t),
        greedy=spanned(answered(rows, 0.0), t),
    )


def treated(t: Words) -> list[Treated]:
    """What balancing, counterfactual texts and fine-tuning do, and what they cost."""
    shipped = bias(t.lang)
    if shipped is None:
        return []
    none = treatment(shipped.of("none"))
    rows = []
    for lane, name in (
        ("balanced", t("bias.lane_balanced")),
        ("augmented", t("bias.lane_augmented")),
        ("tuned", t("bias.lane_tuned")),
    ):
        one = treatment(shipped.of(lane))
        rows.append(
            Treated(
                t("limits.biased", n=whole(100 * TREATED_SKEW, t.lang)),
                name,
                spanned(none.answers[1.0], t),
                spanned(one.answers[1.0], t),
                t(
                    "limits.price_loss",
                    factor=quantity(decimal(one.n_texts / none.n_texts, t.lang, 2), "×"),
                    change=change(one.loss - none.loss, t.lang, 3),
                ),
            )
        )
    return rows
