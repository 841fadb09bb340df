"""Enlarging: which pixels and colours come about, and what is refused."""

import numpy as np
import pytest

from core.data.pictures import Item, Scene, paint
from core.errors import SettingError
from core.postprocessing.pictures.scaling import effect, enlarged, reduced

PICTURE = paint(Scene((Item("boat", "red"),)))


def test_nearest_repeats_pixels_and_invents_nothing():
    large = enlarged(PICTURE, 96, "nearest")
    assert (large == PICTURE.repeat(3, axis=0).repeat(3, axis=1)).all()
    found = effect(PICTURE, large)
    assert found.colours_after == found.colours_before
    assert (found.invented, found.beyond, found.way_back) == (0.0, 0.0, 0.0)


def test_smooth_methods_invent_colours_and_lanczos_more_halos_than_bicubic():
    bicubic, lanczos = (
        effect(PICTURE, enlarged(PICTURE, 256, each)) for each in ("bicubic", "lanczos")
    )
    assert bicubic.colours_after > 5 * bicubic.colours_before
    assert bicubic.invented > 0.5
    assert lanczos.beyond > bicubic.beyond > 0
    assert 0 < lanczos.way_back < 5


def test_an_edge_overshoots_where_the_kernel_has_negative_lobes():
    edge = np.full((32, 32, 3), 100, np.uint8)
    edge[:, 16:] = 200
    assert enlarged(edge, 256, "lanczos").max() > 200
    assert enlarged(edge, 256, "nearest").max() == 200


def test_averaging_brings_back_what_nearest_made_of_it():
    assert (reduced(enlarged(PICTURE, 256, "nearest"), 32) == PICTURE).all()


@pytest.mark.parametrize(
    ("side", "method"), [(256, "guess"), (100, "nearest"), (16, "nearest"), (2048, "nearest")]
)
def test_impossible_sizes_and_methods_are_refused(side: int, method: str):
    with pytest.raises(SettingError):
        enlarged(PICTURE, side, method)
