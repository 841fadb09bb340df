"""Which model is measured, with the sentence it reads and a text that it has not learned from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import streamlit as st

from core.api.writing import opening_tokens
from core.architecture.config import ModelConfig
from core.architecture.text.on_disk import OnDisk, models_on_disk
from core.architecture.text.pretrained import survey
from core.data.dataset import Dataset
from core.data.text.encoding import TextEncoder
from core.data.text.published import load_encoder
from core.data.world import WorldSettings, tell
from core.errors import GlassboxError, NotFound
from core.inference.timing import N_CONTEXT, Source
from core.once import once
from core.services import services
from pages.architecture.switching import switched
from pages.inference import stage
from pages.kit import models, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.models import Model

N_HELD_OUT: Final = 4_000  # tokens of the loss
N_HELD_OUT_LARGE: Final = 384  # of a published model, which reads a hundred times as slowly
N_TOKENS: Final = 60  # written, where they fit
N_TOKENS_LARGE: Final = 24
FRESH: Final = WorldSettings(german_share=0.0, seed=77, n_documents=60)
"""English texts that nobody has learned from, for models of others"""


@dataclass(frozen=True)
class Opened:
    """A model to measure.

    Args:
        key: identifies its weights.
        name: what it is called.
        is_large: a published model, of which less is measured.
        encoder: between its tokens and text.
        config: its plan.
        tokens: the sentence as it reads it.
        source: the model, for the process that measures.
        held_out: tokens of text that it has not learned from.
    """

    key: str
    name: str
    is_large: bool
    encoder: TextEncoder
    config: ModelConfig
    tokens: tuple[int, ...]
    source: Callable[[], Source]
    held_out: Callable[[], Sequence[int]]

    @property
    def n_tokens(self) -> int:
        """How many tokens are written."""
        room = self.config.n_context - len(self.tokens)
        return max(1, min(N_TOKENS_LARGE if self.is_large else N_TOKENS, room))

    def n_letters(self, tokens: Sequence[int]) -> int:
        """Letters (bytes) of all tokens but the first, as the loss counts them."""
        return sum(len(self.encoder.token_bytes(token)) for token in tokens[1:])

    def read(self, tokens: Sequence[int]) -> str:
        """Tokens as text, up to where it ends."""
        ends = [n for n, token in enumerate(tokens) if token == self.encoder.end_id]
        return self.encoder.decode(tokens[: ends[0]] if ends else tokens).strip()


def chosen(t: Words) -> Opened | None:
    """The choice between the models at hand; None if there is none, which has been said."""
    found = stage.in_order(models.on_hand(services(), state.owner()))
    own = {model.key: model for model in found}
    disk = {f"disk:{each.name}": each for each in models_on_disk()}
    names = {key: stage.name_of(model, found, t) for key, model in own.items()}
    names |= {key: each.name for key, each in disk.items()}
    if not names:
        note(t("inference.none"))
        return None
    wanted = switched(names, t, "cost_model")
    try:
        return _own(own[wanted], names) if wanted in own else _of_others(disk[wanted])
    except GlassboxError as error:
        show_error(error, t)
        return None


def _own(model: Model, names: dict[str, str]) -> Opened:
    store, owner = services().store, state.owner()
    tokens = opening_tokens(model.kind, model.encoder, state.sentence())
    return Opened(
        key=model.id,
        name=names[model.key],
        is_large=False,
        encoder=model.encoder,
        config=model.config,
        tokens=tuple(tokens[-model.config.n_context // 2 :]),
        source=lambda: Source(store.artifacts.read(owner, model.id)),
        held_out=lambda: _held_out(owner, model),
    )


def _held_out(owner: str, model: Model) -> Sequence[int]:
    """What was held out when it learned; fresh text where nothing is known of that."""
    artifacts = services().store.artifacts
    try:
        dataset = artifacts.nearest(owner, model.id, "dataset")
    except NotFound:
        return _fresh(model.encoder, N_HELD_OUT)
    tokens = artifacts.opened_of(dataset, Dataset.from_bytes).validation
    return [int(token) for token in tokens[:N_HELD_OUT]]


def _of_others(found: OnDisk) -> Opened:
    encoder, config = _read(found)
    begins = [] if encoder.begin_id is None else [encoder.begin_id]
    tokens = [*begins, *encoder.encode(state.sentence())] or [encoder.end_id]
    return Opened(
        key=f"{found.path} {found.path.stat().st_mtime_ns}",
        name=found.name,
        is_large=True,
        encoder=encoder,
        config=config,
        tokens=tuple(tokens[-config.n_context // 2 :]),
        source=lambda: Source(found.path),
        held_out=lambda: _fresh(encoder, N_HELD_OUT_LARGE),
    )


@once(2)
def _read(found: OnDisk):  # type: ignore[no-untyped-def]
    return load_encoder(found.path), survey(found.path, N_CONTEXT).config


def _fresh(encoder: TextEncoder, n: int) -> list[int]:
    tokens = (
        token
        for document in _fresh_texts()
        for token in [*encoder.encode(document), encoder.end_id]
    )
    return [encoder.end_id, *islice(tokens, n - 1)]


@st.cache_data(show_spinner=False)
def _fresh_texts() -> list[str]:
    return [document.text for document in tell(FRESH)]
