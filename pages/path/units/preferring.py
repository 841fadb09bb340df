"""Unit: a few clicks become a preference, and a preference changes a model."""

from collections.abc import Sequence
from typing import Final

from core.house import examined
from core.learning.marking import the_false_one
from core.learning.progress import Own
from pages.home import shipped
from pages.kit.catalogue import Text, Words
from pages.kit.numbers import share, whole
from pages.path.evidence import clicks
from pages.path.questions import Choice, See, share_guessed
from pages.path.unit import Found, Said, Unit

ENOUGH: Final = 5  # clicks
SEE: Final = See("alignment")
MUCH: Final = 0.05  # of answers: so many fewer true ones would be a price


def says(t: Words) -> Said:
    """Its question and its task."""
    task = t("units.preferring_task", n=whole(ENOUGH, t.lang))
    return Said(t("units.preferring_question"), task)


def own(seen: Own, t: Words) -> Sequence[Text]:
    """How often the longer answer was the better one."""
    of = seen.figures
    if not {"n", "n_decided", "n_longer"} <= of.keys():
        return []
    n, k, m = (whole(of[name], t.lang) for name in ("n", "n_longer", "n_decided"))
    return [t("units.preferring_own", n=n, k=k, m=m)]


def found(t: Words) -> Found | None:
    """What the rule's preferences made of the example model."""
    made = examined()
    if not {"tuned", "aligned"} <= made.get("rates", {}).keys():
        return None
    before, after = (
        {name: one["n_kept"] / one["n"] for name, one in made["rates"][kind].items()}
        for kind in ("tuned", "aligned")
    )
    figures = {
        f"{name}_{when}": share(rates[name], t.lang)
        for when, rates in (("before", before), ("after", after))
        for name in ("polite", "brief", "truthful")
    }
    claims = {
        "polite": after["polite"] > before["polite"],
        "brief": after["brief"] < before["brief"],
        "price": after["truthful"] < before["truthful"] - MUCH,
    }
    feedback = t("units.preferring_counted", n=whole(made["n_questions"], t.lang), **figures)
    brevity = {name: figures[f"brief_{name}"] for name in ("before", "after")}
    surprise = t("units.preferring_surprise", **brevity)
    return Found(
        [surprise if claims["brief"] else feedback],
        shipped.aligned_then(t),
        [
            share_guessed(
                "polite",
                t("units.preferring_ask", before=figures["polite_before"]),
                after["polite"],
                feedback,
                SEE,
                t,
                5,
            ),
            Choice(
                key="wrong",
                question=t("path.which_wrong"),
                options={
                    "polite": t("units.preferring_claim_polite"),
                    "brief": t("units.preferring_claim_brief"),
                    "price": t("units.preferring_claim_price"),
                },
                right=the_false_one(claims),
                feedback=feedback,
                see=SEE,
                claims=True,
            ),
        ],
    )


UNIT: Final = Unit("preferring", "preferring", 6, says, clicks(ENOUGH), own, found)
