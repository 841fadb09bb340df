"""The loss of one preference, computed by torch and a second time by NumPy alone."""

import streamlit as st
import torch

from core.alignment.aligning.dpo import dpo_loss, sequence_log_probs
from core.alignment.preferring.preferences import Preference, from_bytes, settled
from core.alignment.text.chat import example_tokens
from core.architecture.weights import read_checkpoint
from core.recheck import alignment as twin
from core.recheck import transformer
from core.services import services
from pages.alignment.aligning.starting_point import Grounds
from pages.kit import models, state
from pages.kit.catalogue import Words
from pages.kit.numbers import decimal, significant
from pages.kit.recheck import Recheck, recheckable

Row = tuple[list[int], list[bool]]


def one_loss(grounds: Grounds, aligned_id: str, beta: float, t: Words) -> None:
    """The loss of the first pair after alignment; a click computes it a second time."""
    if grounds.preferences is None:
        return
    pairs = settled(
        from_bytes(services().store.artifacts.read(state.owner(), grounds.preferences.id))
    ).pairs
    if not pairs:
        return
    log_probs = _by_torch(state.owner(), grounds, aligned_id, pairs[0])
    loss = _loss(log_probs, beta)
    recheckable(
        "dpo_loss",
        t,
        value=significant(loss, t.lang),
        label=t("aligning.loss_of_first"),
        compute=lambda: _twice(grounds, aligned_id, pairs[0], beta, log_probs, t),
    )


def _rows(grounds: Grounds, one: Preference) -> tuple[Row, Row]:
    encoder = grounds.model.encoder
    return (
        example_tokens(encoder, one.question, one.chosen),
        example_tokens(encoder, one.question, one.rejected),
    )


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Grounds: lambda g: g.model.id})
def _by_torch(owner: str, grounds: Grounds, aligned_id: str, one: Preference) -> list[float]:
    """Log-probabilities: aligned on chosen and rejected, then the reference on both."""
    found = []
    for id_ in (aligned_id, grounds.model.id):
        model, _ = services().store.artifacts.opened(owner, id_, read_checkpoint)
        for tokens, mask in _rows(grounds, one):
            ids = torch.tensor([tokens])
            with torch.no_grad():
                found.append(float(sequence_log_probs(model(ids), ids, torch.tensor([mask]))))
    return found


def _loss(log_probs: list[float], beta: float) -> float:
    chosen, rejected, chosen_before, rejected_before = log_probs
    return float(
        dpo_loss(
            torch.tensor([chosen - chosen_before]),
            torch.tensor([rejected - rejected_before]),
            beta,
        )
    )


def _twice(
    grounds: Grounds,
    aligned_id: str,
    one: Preference,
    beta: float,
    log_probs: list[float],
    t: Words,
) -> Recheck:
    again = []
    for id_ in (aligned_id, grounds.model.id):
        config, arrays = services().store.artifacts.opened(state.owner(), id_, models.weights)
        for tokens, mask in _rows(grounds, one):
            logits = transformer.forward(arrays, config.to_dict(), tokens).logits
            again.append(twin.answer_log_prob(logits, tokens, mask))
    names = (
        t("aligning.lp_chosen"),
        t("aligning.lp_rejected"),
        t("aligning.lp_chosen_before"),
        t("aligning.lp_rejected_before"),
    )
    values = [decimal(value, t.lang, 3) for value in log_probs]
    return Recheck(
        inputs=[
            (t("aligning.question_asked"), one.question),
            (t("aligning.the_better"), one.chosen),
            (t("aligning.the_worse"), one.rejected),
            *zip(names, values, strict=True),
            ("β", significant(beta, t.lang)),
        ],
        operation="−ln σ(β((a − a₀) − (b − b₀)))",
        by_torch=_loss(log_probs, beta),
        by_numpy=twin.dpo_loss(*again, beta),
        tolerance=1e-3,
    )
