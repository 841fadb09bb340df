"""The models that are asked: the fine-tuned example, the shipped reader, and the visitor's own."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import WorldSettings
from core.house.chain import HouseArtifact, house_artifacts
from core.house.files import Folder
from core.house.limits import record
from core.house.limits.grounding import reader
from core.limits.grounding.citing import with_passages
from core.limits.grounding.exam import N_TOKENS, greedy
from core.lineage import Kind
from core.once import once
from core.services import services
from pages.kit import state
from pages.limits.live import Run

TAUGHT: Final[Kind] = "tuned"  # what a reader is made of
INPUTS: Final[dict[str, Kind]] = {"model": TAUGHT, "encoder": "encoder"}


def artifact(kind: Kind) -> HouseArtifact:
    """One of the example model's artefacts."""
    return next(one for one in house_artifacts() if one.kind == kind)


def world() -> WorldSettings:
    """The world that the example model's texts tell."""
    return WorldSettings(**artifact("corpus").settings["world"])


@once(n_kept=4)
def _encoder(_id: str) -> Encoder:
    return Encoder.from_bytes(artifact("encoder").read())


def encoder() -> Encoder:
    """The example model's."""
    return _encoder(artifact("encoder").id)


@once(n_kept=4)
def _before(_id: str) -> Transformer:
    return read_checkpoint(artifact(TAUGHT).read())[0].eval()


def before() -> Transformer:
    """The fine-tuned example: it was never taught to read."""
    return _before(artifact(TAUGHT).id)


@once(n_kept=4)
def _reader(folder: Folder) -> Transformer:
    return read_checkpoint(reader(folder))[0].eval()


def shipped_reader() -> Transformer:
    """The first of the shipped readers."""
    return _reader(record.where(None))


@st.cache_resource(max_entries=8, show_spinner=False)
def _own_reader(owner: str, result: str) -> Transformer:
    return read_checkpoint(services().store.artifacts.read(owner, result))[0].eval()


def own_reader(seen: Run | None) -> Transformer | None:
    """What the visitor's finished run has made; None if there is none."""
    if seen is None or not seen.record.is_finished or seen.record.result is None:
        return None
    return _own_reader(state.owner(), seen.record.result)


def answer(model: Transformer, prompt: str) -> str:
    """The likeliest answer, word for word."""
    return greedy(model, encoder())([prompt])[0]


def n_fitting(passages: Sequence[str], question: str) -> int:
    """How many of the passages leave room for the question and an answer."""
    room = before().config.n_context - N_TOKENS
    n = len(passages)
    while n and len(encoder().encode(with_passages(passages[:n], question))) > room:
        n -= 1
    return n
