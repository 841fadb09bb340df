"""Prompt engineering, measured: does a fact help that stands in the prompt itself?"""

from html import escape
from typing import Final

import streamlit as st

from core.alignment.text.chat import is_chat
from core.data.world import town
from core.inference.sampling import SamplingSettings
from core.limits import facts
from pages.inference.experiments import (
    ANSWER_TOKENS,
    N_ANSWERS,
    asked,
    language_of,
    questions_of,
    true_share,
)
from pages.inference.writing import watched, write_all
from pages.kit.catalogue import Words
from pages.kit.frame import Measured
from pages.kit.models import Model
from pages.kit.numbers import share

MOSTLY: Final = 0.5  # true this often, the fact in the prompt is used
SLIGHTLY: Final = 0.05  # more often true by so much, it helps a little


def fact_in_prompt(model: Model, t: Words) -> Measured:
    """Ask what was never told, without and with the answer in the prompt; count what is true."""
    lang = language_of(model, t)
    here = town(model.world)  # type: ignore[arg-type]  # offered only for such models
    _, untold = questions_of(model, lang, here)
    known = [question for question in untold if question.truth]
    plain = [asked(model, question, lang) for question in known]
    helped = [f"{question.truth} {prompt}" for question, prompt in zip(known, plain, strict=True)]
    wanted = [
        (prompt, SamplingSettings(seed=seed, max_tokens=ANSWER_TOKENS))
        for prompt in (*plain, *helped)
        for seed in range(N_ANSWERS)
    ]
    with watched(t, "prompt") as progress:
        texts = [text.read(model.encoder) for text in write_all(model, wanted, progress)]
    results = [
        facts.judged(
            question, texts[i * N_ANSWERS :][:N_ANSWERS], here, lang, ends=is_chat(model.kind)
        )
        for i, question in enumerate((*known, *known))
    ]
    before, after = results[: len(known)], results[len(known) :]

    def show() -> None:
        rows = "".join(map(_row, helped, after))
        st.html(f"<div class='gb-pairs'>{rows}</div>")

    text = t(
        "inference.prompt_measured",
        before=share(true_share(before), t.lang),
        after=share(true_share(after), t.lang),
    )
    return Measured(outcome_of(true_share(before), true_share(after)), text, show)


def outcome_of(before: float, after: float) -> str:
    """Which expectation the shares of true answers fulfil."""
    if after >= MOSTLY:
        return "used"
    return "little" if after - before >= SLIGHTLY else "not"


def _row(prompt: str, answers: facts.Answers) -> str:
    """A prompt, and the answer that came most often, marked as true or false."""
    kind = "true" if answers.favourite_true else "false" if answers.n_claims else "none"
    return (
        f"<p><span>{escape(prompt)}</span> <b class='gb-{kind}'>{escape(answers.favourite)}</b></p>"
    )
