"""Unit: attention heads look back at earlier tokens, each in its own way."""

from collections.abc import Sequence
from typing import Final

from core.learning.marking import the_false_one
from core.learning.progress import Own
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import share, whole
from pages.kit.parts import computed_now
from pages.path import measured
from pages.path.evidence import prediction
from pages.path.questions import Choice, See, share_guessed
from pages.path.unit import Found, Said, Unit

SEE: Final = See("architecture")
APART: Final = 2.0  # times: heads that look so differently do not do the same
HARDLY: Final = 0.05  # of a head's attention


def says(t: Words) -> Said:
    """Its question and its task."""
    task = t("units.heads_task", part=t("frame.experiments"), reveal=t("frame.reveal"))
    return Said(t("units.heads_question"), task)


def own(_: Own, t: Words) -> Sequence[Text]:
    """The page's own sentence says it all."""
    return []


def found(t: Words) -> Found | None:
    """How much the heads look at the token just before, and at later ones."""
    seen = measured.heads()
    if seen is None:
        return None
    best, least = share(seen.best, t.lang), share(seen.least, t.lang)
    n, later = whole(seen.n, t.lang), share(seen.later, t.lang)
    claims = {
        "apart": seen.best >= APART * seen.least,
        "all": seen.least > HARDLY,
        "later": seen.later > 0,
    }
    feedback = t("units.heads_looked", n=n, best=best, least=least, later=later)
    return Found(
        [t("units.heads_surprise", n=n, k=whole(seen.n_previous, t.lang))],
        computed_now(t),
        [
            share_guessed("best", t("units.heads_ask", n=n), seen.best, feedback, SEE, t),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "apart": t("units.heads_claim_apart"),
                    "all": t("units.heads_claim_all", n=share(HARDLY, t.lang)),
                    "later": t("units.heads_claim_later"),
                },
                right=the_false_one(claims),
                feedback=feedback,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit("heads", "architecture", 6, says, prediction("previous_"), own, found)
