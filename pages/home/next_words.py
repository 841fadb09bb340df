"""The words the example model draws after the visitor's sentence, and each one's rivals."""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

import streamlit as st

from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import SPECIALS, Encoder
from core.house import HouseArtifact
from core.inference.sampling import SamplingSettings
from core.inference.text.words import Boundaries, WordReader, next_words
from pages.home import shipped
from pages.kit.catalogue import Words
from pages.kit.components import Candidate, NextWord

N_WORDS: Final = 6
N_CANDIDATES: Final = 5
LEAST: Final = 0.002  # less likely beginnings of words are not followed any further


def guesses(sentence: str, seed: int, t: Words) -> list[NextWord]:
    """Word by word, the likeliest candidates and the one drawn, at temperature 1.

    Args:
        sentence: the text before them; its last word counts as finished.
        seed: decides the draws.
        t: the visitor's words, which include a name for the end of a text.
    """
    artifact = shipped.artifacts()["checkpoint"]
    found = _drawn(artifact.id, artifact, sentence, seed)
    return [
        NextWord(
            tuple(Candidate(readable(word, t), p) for word, p in likeliest),
            Candidate(readable(drawn, t), probability),
            "" if drawn in SPECIALS else re.sub(r"\s+", " ", drawn),
        )
        for likeliest, drawn, probability in found
    ]


def readable(word: str, t: Words) -> str:
    """A word for display: stripped, with signs for a line break and a name for the text's end."""
    if word.strip() in SPECIALS:
        return t("home.text_ends")
    return word.strip() or ("⏎" if "\n" in word else "␣")


@st.cache_resource(max_entries=2, show_spinner=False)
def reading(id_: str, _artifact: HouseArtifact) -> tuple[Transformer, Boundaries]:
    """A shipped model, and where its words begin and end."""
    return read_checkpoint(_artifact.read())[0], Boundaries(shipped.encoder())


@st.cache_data(max_entries=64, show_spinner=False)
def _drawn(
    id_: str, _artifact: HouseArtifact, sentence: str, seed: int
) -> list[tuple[list[tuple[str, float]], str, float]]:
    model, boundaries = reading(id_, _artifact)
    return drawn_words(model, boundaries, shipped.beginning(sentence), seed)


def after(reader: WordReader, tokens: Sequence[int], *, closed: bool = True) -> dict[str, float]:
    """Every word that may come next with its probability at temperature 1, likeliest first.

    Every page that shows a model's guess asks here, so that all of them show the same.

    Args:
        tokens: the text so far.
        closed: whether its last word is finished.
    """
    return next_words(reader, tokens, SamplingSettings(), closed=closed, least=LEAST)


def candidates(probs: Mapping[str, float]) -> list[tuple[str, float]]:
    """The likeliest words, as many as are worth a line."""
    return [each for each in probs.items() if each[1] >= LEAST][:N_CANDIDATES]


def drawn_words(
    model: Transformer, boundaries: Boundaries, tokens: list[int], seed: int, n: int = N_WORDS
) -> list[tuple[list[tuple[str, float]], str, float]]:
    """Draw up to `n` words after a text, fewer if the text ends.

    Returns:
        for each word: the likeliest candidates with their probabilities, likeliest first; the word
        drawn; its probability.
    """
    reader, settings, random = WordReader(model, boundaries), SamplingSettings(), Random(seed)
    encoder: Encoder = boundaries.encoder
    found, text = [], list(tokens)
    for _ in range(n):
        probs = after(reader, text)
        word = reader.draw(text, settings, random.random(), closed=True)
        name = boundaries.text(word.tokens)
        found.append((candidates(probs), name, probs.get(name, 0.0)))
        if word.tokens[-1] == encoder.end_id:
            break
        text += word.tokens
    return found
