"""Unit: what stands around a question changes the answer, and by how much can be counted."""

from collections.abc import Sequence
from typing import Final

from core.alignment.text.prompts import KINDS
from core.house.limits.prompting import PART, prompting
from core.learning.marking import the_false_one
from core.learning.progress import Own
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import share, whole
from pages.limits.shown import measured_then
from pages.path.evidence import compared_prompts
from pages.path.questions import Choice, See, share_guessed
from pages.path.unit import Found, Said, Unit

ENOUGH: Final = 30  # answers under each prompt; the page draws twice as many
SEE: Final = See("prompting")


def says(t: Words) -> Said:
    """Its question and its task."""
    return Said(t("units.prompting_question"), t("units.prompting_task"))


def own(seen: Own, t: Words) -> Sequence[Text]:
    """How often each prompt was right in the visitor's own draws."""
    of = seen.figures
    if not {"n", *KINDS} <= of.keys():
        return []
    shares = {name: share(of[name], t.lang) for name in KINDS}
    return [t("units.prompting_own", n=whole(of["n"], t.lang), **shares)]


def found(t: Words) -> Found | None:
    """Right answers of the aligned model under every prompt."""
    made = prompting(t.lang)
    if made is None:
        return None
    shares = made.shares
    plain = shares["none"]
    written = {name: share(one.value, t.lang) for name, one in shares.items()}
    feedback = t("units.prompting_counted", n=whole(plain.n, t.lang), **written)
    lower = {name for name, one in shares.items() if one.value < plain.value}
    claims = {
        "role": "role" in lower and shares["role"].apart_from(plain),
        "language": shares["language"].value > 0.5,
        "examples": "several" not in lower and shares["several"].apart_from(plain),
    }
    surprise = t("units.prompting_surprise", none=written["none"], steps=written["steps"])
    return Found(
        [surprise if "steps" in lower else feedback],
        measured_then(t, PART),
        [
            share_guessed(
                "instruction",
                t("units.prompting_ask", none=written["none"]),
                shares["instruction"].value,
                feedback,
                SEE,
                t,
            ),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "role": t("units.prompting_claim_role"),
                    "language": t("units.prompting_claim_language"),
                    "examples": t("units.prompting_claim_examples"),
                },
                right=the_false_one(claims),
                feedback=feedback,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit("prompting", "prompting", 6, says, compared_prompts(ENOUGH), own, found)
