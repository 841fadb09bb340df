"""Whose models the sentence goes through, and what they make of it; each computed once.

Invariant: one continuation is drawn from the base model, and every part of the page that shows it
shows this one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import streamlit as st
import torch

from core.api.writing import opening_tokens
from core.architecture.transformer import Recording, Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import SPECIALS, Encoder
from core.data.text.graphemes import TokenSpan, token_spans
from core.house import HouseArtifact, checkpoints_over_time
from core.inference.generate import generate, window_start
from core.inference.sampling import SamplingSettings
from core.inference.surprise import token_losses
from core.inference.text.words import Boundaries, WordReader, word_probs
from core.lineage import MODEL_KINDS, Kind
from core.services import services
from pages.kit import models, state
from pages.kit.catalogue import Words
from pages.kit.models import Model
from pages.kit.numbers import whole

N_CONTINUED: Final = 40  # tokens
LEAST: Final = 0.002  # beginnings of words that are less likely are not read any further
N_ANSWERED: Final = 48  # tokens
TEMPERATURE: Final = 0.8  # of answers: as in step 4, so that both pages show the same ones


@dataclass(frozen=True)
class Chain:
    """A base model and what became of it.

    Args:
        models: by kind, in the order of the chain; the base model is among them.
        moments: the base model at moments of its training: updates made, and what opens it.
    """

    models: Mapping[Kind, Model]
    moments: Sequence["Moment"]

    @property
    def base(self) -> Model:
        """The model that continues texts."""
        return self.models["checkpoint"]

    @property
    def furthest(self) -> Model:
        """The last of them."""
        return list(self.models.values())[-1]

    @property
    def whose(self) -> Literal["house", "yours"]:
        """Whose chain it is: the visitor's as soon as anything of it is."""
        return self.furthest.whose


@dataclass(frozen=True)
class Moment:
    """The base model at one moment of its training.

    Args:
        step: updates made; None: the last, however many they were.
        shipped: its artefact if it came with this app; None: a model of the visitor's.
        mean: bits per byte on held-out texts, where that was measured.
    """

    step: int | None
    shipped: HouseArtifact | None
    mean: float | None = None


def chain(owner: str) -> Chain | None:
    """The visitor's own chain where there is one, else the example model's; None without any."""
    found = models.on_hand(services(), owner)
    if not found:
        return None
    by_id = {model.id: model for model in found}
    lineage = services().store.artifacts.lineage(owner, found[0].id)
    kinds = {each.kind: by_id[each.id] for each in lineage if each.id in by_id}
    in_order = {kind: kinds[kind] for kind in MODEL_KINDS if kind in kinds}
    if "checkpoint" not in in_order:
        return None
    return Chain(in_order, _moments(in_order["checkpoint"]))


