"""What the overview of all limits says of this station."""

from core.house.limits.memorising import PART, shipped
from core.limits.byheart.memorising import Found
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, whole
from pages.limits.byheart.picture import OFTEN, lane_name, share_of
from pages.limits.shown import Treated

__all__ = ["PART", "claim", "found", "treated"]


def claim(t: Words) -> Text:
    """What one may doubt."""
    return t("limits.claim_byheart")


def found(t: Words) -> str:
    """How much of what was planted once and often comes out."""
    made = shipped()
    if made is None:
        return t("limits.not_measured")
    told = made.found["told"]
    return t(
        "limits.found_byheart",
        once=share_of(told.told["exact", 1], t),
        often=share_of(told.told_of("exact", OFTEN), t),
        n=whole(OFTEN, t.lang),
    )


def treated(t: Words) -> list[Treated]:
    """What deduplication and stopping halfway do, and what they cost."""
    made = shipped()
    if made is None:
        return []
    told = made.found["told"]
    n = whole(OFTEN, t.lang)

    def price(one: Found) -> str:
        return t(
            "limits.price_byheart",
            before=decimal(told.held_out.mean, t.lang, 2),
            after=decimal(one.held_out.mean, t.lang, 2),
            sentences=whole(one.n_different, t.lang),
            of=whole(told.n_different, t.lang),
        )

    rows = [
        Treated(
            t("limits.secret_exact", n=n) if sort == "exact" else t("limits.secret_near", n=n),
            lane_name(lane, t),
            share_of(told.told_of(sort, OFTEN), t),
            share_of(one.told_of(sort, OFTEN), t),
            price(one),
        )
        for lane, one in made.found.items()
        if lane in ("exact", "near")
        for sort in ("exact", "near")
    ]
    half = told.looks[len(told.looks) // 2 - 1]
    rows.append(
        Treated(
            t("limits.secret_any"),
            t("limits.stopped_half"),
            share_of(told.looks[-1].told, t),
            share_of(half.told, t),
            t(
                "limits.price_half",
                before=decimal(told.held_out.mean, t.lang, 2),
                after=decimal(half.held_out.mean, t.lang, 2),
            ),
        )
    )
    return rows
