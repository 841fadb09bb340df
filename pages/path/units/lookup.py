"""Unit: what was never told can be looked up, if reading was learned."""

from collections.abc import Sequence
from typing import Final

from core.house.limits.grounding import PART, grounding
from core.learning.marking import ranked
from core.learning.progress import Own
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import share, whole
from pages.limits.shown import measured_then
from pages.path.evidence import prediction
from pages.path.questions import Order, See, share_guessed
from pages.path.unit import Found, Said, Unit

SEE: Final = See("lookup")


def says(t: Words) -> Said:
    """Its question and its task."""
    return Said(t("units.lookup_question"), t("units.lookup_task", reveal=t("frame.reveal")))


def own(_: Own, t: Words) -> Sequence[Text]:
    """The page's own sentence says it all."""
    return []


def found(t: Words) -> Found | None:
    """The same questions from memory, with what is found, and with the right notice."""
    made = grounding()
    if made is None:
        return None
    untaught, false = made.tally("given", taught=False), made.tally("false")
    ways = {way: made.tally(way) for way in ("alone", "found", "given")}
    if not all(one.n for one in (*ways.values(), untaught, false)):
        return None
    rates = {way: one.n_right / one.n for way, one in ways.items()}
    written = {way: share(rate, t.lang) for way, rate in rates.items()}
    believed = share(false.n_right / false.n, t.lang)
    n = whole(ways["given"].n, t.lang)
    feedback = t("units.lookup_counted", n=n, **written)
    before = share(untaught.n_right / untaught.n, t.lang)
    surprise = t("units.lookup_surprise", before=before, after=written["given"], n=n)
    helps = untaught.n_right / untaught.n < rates["given"]
    return Found(
        [surprise if helps else feedback],
        measured_then(t, PART),
        [
            share_guessed(
                "believed",
                t("units.lookup_ask"),
                false.n_right / false.n,
                t("units.lookup_believed", share=believed, n=whole(false.n, t.lang)),
                SEE,
                t,
            ),
            Order(
                key="ways",
                question=t("units.lookup_order"),
                options={
                    "alone": t("units.lookup_alone"),
                    "found": t("units.lookup_found"),
                    "given": t("units.lookup_given"),
                },
                right=ranked(rates),
                feedback=feedback,
                see=SEE,
            ),
        ],
    )


UNIT: Final = Unit("lookup", "lookup", 6, says, prediction("lookup_given"), own, found)
