"""The way of a choice: by hand, bit for bit today's sampling, and its bookkeeping."""

import math

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.errors import SettingError, WritingFailed
from core.inference.choosing import choose, order_of
from core.inference.processors import (
    OUT,
    FrequencyPenalty,
    MinP,
    PresencePenalty,
    RepetitionPenalty,
    Temperature,
    TopK,
    TopP,
    Typical,
    keep_near_the_best,
    keep_typical,
)
from core.inference.sampling import SamplingSettings, hit, next_token_probs

EXTREMES = st.sampled_from([float("-inf"), -1e30, 0.0, 1e30, 88.0, -88.0])
LOGITS = st.lists(st.floats(-30, 30, width=32) | EXTREMES, min_size=1, max_size=40).map(
    torch.tensor
)
PROCESSORS = st.one_of(
    st.floats(0.1, 5).map(RepetitionPenalty),
    st.floats(-3, 3).map(PresencePenalty),
    st.floats(-3, 3).map(FrequencyPenalty),
    st.floats(0, 4).map(Temperature),
    st.integers(1, 50).map(TopK),
    st.floats(0.01, 1).map(TopP),
    st.floats(0, 1).map(MinP),
    st.floats(0.01, 1).map(Typical),
)


def logits_of(*probs):
    return torch.tensor(probs, dtype=torch.float64).log()


@settings(max_examples=200, deadline=None)
@given(
    LOGITS,
    st.floats(0, 5),
    st.none() | st.integers(1, 50),
    st.just(1.0) | st.floats(0.01, 1.0),
    st.floats(0, 1, exclude_max=True),
)
def test_todays_order_gives_todays_bits(logits, temperature, top_k, top_p, dart):
    assume(logits.max() > float("-inf"))
    asked = SamplingSettings(temperature=temperature, top_k=top_k, top_p=top_p)
    choice = choose(logits, [], order_of(asked), dart)
    assert torch.equal(choice.end.probs, next_token_probs(logits, asked))
    assert (choice.token, choice.share_before) == hit(next_token_probs(logits, asked), dart)


@settings(max_examples=200, deadline=None)
@given(
    LOGITS,
    st.lists(PROCESSORS, max_size=6),
    st.lists(st.integers(0, 39), max_size=12),
    st.floats(0, 1, exclude_max=True),
)
def test_in_any_order_every_step_leaves_a_distribution_and_accounts_for_every_token(
    logits, order, before, dart
):
    assume(logits.max() > float("-inf"))
    before = [token % len(logits) for token in before]
    choice = choose(logits, before, order, dart)
    out = set(torch.nonzero(logits == OUT).flatten().tolist())
    for step in choice.steps:
        probs = step.after.probs
        assert math.isclose(float(probs.sum()), 1, abs_tol=1e-5)
        newly_out = set(step.excluded.tolist())
        assert not newly_out & out  # a token leaves once
        out |= newly_out
        assert set(torch.nonzero(step.after.scores == OUT).flatten().tolist()) == out
        assert not probs[sorted(out)].any()
    assert choice.end.probs[choice.token] > 0
    assert choice.excluded_by(choice.token) is None
    start = float(choice.ends[choice.token - 1]) if choice.token else 0.0
    assert start <= choice.place <= float(choice.ends[choice.token])


def test_min_p_by_hand():
    probs = torch.tensor([0.5, 0.3, 0.15, 0.05])
    torch.testing.assert_close(keep_near_the_best(probs, 0.4), torch.tensor([0.625, 0.375, 0, 0]))
    assert torch.equal(keep_near_the_best(probs, 0.0), probs)
    assert keep_near_the_best(torch.full((4,), 0.25), 1.0).tolist() == [0.25] * 4


def test_typical_by_hand_drops_the_likeliest_token_where_the_others_are_as_surprising_as_expected():
    probs = torch.tensor([0.4, 0.2, 0.2, 0.2])  # entropy 1.33 nats; surprises 0.92 and 1.61
    kept = keep_typical(probs, 0.5)
    torch.testing.assert_close(kept, torch.tensor([0.0, 1 / 3, 1 / 3, 1 / 3]))
    assert torch.equal(keep_typical(probs, 1.0), probs)


