"""What the overview of all limits says of this station."""

from core.house.limits.telling import PART, shipped
from core.limits.often.telling import LANES
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, quantity
from pages.limits.often.picture import lane_name
from pages.limits.shown import Treated, with_span

__all__ = ["PART", "claim", "found", "treated"]


def claim(t: Words) -> Text:
    """What one may doubt."""
    return t("limits.claim_often")


def found(t: Words) -> str:
    """What is answered of what was told once, often and never."""
    made = shipped()
    if made is None:
        return t("limits.not_measured")
    groups = made.found["told"].groups
    once, often = groups["once"], groups["often"]
    return t(
        "limits.found_often",
        once=with_span(once.n_right, once.n, t),
        often=with_span(often.n_right, often.n, t),
    )


def treated(t: Words) -> list[Treated]:
    """What is done so that a fact told once is known, and what it costs."""
    made = shipped()
    if made is None:
        return []
    plain = made.found["told"]
    before = plain.groups["once"]
    rows = []
    for lane in LANES[1:]:
        one = made.found[lane]
        after = one.groups["once"]
        price = t(
            "limits.price_often",
            read=quantity(decimal(one.n_steps / plain.n_steps, t.lang, 1), "×"),
            parameters=quantity(decimal(one.n_parameters / plain.n_parameters, t.lang, 1), "×"),
            often=with_span(one.groups["often"].n_right, one.groups["often"].n, t),
        )
        rows.append(
            Treated(
                t("limits.once_right"),
                lane_name(lane, t),
                with_span(before.n_right, before.n, t),
                with_span(after.n_right, after.n, t),
                price,
            )
        )
    return rows
