"""Unit: what duplicates in the texts make of a model, and what removing them leaves undone."""

from collections.abc import Sequence
from typing import Final

from core.house import duplicates_pair
from core.learning.marking import the_false_one
from core.learning.progress import Own
from pages.home import shipped
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, share, whole
from pages.path.evidence import setting
from pages.path.questions import Choice, See, share_guessed
from pages.path.unit import Found, Said, Unit

ENOUGH: Final = 1.0  # duplicates mixed in, as a share of all texts
BEGINS: Final = {"world_duplicates": "0.5"}  # so that the controls are there
SEE: Final = See("home")
MUCH_LESS: Final = 0.5  # of what it was


def says(t: Words) -> Said:
    """Its question and its task."""
    task = t("units.duplicates_task", slider=t("data.duplicates"), share=share(ENOUGH, t.lang))
    return Said(t("units.duplicates_question"), task)


def own(seen: Own, t: Words) -> Sequence[Text]:
    """How many somebody mixed in."""
    mixed = seen.figures.get("world_duplicates")
    return [] if mixed is None else [t("units.duplicates_own", share=share(mixed, t.lang))]


def found(t: Words) -> Found | None:
    """What the shipped pair copies, leaks, and how much new texts surprise it."""
    pair = duplicates_pair()
    if not pair:
        return None
    within, without = (
        {name: float(value) for name, value in pair[lane].compared.items()} for lane in "ab"
    )
    copied = "copied_text_share", share(within["copied_text_share"], t.lang)
    left = share(without["copied_text_share"], t.lang)
    leaked = [share(one["secret_text_share"], t.lang, 1) for one in (within, without)]
    bits = [decimal(one["held_out_bits_per_byte"], t.lang, 2) for one in (within, without)]
    claims = {
        "copies": without[copied[0]] < MUCH_LESS * within[copied[0]],
        "bits": without["held_out_bits_per_byte"] < within["held_out_bits_per_byte"],
        "leaks": without["secret_text_share"] < MUCH_LESS * within["secret_text_share"],
    }
    n, wrong = whole(within["n_texts_drawn"], t.lang), the_false_one(claims)
    compared = t(
        "units.duplicates_compared",
        copied=copied[1],
        left=left,
        bits_before=bits[0],
        bits_after=bits[1],
        leaked=leaked[0],
        leaking=leaked[1],
    )
    surprise = t("units.duplicates_surprise", before=leaked[0], after=leaked[1], n=n)
    return Found(
        [surprise if wrong == "leaks" else compared],
        shipped.measured_then(t),
        [
            share_guessed(
                "copied",
                t("units.duplicates_ask"),
                within[copied[0]],
                t("units.duplicates_copied", before=copied[1], after=left, n=n),
                SEE,
                t,
            ),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "copies": t("units.duplicates_claim_copies"),
                    "bits": t("units.duplicates_claim_bits"),
                    "leaks": t("units.duplicates_claim_leaks"),
                },
                right=wrong,
                feedback=compared,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit(
    "duplicates",
    "data",
    6,
    says,
    setting("world_duplicates", lambda value: value >= ENOUGH),
    own,
    found,
    BEGINS,
)
