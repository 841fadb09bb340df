"""Positions by hand: rotated, waves, penalties; then the properties that they exist for."""

import math

import pytest
import torch

from core.architecture.changing import reading_further
from core.architecture.config import ModelConfig
from core.architecture.positions import (
    alibi_slopes,
    distance_penalty,
    llama3_divisors,
    rotate,
    rotation_table,
    sinusoid_table,
)
from core.errors import SettingError


def turned(x, position, table):
    cos, sin = table[position].to(x.dtype).unbind(0)
    return rotate(x.view(1, 1, 1, -1), (cos.view(1, 1, -1), sin.view(1, 1, -1))).flatten()


def test_the_first_pair_rotates_by_one_radian_per_token():
    table = rotation_table(3, 2, base=10_000.0)
    expected = torch.tensor([math.cos(2), math.sin(2)])
    torch.testing.assert_close(turned(torch.tensor([1.0, 0.0]), 2, table), expected)


def test_later_pairs_rotate_more_slowly():
    # D = 4, base 100: channels 0 and 2 rotate by 1 radian, channels 1 and 3 by 1/10.
    table = rotation_table(2, 4, base=100.0)
    expected = torch.tensor([math.cos(1), math.cos(0.1), math.sin(1), math.sin(0.1)])
    torch.testing.assert_close(turned(torch.tensor([1.0, 1.0, 0.0, 0.0]), 1, table), expected)


def test_a_pair_rotates_as_many_times_more_slowly_as_its_divisor_says():
    table = rotation_table(9, 4, base=100.0, divisors=(1.0, 4.0))
    expected = torch.tensor([math.cos(8), math.cos(0.2), math.sin(8), math.sin(0.2)])
    torch.testing.assert_close(turned(torch.tensor([1.0, 1.0, 0.0, 0.0]), 8, table), expected)


def test_llama_3_slows_down_slow_pairs_only():
    divisors = llama3_divisors(8, 10_000.0, factor=8.0, low=0.01, high=0.1, n_original=1)
    turns = [10.0**-i / (2 * math.pi) for i in range(4)]
    assert turns[0] > 0.1 > turns[1] > 0.01 > turns[2]
    kept = (turns[1] - 0.01) / (0.1 - 0.01)
    assert divisors == pytest.approx([1.0, 1 / ((1 - kept) / 8 + kept), 8.0, 8.0])


def test_a_vector_keeps_its_length_and_a_score_depends_on_the_distance_only():
    generator = torch.Generator().manual_seed(1)
    q, k = torch.randn(2, 8, generator=generator, dtype=torch.float64)
    table = rotation_table(40, 8, base=10_000.0)
    torch.testing.assert_close(turned(q, 33, table).norm(), q.norm())
    near = turned(q, 7, table) @ turned(k, 4, table)
    far = turned(q, 37, table) @ turned(k, 34, table)
    torch.testing.assert_close(near, far)
    assert abs(near - turned(q, 9, table) @ turned(k, 4, table)) > 1e-3


def test_sinusoids_are_those_of_the_paper():
    # PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i+1) = cos of the same, written out for d = 6.
    table = sinusoid_table(40, 6)
    for position in (0, 1, 39):
        for i in range(3):
            angle = position / 10_000 ** (2 * i / 6)
            assert table[position, 2 * i] == pytest.approx(math.sin(angle), abs=1e-12)
            assert table[position, 2 * i + 1] == pytest.approx(math.cos(angle), abs=1e-12)


def test_a_shift_of_sinusoids_is_one_rotation_for_all_positions():
    # The paper's reason for them: PE(pos + k) is a linear function of PE(pos).
    table, k = sinusoid_table(60, 8), 7
    for pair in range(4):
        angle = k / 10_000 ** (2 * pair / 8)
        turn = torch.tensor(
            [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]],
            dtype=torch.float64,
        )
        waves = table[:, 2 * pair : 2 * pair + 2]
        torch.testing.assert_close(waves[:-k] @ turn.T, waves[k:])


def test_slopes_of_eight_heads_halve_from_one_half():
    assert alibi_slopes(8) == [2.0**-n for n in range(1, 9)]
    assert alibi_slopes(1) == [2.0**-8]


def test_a_penalty_is_slope_times_distance_for_rows_of_their_own_too():
    slopes = torch.tensor([0.5, 0.25])
    even = distance_penalty(slopes, torch.tensor([2, 3]))
    assert even.shape == (1, 2, 2, 4)
    torch.testing.assert_close(even[0, 0, 1], torch.tensor([-1.5, -1.0, -0.5, 0.0]))
    ragged = distance_penalty(slopes, torch.tensor([[1], [3]]))
    assert ragged.shape == (2, 2, 1, 4)
    torch.testing.assert_close(ragged[0, 1, 0, :2], torch.tensor([-0.25, 0.0]))
    torch.testing.assert_close(ragged[1, 1, 0], torch.tensor([-0.75, -0.5, -0.25, 0.0]))


def test_without_positions_and_one_block_a_token_does_not_know_the_order_before_it(model_of):
    """What the causal mask gives away is how many tokens there are, not in which order."""
    sizes = {"n_vocab": 30, "n_context": 16, "n_heads": 2, "n_kv_heads": 2}
    sizes |= {"n_channels": 16, "n_hidden": 32}
    tokens = torch.tensor([[3, 1, 4, 1, 5, 9]])
    other = torch.tensor([[1, 5, 3, 4, 1, 9]])
    for positions, n_layers, is_same in (
        ("none", 1, True),
        ("none", 2, False),
        ("rotary", 1, False),
        ("alibi", 1, False),
        ("sinusoidal", 1, False),
    ):
        model = model_of(ModelConfig(**sizes, n_layers=n_layers, positions=positions)).double()
        a, b = (model(each)[0, -1] for each in (tokens, other))
        assert bool((a - b).abs().max() < 1e-9) == is_same


@pytest.mark.parametrize("positions", ["rotary", "sinusoidal", "alibi", "none"])
def test_a_model_reads_further_with_the_same_weights(positions, model_of):
    config = ModelConfig(
        n_vocab=30,
        n_context=8,
        n_layers=2,
        n_heads=2,
        n_kv_heads=1,
        n_channels=16,
        n_hidden=32,
        positions=positions,
    )
    model = model_of(config)
    further = reading_further(model, 32)
    text = torch.randint(30, (1, 32), generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(further(text)[:, :8], model(text[:, :8]))
    assert further.token_embedding.weight.data_ptr() == model.token_embedding.weight.data_ptr()
    assert further(text).shape == (1, 32, 30)


def test_learned_positions_cannot_be_read_beyond_their_table(model_of):
    config = ModelConfig(
        n_vocab=30,
        n_context=8,
        n_layers=1,
        n_heads=2,
        n_kv_heads=2,
        n_channels=16,
        n_hidden=32,
        positions="learned",
    )
    with pytest.raises(SettingError, match="table for 8 tokens"):
        reading_further(model_of(config), 32)