def _moments(base: Model) -> list[Moment]:
    """Before, midway and after; of a visitor's own model only before and after are kept."""
    if base.whose == "yours":
        return [Moment(0, None), Moment(None, None)]
    shipped = checkpoints_over_time()
    chosen = [shipped[0], shipped[len(shipped) // 2], shipped[-1]] if shipped else []
    name = "validation_bits_per_byte"
    found = [Moment(each.step, each.artifact, float(each.numbers[name])) for each in chosen]
    return found or [Moment(None, None)]


def opened(base: Model, moment: Moment) -> Transformer:
    """The base model as it was then."""
    if moment.shipped is not None:
        return _shipped(moment.shipped.id, moment.shipped)
    if moment.step == 0:
        return _untrained(base.id, base)
    return model_of(base)


def model_of(model: Model) -> Transformer:
    """A model of the chain, ready to read."""
    return services().store.artifacts.opened(state.owner(), model.id, read_checkpoint)[0]


@st.cache_resource(max_entries=4, show_spinner=False)
def _shipped(id_: str, _artifact: HouseArtifact) -> Transformer:
    return read_checkpoint(_artifact.read())[0]


@st.cache_resource(max_entries=2, show_spinner=False)
def _untrained(id_: str, _base: Model) -> Transformer:
    return Transformer(_base.config, seed=_base.checkpoint.seed or 0).eval()


@st.cache_resource(max_entries=4, show_spinner=False)
def _boundaries(id_: str, _encoder: Encoder) -> Boundaries:
    return Boundaries(_encoder)


def spans(base: Model, sentence: str) -> list[TokenSpan]:
    """The sentence in tokens, in pieces a reader can look at."""
    tokens = opening_tokens("checkpoint", base.encoder, sentence)
    return token_spans(base.encoder, tokens[1:])  # without the sign for the beginning


@dataclass(frozen=True)
class Look:
    """What the last token looks at in the head where it looks most decidedly.

    Args:
        layer, head: counted from 1.
        shares: of every token of the sentence, the last one included; what is missing to 1 goes to
            the sign for the beginning of the text.
        vector: the embedding of the last token.
    """

    layer: int
    head: int
    shares: tuple[float, ...]
    vector: tuple[float, ...]


@st.cache_data(max_entries=64, show_spinner=False)
def look(id_: str, _base: Model, sentence: str) -> Look:
    """Read the sentence once and note who looked where."""
    tokens = opening_tokens("checkpoint", _base.encoder, sentence)
    tokens = tokens[window_start(len(tokens), _base.config.n_context) :]
    model, record = model_of(_base), Recording()
    with torch.inference_mode():
        model(torch.tensor([tokens]), record=record, only_last=True)
    weights = torch.stack(record.attention_weights)[:, 0, :, -1]  # (L, H, T)
    others = weights[..., 1:-1] if len(tokens) > 2 else weights[..., -1:]  # (L, H, T - 2)
    place = int(others.amax(-1).argmax())
    layer, head = divmod(place, weights.shape[1])
    shares = weights[layer, head, 1:].tolist()
    vector = model.token_embedding.weight[tokens[-1]].tolist()
    return Look(layer + 1, head + 1, tuple(shares), tuple(vector))


@dataclass(frozen=True)
class Learned:
    """The sentence under one moment's eyes.

    Args:
        bits: of every token, how surprising it was.
        per_letter: bits per byte of the whole sentence.
        text: how the model of that moment continues it.
        mean: bits per byte on held-out texts, where that was measured.
    """

    bits: tuple[float, ...]
    per_letter: float
    text: str
    mean: float | None


@st.cache_data(max_entries=128, show_spinner=False)
def learned(key: str, _base: Model, _moment: Moment, sentence: str, seed: int) -> Learned:
    """Surprise and continuation; `key` names the weights."""
    model, encoder = opened(_base, _moment), _base.encoder
    tokens = opening_tokens("checkpoint", encoder, sentence)
    bits = (token_losses(model, tokens) / torch.log(torch.tensor(2.0))).tolist()
    n_bytes = max(1, len(sentence.encode()))
    text = _written(model, encoder, tokens, seed, N_CONTINUED)
    return Learned(tuple(bits), sum(bits) / n_bytes, text, _moment.mean)


def _written(
    model: Transformer,
    encoder: Encoder,
    tokens: Sequence[int],
    seed: int,
    n: int,
    temperature: float = 1.0,
) -> str:
    """What a model draws after some tokens; at temperature 1, as it learned to."""
    settings = SamplingSettings(seed=seed, max_tokens=n, temperature=temperature)
    with torch.inference_mode():
        drawn = [each.token for each in generate(model, tokens, settings, encoder.end_id)]
    return encoder.decode([token for token in drawn if token >= len(SPECIALS)])


@st.cache_data(max_entries=64, show_spinner=False)
def answer(id_: str, _model: Model, sentence: str, seed: int) -> str:
    """What a tuned or aligned model answers, the sentence being the question."""
    tokens = opening_tokens(_model.kind, _model.encoder, sentence)
    model = model_of(_model)
    return _written(model, _model.encoder, tokens, seed, N_ANSWERED, TEMPERATURE).strip()


@st.cache_data(max_entries=64, show_spinner=False)
def next_words(id_: str, _base: Model, sentence: str) -> list[tuple[str, float]]:
    """The next words of the base model that were read, the likeliest first."""
    reader = WordReader(model_of(_base), _boundaries(id_, _base.encoder))
    tokens = opening_tokens("checkpoint", _base.encoder, sentence)
    probs, _ = word_probs(reader.read(tokens, closed=True, least=LEAST), SamplingSettings())
    return sorted(probs.items(), key=lambda each: -each[1])


def moment_name(moment: Moment, n: int, t: Words) -> str:
    """A moment of the training in words; `n` is its place among them."""
    if moment.step == 0:
        return t("journey.before")
    steps = whole(moment.step, t.lang) if moment.step is not None else ""
    if n == 1 and steps:
        return t("journey.midway", n=steps)
    return t("journey.after", n=steps) if steps else t("journey.after_yours")
