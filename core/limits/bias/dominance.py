"""One language has nearly all of the texts: what a model can do in it, and in the other.

The small town's texts exist in both languages and tell the same facts, so that both can be held
against the same truth. Encoder and model are learned anew from each mixture, as it happens outside.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import torch

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.data.text.documents import Document
from core.data.text.fertility import fertility
from core.data.text.prepare import Prepared, prepare
from core.data.world import Town, WorldSettings, measure, tell, tell_one, town
from core.inference.batching import ContinuousBatch
from core.inference.sampling import SamplingSettings
from core.languages import LANGS, Lang
from core.training.loop import Trainer
from core.training.settings import TrainingSettings
from core.training.text.evaluation import mean_loss
from core.training.text.next_token import NextToken

GERMAN_SHARES: Final = (0.05, 0.5, 0.95)
N_DOCUMENTS: Final = 1500
N_VOCAB: Final = 1500
N_STEPS: Final = 450
N_BATCH: Final = 16
N_CONTEXT: Final = 64
N_TEXTS: Final = 40  # written in each language
N_TOKENS: Final = 60  # of each at most
N_OPENING: Final = 2  # words that a text is given, so that its language is settled
UNSEEN_SEED: Final = 977  # of texts that no model has read


@dataclass(frozen=True)
class InLanguage:
    """What a model can do in one language.

    Args:
        lang: which.
        share: of the texts that are in it.
        n_sentences, n_grammatical: that it wrote, and of these accepted by the grammar.
        n_checkable, n_true: that state a fact, and of these true.
        bits_per_byte: surprise on texts that it has not read.
        tokens_per_word: what its encoder spends.
    """

    lang: Lang
    share: float
    n_sentences: int
    n_grammatical: int
    n_checkable: int
    n_true: int
    bits_per_byte: float
    tokens_per_word: float


def design(n_vocab: int) -> ModelConfig:
    """The plan of each model."""
    return ModelConfig(
        n_vocab=n_vocab,
        n_context=N_CONTEXT,
        n_layers=2,
        n_heads=2,
        n_kv_heads=2,
        n_channels=96,
        n_hidden=384,
    )


def mixture(german_share: float, seed: int) -> tuple[WorldSettings, Prepared]:
    """The town's texts with this share of German, and an encoder learned from them."""
    world = WorldSettings(n_documents=N_DOCUMENTS, german_share=german_share, seed=seed)
    return world, prepare(list(tell(world)), n_vocab=N_VOCAB, seed=seed)


def trained(prepared: Prepared, seed: int, n_steps: int = N_STEPS) -> Transformer:
    """A model that has read this mixture."""
    settings = TrainingSettings(n_steps=n_steps, n_batch=N_BATCH, precision="float32", seed=seed)
    model = Transformer(design(prepared.encoder.n_vocab), seed=seed)
    trainer = Trainer(NextToken(model, prepared.dataset, "float32"), settings)
    while not trainer.finished:
        trainer.advance()
    return model.eval()


def unseen(facts: Town, lang: Lang) -> list[Document]:
    """Other texts about the same town, in one language."""
    random = Random(UNSEEN_SEED)
    return [tell_one(facts, lang, random) for _ in range(N_TEXTS)]


@torch.inference_mode()
def surprise(model: Transformer, encoder: Encoder, documents: Sequence[Document]) -> float:
    """Bits per byte on texts; comparable between encoders, since a byte is a byte."""
    tokens = [
        token
        for document in documents
        for token in (encoder.end_id, *encoder.encode(document.text))
    ]
    n_bytes = sum(len(document.text.encode("utf-8")) for document in documents)
    n = (len(tokens) - 1) // N_CONTEXT
    windows = torch.tensor(tokens[: n * N_CONTEXT + 1]).unfold(0, N_CONTEXT + 1, N_CONTEXT)
    nats_per_token = mean_loss(model, windows)
    return nats_per_token * len(tokens) / n_bytes / math.log(2.0)


def written(
    model: Transformer, encoder: Encoder, documents: Sequence[Document], seed: int
) -> list[str]:
    """A text after the first words of each document, at temperature 1."""
    texts, drawn, openings = ContinuousBatch(model, len(documents)), {}, {}
    for place, document in enumerate(documents):
        opening = " ".join(document.text.split()[:N_OPENING])
        settings = SamplingSettings(temperature=1.0, seed=seed + place, max_tokens=N_TOKENS)
        prompt = [encoder.end_id, *encoder.encode(opening)]
        ticket = texts.join(prompt, settings, encoder.end_id)
        openings[ticket], drawn[ticket] = opening, list[int]()
    while texts.n_active:
        for step in texts.step():
            drawn[step.ticket].append(step.drawn.token)
    return [openings[ticket] + encoder.decode(tokens) for ticket, tokens in drawn.items()]


def in_languages(
    model: Transformer, world: WorldSettings, prepared: Prepared, seed: int
) -> list[InLanguage]:
    """What a model of a mixture can do in each language."""
    facts, found = town(world), []
    for lang in LANGS:
        documents = unseen(facts, lang)
        texts = written(model, prepared.encoder, documents, seed)
        judged = measure(texts, lang, facts, complete_only=True)
        told = fertility(prepared.encoder, documents)[lang]
        found.append(
            InLanguage(
                lang=lang,
                share=world.german_share if lang == "de" else 1.0 - world.german_share,
                n_sentences=judged.n_sentences,
                n_grammatical=judged.n_grammatical,
                n_checkable=judged.n_checkable,
                n_true=judged.n_true,
                bits_per_byte=round(surprise(model, prepared.encoder, documents), 3),
                tokens_per_word=round(told.tokens_per_word, 3),
            )
        )
    return found
