"""A small denoiser of 32 px pictures that knows the book's words."""

import pytest
import torch

from core.architecture.pictures import Denoiser, DenoiserConfig, denoiser_bytes
from core.data.pictures.wording.vocabulary import CaptionEncoder


@pytest.fixture(scope="session")
def encoder():
    return CaptionEncoder.of_the_book()


@pytest.fixture(scope="session")
def denoiser(encoder):
    """One in which every weight has an effect."""
    config = DenoiserConfig(
        n_words=encoder.n_words, n_caption=20, n_channels=16, n_heads=2, n_blocks=1, n_hidden=16
    )
    model = Denoiser(config)
    chance = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn(weight.shape, generator=chance), alpha=0.05)
    return model.eval()


@pytest.fixture(scope="session")
def weights(denoiser):
    return denoiser_bytes(denoiser, {"objective": "velocity"}, "float32")
