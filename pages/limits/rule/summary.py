"""What the overview of all limits says of this station."""

from core.house.limits.adding import PART, Adding, adding
from core.limits.rule.sums import Kind, Lane
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, quantity, whole
from pages.limits.shown import Treated, with_span

__all__ = ["PART", "claim", "found", "treated"]


def claim(t: Words) -> Text:
    """What one may doubt."""
    return t("limits.claim_rule")


def found(t: Words) -> str:
    """What the models with the steps answer of the same kind, and of another length."""
    shipped = adding()
    if shipped is None:
        return t("limits.not_measured")
    new = shipped.found["steps"]["new"]
    return t(
        "limits.found_rule",
        new=_right(shipped, "steps", "new", t),
        longer=_right(shipped, "steps", "longer", t),
        n=whole(new.n, t.lang),
    )


def treated(t: Words) -> list[Treated]:
    """What writing the steps down and telling many kinds does, and what that costs."""
    shipped = adding()
    if shipped is None:
        return []
    with_, without = shipped.found["steps"]["new"], shipped.found["answer"]["new"]
    factor = (with_.n_written / with_.n) / (without.n_written / without.n)
    steps = t("limits.price_characters", factor=quantity(decimal(factor, t.lang, 1), "×"))
    varied = t(
        "limits.price_new",
        before=_right(shipped, "steps", "new", t),
        after=_right(shipped, "varied", "new", t),
    )
    return [
        _row(t("limits.rule_new"), shipped, ("answer", "steps"), "new", steps, t),
        _row(t("limits.rule_longer"), shipped, ("answer", "steps"), "longer", steps, t),
        _row(t("limits.rule_spaces"), shipped, ("steps", "varied"), "spaces", varied, t),
        _row(t("limits.rule_longer"), shipped, ("steps", "varied"), "longer", varied, t),
    ]


def _row(
    limit: str, shipped: Adding, lanes: tuple[Lane, Lane], kind: Kind, price: str, t: Words
) -> Treated:
    before, after = lanes
    treatment = t("limits.rule_steps") if after == "steps" else t("limits.rule_varied")
    return Treated(
        limit,
        treatment,
        _right(shipped, before, kind, t),
        _right(shipped, after, kind, t),
        price,
    )


def _right(shipped: Adding, lane: Lane, kind: Kind, t: Words) -> str:
    one = shipped.found[lane][kind]
    return with_span(one.n_right, one.n, t)
