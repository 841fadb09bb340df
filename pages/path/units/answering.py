"""Unit: fine-tuning makes a model that continues into one that answers, not into a polite one."""

from collections.abc import Sequence
from typing import Final

from core.house import examined
from core.learning.marking import the_false_one
from core.learning.progress import Own
from pages.home import shipped
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import decimal, share, whole
from pages.path.evidence import prediction
from pages.path.questions import Choice, See, share_guessed
from pages.path.unit import Found, Said, Unit

SEE: Final = See("alignment")
MOST: Final = 0.9  # of answers
CLOSE: Final = 1.05  # times the surprise it was


def says(t: Words) -> Said:
    """Its question and its task."""
    task = t("units.answering_task", part=t("frame.experiments"), reveal=t("frame.reveal"))
    return Said(t("units.answering_question"), task)


def own(_: Own, t: Words) -> Sequence[Text]:
    """The page's own sentence says it all."""
    return []


def found(t: Words) -> Found | None:
    """Answers of the base model and after fine-tuning."""
    made = examined()
    if not {"checkpoint", "tuned"} <= made.get("rates", {}).keys():
        return None
    before, after = (
        {name: one["n_kept"] / one["n"] for name, one in made["rates"][kind].items()}
        for kind in ("checkpoint", "tuned")
    )
    bits = [made["bits_per_byte"][kind] for kind in ("checkpoint", "tuned")]
    n = whole(made["n_questions"], t.lang)
    figures = {
        "topic_before": share(before["on_topic"], t.lang),
        "topic_after": share(after["on_topic"], t.lang),
        "polite": share(after["polite"], t.lang),
        "bits_before": decimal(bits[0], t.lang, 3),
        "bits_after": decimal(bits[1], t.lang, 3),
    }
    claims = {
        "topic": after["on_topic"] > before["on_topic"],
        "bits": bits[1] < CLOSE * bits[0],
        "polite": after["polite"] >= MOST,
    }
    counted = t("units.answering_counted", n=n, **figures)
    spent = {name: figures[f"bits_{name}"] for name in ("before", "after")}
    return Found(
        [t("units.answering_surprise", **spent) if claims["bits"] else counted],
        shipped.aligned_then(t),
        [
            share_guessed(
                "topic",
                t("units.answering_ask"),
                before["on_topic"],
                counted,
                SEE,
                t,
            ),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "topic": t("units.answering_claim_topic"),
                    "bits": t("units.answering_claim_bits"),
                    "polite": t("units.answering_claim_polite"),
                },
                right=the_false_one(claims),
                feedback=counted,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit("answering", "alignment", 6, says, prediction("invent_"), own, found)
