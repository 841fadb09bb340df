"""Loss per letter: the measure of training, also for answers.

A run of fine-tuning reports nats per token; how many tokens a letter has depends on what is
answered, so it is counted on the very tokens that the loss counts. A letter here is a byte, as in
"bits per byte".
"""

import math
from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.alignment.text.examples import from_bytes
from core.alignment.tuning.fine_tuning_settings import FineTuningSettings
from core.alignment.tuning.progress import exam_of
from core.alignment.tuning.supervised import lesson
from core.data.text.bpe import Encoder
from core.services import services
from core.store import RunRecord
from pages.kit import runs, state

BIT: Final = 1 / math.log(2)  # nats
Rows = Sequence[tuple[Sequence[int], Sequence[bool]]]

N_COUNTED: Final = 1500  # examples from which the practised ones' letters are counted


def bits_per_letter(encoder: Encoder, rows: Rows) -> float:
    """Bits per letter that one nat per counted token comes to.

    Args:
        encoder: whose tokens these are.
        rows: tokens, and which of them count; the first is never predicted.
    """
    return BIT * len(_counted(rows)) / max(1, n_letters(encoder, rows))


def n_letters(encoder: Encoder, rows: Rows) -> int:
    """Letters (bytes) of all counted tokens; a mark such as <|end|> has none."""
    return sum(len(encoder.token_bytes(token)) for token in _counted(rows))


def _counted(rows: Rows) -> list[int]:
    return [
        token
        for tokens, mask in rows
        for token, counts in zip(tokens[1:], mask[1:], strict=True)
        if counts
    ]


def of_run(run: RunRecord) -> tuple[float, float]:
    """The factor for a run's practised examples, and for those of its exam."""
    return _of_run(state.owner(), run, runs.encoder_of(state.owner(), run))


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs={RunRecord: lambda run: run.id})
def _of_run(owner: str, run: RunRecord, _encoder: Encoder) -> tuple[float, float]:
    store = services().store
    store.runs.get(run.id, owner)  # whose run it is
    asked = FineTuningSettings.from_dict(run.settings)
    examples = from_bytes(store.runs.inputs(run.id)["examples"])
    taught, exam = exam_of(asked.subject, examples, asked.town_settings, asked.seed)
    limit = 10**6  # the run leaves out what is too long; there is too little of it to matter here
    practised = lesson(_encoder, taught[:N_COUNTED], limit, asked.count_questions)
    return (
        bits_per_letter(_encoder, practised.rows),
        bits_per_letter(_encoder, lesson(_encoder, exam, limit).rows),
    )
