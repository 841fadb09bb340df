"""The NumPy twin of a choice against core's, rule by rule, in any order."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.inference.choosing import choose
from core.inference.processors import (
    FrequencyPenalty,
    MinP,
    PresencePenalty,
    RepetitionPenalty,
    Temperature,
    TopK,
    TopP,
    Typical,
)
from core.recheck.choosing import choice_way

SHARES = st.floats(0.05, 0.95).map(lambda share: share + 1e-4 * 2**0.5)
PROCESSORS = st.one_of(
    st.floats(0.5, 2).map(RepetitionPenalty),
    st.floats(-2, 2).map(PresencePenalty),
    st.floats(-2, 2).map(FrequencyPenalty),
    (st.just(0.0) | st.floats(0.3, 3)).map(Temperature),
    st.integers(1, 40).map(TopK),
    SHARES.map(TopP),
    SHARES.map(MinP),
    SHARES.map(Typical),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(-80, 80), min_size=2, max_size=40, unique=True),
    st.lists(st.integers(0, 39), max_size=10),
    st.lists(PROCESSORS, max_size=6),
    st.floats(0, 1, exclude_max=True),
)
def test_twin_and_core_take_the_same_way(quarters, before, order, dart):
    logits = torch.tensor(quarters, dtype=torch.float64) / 4
    before = [token % len(logits) for token in before]
    choice = choose(logits, before, order, dart)
    rules = [(each.name, *vars(each).values()) for each in order]
    way = choice_way(logits.numpy(), before, rules, dart)
    for ours, again in zip(
        [choice.start, *(step.after for step in choice.steps)], way.probs, strict=True
    ):
        np.testing.assert_allclose(again, ours.probs.numpy(), rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(again > 0, ours.probs.numpy() > 0)
    edge = float((choice.ends - choice.place).abs().min())
    assert way.token == choice.token or edge < 1e-12


def test_a_rule_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="no rule 'top_a'"):
        choice_way(np.zeros(3), [], [("top_a", 0.5)], 0.0)
