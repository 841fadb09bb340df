"""In the space of latents: one number changed, blends, shares of the error, parts of a drawing."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from core.architecture.pictures import Denoiser, DenoiserConfig
from core.architecture.pictures.autoencoder import Autoencoder, AutoencoderConfig
from core.architecture.pictures.weights import autoencoder_bytes, denoiser_bytes
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import UnreadableWeights
from core.inference.pictures import PictureModel, draw
from core.inference.pictures.latents import (
    blends,
    conv_multiplications,
    cpu_seconds,
    follow,
    look_at_parts,
    on_pixels,
    shares_lost,
)

ENCODER = CaptionEncoder.of_the_book()
CONFIG = DenoiserConfig(
    n_words=ENCODER.n_words, n_caption=20, size=8, patch=1, n_colours=4, n_channels=16, n_heads=2,
    n_blocks=2, n_hidden=32,
)  # fmt: skip
CAPTION = "ein roter Ball, bei Nacht"


def shaken(model: nn.Module) -> nn.Module:
    generator = torch.Generator().manual_seed(8)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.0, 0.2, generator=generator)
    return model.eval()


@pytest.fixture(scope="module")
def first() -> Autoencoder:
    return shaken(Autoencoder(AutoencoderConfig(size=64, width=6)))


@pytest.fixture(scope="module")
def model(first) -> PictureModel:
    return PictureModel(shaken(Denoiser(CONFIG)), ENCODER, "velocity", autoencoder=first)


def test_a_number_that_stays_as_it_is_changes_nothing(first):
    latents = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(1))
    same = follow(first, latents, (2, 3, 4), float(latents[2, 3, 4]))
    assert same.change.max().item() < 1e-5
    assert same.in_cell <= same.around


def test_pixels_follow_near_their_cell_and_none_far_away(first):
    latents = torch.randn(4, 24, 24, generator=torch.Generator().manual_seed(1))
    before = latents.clone()
    found = follow(first, latents, (0, 0, 0), 5.0)
    assert torch.equal(latents, before)  # what is given is left alone
    assert found.change[:8, :8].max() > 0.0
    assert found.change[-8:, -8:].max() == 0.0
    assert 0.0 < found.in_cell < found.around <= 1.0 + 1e-6
    latents[0, 0, 0] = 5.0
    with torch.no_grad():
        torch.testing.assert_close(
            found.picture, first.decode(latents[None])[0], atol=0.02, rtol=0.05
        )


def test_blends_begin_and_end_alike_and_differ_in_between(first):
    one, two = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(3)) * 2 - 1
    inside, pixels = blends(first, one, two, 5)
    assert inside.shape == pixels.shape == (5, 3, 64, 64)
    for end in (0, -1):
        torch.testing.assert_close(inside[end], pixels[end], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(pixels[2], (pixels[0] + pixels[4]) / 2, atol=1e-2, rtol=1e-4)
    assert (inside[2] - pixels[2]).abs().max() > 1e-3


def test_an_error_is_told_apart_by_what_it_is():
    pages = torch.rand(3, 3, 66, 66, generator=torch.Generator().manual_seed(6))
    moved = shares_lost(pages, pages.roll((1, 0), (2, 3)))
    assert moved.place > 0.99
    paler = shares_lost(pages, pages + 0.2)
    assert paler.colour > 0.99 and paler.place < 0.01
    checks = torch.ones(66, 66)
    checks[::2] = -1.0  # every row the other way: no square of 8 is off on average
    lined = shares_lost(torch.zeros(1, 3, 66, 66), 0.1 * checks.expand(1, 3, 66, 66))
    assert lined.lines > 0.99
    for each in (moved, paler, lined):
        assert each.place + each.colour + each.lines == pytest.approx(1.0)


def test_multiplications_are_those_that_the_convolutions_do(first):
    counted = 0

    def count(conv, given, answer):
        nonlocal counted
        counted += conv.weight.numel() * answer.shape[2] * answer.shape[3]

    for part, given in ((first.encoder, torch.zeros(1, 3, 64, 64)),
                        (first.decoder, torch.zeros(1, 4, 8, 8))):  # fmt: skip
        counted = 0
        hooks = [m.register_forward_hook(count) for m in part.modules()
                 if isinstance(m, nn.Conv2d)]  # fmt: skip
        with torch.no_grad():
            part(given)
        for hook in hooks:
            hook.remove()
        assert conv_multiplications(part, given.shape[-1]) == counted > 0


def test_more_patches_take_more_time():
    small, large = cpu_seconds([CONFIG, on_pixels(CONFIG, 64, 2)])
    assert 0.0 < small < large


def test_every_part_is_what_the_drawing_did(model):
    found = look_at_parts(model, CAPTION, 3, n_steps=4, guidance=3.0)
    assert found.words == tuple(ENCODER.words_of(CAPTION))
    assert found.vectors.shape == (len(found.words), 16)
    assert found.times == [1.0, 0.75, 0.5, 0.25, 0.0]
    steps = found.latents.diff(dim=0)  # (4, Z, s, s)
    torch.testing.assert_close(steps, -0.25 * found.velocity, atol=1e-4, rtol=1e-4)
    by_hand = found.untold + 3.0 * (found.told - found.untold)
    torch.testing.assert_close(found.velocity, by_hand)
    assert found.guesses.shape == found.latents.shape == (5, 4, 8, 8)
    assert torch.equal(found.guesses[-1], found.latents[-1])
    guesses = found.latents[:-1] - torch.tensor(found.times[:-1])[:, None, None, None] * by_hand
    torch.testing.assert_close(found.guesses[:-1], guesses, atol=1e-4, rtol=1e-4)
    assert found.effects.shape == (4, len(found.words)) and (found.effects > 0).any()
    plain = draw(model, [CAPTION], seed=3, n_steps=4, guidance=1.0)
    assert torch.equal(found.plain.tensor, plain.tensor)


def test_a_word_that_alone_is_there_has_no_measured_effect(model):
    found = look_at_parts(model, "Ball", 3, n_steps=2)
    assert found.effects.shape == (2, 1) and found.effects.abs().max() < 1e-5


def test_a_model_that_answers_noise_has_no_such_parts(model):
    with pytest.raises(ValueError, match="velocity"):
        look_at_parts(replace(model, objective="noise"), CAPTION, 3)


def test_a_model_of_latents_shows_decoded_pictures_and_one_of_pixels_its_own(model):
    film = draw(model, [CAPTION], n_steps=1)
    assert film.tensor.shape == (1, 4, 8, 8)
    assert model.shown(film.tensor).shape == (1, 3, 64, 64)
    assert replace(model, autoencoder=None).shown(film.tensor) is film.tensor


def test_stages_that_do_not_fit_are_refused(model, first):
    weights, words = denoiser_bytes(model.denoiser), ENCODER.to_bytes()
    read = PictureModel.from_bytes(weights, words, autoencoder_bytes(first))
    assert read.autoencoder is not None
    other = autoencoder_bytes(Autoencoder(AutoencoderConfig(size=32, width=4)))
    with pytest.raises(UnreadableWeights, match="latents"):
        PictureModel.from_bytes(weights, words, other)
