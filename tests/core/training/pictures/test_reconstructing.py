"""Training the autoencoder: what is measured, that it learns, and that it is the same again."""

import math

import pytest
import torch

from core.architecture.pictures.autoencoder import Autoencoder, AutoencoderConfig
from core.data.pictures import PictureSettings
from core.errors import SettingError
from core.training.pictures.reconstructing import (
    ReconstructionSettings,
    ReconstructionTrainer,
    lost,
    pages_of,
)

BOOK = PictureSettings(size=32, seed=1)
CONFIG = AutoencoderConfig(size=32, n_latents=4, width=6)
FEW = ReconstructionSettings(
    n_steps=80, n_batch=4, n_warmup_steps=3, learning_rate=0.01, memory=0.9, seed=4
)


class Wrong(Autoencoder):
    """Says that every latent lies at 2 with variance 1, and decodes a grey picture."""

    def distribution(self, pictures):
        latents = torch.full((len(pictures), 4, 4, 4), 2.0)
        return latents, torch.zeros_like(latents)

    def decode_unscaled(self, latents):
        return torch.zeros(len(latents), 3, 32, 32)


def test_what_is_lost_is_measured_as_one_does_by_hand():
    left_half = torch.zeros(1, 3, 32, 32)
    left_half[..., :16] = 1.0
    found = lost(Wrong(CONFIG), left_half, torch.zeros(1, 4, 4, 4))
    assert found.pixels.item() == pytest.approx(0.5)
    assert found.edges.item() == pytest.approx(1 / 31)  # one of 31 differences in each row is 1
    assert found.prior.item() == pytest.approx(2.0)  # (2² + 1 - 1 - 0) / 2
    settings = ReconstructionSettings(edge_weight=2.0, prior_weight=0.1)
    assert found.total(settings).item() == pytest.approx(0.5 + 2 / 31 + 0.2)


def test_nothing_is_lost_of_a_standard_normal_prior():
    class Normal(Wrong):
        def distribution(self, pictures):
            latents = torch.zeros(len(pictures), 4, 4, 4)
            return latents, latents

    found = lost(Normal(CONFIG), torch.zeros(1, 3, 32, 32), torch.zeros(1, 4, 4, 4))
    assert found.prior.item() == found.pixels.item() == 0.0


def trained():
    trainer = ReconstructionTrainer(Autoencoder(CONFIG, seed=4), BOOK, FEW)
    losses = [trainer.advance().pixels.item() for _ in range(FEW.n_steps)]
    return trainer, losses


def test_it_learns_and_the_same_again_gives_the_same_bits():
    trainer, losses = trained()
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])
    again, same = trained()
    assert losses == same
    for ours, theirs in zip(trainer.average.parameters(), again.average.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_at_the_end_latents_vary_as_much_as_noise():
    trainer, _ = trained()
    model = trainer.finish()
    pages = torch.from_numpy(pages_of(BOOK, 64, 99)).permute(0, 3, 1, 2) / 127.5 - 1.0
    with torch.no_grad():
        latents = model.encode(pages.contiguous())
    assert 0.7 < latents.std().item() < 1.4
    assert math.isfinite(latents.sum().item())


def test_other_steps_have_other_pages_and_none_that_is_held_out():
    one, two = pages_of(BOOK, 3, 10), pages_of(BOOK, 3, 11)
    assert not (one == two).all()
    assert (pages_of(BOOK, 3, 10) == one).all()


@pytest.mark.parametrize(
    "wrong", [{"n_steps": 0}, {"memory": 1.0}, {"learning_rate": 0}, {"edge_weight": -1}, {"x": 1}]
)
def test_an_impossible_setting_is_refused(wrong):
    with pytest.raises(SettingError):
        ReconstructionSettings.from_dict(wrong)
