"""Attacks: each changes a picture as it says, the more so the stronger it is."""

import numpy as np
import pytest

from core.data.pictures import Item, Scene, paint
from core.postprocessing.pictures.attacks import ATTACKS, cropped, noisy, scaled
from core.postprocessing.pictures.scaling import enlarged

PICTURE = enlarged(paint(Scene((Item("house", "red"),))), 128)


@pytest.mark.parametrize("name", [name for name in ATTACKS if name != "cropped"])
def test_stronger_attacks_change_more_and_keep_the_size(name: str):
    attack = ATTACKS[name]
    off = []
    for strength in attack.strengths:
        changed = attack.change(PICTURE, strength)
        assert changed.shape == PICTURE.shape
        assert changed.dtype == np.uint8
        off.append(float(np.abs(changed.astype(float) - PICTURE).mean()))
    assert off == sorted(off)
    assert off[0] > 0


def test_cropping_keeps_pixels_and_takes_away_the_rest():
    assert cropped(PICTURE, 0.5).shape == (64, 64, 3)
    assert (cropped(PICTURE, 0.5) == PICTURE[25:89, 21:85]).all()


def test_equal_attacks_give_equal_pictures():
    assert (noisy(PICTURE, 10) == noisy(PICTURE, 10)).all()


def test_scaling_blurs_edges():
    edge = np.zeros((64, 64, 3), np.uint8)
    edge[:, 32:] = 255
    assert len(np.unique(scaled(edge, 0.25))) > 4
