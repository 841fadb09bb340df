"""The stage of home: the next word being drawn, and the same model at every stage of training."""

import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.errors import GlassboxError
from core.house import HouseCheckpoint, checkpoints_over_time
from pages.home import shipped
from pages.home.verdict import verdict_shown
from pages.kit import chain, state, tour
from pages.kit import rooms as kit_rooms
from pages.kit.catalogue import Words
from pages.kit.components import Stop, next_word, training_slider
from pages.kit.components.clock import look_again
from pages.kit.frame import Figure, computed_now, note, show_error, stage
from pages.kit.numbers import NO_FIGURE, decimal, share, whole

LOOK_EVERY_S: Final = 0.3
SHOWN_CHARACTERS: Final = 190  # of a continuation: up to three lines above the slider
CUT: Final = " …"  # at the end of a text that goes on


def hero(t: Words) -> None:
    """The next word, the slider over the shipped checkpoints, and two ways to go on."""
    checkpoints = checkpoints_over_time()
    if not checkpoints:
        with stage(t("home.stage")):
            note(t("home.no_house"))
            ways_on(t)
        return
    state.put_in_url("seed")
    sentence, seed = state.sentence(), state.seed()
    then = shipped.written_then(checkpoints, sentence, seed)
    with stage(t("home.stage"), computed_now(t)):
        with st.container(key="gb_guess"):
            place = st.container()
        badge = shipped.measured_then(t) if then else computed_now(t)
        heading = f'<h3 class="gb-part">{escape(t("home.slider"))}</h3>'
        st.html(f'<div class="gb-head gb-slider-head">{heading}{badge.html}</div>')
        if then is not None:
            slider(t, checkpoints, then)
        else:
            written_now(t, checkpoints)
        with st.container(key="gb_ways", horizontal=True, vertical_alignment="center"):
            if state.depth() != "watch":
                st.button(t("home.again"), key="home_again", type="tertiary", on_click=_other_seed)
            if then is None:
                st.html(shipped.measured_then(t).html, width="content")
            ways_on(t)
    with place:  # filled last, since the first guess takes a moment
        guess(t, sentence, seed)


def guess(t: Words, sentence: str, seed: int) -> None:
    """The next words, drawn now by the example model, one at a click."""
    if not chain.at_hand():  # the first seconds of the process; the page is drawn again soon
        note(t("home.waiting"))
        return
    from pages.home.next_words import guesses  # imports torch: the slider need not wait for it

    first = not st.session_state.get("_home_guessed")
    st.session_state["_home_guessed"] = True
    next_word(guesses(sentence, seed, t), t, key="home_guess", prompt=sentence, autoplay=first)


def written_now(t: Words, checkpoints: Sequence[HouseCheckpoint]) -> None:
    """The visitor's own sentence: what has been written so far, updated until it is complete."""
    if not chain.at_hand():  # the first seconds of the process; the page is drawn again soon
        slider(t, checkpoints, ["…"] * len(checkpoints))
        return
    from pages.home.writing import broadcast

    asked = (checkpoints, state.sentence(), state.seed())
    try:
        broadcast(*asked)
    except GlassboxError as error:
        slider(t, checkpoints, [""] * len(checkpoints))
        show_error(error, t)
        return

    def look() -> None:
        found = broadcast(*asked)
        slider(t, checkpoints, found.texts() if found.done else _unfinished(found.texts()))
        if found.error:
            show_error(found.error, t)
        if not found.done:
            look_again("writing", LOOK_EVERY_S)

    st.fragment(look)()


def _unfinished(texts: Sequence[str]) -> list[str]:
    return [text + "…" for text in texts]


def slider(t: Words, checkpoints: Sequence[HouseCheckpoint], texts: Sequence[str]) -> None:
    """The slider over the checkpoints."""
    first = checkpoints[0]
    stops = [_stop(t, each, text, first) for each, text in zip(checkpoints, texts, strict=True)]
    training_slider(
        stops,
        t,
        key="home_hero",
        prompt=state.sentence(),
        begin=t("home.untrained"),
        compact=True,
    )


def _stop(t: Words, checkpoint: HouseCheckpoint, text: str, first: HouseCheckpoint) -> Stop:
    """One checkpoint: its text with the judge's marks, and its numbers beside the first one's."""
    shown, prompt = readable(text), state.sentence()
    n_shown = len(prompt) + len(shown.removesuffix(CUT))
    verdict = verdict_shown(prompt, text, n_shown, shipped.world())
    here = t("home.n_right", right=verdict.n_right, n=verdict.n) if verdict.n else NO_FIGURE
    return Stop(
        label=t("home.step", n=whole(checkpoint.step, t.lang)),
        text=shown,
        numbers=[Figure(here, t("home.right_here")), *numbers(t, checkpoint)],
        surprise=float(checkpoint.numbers["validation_bits_per_byte"]),
        surprise_label=t(
            "home.surprise",
            step=whole(checkpoint.step, t.lang),
            n=_bits(t, checkpoint),
            first=_bits(t, first),
        ),
        wrong=verdict.ungrammatical,
        untrue=verdict.untrue,
    )


def numbers(t: Words, checkpoint: HouseCheckpoint) -> list[Figure]:
    """What was measured of the model at one checkpoint."""
    of = checkpoint.numbers
    n_true = int(of["n_checkable"])
    n_sentences = int(of["n_sentences"])
    return [
        Figure(whole(checkpoint.n_tokens, t.lang), t("home.tokens_read")),
        Figure(
            share(float(of["grammatical_share"]), t.lang) if n_sentences else NO_FIGURE,
            t("home.grammatical", n=whole(n_sentences, t.lang)),
        ),
        Figure(
            share(float(of["true_share"]), t.lang) if n_true else NO_FIGURE,
            t("home.true", n=whole(n_true, t.lang)),
        ),
    ]


def _bits(t: Words, checkpoint: HouseCheckpoint) -> str:
    return decimal(float(checkpoint.numbers["validation_bits_per_byte"]), t.lang, 2)


def readable(text: str, n_characters: int = SHOWN_CHARACTERS) -> str:
    """A text for a few lines: single spaces, a dot for each invisible character, cut at a word."""
    seen = "".join("·" if unicodedata.category(c)[0] == "C" else c for c in " ".join(text.split()))
    gap = " " if text[:1].isspace() else ""
    if len(seen) <= n_characters:
        return gap + seen
    return gap + (seen[:n_characters].rsplit(" ", 1)[0] or seen[:n_characters]) + CUT


def ways_on(t: Words) -> None:
    """Watching or building: quiet links, because the guess above is where to begin."""
    with st.container(key="gb_ways_on", horizontal=True):
        st.button(t("home.watch"), key="home_watch", type="tertiary", on_click=tour.begin)
        st.button(t("home.build"), key="home_build", type="tertiary", on_click=tour.end)


def rooms(t: Words) -> None:
    """Ten minutes, an evening, a group: the three ways through it, each in one place."""
    with st.container(key="gb_rooms", horizontal=True, vertical_alignment="center"):
        st.html(kit_rooms.plays_by_itself(t), width="content")
        st.button(t("home.evening"), key="home_evening", type="tertiary", on_click=_to_path)
        st.button(t("home.group"), key="home_group", type="tertiary", on_click=_to_room)


def _to_path() -> None:
    st.session_state["_go"] = "path"


def _to_room() -> None:
    st.session_state["_go"] = "room"


def _other_seed() -> None:
    """Move on to the next seed, so that the same models write something else."""
    setting = state.SETTINGS["seed"]
    now = state.seed() + 1
    st.session_state["seed"] = int(setting.low) if now > setting.high else now
