"""A small book and a small denoiser to train on it."""

import json

import pytest

from core.architecture.pictures import DenoiserConfig
from core.data.pictures import PictureSettings, draw_corpus
from core.data.pictures.collecting.archive import to_bytes
from core.data.pictures.wording.vocabulary import CaptionEncoder


@pytest.fixture(scope="session")
def corpus():
    return draw_corpus(PictureSettings(n_pictures=24, seed=3))


@pytest.fixture(scope="session")
def encoder():
    return CaptionEncoder.of_the_book()


@pytest.fixture(scope="session")
def config(encoder):
    return DenoiserConfig(
        n_words=encoder.n_words,
        n_caption=20,
        n_channels=16,
        n_heads=2,
        n_blocks=1,
        n_hidden=16,
    )


@pytest.fixture(scope="session")
def inputs(corpus, encoder, config):
    return {
        "design": json.dumps(config.to_dict()).encode(),
        "encoder": encoder.to_bytes(),
        "corpus": to_bytes(corpus),
    }
