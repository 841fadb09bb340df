"""Unit: it writes one token at a time, and draws each of them."""

from collections.abc import Mapping, Sequence
from typing import Final

from core.learning.marking import the_false_one
from core.learning.progress import Own
from pages.kit import state
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, whole
from pages.kit.parts import computed_now
from pages.path import measured
from pages.path.evidence import prediction
from pages.path.questions import Choice, Estimate, See
from pages.path.unit import Found, Said, Unit

SEE: Final = See("inference")


def says(t: Words) -> Said:
    """Its question and its task."""
    task = t("units.words_task", part=t("frame.experiments"), reveal=t("frame.reveal"))
    return Said(t("units.words_question"), task)


def outcomes() -> Mapping[str, str]:
    """When two continuations differ, as the page's answers have it."""
    t = state.t()
    return {
        "none": t("inference.same_none"),
        "seed": t("inference.same_seed"),
        "chance": t("inference.same_chance"),
        "all": t("inference.same_all"),
    }


def own(_: Own, t: Words) -> Sequence[Text]:
    """What came true says it all."""
    return []


def found(t: Words) -> Found | None:
    """How many tokens it weighs, and when two texts differ."""
    again, after = measured.again(t.lang), measured.after(t.lang)
    if again is None or after is None:
        return None
    n, warm = whole(after.n_vocab, t.lang), decimal(measured.WARM, t.lang, 1)
    claims = {"cold": again.cold, "seed": again.seed, "fixed": again.other}
    same, other = t("units.words_same"), t("units.words_other")
    feedback = t(
        "units.words_drawn",
        cold=same if again.cold else other,
        seed=same if again.seed else other,
        other=same if again.other else other,
        warm=warm,
    )
    return Found(
        [
            t(
                "units.words_surprise",
                k=whole(again.n_shared, t.lang),
                n=whole(again.n, t.lang),
                warm=warm,
            )
        ],
        computed_now(t),
        [
            Estimate(
                key="vocabulary",
                question=t("units.words_ask"),
                measured=after.n_vocab,
                low=500,
                high=10_000,
                step=500,
                tolerance=700,
                written=lambda guess: whole(guess, t.lang),
                feedback=t("units.words_counted", n=n),
                see=SEE,
            ),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "cold": t("units.words_claim_cold"),
                    "seed": t("units.words_claim_seed", warm=warm),
                    "fixed": t("units.words_claim_fixed"),
                },
                right=the_false_one(claims),
                feedback=feedback,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit("words", "inference", 5, says, prediction("same_", outcomes), own, found)
