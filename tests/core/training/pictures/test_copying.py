"""Knowing by heart: who draws the very page is caught, who only understands is merely lucky."""

from random import Random

import numpy as np

from core.data.pictures import PictureSettings, draw_corpus
from core.data.pictures.drawing.painting import draw_shifts, paint
from core.training.pictures.copying import (
    N_OTHERS,
    captions_of,
    compared_with_pages,
    other_pages,
)
from core.training.pictures.judging import judged

PAGES = draw_corpus(PictureSettings(n_pictures=40, seed=2, wrong_caption_share=0.2))
ASKED = captions_of(PAGES, 30, seed=4)


def as_drawn(wish, picture):
    return judged(wish, picture.astype(np.float32))


def page_of(wish):
    (page,) = (k for k, e in enumerate(PAGES.entries) if e.caption == wish.caption)
    return page


def test_only_captions_that_fit_and_that_one_page_alone_has_are_asked():
    captions = [entry.caption for entry in PAGES.entries]
    for wish in ASKED:
        assert captions.count(wish.caption) == 1
        assert PAGES.entries[page_of(wish)].scene == wish.scene
    wrong = {entry.caption for entry in PAGES.entries if not entry.caption_fits}
    assert wrong and not wrong & {wish.caption for wish in ASKED}
    assert len({wish.seed for wish in ASKED}) == len(ASKED)


def test_the_page_itself_is_a_copy_even_through_noise():
    noise = np.random.default_rng(0).normal(0, 8, (len(ASKED), 32, 32, 3))
    drawn = [
        as_drawn(wish, np.clip(PAGES.pictures[page_of(wish)] + noise[k], 0, 255))
        for k, wish in enumerate(ASKED)
    ]
    found = compared_with_pages(drawn, PAGES)
    assert [one.page for one in found] == [page_of(wish) for wish in ASKED]
    assert sum(one.is_copy for one in found) >= 0.9 * len(found)


def test_who_draws_the_scene_anywhere_copies_as_seldom_as_chance_says():
    chance = Random(9)
    drawn = []
    for wish in ASKED:
        while True:
            picture = paint(wish.scene, 32, draw_shifts(wish.scene, chance))
            if not np.array_equal(picture, PAGES.pictures[page_of(wish)]):
                break
        drawn.append(as_drawn(wish, picture))
    found = compared_with_pages(drawn, PAGES)
    assert sum(one.is_copy for one in found) <= 3
    ranks = np.array([one.n_closer / one.n_others for one in found])
    assert 0.3 < ranks.mean() < 0.7
    assert all(one.drawn.agreement.whole for one in found)


def test_other_pages_show_the_same_scene_and_are_neither_the_page_nor_each_other():
    for wish in ASKED[:10]:
        page = PAGES.pictures[page_of(wish)]
        others = other_pages(wish.scene, page, N_OTHERS, seed=1)
        assert 20 < len(others) <= N_OTHERS
        assert len(np.unique(np.concatenate([others, page[None]]), axis=0)) == len(others) + 1
        assert as_drawn(wish, others[0]).agreement.whole
    one, other = (other_pages(wish.scene, page, 5, seed) for seed in (1, 1))
    assert np.array_equal(one, other)
