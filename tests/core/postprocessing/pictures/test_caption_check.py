"""The check against the caption: every word kept, broken, unreadable or not to be seen."""

import numpy as np
import pytest

from core.data.pictures import (
    Item,
    PictureSettings,
    Scene,
    beside,
    draw_corpus,
    paint,
    town_holdings,
)
from core.postprocessing.pictures.caption_check import CaptionCheck, check_caption


def told(found: CaptionCheck) -> dict[str, str]:
    return {found.caption[word.start : word.end]: word.outcome for word in found.words}


BALL_AND_HOUSE = beside(Item("apple", "red"), Item("house", "blue"), True)
CAPTION = "Links ein roter Apfel, rechts ein blaues Haus, bei Nacht"


def test_a_right_picture_keeps_every_word():
    found = check_caption(paint(BALL_AND_HOUSE), CAPTION)
    assert found.whole
    assert list(told(found)) == ["Links", "ein", "roter", "Apfel", "rechts", "blaues", "Haus",
                                 "Nacht"]  # fmt: skip
    assert set(told(found).values()) == {"kept"}


@pytest.mark.parametrize(
    ("scene", "broken"),
    [
        (beside(Item("apple", "red"), Item("house", "blue"), False), {"Nacht"}),
        (beside(Item("house", "blue"), Item("apple", "red"), True), {"Links", "rechts"}),
        (beside(Item("apple", "green"), Item("house", "blue"), True), {"roter"}),
        (
            beside(Item("apple", "red"), Item("tree", "blue"), True),
            {"Links", "rechts", "blaues", "Haus"},
        ),
    ],
)
def test_what_is_otherwise_is_broken_and_only_that(scene: Scene, broken: set[str]):
    found = check_caption(paint(scene), CAPTION)
    assert {word for word, outcome in told(found).items() if outcome == "broken"} == broken
    assert not found.whole


def test_of_too_few_only_the_number_is_broken():
    picture = paint(Scene((Item("boat", "white"),), "row", 2))
    found = told(check_caption(picture, "Three white boats, by day"))
    assert found == {"Three": "broken", "white": "kept", "boats": "kept", "day": "kept"}


def test_nothing_is_called_broken_in_a_picture_that_cannot_be_read():
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    found = told(check_caption(noise, CAPTION))
    assert set(found.values()) == {"unreadable"}


def test_whose_it_is_no_picture_shows():
    for entry in draw_corpus(PictureSettings(n_pictures=60, fact_share=0.7)).entries:
        if any(item.owner for item in entry.scene.items):
            found = check_caption(paint(entry.scene), entry.caption, town_holdings(1), entry.lang)
            assert found.whole
            assert "not_shown" in told(found).values(), entry.caption
            assert "broken" not in told(found).values(), entry.caption


def test_all_captions_of_the_book_are_kept_by_their_own_pictures():
    corpus = draw_corpus(PictureSettings(n_pictures=80, fact_share=0.0, seed=3))
    for picture, entry in zip(corpus.pictures, corpus.entries, strict=True):
        found = check_caption(picture, entry.caption, town_holdings(1), entry.lang)
        spoken = [word.outcome for word in found.words]
        assert found.whole
        assert set(spoken) == {"kept"}, (entry.caption, told(found))
        assert sum(word.aspect == "thing" for word in found.words) == len(entry.scene.items)
        assert all(word.end > word.start for word in found.words)


def test_a_colour_said_after_the_thing_belongs_to_it():
    found = check_caption(paint(Scene((Item("teapot", "blue"),))), "The teapot is red, by day")
    assert told(found)["red"] == "broken"
    assert told(found)["teapot"] == "kept"


def test_what_is_not_understood_is_read_but_not_judged():
    found = check_caption(paint(BALL_AND_HOUSE), "Kein Hund")
    assert found.wanted is None
    assert found.reading.scene == BALL_AND_HOUSE
    assert (found.words, found.whole) == ((), False)
