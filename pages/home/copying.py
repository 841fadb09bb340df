"""What a model of the pair writes, and how much of that is copied from its training text."""

from typing import Final

import streamlit as st

from core.data.text.documents import Corpus
from core.data.world import PROMPTS, Copies
from core.house import HouseArtifact, PairLane
from core.inference.sampling import SamplingSettings
from core.services import services
from core.store import HOUSE
from pages.home import shipped
from pages.home.hero import readable

PROMPT: Final = PROMPTS["en"][0]  # the pair was trained on English only
SHOWN_CHARACTERS: Final = 300  # of a text
N_TOKENS: Final = 100  # of a text, at most


def written(lane: PairLane, roll: int) -> str:
    """What a lane's model writes: the shipped text first, then a new one for every roll.

    Raises:
        Busy, WritingFailed: the service cannot write.
    """
    if roll == 0:
        return readable(PROMPT + lane.checkpoint.continuations["en"][PROMPT], SHOWN_CHARACTERS)
    encoder = shipped.encoder_of(of_kind(lane, "encoder"))
    tokens = _tokens(lane.checkpoint.artifact.id, encoder.end_id, roll)
    return readable(encoder.decode(tokens).strip(), SHOWN_CHARACTERS)


@st.cache_data(max_entries=64, show_spinner=False)
def _tokens(id_: str, end_id: int, seed: int) -> list[int]:
    """A whole text drawn from its beginning; the same seed gives everyone the same text."""
    settings = SamplingSettings(seed=seed, max_tokens=N_TOKENS)
    drawn = services().write(HOUSE, id_, [end_id], settings, end_id=end_id)
    return [each.token for each in drawn if each.token != end_id]


def of_kind(lane: PairLane, kind: str) -> HouseArtifact:
    """The lane's artefact of a kind."""
    return next(artifact for artifact in lane.artifacts if artifact.kind == kind)


def copied(lane: PairLane, text: str) -> str:
    """The longest run of words that also occurs in the training text of the lane's model."""
    corpus = of_kind(lane, "corpus")
    return _run(corpus.id, corpus, " ".join(text.split()))


@st.cache_data(max_entries=8, show_spinner=False)
def _run(id_: str, _corpus: HouseArtifact, text: str) -> str:
    return _copies(id_, _corpus).longest_copied_run(text)


@st.cache_resource(max_entries=2, show_spinner=False)
def _copies(id_: str, _corpus: HouseArtifact) -> Copies:
    return Copies({document.text for document in Corpus.from_bytes(_corpus.read())})
