"""What the overview of all limits says of this station."""

from core.house.limits.reversal import PART, reversal
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, quantity, whole
from pages.limits.shown import Treated, with_span

__all__ = ["PART", "claim", "found", "treated"]


def claim(t: Words) -> Text:
    """What one may doubt."""
    return t("limits.claim_backwards")


def found(t: Words) -> str:
    """What is answered backwards of what was told forwards."""
    shipped = reversal()
    if shipped is None:
        return t("limits.not_measured")
    one = shipped.found["half"]["one"]
    return t(
        "limits.found_backwards",
        forwards=with_span(one["forwards"].n_right, one["forwards"].n, t),
        backwards=with_span(one["backwards"].n_right, one["backwards"].n, t),
        n=whole(one["backwards"].n, t.lang),
    )


def treated(t: Words) -> list[Treated]:
    """What telling backwards, too, does, and what it costs."""
    shipped = reversal()
    if shipped is None:
        return []
    before = shipped.found["forwards"]["one"]["backwards"]
    cells = {
        t("limits.half_told"): ("half", "both"),
        t("limits.half_others"): ("half", "one"),
        t("limits.all_told"): ("both", "both"),
    }
    rows = []
    for name, (lane, group) in cells.items():
        lane_ = next(each for each in shipped.found if each == lane)
        after = shipped.found[lane_][group]["backwards"]
        more = shipped.n_sentences[lane_] / shipped.n_sentences["forwards"]
        rows.append(
            Treated(
                t("limits.reversed"),
                name,
                with_span(before.n_right, before.n, t),
                with_span(after.n_right, after.n, t),
                t("limits.price_texts", factor=quantity(decimal(more, t.lang, 1), "×")),
            )
        )
    return rows
