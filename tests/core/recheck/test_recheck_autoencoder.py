"""The autoencoder by torch and by NumPy alone: the same numbers, and a convolution by hand."""

import numpy as np
import pytest
import torch

from core.architecture.pictures.autoencoder import Autoencoder, AutoencoderConfig
from core.recheck import autoencoder as twin


@pytest.fixture(scope="module")
def model():
    made = Autoencoder(AutoencoderConfig(size=24, n_latents=3, width=4))
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(0.0, 0.15, generator=generator)
        made.middle.normal_(generator=generator)
        made.spread.uniform_(0.5, 2.0, generator=generator)
    return made.eval()


def arrays(model):
    return {name: each.numpy() for name, each in model.state_dict().items()}


def test_encoder_and_decoder_agree(model):
    picture = torch.rand(3, 24, 24, generator=torch.Generator().manual_seed(4)) * 2 - 1
    with torch.no_grad():
        latents = model.encode(picture[None])
        decoded = model.decode(latents)
    ours, theirs = latents[0].numpy(), twin.encode(arrays(model), picture.numpy())
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    ours, theirs = decoded[0].numpy(), twin.decode(arrays(model), latents[0].numpy())
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("place", [(0, 0, 0), (2, 1, 2), (1, 2, 1)])
def test_one_number_comes_with_all_that_it_is_made_of(model, place):
    picture = torch.rand(3, 24, 24, generator=torch.Generator().manual_seed(5)) * 2 - 1
    cell = twin.latent_cell(arrays(model), picture.numpy(), place)
    assert cell.read.shape == cell.kernel.shape == (12, 3, 3)
    assert cell.mean == pytest.approx(float((cell.read * cell.kernel).sum()) + cell.bias)
    with torch.no_grad():
        ours = float(model.encode(picture[None])[0][place])
    assert ours == pytest.approx(cell.value, abs=1e-5)


def test_a_convolution_by_hand():
    x = np.arange(1.0, 10.0).reshape(1, 3, 3)  # 1 2 3 / 4 5 6 / 7 8 9
    kernel = np.zeros((1, 1, 3, 3))
    kernel[0, 0, 1, 1], kernel[0, 0, 1, 2] = 2.0, 1.0  # twice itself, once its right neighbour
    found = twin.convolution(x, kernel, np.array([0.5]))
    np.testing.assert_array_equal(
        found[0], [[4.5, 7.5, 6.5], [13.5, 16.5, 12.5], [22.5, 25.5, 18.5]]
    )
    halved = twin.convolution(x, kernel, np.array([0.5]), stride=2)
    np.testing.assert_array_equal(halved[0], [[4.5, 6.5], [22.5, 18.5]])
