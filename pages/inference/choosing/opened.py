"""Which model chooses, with its scores of what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from core.api.writing import opening_tokens, token_text
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.inference.generate import window_start
from core.services import services
from pages.inference import stage
from pages.kit import models, state
from pages.kit.catalogue import Words
from pages.kit.models import Model


@dataclass(frozen=True)
class Opened:
    """A model with the sentence it goes on with.

    Args:
        of: which one, and what else a page knows of it.
        model: ready for inference; nobody may change it.
        tokens: the sentence as it reads it, as much as it sees.
    """

    of: Model
    model: Transformer
    tokens: tuple[int, ...]

    @property
    def encoder(self) -> Encoder:
        """Between its tokens and text."""
        return self.of.encoder

    @property
    def before(self) -> list[int]:
        """The words so far: without the marks that a reader does not see."""
        return [token for token in self.tokens if self.encoder.special(token) is None]

    def logits(self) -> NDArray[np.float32]:
        """(V,) the scores of every token as the next one."""
        return _logits(self.of.id, self.tokens, self.model)


def chosen(t: Words) -> Opened | None:
    """The choice between the models at hand; None if there is none yet."""
    found = stage.in_order(models.on_hand(services(), state.owner()))
    if not found:
        return None
    by_key = {model.key: model for model in found}
    key = next(iter(by_key))
    if len(found) > 1 and state.depth() != "watch":
        if st.session_state.get("choosing_model") not in by_key:
            st.session_state["choosing_model"] = key
        key = str(
            st.segmented_control(
                t("inference.writer"),
                list(by_key),
                format_func=lambda key: stage.name_of(by_key[key], found, t),
                key="choosing_model",
                required=True,
                label_visibility="collapsed",
            )
        )
    of = by_key[key]
    model, _ = services().store.artifacts.opened(state.owner(), of.id, read_checkpoint)
    tokens = opening_tokens(of.kind, of.encoder, state.sentence())
    return Opened(of, model, tuple(tokens[window_start(len(tokens), of.config.n_context) :]))


@st.cache_data(max_entries=64, show_spinner=False)
def _logits(id_: str, tokens: tuple[int, ...], _model: Transformer) -> NDArray[np.float32]:
    with torch.inference_mode():
        found: NDArray[np.float32] = _model(torch.tensor([tokens]), only_last=True)[0, 0].numpy()
    return found


def texts_of(encoder: Encoder) -> list[str]:
    """Every token of the vocabulary as it is read."""
    return _texts(encoder.n_vocab, encoder)


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs={Encoder: lambda one: one.to_bytes()})
def _texts(n_vocab: int, encoder: Encoder) -> list[str]:
    return [token_text(encoder, token) for token in range(n_vocab)]


def read(encoder: Encoder, tokens: Sequence[int]) -> str:
    """Tokens as text, without the mark of the end."""
    return encoder.decode([token for token in tokens if token != encoder.end_id]).strip()
