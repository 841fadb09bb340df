"""Unit: confident and wrong: how sure a model is of what no text ever told."""

from collections.abc import Sequence
from typing import Final

from core.house.limits.knowing import PART
from core.learning.marking import the_false_one
from core.learning.progress import Own
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import share, whole
from pages.limits.shown import cases_of, measured_then, told, untold
from pages.path.evidence import prediction
from pages.path.questions import Choice, See, share_guessed
from pages.path.unit import Found, Said, Unit

SEE: Final = See("confident")
BASE: Final = "checkpoint"
NEARLY_ALL: Final = 0.9


def says(t: Words) -> Said:
    """Its question and its task."""
    return Said(t("units.confident_question"), t("units.confident_task", reveal=t("frame.reveal")))


def own(_: Own, t: Words) -> Sequence[Text]:
    """The page's own sentence says it all."""
    return []


def found(t: Words) -> Found | None:
    """How often twenty answers agree, of what was told and of what never was."""
    cases = cases_of(BASE, t.lang)
    known, unknown = told(cases), untold(cases)
    if not known or not unknown:
        return None
    sure_known, sure_unknown = (
        sum(case.confidence for case in some) / len(some) for some in (known, unknown)
    )
    invented = sum(case.claimed for case in unknown) / len(unknown)
    right = sum(case.n_right for case in known) / sum(case.n for case in known)
    figures = {
        "known": share(sure_known, t.lang),
        "unknown": share(sure_unknown, t.lang),
        "invented": share(invented, t.lang),
        "right": share(right, t.lang),
        "n": whole(len(unknown), t.lang),
    }
    claims = {
        "known": right >= NEARLY_ALL,
        "unsure": sure_unknown < sure_known,
        "silent": invented == 0,
    }
    feedback = t("units.confident_counted", **figures)
    return Found(
        [t("units.confident_surprise", known=figures["known"], unknown=figures["unknown"])],
        measured_then(t, PART),
        [
            share_guessed("invented", t("units.confident_ask"), invented, feedback, SEE, t),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "known": t("units.confident_claim_known", n=share(NEARLY_ALL, t.lang)),
                    "unsure": t("units.confident_claim_unsure"),
                    "silent": t("units.confident_claim_silent"),
                },
                right=the_false_one(claims),
                feedback=feedback,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit("confident", "confident", 6, says, prediction("confident_sure"), own, found)
