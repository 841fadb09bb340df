"""Temperature, top-k, top-p and the draw: by hand, then the invariants."""

import math
from collections import Counter
from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SettingError, WritingFailed
from core.inference.sampling import (
    SamplingSettings,
    draw,
    keep_likeliest,
    keep_nucleus,
    next_token_probs,
    temper,
)

LOGITS = st.lists(st.floats(-30, 30, width=32), min_size=1, max_size=40).map(torch.tensor)


class Dart:
    """A random generator that always returns the same number."""

    def __init__(self, value: float) -> None:
        self.value = value

    def random(self) -> float:
        return self.value


def test_temperature_one_is_softmax_and_a_half_squares_the_odds():
    logits = torch.tensor([0.0, math.log(3)])
    torch.testing.assert_close(temper(logits, 1.0), torch.tensor([0.25, 0.75]))
    torch.testing.assert_close(temper(logits, 0.5), torch.tensor([0.1, 0.9]))  # 1 : 9


def test_temperature_zero_takes_the_lowest_id_among_the_likeliest():
    assert temper(torch.tensor([1.0, 5.0, 5.0]), 0.0).tolist() == [0.0, 1.0, 0.0]


def test_a_tiny_temperature_does_not_overflow():
    for tiny in (1e-30, 1e-46, 5e-324):
        assert temper(torch.tensor([-500.0, 500.0]), tiny).tolist() == [0.0, 1.0]
        assert temper(torch.tensor([3.0, 1.0, 3.0]), tiny).tolist() == [0.5, 0.0, 0.5]


def test_top_k_keeps_the_likeliest_and_what_ties_with_the_last_of_them():
    probs = torch.tensor([0.125, 0.5, 0.25, 0.125])
    torch.testing.assert_close(keep_likeliest(probs, 2), torch.tensor([0.0, 2 / 3, 1 / 3, 0.0]))
    torch.testing.assert_close(keep_likeliest(probs, 3), probs)


def test_nucleus_drops_everything_after_the_limit_is_reached():
    probs = torch.tensor([0.125, 0.5, 0.25, 0.125])  # 0.5 + 0.25 reaches 0.75 exactly
    torch.testing.assert_close(keep_nucleus(probs, 0.75), torch.tensor([0.0, 2 / 3, 1 / 3, 0.0]))


def test_nucleus_prefers_the_lower_id_among_equals():
    assert keep_nucleus(torch.full((4,), 0.25), 0.5).tolist() == [0.5, 0.5, 0.0, 0.0]


def test_the_likeliest_token_survives_any_filter():
    settings = SamplingSettings(top_k=1, top_p=1e-9)
    assert next_token_probs(torch.tensor([0.1, 0.3, 0.2]), settings).tolist() == [0.0, 1.0, 0.0]


def test_top_p_looks_at_what_top_k_has_left():
    logits = torch.tensor([0.4, 0.3, 0.2, 0.1]).log()  # top 2: 4/7 and 3/7
    probs = next_token_probs(logits, SamplingSettings(top_k=2, top_p=0.5))
    torch.testing.assert_close(probs, torch.tensor([1.0, 0.0, 0.0, 0.0]))


@settings(max_examples=100, deadline=None)
@given(
    LOGITS,
    st.floats(0.05, 5),
    st.none() | st.integers(1, 50),
    st.floats(0.01, 1.0),
)
def test_filters_leave_a_distribution_that_keeps_the_order(logits, temperature, top_k, top_p):
    before = temper(logits, temperature)
    settings = SamplingSettings(temperature=temperature, top_k=top_k, top_p=top_p)
    after = next_token_probs(logits, settings)
    assert abs(float(after.sum()) - 1) < 1e-5
    dropped = after == 0
    assert not dropped.all()
    if dropped.any():
        assert before[dropped].max() <= before[~dropped].min()


def test_many_distributions_at_once_are_filtered_as_each_alone():
    logits = torch.randn(5, 30, generator=torch.Generator().manual_seed(0))
    for own in (
        SamplingSettings(temperature=0.0),
        SamplingSettings(temperature=0.7, top_k=4),
        SamplingSettings(top_p=0.6),
    ):
        together = next_token_probs(logits, own)
        alone = torch.stack([next_token_probs(row, own) for row in logits])
        assert torch.equal(together, alone)


@pytest.mark.parametrize(
    ("dart", "token"), [(0.0, 1), (0.2499, 1), (0.25, 2), (0.9999, 2), (1 - 2**-53, 2)]
)
def test_the_dart_hits_the_stretch_it_falls_into_and_never_an_empty_one(dart, token):
    assert draw(torch.tensor([0.0, 0.25, 0.75, 0.0]), Dart(dart)) == token


def test_draws_come_as_often_as_their_probability_says():
    generator = Random(0)
    counts = Counter(draw(torch.tensor([0.1, 0.0, 0.6, 0.3]), generator) for _ in range(4000))
    assert set(counts) == {0, 2, 3}
    for token, share in [(0, 0.1), (2, 0.6), (3, 0.3)]:
        assert abs(counts[token] / 4000 - share) < 4 * math.sqrt(share * (1 - share) / 4000)


def test_probabilities_that_are_not_numbers_cannot_be_drawn_from():
    with pytest.raises(WritingFailed):
        draw(torch.tensor([0.5, float("nan")]), Random(0))


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.4},
        {"max_tokens": 0},
        {"stop": ("",)},
    ],
)
def test_settings_out_of_range_are_refused_with_their_name(values):
    with pytest.raises(SettingError) as error:
        SamplingSettings(**values)
    assert error.value.values["name"] in values


def test_the_functions_refuse_what_the_settings_refuse():
    probs = torch.tensor([0.5, 0.5])
    for refused in (
        lambda: temper(probs, -1.0),
        lambda: keep_likeliest(probs, 0),
        lambda: keep_nucleus(probs, 0.0),
    ):
        with pytest.raises(SettingError):
            refused()
