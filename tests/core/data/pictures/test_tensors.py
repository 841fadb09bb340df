"""Pictures to numbers and back."""

import numpy as np
import torch

from core.data.pictures.tensors import to_levels, to_pixels, to_tensor


def test_black_is_minus_one_and_white_is_one_and_colours_come_first():
    picture = np.zeros((1, 2, 2, 3), np.uint8)
    picture[0, 0, 1] = (255, 0, 51)
    tensor = to_tensor(picture)
    assert tensor.shape == (1, 3, 2, 2) and tensor.dtype == torch.float32
    torch.testing.assert_close(tensor[0, :, 0, 1], torch.tensor([1.0, -1.0, -0.6]))


def test_every_grey_level_comes_back():
    picture = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 16, 16, 3)
    assert np.array_equal(to_pixels(to_tensor(picture)), picture)


def test_what_lies_beyond_black_and_white_is_cut_off():
    levels = to_levels(torch.tensor([-3.0, 0.0, 3.0]).view(1, 3, 1, 1))
    assert levels[0, 0, 0].tolist() == [0.0, 127.5, 255.0]
