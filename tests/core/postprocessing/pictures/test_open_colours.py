"""Apples without a colour: what is asked, and what is counted."""

import pytest

from core.data.pictures import Item, Reading, Scene, Seen, paint, read
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.house.pictures.recipe import APPLES
from core.postprocessing.pictures.open_colours import (
    Opened,
    asked_openly,
    colour_of,
    counted,
    told_openly,
)


def test_captions_come_in_turn_and_their_words_stand_in_the_book():
    asked = asked_openly(6)
    assert asked[:4] == ["Ein Apfel, am Tag", "Ein Apfel, bei Nacht", "An apple, by day",
                         "An apple, at night"]  # fmt: skip
    assert asked[4] == asked[0]
    words = CaptionEncoder.of_the_book()
    assert all(words.known("Ein Apfel, am Tag"))
    assert (
        words.known("An apple, by day").count(False) == 1
    )  # "an": no caption with a colour has it


def test_the_reader_counts_the_colours_it_is_sure_of():
    pages = [paint(Scene((Item(thing, colour),)), 32)
             for thing, colour in (("apple", "red"), ("apple", "red"), ("apple", "green"),
                                   ("house", "red"))]  # fmt: skip
    found = counted(tuple(read(page) for page in pages))
    assert (found.n, found.n_read) == (4, 3)
    assert (found.colours["red"], found.colours["green"]) == (2, 1)
    assert found.share == pytest.approx(2 / 3)
    assert found.interval == pytest.approx((0.208, 0.939), abs=1e-3)


def test_an_apple_that_the_reader_is_not_sure_of_counts_for_none():
    unsure = Seen(Item("apple", "red"), 0.5, 0.8, 0.0, 9.0, False)
    assert colour_of(Reading(False, "alone", (unsure,))) == ""


def test_counts_survive_their_way_through_json():
    found = Opened(4, {"red": 2, "green": 1})
    assert Opened.from_dict(found.to_dict()) == found


def test_of_apples_that_the_book_tells_without_a_colour_nine_of_ten_are_red():
    told = told_openly(APPLES.book)
    assert told.n == told.n_read > 100 and told.share == pytest.approx(0.92, abs=0.05)
    assert told.colours["blue"] == 0  # never drawn
    assert told_openly(APPLES.book.changed(open_colour_share=0.0)).n == 0
