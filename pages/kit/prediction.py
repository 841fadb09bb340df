"""Predict, then reveal: the visitor guesses, the app measures, and both are shown side by side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.errors import GlassboxError
from pages.kit.catalogue import Words, rich
from pages.kit.parts import card, hint, show_error


@dataclass(frozen=True)
class Measured:
    """The outcome of an experiment.

    Args:
        outcome: the option that came true.
        text: the measurement in a sentence, in the visitor's language.
        show: draws more about it, such as a figure.
    """

    outcome: str
    text: str
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
            if pressed:
                try:
                    kept[key] = (guess, measure())
                except GlassboxError as error:
                    show_error(error, t)
                else:
                    st.rerun()
            return
        guess, measured = kept[key]
        right = guess == measured.outcome
        reveal(t, options[guess], options[measured.outcome], right, measured.text)
        if measured.show:
            measured.show()
        if st.button(t("frame.again"), key=f"again_{key}", type="tertiary"):
            del kept[key]
            st.rerun()


def guessed(*beginnings: str) -> bool:
    """Whether any prediction was made whose key begins so."""
    return any(key.startswith(beginnings) for key in st.session_state.get("_predictions", {}))


def reveal(t: Words, guess: str, outcome: str, right: bool, text: str) -> None:
    """The guess beside what was measured, and the measurement in a sentence."""
    verdict = t("frame.guess_right") if right else t("frame.guess_wrong")
    st.html(
        f'<div role="status"><dl class="gb-reveal"><dt>{escape(t("frame.your_guess"))}</dt>'
        f"<dd>{escape(guess)}</dd><dt>{escape(t('frame.measured'))}</dt>"
        f"<dd><b>{escape(outcome)}</b> · {escape(verdict)}<br>{rich(text)}</dd></dl></div>"
    )
