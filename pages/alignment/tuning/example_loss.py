"""The loss of one example, computed by torch and a second time by NumPy alone.

Shown in bits per letter of what counts, as the loss is on every other page.
"""

import streamlit as st
import torch

from core.alignment.text.chat import example_tokens
from core.alignment.text.examples import Example
from core.alignment.tuning.supervised import answer_loss
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.errors import GlassboxError
from core.recheck import alignment as twin
from core.recheck import transformer
from core.services import services
from pages.alignment.per_letter import bits_per_letter, n_letters
from pages.kit import models, state
from pages.kit.catalogue import Words
from pages.kit.models import Model
from pages.kit.numbers import decimal, whole
from pages.kit.recheck import Recheck, recheckable

Row = tuple[tuple[int, ...], tuple[bool, ...]]


def loss_of(model: Model, id_: str, one: Example, counts_question: bool, t: Words) -> None:
    """The loss on the example shown; a click computes it a second time.

    Args:
        model: whose encoder reads.
        id_: of the weights: that model's, or what a run has made of them.
        one: the example.
        counts_question: whether the question's tokens count too.
        t: words.
    """
    tokens, answers = example_tokens(model.encoder, one.question, one.answer)
    row: Row = (tuple(tokens), tuple(True if counts_question else each for each in answers))
    try:
        looked, _ = services().store.artifacts.opened(state.owner(), id_, read_checkpoint)
    except GlassboxError:  # already reported by the token strip above
        return
    loss = _by_torch(id_, row, looked)  # nats per token
    factor = bits_per_letter(model.encoder, [row])
    recheckable(
        "example_loss",
        t,
        value=decimal(loss * factor, t.lang),
        label=t("tuning.loss_of_example"),
        compute=lambda: _twice(id_, row, one, loss, factor, n_letters(model.encoder, [row]), t),
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _by_torch(id_: str, row: Row, _model: Transformer) -> float:
    ids, counted = torch.tensor([row[0]]), torch.tensor([row[1]])
    with torch.inference_mode():
        return float(answer_loss(_model(ids), ids, counted))


def _twice(
    id_: str, row: Row, one: Example, loss: float, factor: float, letters: int, t: Words
) -> Recheck:
    config, arrays = services().store.artifacts.opened(state.owner(), id_, models.weights)
    logits = transformer.forward(arrays, config.to_dict(), row[0]).logits
    return Recheck(
        inputs=[
            (t("aligning.question_asked"), one.question),
            (t("tuning.answer_given"), one.answer),
            (t("tuning.n_counted"), whole(sum(row[1][1:]), t.lang)),
            (t("tuning.n_letters"), whole(letters, t.lang)),
        ],
        operation="−(1/b) Σ log₂ p(tᵢ | t₁ … tᵢ₋₁)",
        by_torch=loss * factor,
        by_numpy=twin.answer_loss(logits, row[0], row[1]) * factor,
        tolerance=1e-3,
    )
