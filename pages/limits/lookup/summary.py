"""What the overview of all limits says of this station."""

from core.house.limits.grounding import PART, grounding
from core.limits.grounding.board import N_FOUND
from core.limits.grounding.exam import Tally
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, quantity, whole
from pages.limits.lookup import picture
from pages.limits.shown import Treated, with_span

__all__ = ["PART", "claim", "found", "treated"]


def claim(t: Words) -> Text:
    """What one may doubt."""
    return t("limits.claim_lookup")


def found(t: Words) -> str:
    """What is answered rightly from memory, and with what is found."""
    shipped = grounding()
    if shipped is None:
        return t("limits.not_measured")
    return t(
        "limits.found_lookup",
        alone=picture.right(shipped.tally("alone", taught=False), t),
        found=picture.right(shipped.tally("found"), t),
        n=whole(shipped.tally("found").n, t.lang),
    )


def treated(t: Words) -> list[Treated]:
    """What looking up does, and what it costs."""
    shipped = grounding()
    if shipped is None:
        return []
    alone = picture.right(shipped.tally("alone", taught=False), t)
    factor = shipped.n_tokens["found"] / shipped.n_tokens["alone"]
    tokens = t("limits.price_tokens", factor=quantity(decimal(factor, t.lang, 1), "×"))
    false, missing = shipped.tally("false"), shipped.tally("missing")
    still = t("limits.price_believed", share=picture.right(false, t))
    return [
        Treated(
            t("limits.news"),
            t("limits.untaught_given", n=whole(N_FOUND, t.lang)),
            alone,
            picture.right(shipped.tally("given", taught=False), t),
            tokens,
        ),
        Treated(
            t("limits.news"),
            t("limits.taught_found", n=whole(N_FOUND, t.lang)),
            alone,
            picture.right(shipped.tally("found"), t),
            f"{tokens}; {still}",
        ),
        Treated(
            t("limits.news_missing"),
            t("limits.taught_missing"),
            with_span(*_wrong(shipped.tally("alone", taught=False)), t),
            with_span(*_wrong(missing), t),
            tokens,
        ),
    ]


def _wrong(one: Tally) -> tuple[int, int]:
    return one.said["wrong"], one.n
