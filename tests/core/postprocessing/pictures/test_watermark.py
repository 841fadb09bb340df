"""The watermark: found where it is, after what pictures go through; not where it is not."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.data.pictures import PictureSettings, Pixels, draw_corpus
from core.errors import SettingError
from core.postprocessing.pictures.watermark import (
    TILE,
    PictureDetection,
    PictureMark,
    coins,
    detect,
    distortion,
    embed,
    grain,
)

MARK = PictureMark(key="secret")


def resized(picture: Pixels, side: int) -> Pixels:
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC))


def jpeg(picture: Pixels, quality: int) -> Pixels:
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


@pytest.fixture(scope="module")
def pictures() -> list[Pixels]:
    drawn = draw_corpus(PictureSettings(n_pictures=24, seed=9)).pictures
    return [resized(picture, 256) for picture in drawn]


@pytest.fixture(scope="module")
def marked(pictures: list[Pixels]) -> list[Pixels]:
    return [embed(picture, MARK) for picture in pictures]


def test_a_mark_is_found_after_jpeg_scaling_cropping_and_noise(marked: list[Pixels]):
    random = np.random.default_rng(0)
    for picture in marked:
        noisy = np.clip(picture + random.normal(0, 10, picture.shape), 0, 255).astype(np.uint8)
        changed = [
            picture,
            jpeg(picture, 75),
            resized(picture, 128),
            resized(resized(picture, 128), 256),
            picture[21:226, 13:218],
            noisy,
        ]
        assert all(detect(each, MARK.key).p_value < 1e-4 for each in changed)


def test_no_mark_is_found_without_one_nor_with_another_key(
    pictures: list[Pixels], marked: list[Pixels]
):
    assert not any(detect(picture, MARK.key).is_marked for picture in pictures)
    assert not any(detect(picture, "another").is_marked for picture in marked)


def test_p_values_of_unmarked_pictures_are_no_smaller_than_chance_allows(pictures: list[Pixels]):
    p = np.array([detect(pictures[n % 4], f"key {n}", (1.0,)).p_value for n in range(200)])
    for alpha in (0.5, 0.1, 0.02):
        assert (p < alpha).mean() <= alpha + 3 * (alpha * (1 - alpha) / len(p)) ** 0.5


def test_the_detector_says_where_the_tile_begins(pictures: list[Pixels]):
    found = detect(embed(pictures[0], MARK)[10:, 25:], MARK.key)
    assert found.scale == 1.0
    assert found.shift == (TILE - 10, TILE - 25)


def test_a_picture_scaled_down_is_found_by_enlarging_it(marked: list[Pixels]):
    assert detect(resized(marked[0], 128), MARK.key).scale == 2.0


def test_what_is_beyond_the_mark_is_not_found(marked: list[Pixels]):
    turned = np.asarray(Image.fromarray(marked[0]).rotate(7, Image.Resampling.BICUBIC))
    assert not detect(turned, MARK.key).is_marked
    assert not detect(jpeg(marked[0], 5), MARK.key).is_marked


def test_the_coins_are_the_same_everywhere_and_the_grain_has_only_middle_frequencies():
    assert coins("secret")[0, :8].tolist() == [1, 1, 1, -1, -1, -1, 1, -1]
    assert grain("secret").mean() == pytest.approx(0, abs=1e-12)
    assert grain("secret").std() == pytest.approx(1)
    spectrum = np.abs(np.fft.fft2(grain("secret")))
    assert spectrum[:4, :4].max() < 1e-9  # nothing wider than 16 pixels


def test_a_stronger_mark_changes_more(pictures: list[Pixels]):
    weak, strong = (
        distortion(pictures[0], embed(pictures[0], PictureMark(key="k", strength=strength)))
        for strength in (1.0, 3.0)
    )
    assert weak.psnr_db > strong.psnr_db + 6
    assert weak.changed < strong.changed
    none = distortion(pictures[0], embed(pictures[0], PictureMark(key="k", strength=0.0)))
    assert (none.psnr_db, none.changed, none.largest) == (np.inf, 0.0, 0)


def test_a_grey_picture_stays_grey_and_nothing_leaves_the_range():
    grey = np.full((64, 96, 3), 254, np.uint8)
    after = embed(grey, PictureMark(key="k", strength=5.0))
    assert (after == after[..., :1]).all()
    assert after.max() == 255
    assert after.min() < 254


def test_too_small_a_picture_is_not_marked_and_nothing_is_found_in_it():
    small = np.zeros((32, 32, 3), np.uint8)
    with pytest.raises(SettingError, match="64 pixels"):
        embed(small, MARK)
    assert detect(small, MARK.key, (1.0,)).p_value == 1.0
    assert detect(np.zeros((3000, 80, 3), np.uint8), MARK.key).p_value == 1.0


def test_the_p_value_is_hoeffdings_bound_times_the_looks():
    assert PictureDetection(4.0, 10, (0, 0), 1.0).p_value == pytest.approx(10 * np.exp(-8))
    assert PictureDetection(0.0, 10, (0, 0), 1.0).p_value == 1.0
    assert PictureDetection(100.0, 1, (0, 0), 1.0).log10_p == pytest.approx(-5000 / np.log(10))


@pytest.mark.parametrize("values", [{"key": ""}, {"key": "k" * 201}, {"key": "k", "strength": -1}])
def test_impossible_settings_are_refused(values: dict):
    with pytest.raises(SettingError):
        PictureMark(**values)
