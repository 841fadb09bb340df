"""What a model would write after each token of a sentence: whole words, as home shows them.

An untrained model knows no words; for one of those, the likeliest tokens are shown.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import streamlit as st
import torch

from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.inference.sampling import SamplingSettings
from core.inference.text.words import Boundaries, Kind, WordReader, next_words
from pages.architecture import looking
from pages.architecture.looking import Looked
from pages.home.next_words import LEAST, N_CANDIDATES, after, candidates, readable
from pages.kit.catalogue import Words
from pages.kit.components import Likely

LEAST_BEFORE: Final = 0.01  # instead of LEAST, before the last token: a quicker look

Guesses = list[tuple[str, float]]


def guesses(looked: Looked, tokens: Sequence[int], n_before: int, t: Words) -> list[list[Likely]]:
    """The likeliest continuations after every token but the first `n_before`, best first.

    Args:
        tokens: (T,) the sentence, including the mark of the beginning.
    """
    if looked.whose is not None:
        words = _words(looked.key, tuple(tokens), n_before, looked.model, looked.encoder)
        if all(words):
            return [[Likely(readable(word, t), p) for word, p in each] for each in words]
    ids = _tokens(looked.key, tuple(tokens), looked.model)[n_before:]
    return [
        [Likely(piece(looking.texts_of(looked.encoder, [id_], t)[0]), p) for id_, p in each]
        for each in ids
    ]


def words_so_far(encoder: Encoder, tokens: Sequence[int], texts: Sequence[str]) -> list[str]:
    """The word that ends with each token, as far as it has come.

    Args:
        texts: the tokens as they are displayed.
    """
    goes_on = continues(Boundaries(encoder), tokens)
    words: list[str] = []
    for text, is_part in zip(texts, [False, *goes_on], strict=True):
        words.append((words[-1] if is_part else "") + text)
    return words


def continues(boundaries: Boundaries, tokens: Sequence[int]) -> list[bool]:
    """For every token but the first, whether it continues the word before it."""
    return [
        boundaries.last([before]) is not Kind.BLANK
        and bool(boundaries.goes_on(boundaries.last([before]))[token])
        for before, token in pairwise(tokens)
    ]


@st.cache_data(max_entries=64, show_spinner=False)
def _words(
    key: str, tokens: tuple[int, ...], n_before: int, _model: Transformer, _encoder: Encoder
) -> list[Guesses]:
    """The next words after each token; within a word, how that word may continue."""
    boundaries = Boundaries(_encoder)
    reader = WordReader(_model, boundaries)
    is_open = [*continues(boundaries, tokens), False]
    found = []
    for at in range(n_before, len(tokens) - 1):
        probs = next_words(
            reader,
            tokens[: at + 1],
            SamplingSettings(),
            closed=not is_open[at],
            least=LEAST_BEFORE,
        )
        words = list(probs.items())[:N_CANDIDATES]
        # What continues an unfinished word begins with an ellipsis
        found.append([(_marked(word, is_open[at]), p) for word, p in words if p >= LEAST])
    return [*found, candidates(after(reader, tokens))]


def _marked(word: str, is_open: bool) -> str:
    return "…" + word if is_open and word[:1].isalnum() else word


@st.cache_data(max_entries=64, show_spinner=False)
def _tokens(
    key: str, tokens: tuple[int, ...], _model: Transformer
) -> list[list[tuple[int, float]]]:
    with torch.inference_mode():
        probs = _model(torch.tensor([tokens]))[0].softmax(-1)  # (T, V)
        best = probs.topk(min(N_CANDIDATES, probs.shape[-1]))  # (T, N), (T, N)
    return [
        list(zip(ids, shares, strict=True))
        for ids, shares in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]


def piece(text: str) -> str:
    """A possible next token; one that continues a word begins with an ellipsis."""
    if text.startswith(" ") or not text[:1].isalnum():
        return text.strip(" ") or text
    return "…" + text
