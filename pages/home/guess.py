"""The tokens the example model expects after the visitor's sentence, from one cached pass."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from core.api.writing import token_text
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.house import HouseArtifact
from core.inference.generate import window_start
from core.inference.sampling import SamplingSettings, next_token_probs
from core.recheck.transformer import probability_cell
from pages.home import shipped
from pages.home.shipped import Array
from pages.kit.catalogue import Words
from pages.kit.numbers import decimal, share, whole
from pages.kit.recheck import Recheck


@dataclass(frozen=True)
class Guess:
    """A token that may come next.

    Args:
        token: its id.
        text: the token as displayed; pure white space is made visible.
        probability: share of 1, at temperature 1 and without filters.
        score: its logit, before softmax.
    """

    token: int
    text: str
    probability: float
    score: float


def likeliest(sentence: str, n: int) -> list[Guess]:
    """The n likeliest tokens after a sentence, likeliest first."""
    artifact = shipped.artifacts()["checkpoint"]
    scores, probs = _after(artifact.id, artifact, tuple(_seen(sentence)))
    order = np.argsort(-probs, kind="stable")[:n]
    return [Guess(int(i), _visible(int(i)), float(probs[i]), float(scores[i])) for i in order]


def again(sentence: str, guess: Guess, t: Words) -> Recheck:
    """The same probability recomputed, by NumPy alone."""
    artifact = shipped.artifacts()["checkpoint"]
    model = _model(artifact.id, artifact)
    arrays: dict[str, Array] = {name: each.numpy() for name, each in model.state_dict().items()}
    seen = _seen(sentence)
    cell = probability_cell(arrays, model.config.to_dict(), seen, guess.token)
    inputs = (
        (t("home.check_read"), whole(len(seen), t.lang)),
        (t("home.check_weights"), whole(model.n_parameters, t.lang)),
        (t("home.check_score", token=guess.text), decimal(guess.score, t.lang, 4)),
        (t("home.check_candidates"), whole(model.config.n_vocab, t.lang)),
    )
    return Recheck(inputs, t("home.check_operation"), guess.probability, cell.probability)


def n_candidates() -> int:
    """How many tokens may come next: the whole vocabulary."""
    return shipped.encoder().n_vocab


def percent(guess: Guess, t: Words) -> str:
    """Its probability, to a hundredth of a percent."""
    return share(guess.probability, t.lang, 2)


def _seen(sentence: str) -> list[int]:
    artifact = shipped.artifacts()["checkpoint"]
    tokens = shipped.beginning(sentence)
    return tokens[window_start(len(tokens), _model(artifact.id, artifact).config.n_context) :]


@st.cache_resource(max_entries=2, show_spinner=False)
def _model(id_: str, _artifact: HouseArtifact) -> Transformer:
    return read_checkpoint(_artifact.read())[0]


@st.cache_data(max_entries=64, show_spinner=False)
def _after(id_: str, _artifact: HouseArtifact, tokens: tuple[int, ...]) -> tuple[Array, Array]:
    """Scores and probabilities of every token as the next one, (V,) each."""
    with torch.inference_mode():
        logits = _model(id_, _artifact)(torch.tensor([tokens]))[0, -1]  # (V,)
        return logits.numpy(), next_token_probs(logits, SamplingSettings()).numpy()


def _visible(token: int) -> str:
    return token_text(shipped.encoder(), token).replace("\n", "⏎").strip(" ") or "␣"
