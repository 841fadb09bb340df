"""Styles: a page turned into one is in it, no other page is, and the distance is worked by hand."""

import numpy as np
import pytest

from core.alignment.pictures.tuning.styles import (
    CHALK,
    SEPIA,
    STYLES,
    between,
    edges,
    light,
    style_of,
    tiles,
)
from core.data.pictures import PictureSettings, draw_corpus
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import SettingError

PAGES = draw_corpus(PictureSettings(n_pictures=120, seed=5)).pictures


@pytest.mark.parametrize("name", STYLES)
def test_pages_in_a_style_are_told_from_all_others(name):
    style = STYLES[name]
    assert all(style.has(style.paint(page)) for page in PAGES)
    assert not any(style.has(page) for page in PAGES)


def test_sepia_is_one_line_from_dark_to_light():
    black_and_white = np.zeros((4, 4, 3), np.uint8)
    black_and_white[:2] = 255
    painted = STYLES["sepia"].paint(black_and_white)
    assert (painted[3, 3] == SEPIA[0]).all() and (painted[0, 0] == SEPIA[1]).all()
    assert light(np.full((1, 1, 3), 100.0))[0, 0] == pytest.approx(100.0, abs=1e-3)


def test_the_distance_from_a_line_of_colours_worked_by_hand():
    dark, bright = (0.0, 0.0, 0.0), (200.0, 0.0, 0.0)
    pixel = np.array([[[50.0, 30.0, 40.0]]])  # its foot on the line is (50, 0, 0)
    np.testing.assert_allclose(between(pixel, (dark, bright))[0, 0], [50.0, 0.0, 0.0], atol=1e-4)
    np.testing.assert_allclose(between(pixel - 90.0, (dark, bright))[0, 0], dark, atol=1e-4)


def test_chalk_draws_edges_and_nothing_else():
    page = np.zeros((8, 8, 3), np.uint8)
    page[:, 4:] = 255
    drawn = edges(page)
    assert (drawn[:, [3, 4]] == 1.0).all() and (drawn[:, [0, 1, 2, 5, 6, 7]] == 0.0).all()
    assert (STYLES["chalk"].paint(page)[0, 0] == CHALK[0]).all()


def test_a_tile_has_its_mean_colour():
    page = np.zeros((8, 8, 3))
    page[0, 0] = 160.0
    assert (tiles(page)[:4, :4] == 10.0).all() and (tiles(page)[4:] == 0.0).all()


def test_a_style_is_asked_for_by_a_word_that_no_caption_has():
    encoder = CaptionEncoder.of_the_book()
    for style in STYLES.values():
        for lang, word in style.words.items():
            asked = style.caption("a red apple.", lang)
            assert asked == f"a red apple, {word}"
            assert encoder.new_words([asked]) == [word.lower()]


def test_an_unknown_style_is_refused():
    with pytest.raises(SettingError):
        style_of("cubism")
