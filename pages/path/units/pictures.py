"""Unit: the same six steps for pictures, and how strictly a caption is followed."""

from collections.abc import Sequence
from typing import Final

from core.house.pictures.guided import house_guided
from core.learning.marking import ranked
from core.learning.progress import Own
from core.modality import PICTURES
from pages.home.shipped import day
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, share, whole
from pages.kit.parts import precomputed
from pages.path.evidence import prediction
from pages.path.questions import Order, See, share_guessed
from pages.path.unit import Found, Said, Unit

NONE, USUAL, STRICT = 0.0, 2.0, 8.0
ASKED: Final = 1.0


def see(weight: float) -> See:
    """Where pictures are drawn at a weight of guidance."""
    return See("inference", {"modality": PICTURES, "draw_guidance": f"{weight:.1f}"})


def says(t: Words) -> Said:
    """Its question and its task."""
    task = t("units.pictures_task", part=t("frame.experiments"), reveal=t("frame.reveal"))
    return Said(t("units.pictures_question"), task)


def own(_: Own, t: Words) -> Sequence[Text]:
    """The page's own sentence says it all."""
    return []


def found(t: Words) -> Found | None:
    """How many pictures are wholly right, by the weight of guidance."""
    made = house_guided()
    shares = {row.guidance: row.share for row in made.rows} if made else {}
    if made is None or not {NONE, ASKED, USUAL, STRICT} <= shares.keys():
        return None
    n = whole(made.rows[0].n, t.lang)
    written = {weight: share(value, t.lang) for weight, value in shares.items()}
    said = {weight: t("units.pictures_at", n=decimal(weight, t.lang, 0)) for weight in shares}
    chosen = {"none": NONE, "usual": USUAL, "strict": STRICT}
    feedback = t(
        "units.pictures_counted",
        n=n,
        shares=" · ".join(f"{said[weight]}: {written[weight]}" for weight in shares),
    )
    surprise = t("units.pictures_surprise", usual=written[USUAL], strict=written[STRICT], n=n)
    return Found(
        [surprise if shares[STRICT] < shares[USUAL] else feedback],
        precomputed(t, made.made["command"], day(made.made["date"], t.lang)),
        [
            share_guessed(
                "plain",
                t("units.pictures_ask", n=decimal(ASKED, t.lang, 0)),
                shares[ASKED],
                feedback,
                see(ASKED),
                t,
            ),
            Order(
                key="weights",
                question=t("units.pictures_order"),
                options={name: said[weight] for name, weight in chosen.items()},
                right=ranked({name: shares[weight] for name, weight in chosen.items()}),
                feedback=feedback,
                see=see(STRICT),
            ),
        ],
    )


UNIT: Final = Unit(
    "pictures", "inference", 7, says, prediction("guided_"), own, found, modality=PICTURES
)
