"""Noise: a seed each, and ways between two of them."""

import pytest
import torch

from core.inference.pictures.noise import NoiseSource, between, noise_of


def test_a_seed_gives_its_noise_whatever_stands_beside_it():
    assert torch.equal(noise_of([4, 5, 6], 8)[1], noise_of([5], 8)[0])
    assert not torch.equal(noise_of([5], 8), noise_of([6], 8))
    source = NoiseSource([4, 5], 8)
    first, second = source.next(), source.next()
    alone = NoiseSource([5], 8)
    assert torch.equal(alone.next()[0], first[1]) and torch.equal(alone.next()[0], second[1])
    assert not torch.equal(first, second)


def test_noise_is_standard_normal():
    noise = noise_of(range(20), 32)
    assert noise.mean().abs() < 0.02 and (noise.std() - 1.0).abs() < 0.02


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_between_two_noises_the_strength_stays(share):
    one, two = noise_of([1, 2], 16), noise_of([3, 4], 16)
    found = between(one, two, share)
    assert ((found.std(dim=(1, 2, 3)) - 1.0).abs() < 0.06).all()
    if share in (0.0, 1.0):
        torch.testing.assert_close(found, two if share else one)


def test_halfway_is_as_near_to_either_and_on_the_sphere():
    one, two = torch.zeros(1, 3, 1, 1), torch.zeros(1, 3, 1, 1)
    one[0, 0], two[0, 1] = 1.0, 1.0  # two directions at a right angle
    found = between(one, two, 0.5)[0, :, 0, 0]
    torch.testing.assert_close(found, torch.tensor([0.5**0.5, 0.5**0.5, 0.0]))


def test_between_a_noise_and_itself_there_is_only_itself():
    one = noise_of([1], 4)
    torch.testing.assert_close(between(one, one, 0.3), one)
