"""A sentence on its way through a real model: what each part makes of it, token by token.

Vectors and attention come from one forward pass. A long sentence is shown by its last tokens; how
much attention the tokens before them get is summed up in one row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from core.architecture.config import ModelConfig
from core.architecture.transformer import Recording, Transformer
from pages.architecture import guessing, looking
from pages.architecture.bench import Bench
from pages.architecture.looking import Looked
from pages.kit.catalogue import Words
from pages.kit.components import Lane, Passage

N_LANES: Final = 7  # tokens shown, the last ones of the sentence
N_NUMBERS: Final = 24  # drawn as a strip, from the beginning of a token's vector

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Passed:
    """What one forward pass recorded, for T tokens.

    Args:
        embeddings: (T, C) the vectors that enter the first block.
        weights: (L, H, T, T) attention weights.
        after: (L, T, C) the vectors after every block.
    """

    embeddings: Floats
    weights: Floats
    after: Floats


def model_of(bench: Bench, owner: str, config: ModelConfig, seed: int) -> Looked | None:
    """A trained model with exactly this plan, else the plan filled with random weights.

    Returns:
        the model; None if the plan is too large to be filled just for a look.
    """
    for each in bench.trained:
        found = looking.trained(owner, each)
        if found.config == config:
            return found
    fitting = replace(config, n_vocab=bench.encoder.n_vocab)
    return looking.untrained(fitting, bench.encoder, seed)


def passage_of(
    looked: Looked, tokens: Sequence[int], t: Words, wanted: tuple[int, int] | None = None
) -> Passage:
    """The last tokens of a sentence on their way through a model.

    Args:
        tokens: (T,) the sentence, including the mark of the beginning.
        wanted: layer and head whose attention is drawn, from 0; None: the most telling one.
    """
    passed = _passed(looked.key, tuple(tokens), looked.model)
    layer, head = wanted or looking.telling_head(passed.weights)
    texts = looking.texts_of(looked.encoder, tokens, t)
    n_before = max(0, len(tokens) - N_LANES)
    words = guessing.words_so_far(looked.encoder, tokens, texts)
    guessed = guessing.guesses(looked, tokens, n_before, t)
    lanes = [
        Lane(
            text=texts[at],
            id=int(tokens[at]),
            position=at,
            vector=_signed(passed.embeddings[at]),
            after=_signed(passed.after[layer, at]),
            word=words[at].strip(),
            guesses=guessed[at - n_before],
        )
        for at in range(n_before, len(tokens))
    ]
    return Passage(
        lanes=lanes,
        n_before=n_before,
        weights=_grouped(passed.weights[layer, head], n_before),
        layer=layer,
        head=head,
        n_vector=looked.config.n_channels,
        whose=looked.whose or "",
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _passed(key: str, tokens: tuple[int, ...], _model: Transformer) -> Passed:
    record = Recording()
    with torch.inference_mode():
        _model(torch.tensor([tokens]), record=record, only_last=True)
    return Passed(
        embeddings=record.residuals[0][0].numpy(),
        weights=torch.stack(record.attention_weights)[:, 0].numpy(),
        after=torch.stack(record.residuals[1:])[:, 0].numpy(),
    )


def _grouped(weights: Floats, n_before: int) -> list[list[float]]:
    """The rows of (T, T) weights for the tokens shown; all earlier tokens share one column."""
    shown = weights[n_before:]
    columns: Any = shown[:, n_before:]
    if n_before:
        columns = np.hstack([shown[:, :n_before].sum(1, keepdims=True), columns])
    found: list[list[float]] = np.round(columns, 4).tolist()
    return found


def _signed(vector: Floats) -> list[float]:
    """The first numbers of a vector, scaled by its largest to lie in [-1, 1]."""
    largest = float(np.abs(vector).max()) or 1.0
    found: list[float] = np.round(vector[:N_NUMBERS] / largest, 3).tolist()
    return found
