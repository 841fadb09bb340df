"""A picture in patches is the same picture."""

import pytest
import torch

from core.architecture.pictures import from_patches, to_patches


def test_a_patch_holds_its_pixels_row_by_row_with_their_three_colours():
    picture = torch.arange(2 * 3 * 4 * 4.0).view(2, 3, 4, 4)
    patches = to_patches(picture, 2)
    assert patches.shape == (2, 4, 12)
    pixels = [(0, 2), (0, 3), (1, 2), (1, 3)]  # of the second patch, at the top right
    by_hand = [picture[0, colour, row, column] for row, column in pixels for colour in range(3)]
    assert patches[0, 1].tolist() == by_hand


@pytest.mark.parametrize("patch", [1, 2, 4, 8])
def test_nothing_is_lost(patch):
    picture = torch.randn(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(from_patches(to_patches(picture, patch), patch), picture)
