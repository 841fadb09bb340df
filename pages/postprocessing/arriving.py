"""A text as it arrives: what has left the line at each moment, and what still waits in it."""

import re
from dataclasses import asdict
from typing import Any

import streamlit as st

from core.data.text.graphemes import token_spans
from core.lineage import canonical_json
from core.postprocessing.holding import HoldBack, Streaming
from core.postprocessing.stages import Context, StageSetting, made, run_stages, to_dict
from pages.kit.catalogue import Words
from pages.kit.components import Frame
from pages.kit.models import Model
from pages.kit.numbers import whole
from pages.postprocessing.names import stage_name

STREAMED = 700  # characters of a text that are shown as they arrive


def pieces(text: str, model: Model | None) -> tuple[str, ...]:
    """A text as it arrives: the model's tokens, or words where there is no model."""
    if model is None:
        return tuple(re.findall(r"\s?\w+|\W", text))
    spans = token_spans(model.encoder, model.encoder.encode(text))
    return tuple(span.text for span in spans)


@st.cache_data(max_entries=32, show_spinner=False)
def _frames(
    pieces: tuple[str, ...], _settings: list[StageSetting], _about: Context, key: bytes
) -> tuple[str, list[dict[str, Any]]]:
    hold = HoldBack(_settings, _about)
    frames = []
    for piece in pieces:
        hold.push(piece)
        so_far = run_stages(hold.received, _settings, _about)
        waiting = hold.received if so_far.held_back else so_far.text[len(hold.released) :]
        frames.append(asdict(Frame(len(hold.released), waiting)))
    hold.finish()
    frames.append(asdict(Frame(len(hold.released), "")))
    return hold.released, frames


def arriving(
    pieces: tuple[str, ...], settings: list[StageSetting], about: Context, t: Words
) -> dict[str, Any]:
    """The text piece by piece: what has left the line, and what is still waiting in it."""
    key = canonical_json([to_dict(settings), about.lang, about.conversation, about.seed])
    released, frames = _frames(pieces, settings, about, key)
    longest = max(len(frame["held"]) for frame in frames)
    note = t("postprocessing.stream_note", n=whole(longest, t.lang), limit=whole(STREAMED, t.lang))
    waiting = [stage_name(s.name, t) for s in made(settings) if not isinstance(s, Streaming)]
    if waiting:
        note += " " + t("postprocessing.stream_whole", stages=", ".join(waiting))
    return {"text": released, "frames": frames, "note": note}
