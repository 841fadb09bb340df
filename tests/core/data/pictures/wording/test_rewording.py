"""A caption said again in words that a model has read."""

import pytest

from core.data.pictures import Item, Scene, understand
from core.data.pictures.wording.rewording import in_the_books_words
from core.data.pictures.wording.vocabulary import CaptionEncoder


@pytest.fixture(scope="module")
def encoder():
    return CaptionEncoder.of_the_book()


def test_captions_of_the_book_stay_as_they_are():
    for text in ("Ein roter Apfel, bei Nacht", "a red cat above a blue tree, by day"):
        found = in_the_books_words(text)
        assert found.caption == text and not found.reworded and found.meant.scene is not None


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        ("a purple kitten at night", Scene((Item("cat", "violet"),), "alone", 1, True)),
        ("zwei rote Katzen bei Nacht", Scene((Item("cat", "red"),), "row", 2, True)),  # no comma
        ("zeig mir 3 lila Katzen", Scene((Item("cat", "violet"),), "row", 3, False)),
    ],
)
def test_other_words_are_said_as_the_book_says_them(encoder, text, scene):
    found = in_the_books_words(text)
    assert found.meant.scene == scene and found.reworded
    assert all(encoder.known(found.caption)) and understand(found.caption).scene == scene


def test_what_is_not_understood_stays_with_its_reason():
    found = in_the_books_words("a red zeppelin")
    assert found.caption == "a red zeppelin" and found.meant.problem == "unknown_words"
    assert not found.reworded
