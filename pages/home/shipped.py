"""The shipped models as home shows them, each read once and never changed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import streamlit as st

from core.data.text.bpe import Encoder
from core.data.world import WorldSettings
from core.house import (
    HouseArtifact,
    HouseCheckpoint,
    checkpoints_over_time,
    examined,
    house_artifacts,
    made,
)
from core.languages import WRITTEN, Lang
from pages.kit.catalogue import Words
from pages.kit.frame import Badge, precomputed

Array = np.ndarray[Any, Any]


def measured_then(t: Words) -> Badge:
    """The badge for everything that came with the shipped models."""
    # The last day alone: from the first to the last would read as how long it took.
    last = max({made()["date"], *(one.made["date"] for one in checkpoints_over_time())})
    return precomputed(t, made()["command"], day(last, t.lang))


def aligned_then(t: Words) -> Badge | None:
    """The badge for what was measured when the example model was aligned; None if it never was."""
    about = examined().get("made")
    return precomputed(t, about["command"], day(about["date"], t.lang)) if about else None


def day(iso: str, lang: Lang) -> str:
    """A date in the reader's own format."""
    when = date.fromisoformat(iso)
    return WRITTEN[lang].date.format(day=when.day, month=when.month, year=when.year)


def artifacts() -> dict[str, HouseArtifact]:
    """The base chain by kind; empty if none is shipped."""
    return {artifact.kind: artifact for artifact in house_artifacts()}


def world() -> WorldSettings:
    """The town described in the base chain's texts."""
    return WorldSettings(**artifacts()["corpus"].settings["world"])


def encoder() -> Encoder:
    """The encoder of the base chain."""
    return encoder_of(artifacts()["encoder"])


def encoder_of(artifact: HouseArtifact) -> Encoder:
    """The encoder of any shipped chain."""
    return _encoder(artifact.id, artifact)


@st.cache_resource(max_entries=4, show_spinner=False)
def _encoder(id_: str, _artifact: HouseArtifact) -> Encoder:
    return Encoder.from_bytes(_artifact.read())


def beginning(sentence: str) -> list[int]:
    """The tokens of a sentence that opens a document."""
    own = encoder()
    return [own.end_id, *own.encode(sentence)]


def written_then(
    checkpoints: Sequence[HouseCheckpoint], sentence: str, seed: int
) -> list[str] | None:
    """What each checkpoint wrote when it was made; None if it was not given this sentence."""
    if seed != made().get("sample_seed"):
        return None
    texts = [
        next((of[sentence] for of in each.continuations.values() if sentence in of), None)
        for each in checkpoints
    ]
    return None if None in texts else [text for text in texts if text is not None]
