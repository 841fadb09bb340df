"""Rotary positions: rotated by hand, then the two properties they exist for."""

import math

import torch

from core.architecture.positions import rotate, rotation_table


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


def test_a_vector_keeps_its_length_and_a_score_depends_on_the_distance_only():
    generator = torch.Generator().manual_seed(1)
    q, k = torch.randn(2, 8, generator=generator, dtype=torch.float64)
    table = rotation_table(40, 8, base=10_000.0)
    torch.testing.assert_close(turned(q, 33, table).norm(), q.norm())
    near = turned(q, 7, table) @ turned(k, 4, table)
    far = turned(q, 37, table) @ turned(k, 34, table)
    torch.testing.assert_close(near, far)
    assert abs(near - turned(q, 9, table) @ turned(k, 4, table)) > 1e-3
