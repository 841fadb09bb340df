"""A small denoiser to look into."""

import pytest
import torch

from core.architecture.pictures import Denoiser, DenoiserConfig


@pytest.fixture
def config() -> DenoiserConfig:
    return DenoiserConfig(
        n_words=20,
        n_caption=6,
        size=8,
        patch=4,
        n_channels=16,
        n_heads=2,
        n_blocks=2,
        n_text_blocks=1,
        n_hidden=24,
    )


@pytest.fixture
def model(config) -> Denoiser:
    """Every weight has an effect; a new one answers 0."""
    generator = torch.Generator().manual_seed(7)
    model = Denoiser(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.0, 0.5, generator=generator)
    return model.eval()


@pytest.fixture
def asked():
    """Noisy pictures, times and captions of three."""
    generator = torch.Generator().manual_seed(1)
    noisy = torch.randn(3, 3, 8, 8, generator=generator)
    captions = torch.tensor([[3, 4, 5, 6, 0, 0], [7, 8, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]])
    return noisy, torch.tensor([0.1, 0.5, 1.0]), captions
