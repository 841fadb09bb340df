"""Predict, then reveal: the visitor guesses, the app measures, and both are shown side by side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.errors import GlassboxError
from pages.kit import asking
from pages.kit.catalogue import Joined, Text, Words, rich
from pages.kit.parts import card, hint, show_error


@dataclass(frozen=True)
class Measured:
    """The outcome of an experiment.

    Args:
        outcome: the option that came true.
        text: the measurement in a sentence, in the visitor's language. A room is told it in every
            language, so it is a text of the catalogue, or several joined.
        show: draws more about it, such as a figure.
    """

    outcome: str
    text: Text | Joined
    show: Callable[[], None] | None = None


def predict(
    key: str,
    t: Words,
    *,
    question: str,
    options: Mapping[str, str],
    measure: Callable[[], Measured],
    about: Callable[[], None] | None = None,
) -> None:
    """Ask what will happen, then compare the visitor's guess with the measurement.

    Args:
        key: unique on the page; the guess is kept under it for the session.
        question: what will happen if …?
        options: outcome -> its words.
        measure: actually runs it; called once, when the visitor asks to see.
        about: draws what the guess is about, until the answer has been revealed.
    """
    kept = st.session_state.setdefault("_predictions", {})
    with card(f"predict_{key}", question):
        guess_key = f"guess_{key}"
        if key not in kept:
            if about:
                about()
            guess = st.radio(
                question,
                list(options),
                format_func=lambda option: options[option],
                index=None,
                key=guess_key,
                label_visibility="collapsed",
            )
            with st.container(key=f"gb_reveal_{key}", horizontal=True, vertical_alignment="center"):
                pressed = st.button(t("frame.reveal"), key=f"reveal_{key}", disabled=guess is None)
                if guess is None:
                    hint(t("frame.guess_first"))
                room = asking.hosted()
                if room is not None and asking.button(room, key, question, options, t):
                    pressed, guess = True, None
            if pressed:
                try:
                    kept[key] = (guess, measure())
                except GlassboxError as error:
                    show_error(error, t)
                else:
                    if room is not None:
                        asking.tell(room, key, kept[key][1].outcome, kept[key][1].text)
                    st.rerun()
            return
        guess, measured = kept[key]
        _show(key, guess, measured, options, t)
        if measured.show:
            measured.show()
        if st.button(t("frame.again"), key=f"again_{key}", type="tertiary"):
            del kept[key]
            st.rerun()


def _show(
    key: str, guess: str | None, measured: Measured, options: Mapping[str, str], t: Words
) -> None:
    """The guess, or what the room guessed, beside what was measured."""
    if guess is not None:
        right = guess == measured.outcome
        reveal(t, options[guess], options[measured.outcome], right, measured.text)
        return
    room = asking.hosted()
    said = asking.guess_of(room, key, options, t) if room else ""
    reveal(t, said or t("frame.no_guess"), options[measured.outcome], None, measured.text)


def guessed(*beginnings: str) -> bool:
    """Whether any prediction was made whose key begins so."""
    return any(key.startswith(beginnings) for key in st.session_state.get("_predictions", {}))


def reveal(t: Words, guess: str, outcome: str, right: bool | None, text: str) -> None:
    """The guess beside what was measured, and the measurement in a sentence.

    Args:
        guess: in words.
        outcome: in words.
        right: whether they are the same; None if a room guessed, and not one person.
        text: the measurement.
    """
    verdict = "" if right is None else t("frame.guess_right") if right else t("frame.guess_wrong")
    whose = t("frame.your_guess") if right is not None else t("frame.guess_of_room")
    st.html(
        f'<div role="status"><dl class="gb-reveal"><dt>{escape(whose)}</dt>'
        f"<dd>{escape(guess)}</dd><dt>{escape(t('frame.measured'))}</dt>"
        f"<dd><b>{escape(outcome)}</b>{f' · {escape(verdict)}' if verdict else ''}"
        f"<br>{rich(text)}</dd></dl></div>"
    )
