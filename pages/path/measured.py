"""What the path measures on the example model itself, computed now and then kept for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

import streamlit as st
import torch

from core.architecture.heads import share_at_distance
from core.architecture.transformer import Recording, Transformer
from core.architecture.weights import read_checkpoint
from core.data.dataset import Dataset
from core.house import HouseArtifact
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings, keep_nucleus, temper
from core.training.text.evaluation import validation_sequences
from pages.home import shipped
from pages.kit import state

N_TOKENS: Final = 40  # of every text that is written twice
WARM: Final = 0.8
SEED: Final = 7
NUCLEUS: Final = 0.9
TEMPERATURES: Final = (0.5, 1.0, 2.0)
N_TEXTS, N_READ = 16, 64  # held-out texts on which heads are measured, and tokens: as in step 2
MOSTLY: Final = 0.5


@dataclass(frozen=True)
class Again:
    """One prompt, continued twice in three ways.

    Args:
        cold, seed, other: whether both texts are the same: at temperature 0 with two seeds; warm
            with one seed; warm with two seeds.
        n: tokens of each text, at most.
        n_shared: tokens that the last two have in common.
    """

    cold: bool
    seed: bool
    other: bool
    n: int
    n_shared: int


@dataclass(frozen=True)
class Next:
    """The next token after a beginning.

    Args:
        n_vocab: tokens to choose from.
        n_kept: by temperature, the fewest tokens that hold NUCLEUS of the probability.
        best: by temperature, the probability of the likeliest.
    """

    n_vocab: int
    n_kept: Mapping[float, int]
    best: Mapping[float, float]


@dataclass(frozen=True)
class Heads:
    """How much the heads look at the token just before, and at later ones.

    Args:
        n: heads of all layers.
        n_previous: those that give it more than MOSTLY of their attention.
        best, least: the largest and the smallest such share.
        later: the largest attention that any token pays to a later one.
    """

    n: int
    n_previous: int
    best: float
    least: float
    later: float


def beginning(lang: str) -> str:
    """The beginning that is gone on with: the first that the app offers in the language."""
    return next(texts for each, texts in state.starters("sentence").items() if each == lang)[0]


def again(lang: str) -> Again | None:
    """Continue a beginning twice in three ways; None without an example model."""
    found = shipped.artifacts().get("checkpoint")
    return None if found is None else _again(found.id, found, lang)


def after(lang: str) -> Next | None:
    """What may come after a beginning; None without an example model."""
    found = shipped.artifacts().get("checkpoint")
    return None if found is None else _after(found.id, found, lang)


def heads() -> Heads | None:
    """What the heads look at in held-out texts; None without an example model."""
    found = shipped.artifacts()
    if not {"checkpoint", "dataset"} <= found.keys():
        return None
    return _heads(found["checkpoint"].id, found["checkpoint"], found["dataset"])


@st.cache_resource(max_entries=2, show_spinner=False)
def _model(id_: str, _artifact: HouseArtifact) -> Transformer:
    return read_checkpoint(_artifact.read())[0]


@st.cache_data(max_entries=8, show_spinner=False)
def _again(id_: str, _artifact: HouseArtifact, lang: str) -> Again:
    model, tokens = _model(id_, _artifact), shipped.beginning(beginning(lang))
    end = shipped.encoder().end_id

    def written(settings: SamplingSettings) -> list[int]:
        with torch.inference_mode():
            return [each.token for each in generate(model, tokens, settings, end)]

    warm = SamplingSettings(temperature=WARM, seed=SEED, max_tokens=N_TOKENS)
    cold, other = replace(warm, temperature=0.0), replace(warm, seed=SEED + 1)
    first, second = written(warm), written(other)
    pairs = zip(first, second, strict=False)
    return Again(
        cold=written(cold) == written(replace(cold, seed=SEED + 1)),
        seed=first == written(warm),
        other=first == second,
        n=N_TOKENS,
        n_shared=len(list(takewhile(lambda pair: pair[0] == pair[1], pairs))),
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _after(id_: str, _artifact: HouseArtifact, lang: str) -> Next:
    model = _model(id_, _artifact)
    with torch.inference_mode():
        logits = model(torch.tensor([shipped.beginning(beginning(lang))]))[0, -1]  # (V,)
    probs = {each: temper(logits, each) for each in TEMPERATURES}
    return Next(
        n_vocab=len(logits),
        n_kept={t: int((keep_nucleus(each, NUCLEUS) > 0).sum()) for t, each in probs.items()},
        best={t: float(each.max()) for t, each in probs.items()},
    )


@st.cache_data(max_entries=2, show_spinner=False)
def _heads(id_: str, _artifact: HouseArtifact, _dataset: HouseArtifact) -> Heads:
    model = _model(id_, _artifact)
    n_read = min(N_READ, model.config.n_context)
    texts = validation_sequences(Dataset.from_bytes(_dataset.read()), N_TEXTS, n_read)[:, :n_read]
    record = Recording()
    with torch.inference_mode():
        model(texts, record=record, only_last=True)
    weights = torch.stack(record.attention_weights)  # (L, B, H, T, T)
    shares = share_at_distance(weights, 1).mean(1)  # (L, H)
    return Heads(
        n=shares.numel(),
        n_previous=int((shares > MOSTLY).sum()),
        best=float(shares.max()),
        least=float(shares.min()),
        later=float(weights.triu(1).max()),
    )
