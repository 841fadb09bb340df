"""Small models that draw 8 px pictures."""

import pytest
import torch

from core.architecture.pictures import Denoiser, DenoiserConfig
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.inference.pictures import PictureModel


@pytest.fixture(scope="session")
def encoder() -> CaptionEncoder:
    return CaptionEncoder(("a", "blue", "cat", "red", "tree"))


@pytest.fixture(scope="session")
def model_of(encoder):
    """A model in which every weight has an effect."""

    def build(objective="velocity") -> PictureModel:
        config = DenoiserConfig(
            n_words=encoder.n_words, n_caption=5, size=8, patch=4, n_channels=16, n_heads=2,
            n_blocks=1, n_hidden=16,
        )  # fmt: skip
        generator = torch.Generator().manual_seed(7)
        denoiser = Denoiser(config)
        with torch.no_grad():
            for parameter in denoiser.parameters():
                parameter.normal_(0.0, 0.3, generator=generator)
        return PictureModel(denoiser.eval(), encoder, objective)

    return build
