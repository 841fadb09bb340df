"""What the overview of all limits says of this station."""

from core.house.limits.families import PART, families
from pages.kit.catalogue import Text, Words
from pages.limits.families import showing
from pages.limits.shown import Treated, with_span

__all__ = ["PART", "claim", "found", "treated"]


def claim(t: Words) -> Text:
    """What one may doubt."""
    return t("limits.claim_families")


def found(t: Words) -> str:
    """How surprised each learner is, after the same text."""
    shipped = families(t.lang)
    if shipped is None:
        return t("limits.not_measured")
    learners = showing.done(shipped.rows)
    return t(
        "limits.found_families",
        ngrams=showing.bits_written(learners["ngrams"], t),
        recurrent=showing.bits_written(learners["recurrent"], t),
        transformer=showing.bits_written(learners["transformer"], t),
        example=showing.bits_written([shipped.example], t),
    )


def treated(t: Words) -> list[Treated]:
    """Rules instead of a model: no invented answer, at the price of silence."""
    shipped = families(t.lang)
    if shipped is None or not shipped.rules["plain"].n:
        return []
    model = showing.answers([shipped.example], "untold")
    ours = shipped.rules
    return [
        Treated(
            t("limits.made_up"),
            t("limits.rules_instead"),
            with_span(model.n_wrong, model.n, t),
            with_span(ours["untold"].n_wrong, ours["untold"].n, t),
            t(
                "limits.price_silence",
                plain=with_span(ours["plain"].n_silent, ours["plain"].n, t),
                reworded=with_span(ours["reworded"].n_silent, ours["reworded"].n, t),
            ),
        )
    ]
