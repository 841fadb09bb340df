"""The same program on latents: it learns on what the encoder makes of the pages."""

import json

import pytest
import torch

from core.architecture.pictures import DenoiserConfig, read_denoiser
from core.architecture.pictures.autoencoder import Autoencoder, AutoencoderConfig
from core.architecture.pictures.weights import autoencoder_bytes
from core.data.pictures.tensors import scaled_levels
from core.errors import SettingError
from core.training.pictures.denoising import LatentPages, Pages
from core.training.pictures.program import PictureTrainingProgram

FIRST = AutoencoderConfig(size=32, n_latents=4, width=4)
SETTINGS = {"n_steps": 3, "n_batch": 4, "n_judged": 2, "n_draw_steps": 1}


@pytest.fixture(scope="module")
def latent_inputs(corpus, encoder, inputs):
    config = DenoiserConfig(
        n_words=encoder.n_words, n_caption=20, size=4, patch=1, n_colours=4, n_channels=16,
        n_heads=2, n_blocks=1, n_hidden=16,
    )  # fmt: skip
    return {
        **inputs,
        "design": json.dumps(config.to_dict()).encode(),
        "autoencoder": autoencoder_bytes(Autoencoder(FIRST)),
    }


def rows_of(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return rows


def test_it_learns_on_latents_and_shows_pictures(latent_inputs):
    program = PictureTrainingProgram(latent_inputs, SETTINGS)
    rows = rows_of(program)
    assert [row["step"] for row in rows if row["kind"] == "step"] == [1, 2, 3]
    shown = next(row for row in rows if row["kind"] == "pictures")
    assert shown["size"] == 32 and len(shown["pictures"]) == 16
    model, _ = read_denoiser(program.result())
    assert (model.config.size, model.config.n_colours) == (4, 4)


def test_a_page_is_asked_about_by_its_latents(latent_inputs, corpus, encoder):
    program = PictureTrainingProgram(latent_inputs, SETTINGS)
    pages = program.trainer.objective.pages
    assert isinstance(pages, LatentPages)
    plain = Pages.of(corpus, encoder, 20)
    with torch.no_grad():
        wanted = program.autoencoder.encode(scaled_levels(plain.levels[:3]))
    torch.testing.assert_close(pages.pictures(torch.arange(3)), wanted)
    question = pages.question(program.settings, 0)
    assert question.pictures.shape == question.noise.shape == (4, 4, 4, 4)


def test_a_snapshot_goes_on_to_the_same_bytes(latent_inputs):
    settings = {**SETTINGS, "n_judged": 0}
    whole = PictureTrainingProgram(latent_inputs, settings)
    rows_of(whole)
    begun = PictureTrainingProgram(latent_inputs, settings)
    begun.advance()
    taken_up = PictureTrainingProgram(latent_inputs, settings, begun.snapshot())
    rows_of(taken_up)
    assert taken_up.result() == whole.result()


def test_stages_that_do_not_fit_each_other_are_refused(latent_inputs, inputs):
    with pytest.raises(SettingError, match="size"):
        PictureTrainingProgram({**latent_inputs, "design": inputs["design"]}, SETTINGS)
    without = {k: v for k, v in latent_inputs.items() if k != "autoencoder"}
    with pytest.raises(SettingError, match="size"):
        PictureTrainingProgram(without, SETTINGS)
    other = autoencoder_bytes(Autoencoder(AutoencoderConfig(size=64, width=4)))
    with pytest.raises(SettingError, match="autoencoder"):
        PictureTrainingProgram({**latent_inputs, "autoencoder": other}, SETTINGS)
