"""Looking into a model: its attention on a text, and any one attention weight recomputed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from core.architecture.config import ModelConfig
from core.architecture.heads import most_telling_head
from core.architecture.positions import alibi_slopes
from core.architecture.sizes import n_parameters
from core.architecture.transformer import Recording, Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import SPECIALS, Encoder
from core.data.text.encoding import TextEncoder
from core.data.text.graphemes import TokenSpan, token_spans
from core.data.text.published import Published
from core.lineage import canonical_json, content_id
from core.recheck.transformer import attention_cell
from core.services import services
from pages.architecture.bench import Trained, Whose
from pages.kit.catalogue import Words
from pages.kit.components import AttentionCell
from pages.kit.numbers import decimal, significant, whole
from pages.kit.recheck import Recheck

LARGEST: Final = 20_000_000  # parameters; a larger plan is not filled just for a look
SHOWN: Final = 6  # numbers of a vector that are spelled out

Weights = NDArray[np.float32]  # (L, H, T, T)


@dataclass(frozen=True)
class Looked:
    """A model to look into.

    Args:
        key: identifies its weights: a checkpoint's id, or the plan and the seed.
        model: ready for inference; nobody may change it.
        encoder: turns text into its tokens.
        whose: whose checkpoint it is, "others" for a published model on disk; None for a plan
            filled with random numbers.
    """

    key: str
    model: Transformer
    encoder: TextEncoder
    whose: Whose | Literal["others"] | None

    @property
    def config(self) -> ModelConfig:
        """Its plan."""
        return self.model.config

    def tokens(self, text: str) -> list[int]:
        """The tokens it sees: the mark of a text's beginning, then as many as its context holds."""
        return [*self.begins, *self.encoder.encode(text)][: self.config.n_context]

    @property
    def begins(self) -> list[int]:
        """The mark with which a text begins; some published models have none."""
        if isinstance(self.encoder, Published):
            return [] if self.encoder.begin_id is None else [self.encoder.begin_id]
        return [self.encoder.end_id]

    def attention(self, tokens: Sequence[int]) -> Weights:
        """(L, H, T, T) the attention weights of every head in every layer."""
        return _attention(self.key, tuple(tokens), self.model)


def trained(owner: str, found: Trained) -> Looked:
    """A trained model, opened."""
    model, _ = services().store.artifacts.opened(owner, found.checkpoint.id, read_checkpoint)
    return Looked(found.checkpoint.id, model, found.encoder, found.whose)


def untrained(config: ModelConfig, encoder: Encoder, seed: int) -> Looked | None:
    """A plan with the initial weights of training; None if it is too large just for a look."""
    if n_parameters(config) > LARGEST:
        return None
    plan = canonical_json(config.to_dict())
    return Looked(f"{content_id(plan)}:{seed}", _filled(config, seed), encoder, None)


@st.cache_resource(max_entries=2, show_spinner=False)
def _filled(config: ModelConfig, seed: int) -> Transformer:
    return Transformer(config, seed=seed).eval()


@st.cache_data(max_entries=64, show_spinner=False)
def _attention(key: str, tokens: tuple[int, ...], _model: Transformer) -> Weights:
    return attention_of(_model, torch.tensor([tokens]))[:, 0].numpy()


def attention_of(model: Transformer, tokens: torch.Tensor) -> torch.Tensor:
    """(L, B, H, T, T) the attention weights of a batch of texts (B, T)."""
    record = Recording()
    with torch.inference_mode():
        model(tokens, record=record, only_last=True)
    return torch.stack(record.attention_weights)


def telling_head(weights: Weights) -> tuple[int, int]:
    """The head to show first: the one whose last token attends most to a single earlier token.

    The token itself and the beginning do not count: idle heads attend to those.

    Args:
        weights: (L, H, T, T) attention weights of one text.

    Returns:
        layer and head, from 0; for texts too short to look back in, the most telling head overall.
    """
    n_heads, n_tokens = weights.shape[1:3]
    if n_tokens < 4:
        return most_telling_head(torch.from_numpy(weights))
    back = weights[:, :, -1, 1:-1].max(-1)  # (L, H)
    layer, head = divmod(int(back.argmax()), n_heads)
    return layer, head


def spans_of(encoder: TextEncoder, tokens: Sequence[int], t: Words) -> list[TokenSpan]:
    """The tokens as a reader sees them, with a name for the mark of the beginning."""
    begins = t("architecture.text_begins")
    return [
        TokenSpan(begins if span.special and span.text == SPECIALS[0] else span.text, span.ids)
        for span in token_spans(encoder, tokens)
    ]


def texts_of(encoder: TextEncoder, tokens: Sequence[int], t: Words) -> list[str]:
    """One text per token; tokens that only together form a character are numbered."""
    texts = []
    for span in spans_of(encoder, tokens, t):
        n = len(span.ids)
        texts += [span.text] if n == 1 else [f"{span.text} {i}/{n}" for i in range(1, n + 1)]
    return texts


def recheck(
    looked: Looked, tokens: Sequence[int], cell: AttentionCell, t: Words
) -> tuple[str, Recheck]:
    """One attention weight, computed by torch and again by NumPy alone.

    Returns:
        what it is, in words, and the number by both ways.
    """
    again = attention_cell(
        {name: each.numpy() for name, each in looked.model.state_dict().items()},
        looked.config.to_dict(),
        tokens,
        layer=cell.layer,
        head=cell.head,
        query=cell.query,
        key=cell.key,
    )
    texts = [text.strip() for text in texts_of(looked.encoder, tokens, t)]
    query, key = texts[cell.query], texts[cell.key]
    n_all, n_head = len(again.keys), looked.config.head_size
    vector = partial(_vector, t=t)
    inputs = [
        (t("architecture.query_of", token=query, n=n_head), vector(again.query)),
        (t("architecture.key_of", token=key, n=n_head), vector(again.keys[cell.key])),
        (_score_of(looked.config, cell, t), decimal(again.scores[cell.key], t.lang, 4)),
        (t("architecture.scores_of", n=whole(n_all, t.lang)), vector(again.scores)),
        (t("architecture.sum_of"), significant(float(np.exp(again.scores).sum()), t.lang, 6)),
    ]
    place = t("architecture.place", layer=cell.layer + 1, head=cell.head + 1)
    return t("architecture.looks_at", token=query, other=key, place=place), Recheck(
        inputs=inputs,
        operation=(
            t("architecture.softmax_of_scores")
            if looked.config.positions == "alibi"
            else t("architecture.softmax", root=n_head)
        ),
        by_torch=float(looked.attention(tokens)[cell.layer, cell.head, cell.query, cell.key]),
        by_numpy=again.weight,
    )


def _score_of(config: ModelConfig, cell: AttentionCell, t: Words) -> str:
    """How a score is made; ALiBi lowers it with the distance."""
    if config.positions != "alibi":
        return t("architecture.score_of", root=config.head_size)
    return t(
        "architecture.score_lowered",
        root=config.head_size,
        slope=significant(alibi_slopes(config.n_heads)[cell.head], t.lang),
        distance=whole(cell.query - cell.key, t.lang),
    )


def _vector(numbers: NDArray[Any], t: Words) -> str:
    """The first numbers of a vector, with a sign that there are more."""
    first = "; ".join(decimal(float(number), t.lang, 3) for number in numbers[:SHOWN])
    return f"({first}; …)" if len(numbers) > SHOWN else f"({first})"
