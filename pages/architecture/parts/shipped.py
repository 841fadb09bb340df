"""What leaving out a part came to with several seeds, measured before: shown after the guess."""

from collections.abc import Mapping
from statistics import mean

import streamlit as st

from core.house.limits.ablating import PART, Ablating, Apart, ablating
from core.jobs.programs import ABLATION
from pages.architecture.parts import lanes as side
from pages.kit import state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import card, note
from pages.kit.numbers import NO_FIGURE, change, decimal, duration, interval, whole
from pages.kit.prediction import reveal
from pages.limits.shown import measured_then

_GUESSED = "_ablation_shipped_guess"


def show(names: Mapping[str, str], t: Words, *, is_known: bool) -> None:
    """The card, or the button that opens it once a guess is made.

    Args:
        names: what the lanes are called.
        is_known: whether the visitor's own run has told the answer already.
    """
    found = ablating()
    if found is None:
        return
    if state.depth() != "watch" and not is_known and _GUESSED not in st.session_state:
        guess = st.session_state.get(f"{ABLATION}_guess")
        st.button(
            t("parts.shipped_show", n=whole(len(found.lanes[0].losses), t.lang)),
            key="parts_shipped",
            disabled=guess is None,
            on_click=_keep,
            args=(guess,),
        )
        return
    with card("parts_shipped", t("parts.shipped"), measured_then(t, PART)):
        _said(found, names, t)
        rows = [(names[lane.lane], [_loss(lane, t), _more(lane, t)], "") for lane in found.lanes]
        st.html(side.table((t("parts.loss"), t("parts.more")), rows, t))
        note(
            t(
                "parts.shipped_how",
                n=whole(len(found.lanes[0].losses), t.lang),
                steps=whole(int(found.settings["n_steps"]), t.lang),
                time=duration(found.seconds, t.lang),
            )
        )


def _keep(guess: str) -> None:
    st.session_state[_GUESSED] = guess


def _said(found: Ablating, names: Mapping[str, str], t: Words) -> None:
    """The outcome in a sentence, beside the guess where one was made."""
    worst = costliest(found)
    n_seeds = len(worst.more)
    n_highest = sum(
        worst.more[seed] == max(lane.more[seed] for lane in found.lanes if lane.more)
        for seed in range(n_seeds)
    )
    said = t(
        "parts.shipped_found",
        name=names[worst.lane],
        more=_more(worst, t),
        times=whole(n_highest, t.lang),
        n=whole(n_seeds, t.lang),
    )
    guess = st.session_state.get(_GUESSED)
    if guess in names:
        reveal(t, names[guess], names[worst.lane], guess == worst.lane, said)
    else:
        st.html(f'<p class="gb-found" role="status">{rich(said)}</p>')


def costliest(found: Ablating) -> Apart:
    """The lane that lost most on average."""
    return max((lane for lane in found.lanes if lane.more), key=lambda lane: mean(lane.more))


def _loss(lane: Apart, t: Words) -> str:
    ends = interval(min(lane.losses), max(lane.losses), t.lang, 2)
    return f"{decimal(mean(lane.losses), t.lang)} {ends}"


def _more(lane: Apart, t: Words) -> str:
    if not lane.more:
        return NO_FIGURE
    ends = interval(min(lane.more), max(lane.more), t.lang, 2)
    return f"{change(mean(lane.more), t.lang)} {ends}"
