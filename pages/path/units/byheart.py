"""Unit: what stands often enough in the texts is told word for word."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.house.limits.memorising import PART, shipped
from core.jobs.programs import MEMORISING
from core.learning.marking import the_false_one
from core.learning.progress import Own
from core.limits.byheart.memorising import results
from core.limits.trials import finished
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import share, whole
from pages.limits.byheart.picture import OFTEN
from pages.limits.shown import measured_then
from pages.path.evidence import Row, run
from pages.path.questions import Choice, See, share_guessed
from pages.path.unit import Found, Said, Unit

SEE: Final = See("byheart")
SMALL: Final = 0.1  # of secrets


def says(t: Words) -> Said:
    """Its question and its task."""
    return Said(t("units.byheart_question"), t("units.byheart_task"))


def told(rows: Sequence[Row]) -> Mapping[str, float]:
    """What the visitor's own models tell, as soon as one of them is finished."""
    plain: list[dict[str, Any]] = [dict(row) for row in rows]
    if not finished(plain):
        return {}
    one = results(plain).get("told")
    if one is None:
        return {}
    return {"once": one.told["exact", 1].share, "often": one.told_of("exact", OFTEN).share}


def own(seen: Own, t: Words) -> Sequence[Text]:
    """What they tell of secrets that stood there once and often."""
    of = seen.figures
    if not {"once", "often"} <= of.keys():
        return []
    once, often = (share(of[name], t.lang) for name in ("once", "often"))
    return [t("units.byheart_own", once=once, often=often, n=whole(OFTEN, t.lang))]


def found(t: Words) -> Found | None:
    """Secrets that stood there once and often, and what deduplication leaves of them."""
    made = shipped()
    if made is None or not {"told", "exact", "near"} <= made.found.keys():
        return None
    plain, exact, near = (made.found[lane] for lane in ("told", "exact", "near"))
    once, often = plain.told["exact", 1].share, plain.told_of("exact", OFTEN).share
    left, gone = exact.told_of("near", OFTEN).share, near.told_of("near", OFTEN).share
    figures = {
        "once": share(once, t.lang),
        "often": share(often, t.lang),
        "left": share(left, t.lang),
        "gone": share(gone, t.lang),
        "n": whole(OFTEN, t.lang),
    }
    claims = {"once": once <= SMALL, "near": gone <= SMALL, "exact": left <= SMALL}
    feedback = t("units.byheart_counted", **figures)
    cleaned = share(exact.told_of("exact", OFTEN).share, t.lang)
    surprise = t("units.byheart_surprise", often=figures["often"], cleaned=cleaned, n=figures["n"])
    return Found(
        [surprise],
        measured_then(t, PART),
        [
            share_guessed("left", t("units.byheart_ask"), left, feedback, SEE, t),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "once": t("units.byheart_claim_once", n=share(SMALL, t.lang)),
                    "near": t("units.byheart_claim_near"),
                    "exact": t("units.byheart_claim_exact"),
                },
                right=the_false_one(claims),
                feedback=feedback,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit(
    "byheart", "byheart", 7, says, run(MEMORISING, "asked", told, ended=True), own, found
)
