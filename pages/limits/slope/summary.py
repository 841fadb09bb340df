"""What the overview of all limits says of this station."""

from core.house.limits.emergence import PART, emergence
from core.limits.slope.emergence import N_LETTERS, Judged
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import share, whole
from pages.limits.shown import Treated, with_span
from pages.limits.slope.showing import N_SHOWN, together

__all__ = ["PART", "claim", "found", "treated"]

HALF: int = N_LETTERS // 2


def claim(t: Words) -> Text:
    """What one may doubt."""
    return t("limits.claim_slope")


def found(t: Words) -> str:
    """What both rulers say of the sizes that are shown first, and of the largest."""
    shipped = emergence()
    if shipped is None:
        return t("limits.not_measured")
    every = list(together(shipped.rulers).values())
    small, large = every[N_SHOWN - 1], every[-1]
    return t(
        "limits.found_slope",
        exact_small=with_span(small.whole[-1], small.n, t),
        exact_large=with_span(large.whole[-1], large.n, t),
        letters_small=share(small.per_letter(N_LETTERS), t.lang),
        letters_large=share(large.per_letter(N_LETTERS), t.lang),
        n=whole(large.n, t.lang),
    )


def treated(t: Words) -> list[Treated]:
    """What a finer ruler shows of small models, and what it does not say."""
    shipped = emergence()
    if shipped is None:
        return []
    every = list(together(shipped.rulers).values())
    first, third = every[0], every[N_SHOWN - 1]
    exact = _change(_exact(first, N_LETTERS, t), _exact(third, N_LETTERS, t), t)
    letters = _change(_letters(first, t), _letters(third, t), t)
    half = _change(_exact(first, HALF, t), _exact(third, HALF, t), t)
    limit = t("limits.slope_seen")
    return [
        Treated(
            limit,
            t("limits.slope_finer"),
            exact,
            letters,
            t("limits.slope_still", share=_exact(third, N_LETTERS, t)),
        ),
        Treated(
            limit,
            t("limits.slope_shorter", k=whole(HALF, t.lang)),
            exact,
            half,
            t("limits.slope_unseen", k=whole(HALF, t.lang)),
        ),
    ]


def _exact(one: Judged, k: int, t: Words) -> str:
    return with_span(one.whole[k - 1], one.n, t)


def _letters(one: Judged, t: Words) -> str:
    return with_span(sum(one.letters), N_LETTERS * one.n, t)


def _change(before: str, after: str, t: Words) -> str:
    return t("limits.slope_change", before=before, after=after)
