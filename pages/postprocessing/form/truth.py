"""Valid is not true: how many of the answers that fit the schema state what is so."""

from collections import Counter
from typing import Final

from core.alignment.text.forms import street_name, subject_name
from core.data.world import town
from core.postprocessing.form.formatting import Read
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured
from pages.kit.models import Model
from pages.postprocessing.form.fifty import Fifty, readings
from pages.postprocessing.form.schema import PERSON

WHO: Final = "mia"
MOST: Final = 0.5  # from this share on it is most of them


def can_be_judged(model: Model, fifty: Fifty, t: Words) -> bool:
    """Whether the question is the one whose answer the small world knows."""
    return (
        model.world is not None
        and fifty.is_whole
        and fifty.schema == PERSON
        and fifty.question == t("form.ask_person")
        and state.value("form_schema") == "person"
    )


def true_address(model: Model, lang: str) -> dict[str, str]:
    """What the fields of the shipped schema have to say about Mia."""
    assert model.world is not None
    street = town(model.world).tellable(WHO, "home")[0][0]
    return {"name": subject_name(WHO, lang), "street": street_name(street, lang)}


def how_many_true(model: Model, fifty: Fifty, t: Words) -> Measured:
    """Of the constrained answers: how many name the right person and the right street?"""
    truth = true_address(model, t.lang)
    held: list[Read] = [read for read in dict(readings(model, fifty))["held"] if read is not None]
    valid = [read.value for read in held if read.is_valid]
    n_true = sum(value == truth for value in valid)
    outcome = (
        "all"
        if n_true == len(valid)
        else "none"
        if n_true == 0
        else "most"
        if n_true >= MOST * len(valid)
        else "few"
    )
    favourite, n = Counter(value["street"] for value in valid).most_common(1)[0]
    return Measured(
        outcome,
        t(
            "form.true_measured",
            n=n_true,
            all=len(valid),
            street=truth["street"],
            favourite=favourite or "–",
            n_favourite=n,
        ),
    )
