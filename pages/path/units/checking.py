"""Unit: what leaves is checked: what a filter finds in the example model's answers."""

from collections.abc import Sequence
from typing import Final

from core.house import examined
from core.learning.marking import the_false_one
from core.learning.progress import Own
from pages.home import shipped
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, share, whole
from pages.path.evidence import prediction
from pages.path.questions import Choice, Estimate, See
from pages.path.unit import Found, Said, Unit
from pages.postprocessing.names import kind_name

SEE: Final = See("postprocessing", {"answer_source": "model"})
FEW: Final = 0.2  # of answers


def says(t: Words) -> Said:
    """Its question and its task."""
    task = t("units.checking_task", part=t("frame.experiments"), reveal=t("frame.reveal"))
    return Said(t("units.checking_question"), task)


def own(_: Own, t: Words) -> Sequence[Text]:
    """The page's own sentence says it all."""
    return []


def found(t: Words) -> Found | None:
    """What the filters find in answers of the aligned model."""
    made = examined()
    hits = made.get("answers_filtered")
    if not hits or not hits["n_texts"]:
        return None
    n, rate = hits["n_texts"], hits["n_with_findings"] / hits["n_texts"]
    kinds: dict[str, int] = dict(hits["by_kind"])
    listed = ", ".join(f"{kind_name(kind, t)}: {whole(k, t.lang)}" for kind, k in kinds.items())
    names = ", ".join(kind_name(kind, t) for kind in kinds)
    feedback = t(
        "units.checking_counted",
        k=whole(hits["n_with_findings"], t.lang),
        n=whole(n, t.lang),
        kinds=listed or t("units.checking_none"),
    )
    claims = {
        "few": rate < FEW,
        "some": hits["n_with_findings"] > 0,
        "cards": kinds.get("card", 0) > kinds.get("address", 0),
    }
    return Found(
        [t("units.checking_surprise", kinds=names or t("units.checking_none"))],
        shipped.aligned_then(t),
        [
            Estimate(
                key="found",
                question=t("units.checking_ask"),
                measured=100 * rate,
                low=0,
                high=50,
                step=1,
                tolerance=3,
                written=lambda guess: decimal(guess, t.lang, 0),
                feedback=feedback,
                see=SEE,
            ),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "few": t("units.checking_claim_few", n=share(FEW, t.lang)),
                    "some": t("units.checking_claim_some"),
                    "cards": t("units.checking_claim_cards"),
                },
                right=the_false_one(claims),
                feedback=feedback,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit("checking", "postprocessing", 6, says, prediction("cards_"), own, found)
