"""The autoencoder: shapes, scaling, bytes, and what a forged file can do."""

import pytest
import torch

from core.architecture.pictures.autoencoder import (
    FACTOR,
    FIRST_VARIANCE,
    Autoencoder,
    AutoencoderConfig,
    Residual,
)
from core.architecture.pictures.weights import (
    autoencoder_bytes,
    denoiser_bytes,
    read_autoencoder,
    read_denoiser,
)
from core.errors import SettingError, UnreadableWeights

SMALL = AutoencoderConfig(size=16, n_latents=3, width=4)


@pytest.fixture
def model() -> Autoencoder:
    """One in which every weight has an effect."""
    made, generator = Autoencoder(SMALL), torch.Generator().manual_seed(5)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(0.0, 0.2, generator=generator)
    return made.eval()


def pictures(n: int, size: int = 16) -> torch.Tensor:
    return torch.rand((n, 3, size, size), generator=torch.Generator().manual_seed(n)) * 2 - 1


def test_a_picture_of_64_pixels_becomes_256_numbers_and_a_picture_again():
    config = AutoencoderConfig()
    assert (config.numbers_in, config.numbers_kept) == (12_288, 256)
    model = Autoencoder(config)
    with torch.no_grad():
        latents = model.encode(pictures(2, 64))
        assert latents.shape == (2, 4, 8, 8)
        assert model.decode(latents).shape == (2, 3, 64, 64)


def test_a_residual_starts_as_the_identity_and_latents_start_with_little_noise():
    model = Autoencoder(SMALL)
    x = torch.randn(1, 4, 8, 8)
    assert torch.equal(model.encoder[2](x), x) and isinstance(model.encoder[2], Residual)
    _, log_variance = model.distribution(pictures(2))
    assert torch.equal(log_variance, torch.full_like(log_variance, FIRST_VARIANCE))


def test_scaled_latents_have_mean_zero_and_spread_one(model):
    with torch.no_grad():
        given = pictures(50)
        model.scale_by(model.distribution(given)[0])
        latents = model.encode(given)
        torch.testing.assert_close(latents.mean((0, 2, 3)), torch.zeros(3), atol=1e-4, rtol=0)
        torch.testing.assert_close(latents.std((0, 2, 3)), torch.ones(3))
        unscaled = model.decode_unscaled(model.distribution(given)[0])
        torch.testing.assert_close(model.decode(latents), unscaled, atol=1e-4, rtol=1e-4)


def test_a_cell_only_knows_its_surroundings_and_its_pixels_are_where_it_is():
    config = AutoencoderConfig(size=128, n_latents=2, width=4)
    model = Autoencoder(config)
    given = pictures(1, 128)
    other = given.clone()
    other[..., :FACTOR, :FACTOR] = 0.0
    with torch.no_grad():
        moved = (model.encode(other) - model.encode(given)).abs().sum(1)[0]
    assert moved[0, 0] > 0.0
    assert torch.equal(moved[8:], torch.zeros_like(moved[8:]))


def test_bytes_and_back_change_a_weight_by_no_more_than_half_precision(model):
    data = autoencoder_bytes(model, {"step": 3})
    again, about = read_autoencoder(data)
    assert about == {"step": 3, "precision": "float16"}
    assert again.config == SMALL and again.n_parameters == model.n_parameters
    for name, weight in again.state_dict().items():
        torch.testing.assert_close(weight, model.state_dict()[name], atol=1e-3, rtol=1e-3)
    assert autoencoder_bytes(again, {"step": 3}) == data
    wide = model.to(memory_format=torch.channels_last)
    assert autoencoder_bytes(wide, {"step": 3}) == data


def test_a_file_of_something_else_or_a_damaged_one_is_refused(model, small_denoiser_bytes):
    data = autoencoder_bytes(model)
    with pytest.raises(UnreadableWeights):
        read_denoiser(data)
    for bad in (small_denoiser_bytes, data[:-9], data[:40], b"", b"\x00" * 300):
        with pytest.raises(UnreadableWeights):
            read_autoencoder(bad)


def test_a_file_that_claims_another_size_or_no_spread_is_refused(model):
    data = autoencoder_bytes(model)
    for old, new in (
        (b'\\"width\\": 4', b'\\"width\\": 9'),
        (b'\\"width\\": 4', b'\\"wodth\\": 4'),
    ):
        assert old in data
        with pytest.raises(UnreadableWeights):
            read_autoencoder(data.replace(old, new))
    with torch.no_grad():
        model.spread[1] = 0.0
    with pytest.raises(UnreadableWeights, match="spread"):
        read_autoencoder(autoencoder_bytes(model))


@pytest.mark.parametrize(
    ("name", "value"),
    [("size", 60), ("size", 0), ("size", True), ("n_latents", 65), ("width", 1.5), ("depth", 3)],
)
def test_an_impossible_plan_is_refused(name, value):
    with pytest.raises(SettingError):
        AutoencoderConfig.from_dict({name: value})


def test_a_plan_comes_back_from_json():
    assert AutoencoderConfig.from_dict(SMALL.to_dict()) == SMALL


@pytest.fixture
def small_denoiser_bytes(model):
    from core.architecture.pictures import Denoiser, DenoiserConfig

    config = DenoiserConfig(
        n_words=5, n_caption=3, size=4, patch=1, n_channels=8, n_heads=2, n_blocks=1, n_hidden=8
    )
    return denoiser_bytes(Denoiser(config))
