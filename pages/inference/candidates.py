"""What may come next, as words or as tokens: numbers that can be computed a second time."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
import torch

from core.api.writing import opening_tokens, token_text
from core.data.text.bpe import Encoder
from core.errors import GlassboxError
from core.inference.generate import window_start
from core.inference.sampling import SamplingSettings, next_token_probs
from core.inference.text.words import Boundaries, Kind
from core.languages import WRITTEN
from core.recheck.transformer import ProbabilityCell, probability_cell
from core.services import services
from pages.inference.writing import next_scores, next_words, settings_now
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model, weights
from pages.kit.numbers import decimal, share, whole
from pages.kit.recheck import Recheck, recheckable

N_SHOWN = 4
LEAST = 0.0005  # what is less likely would read as 0 %

Probs = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Candidate:
    """A word or token that may come next.

    Args:
        text: itself in quotation marks, its white space visible where it is all there is.
        spellings: the tokens that spell it; a word may have more than one spelling.
        probability: of being drawn, after temperature and filters.
        score: of a token: the model's logit, before them.
    """

    text: str
    spellings: tuple[tuple[int, ...], ...]
    probability: float
    score: float = 0.0


def likeliest(model: Model, prompt: str, settings: SamplingSettings) -> list[Candidate]:
    """The likeliest next tokens, as the service scores them and core's filters leave them."""
    scores = next_scores(model, prompt)  # (V,)
    probs = next_token_probs(torch.from_numpy(scores.copy()), settings).numpy()  # (V,)
    order = np.argsort(-probs, kind="stable")[:N_SHOWN]
    return [
        Candidate(
            _quoted(token_text(model.encoder, int(i))),
            ((int(i),),),
            float(probs[i]),
            float(scores[i]),
        )
        for i in order
        if probs[i] >= LEAST
    ]


def likeliest_words(model: Model, prompt: str, settings: SamplingSettings) -> list[Candidate]:
    """The words that the model expects most, with their probabilities as the settings stand."""

    def probs_after(tokens: tuple[int, ...]) -> Probs:
        scores = torch.from_numpy(next_scores(model, prompt, tokens).copy()).double()
        if not tokens:
            scores[torch.from_numpy(_lengthening(model, prompt))] = float("-inf")
        return next_token_probs(scores, settings).numpy()

    found = [
        Candidate(
            _quoted(text),
            spellings,
            sum(math.prod(factors(model, spelling, probs_after)) for spelling in spellings),
        )
        for text, spellings in next_words(model, prompt)[:N_SHOWN]
    ]
    return [each for each in found if each.probability >= LEAST]


def factors(
    model: Model, word: tuple[int, ...], probs_after: Callable[[tuple[int, ...]], Probs]
) -> list[float]:
    """What is multiplied for a word: the probability of each token, then that it ends there.

    Args:
        model: whose tokens these are.
        word: its tokens.
        probs_after: (V,) probabilities of what follows the first tokens of the word.
    """
    boundaries = _boundaries(model.encoder)
    found = [float(probs_after(word[:n])[token]) for n, token in enumerate(word)]
    kind = boundaries.last(word)
    if kind is not Kind.SPECIAL:  # which is over by itself
        ends = ~boundaries.goes_on(kind).numpy()
        found.append(float(probs_after(word)[ends].sum()))
    return found


def _lengthening(model: Model, prompt: str) -> Probs:
    """(V,) True for the tokens that would lengthen the last word; it counts as finished."""
    boundaries = _boundaries(model.encoder)
    last = boundaries.last(opening_tokens(model.kind, model.encoder, prompt))
    if last is Kind.BLANK:
        return np.zeros(model.config.n_vocab, bool)
    return boundaries.goes_on(last).numpy()


@lru_cache(maxsize=8)
def _boundaries(encoder: Encoder) -> Boundaries:
    return Boundaries(encoder)


def rechecks(model: Model, prompt: str, t: Words) -> None:
    """The candidates in a row; a click on one computes it again with NumPy alone."""
    settings = settings_now()
    as_words = state.value("candidates") == "words"
    try:
        found = (likeliest_words if as_words else likeliest)(model, prompt, settings)
    except GlassboxError as error:
        show_error(error, t)
        return
    again = _word_again if as_words else _again
    with st.container(key="gb_rechecks", horizontal=True, vertical_alignment="center"):
        note(t("inference.recheck"))
        for n, each in enumerate(found):
            recheckable(
                f"next_{n}",
                t,
                value=_almost(each.probability, t),
                label=each.text,
                compute=lambda each=each: again(model, prompt, settings, each, t),  # type: ignore[misc]
            )


