"""The next token's candidates, each a number that can be computed a second time."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from core.api.writing import opening_tokens, token_text
from core.errors import GlassboxError
from core.inference.generate import window_start
from core.inference.sampling import SamplingSettings, next_token_probs
from core.recheck.transformer import probability_cell
from core.services import services
from pages.inference.writing import next_scores, settings_now
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model, weights
from pages.kit.numbers import decimal, share, whole
from pages.kit.recheck import Recheck, recheckable

N_SHOWN = 4


@dataclass(frozen=True)
class Candidate:
    """A token that may come next.

    Args:
        token: its id.
        text: itself, so that spaces and line ends can be seen.
        probability: of being drawn, after temperature and filters.
        score: the model's own, before them.
    """

    token: int
    text: str
    probability: float
    score: float


def likeliest(model: Model, prompt: str, settings: SamplingSettings) -> list[Candidate]:
    """The likeliest next tokens, as the service scores them and core's filters leave them."""
    scores = next_scores(model, prompt)  # (V,)
    probs = next_token_probs(torch.from_numpy(scores.copy()), settings).numpy()  # (V,)
    order = np.argsort(-probs, kind="stable")[:N_SHOWN]
    return [
        Candidate(int(i), _visible(model, int(i), state.lang()), float(probs[i]), float(scores[i]))
        for i in order
        if probs[i] > 0
    ]


def rechecks(model: Model, prompt: str, t: Words) -> None:
    """The candidates in a row; a click on one computes it again with NumPy alone."""
    settings = settings_now()
    try:
        found = likeliest(model, prompt, settings)
    except GlassboxError as error:
        show_error(error, t)
        return
    with st.container(key="gb_rechecks", horizontal=True, vertical_alignment="center"):
        note(t("inference.recheck"))
        for n, each in enumerate(found):
            recheckable(
                f"next_{n}",
                t,
                value=share(each.probability, t.lang, 1),
                label=each.text,
                compute=lambda each=each: _again(model, prompt, settings, each, t),  # type: ignore[misc]
            )


def _again(
    model: Model, prompt: str, settings: SamplingSettings, each: Candidate, t: Words
) -> Recheck:
    tokens = opening_tokens(model.kind, model.encoder, prompt)
    seen = tokens[window_start(len(tokens), model.config.n_context) :]
    _, arrays = services().store.opened(state.owner(), model.id, weights)
    cell = probability_cell(
        arrays,
        model.config.to_dict(),
        seen,
        each.token,
        temperature=settings.temperature,
        top_k=settings.top_k,
        top_p=settings.top_p,
    )
    kept = [
        *([t("inference.top_k", k=settings.top_k)] if settings.top_k else []),
        *([t("inference.top_p", p=decimal(settings.top_p, t.lang))] if settings.top_p < 1 else []),
    ]
    inputs = (
        (t("inference.n_read"), whole(len(seen), t.lang)),
        (t("inference.score", token=each.text), decimal(each.score, t.lang, 4)),
        (t("inference.candidates"), whole(model.config.n_vocab, t.lang)),
        (t("inference.temperature"), decimal(settings.temperature, t.lang)),
        (t("inference.filters"), ", ".join(kept) or t("inference.no_filters")),
    )
    cold = settings.temperature == 0
    operation = t("inference.operation_cold") if cold else t("inference.operation")
    return Recheck(inputs, operation, each.probability, cell.probability)


def _visible(model: Model, token: int, lang: str) -> str:
    """The token in quotation marks, its white space visible where it is all there is."""
    text = token_text(model.encoder, token).replace("\n", "⏎").strip(" ") or "␣"
    return f"„{text}“" if lang == "de" else f"“{text}”"
