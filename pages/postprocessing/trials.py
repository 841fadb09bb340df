"""The two experiments of step 6: what a check digit is worth, and whether the order counts."""

from collections.abc import Sequence
from html import escape
from random import Random
from typing import Final

import streamlit as st

from core.postprocessing.privacy.checksums import card_issuer, luhn_holds
from core.postprocessing.stages import Answer, Context, StageSetting, run_stages
from pages.kit.catalogue import Joined, Words
from pages.kit.frame import Measured, note
from pages.kit.numbers import share, whole
from pages.postprocessing.names import stage_name

N_NUMBERS: Final = 20
TEST_RANGE: Final = "411111"  # the range from which payment services take their test numbers
ENDS_EARLY: Final = "classifier"  # it changes nothing, but may keep the whole text back
FEW: Final = 5  # at most so many of twenty are few
MANY: Final = 15  # at least so many are nearly all


def numbers(seed: int) -> list[str]:
    """Numbers with the prefix and the length of a card, all other digits by chance."""
    random = Random(seed)
    rest = 16 - len(TEST_RANGE)
    return [
        TEST_RANGE + "".join(str(random.randrange(10)) for _ in range(rest))
        for _ in range(N_NUMBERS)
    ]


def real_cards(seed: int, t: Words) -> Measured:
    """How many of the numbers pass the check that every card passes."""
    drawn = numbers(seed)
    n_formed = sum(card_issuer(each) is not None for each in drawn)
    holding = [luhn_holds(each) for each in drawn]
    n = sum(holding)
    outcome = "few" if n <= FEW else "all" if n >= MANY else "half"
    text = t("postprocessing.cards_measured", n=n, formed=n_formed, all=N_NUMBERS)

    def show() -> None:
        items = "".join(
            f"<li class='{('fails', 'holds')[holds]}'><code>{escape(_grouped(each))}</code></li>"
            for each, holds in zip(drawn, holding, strict=True)
        )
        st.html(f"<ul class='gb-cards'>{items}</ul>")
        note(t("postprocessing.cards_key"))

    return Measured(outcome, text, show)


def show_numbers(seed: int) -> None:
    """The numbers as they are, before anybody has checked them."""
    items = "".join(f"<li><code>{escape(_grouped(each))}</code></li>" for each in numbers(seed))
    st.html(f"<ul class='gb-cards'>{items}</ul>")


def _grouped(digits: str) -> str:
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def order(text: str, line: Sequence[StageSetting], context: Context, t: Words) -> Measured:
    """The same text through all stages that change one, forwards and backwards."""
    forwards = [StageSetting(s.name, True, s.settings) for s in line if s.name != ENDS_EARLY]
    one, two = (run_stages(text, each, context) for each in (forwards, forwards[::-1]))
    outcome = "same" if one.text == two.text else "other"
    measured = t(
        "postprocessing.order_measured",
        stages=Joined((stage_name(each.name, t) for each in forwards), " → "),
        one=whole(one.n_filtered, t.lang),
        two=whole(two.n_filtered, t.lang),
        kept_one=share(len(one.text) / max(1, len(text)), t.lang),
        kept_two=share(len(two.text) / max(1, len(text)), t.lang),
    )

    def show() -> None:
        st.html(f"<div class='gb-orders'>{_way(one, 1, t)}{_way(two, 2, t)}</div>")

    return Measured(outcome, measured, show)


def _way(answer: Answer, which: int, t: Words) -> str:
    name = t("postprocessing.forwards") if which == 1 else t("postprocessing.backwards")
    said = answer.text or t("postprocessing.nothing_left")
    held = ""
    if answer.held_back:
        by = t("postprocessing.stopped_by", stage=stage_name(answer.steps[-1][0], t))
        held = f"<p>{escape(by)}</p>"
    text = f"<p class='gb-way-text' tabindex='0'>{escape(said)}</p>"
    return f"<div><h3>{escape(name)}</h3>{held}{text}</div>"