def test_penalties_by_hand():
    logits, before = torch.tensor([2.0, -2.0, 1.0, 0.5]), [0, 1, 0]
    for processor, expected in [
        (RepetitionPenalty(2.0), [1.0, -4.0, 1.0, 0.5]),
        (PresencePenalty(0.5), [1.5, -2.5, 1.0, 0.5]),
        (FrequencyPenalty(0.5), [1.0, -2.5, 1.0, 0.5]),
    ]:
        after = choose(logits, before, [processor], 0.0).end
        torch.testing.assert_close(after.scores, torch.tensor(expected))
        torch.testing.assert_close(after.probs, torch.tensor(expected).softmax(0))
        nothing = choose(logits, [], [processor], 0.0).end
        assert torch.equal(nothing.probs, logits.softmax(0))


def test_the_order_decides_what_is_left():
    logits = logits_of(0.5, 0.3, 0.2)
    cold_first = choose(logits, [], [Temperature(0.25), TopP(0.85)], 0.0)
    cold_last = choose(logits, [], [TopP(0.85), Temperature(0.25)], 0.0)
    assert [len(step.excluded) for step in cold_first.steps] == [0, 2]
    assert [len(step.excluded) for step in cold_last.steps] == [0, 0]


def test_every_token_knows_the_step_that_left_it_out():
    order = [TopK(3), Temperature(1.0), MinP(0.5)]
    choice = choose(logits_of(0.5, 0.3, 0.15, 0.05), [], order, 0.7)
    assert [choice.excluded_by(token) for token in range(4)] == [None, None, MinP(0.5), TopK(3)]
    assert [step.excluded.tolist() for step in choice.steps] == [[3], [], [2]]
    assert choice.token == 1  # the bar is 0.625 : 0.375
    assert math.isclose(choice.place, 0.7)
    assert math.isclose(choice.share_before, (0.7 - 0.625) / 0.375)
    torch.testing.assert_close(choice.ends[:2], torch.tensor([0.625, 1.0], dtype=torch.float64))


def test_a_tiny_temperature_makes_no_number_infinite():
    choice = choose(torch.tensor([1e30, 2e30, -1e30]), [0], [Temperature(1e-30), TopK(2)], 0.5)
    assert choice.token == 1 and choice.end.scores.isfinite().any()
    again = choose(torch.tensor([1.0, 2.0]), [0], [Temperature(1e-45), PresencePenalty(1.0)], 0.5)
    assert again.end.probs.isfinite().all()


def test_what_is_no_number_cannot_be_chosen_from():
    with pytest.raises(WritingFailed):
        choose(torch.tensor([0.5, float("nan")]), [], [TopK(1)], 0.5)
    with pytest.raises(ValueError, match="token ids"):
        choose(torch.zeros(3), [3], [], 0.5)


@pytest.mark.parametrize(
    ("refused", "name"),
    [
        (lambda: RepetitionPenalty(0.0), "repetition_penalty"),
        (lambda: PresencePenalty(float("inf")), "presence_penalty"),
        (lambda: FrequencyPenalty(float("nan")), "frequency_penalty"),
        (lambda: Temperature(-0.1), "temperature"),
        (lambda: TopK(0), "top_k"),
        (lambda: TopP(0.0), "top_p"),
        (lambda: MinP(1.1), "min_p"),
        (lambda: Typical(0.0), "typical_p"),
        (lambda: keep_near_the_best(torch.ones(1), -0.1), "min_p"),
        (lambda: keep_typical(torch.ones(1), 1.1), "typical_p"),
    ],
)
def test_settings_out_of_range_are_refused_with_their_name(refused, name):
    with pytest.raises(SettingError) as error:
        refused()
    assert error.value.values["name"] == name