def _again(
    model: Model, prompt: str, settings: SamplingSettings, each: Candidate, t: Words
) -> Recheck:
    """A token: one forward pass, one softmax."""
    (token,) = each.spellings[0]
    n_read, cell = _cell(model, prompt, (), token, settings)
    inputs = (
        (t("inference.n_read"), whole(n_read, t.lang)),
        (t("inference.score", token=each.text), decimal(each.score, t.lang, 4)),
        (t("inference.candidates"), whole(model.config.n_vocab, t.lang)),
        *_handles(settings, t),
    )
    cold = settings.temperature == 0
    operation = t("inference.operation_cold") if cold else t("inference.operation")
    return Recheck(inputs, operation, each.probability, cell.probability)


def _word_again(
    model: Model, prompt: str, settings: SamplingSettings, each: Candidate, t: Words
) -> Recheck:
    """A word: a forward pass for every token of it, and one for what comes after."""

    def probs_after(tokens: tuple[int, ...]) -> Probs:
        excluded = None if tokens else _lengthening(model, prompt)
        return _cell(model, prompt, tokens, 0, settings, excluded)[1].after_top_p

    products = [factors(model, spelling, probs_after) for spelling in each.spellings]
    names = [_quoted(token_text(model.encoder, token)) for token in each.spellings[0]]
    shares = [share(factor, t.lang, 2) for factor in products[0]]
    n_tokens = len(names)
    inputs = (
        (t("inference.spelled"), " + ".join(names)),
        (t("inference.times"), " · ".join(shares[:n_tokens])),
        *((t("inference.ends"), each_share) for each_share in shares[n_tokens:]),
        *_handles(settings, t),
    )
    again = sum(math.prod(product) for product in products)
    return Recheck(inputs, t("inference.operation_word"), each.probability, again)


def _cell(
    model: Model,
    prompt: str,
    begun: tuple[int, ...],
    token: int,
    settings: SamplingSettings,
    excluded: Probs | None = None,
) -> tuple[int, ProbabilityCell]:
    """What follows a prompt and the first tokens of a word, by NumPy alone; and tokens read."""
    tokens = [*opening_tokens(model.kind, model.encoder, prompt), *begun]
    seen = tokens[window_start(len(tokens), model.config.n_context) :]
    _, arrays = services().store.artifacts.opened(state.owner(), model.id, weights)
    cell = probability_cell(
        arrays,
        model.config.to_dict(),
        seen,
        token,
        temperature=settings.temperature,
        top_k=settings.top_k,
        top_p=settings.top_p,
        excluded=excluded,
    )
    return len(seen), cell


def _handles(settings: SamplingSettings, t: Words) -> tuple[tuple[str, str], ...]:
    kept = [
        *([t("inference.top_k", k=settings.top_k)] if settings.top_k else []),
        *([t("inference.top_p", p=decimal(settings.top_p, t.lang))] if settings.top_p < 1 else []),
    ]
    return (
        (t("inference.temperature"), decimal(settings.temperature, t.lang)),
        (t("inference.filters"), ", ".join(kept) or t("inference.no_filters")),
    )


def _almost(probability: float, t: Words) -> str:
    """As a share, as the stage rounds it; what is almost certain does not read as certain."""
    digits = digits_shown()
    if 1.0 - 0.5 * 10 ** (-digits - 2) <= probability < 1.0 - 1e-9:
        return f"> {share(1.0 - 10 ** (-digits - 2), t.lang, digits)}"
    return share(probability, t.lang, digits)


def digits_shown() -> int:
    """Decimals of a percentage: none, as on home and in the drawn model, but one when digging."""
    return 1 if state.depth() == "dig" else 0


def _quoted(text: str) -> str:
    """In quotation marks, white space visible where it is all there is."""
    text = text.replace("\n", "⏎").strip(" ") or "␣"
    return WRITTEN[state.lang()].quoted(text)
