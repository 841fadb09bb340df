"""What the overview of all limits says of this station."""

from typing import Final

from core.house.limits.knowing import PART
from core.limits.confident.knowing import ENOUGH, one_answer
from core.lineage import MODEL_KINDS
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import whole
from pages.limits.confident import treatments
from pages.limits.shown import Treated, cases_of, untold, with_span

NONE_NEEDED: Final = 1  # answer drawn for one that is given

__all__ = ["PART", "claim", "found", "treated"]


def claim(t: Words) -> Text:
    """What one may doubt."""
    return t("limits.claim_confident")


def found(t: Words) -> str:
    """What the base model states where no text tells it, in one answer."""
    cases = untold(cases_of(MODEL_KINDS[0], t.lang))
    if not cases:
        return t("limits.not_measured")
    one = one_answer(cases)
    n = whole(one.n, t.lang)
    return t("limits.found_confident", share=with_span(one.n_wrong, one.n, t), n=n)


def treated(t: Words) -> list[Treated]:
    """What helps against invented facts, and what it costs."""
    every = treatments.all_of_them(t.lang, ENOUGH, t)
    if not every:
        return []
    plain, *others = every
    rows = []
    for one in others:
        price = [
            t(
                "limits.price_right",
                before=with_span(plain.told.n_right, plain.told.n, t),
                after=with_span(one.told.n_right, one.told.n, t),
            )
        ]
        if one.n_draws > NONE_NEEDED:
            price.append(t("limits.price_draws", n=one.n_draws))
        rows.append(
            Treated(
                t("limits.invented"),
                one.name,
                with_span(plain.untold.n_wrong, plain.untold.n, t),
                with_span(one.untold.n_wrong, one.untold.n, t),
                "; ".join(price),
            )
        )
    return rows
