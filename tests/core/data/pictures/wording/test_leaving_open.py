"""Captions without colours: only the colours are gone, and what is left is good language."""

from random import Random

import pytest

from core.data.pictures import COLOUR_NAMES, PLAIN_THINGS, Item, Scene, captions, understand
from core.data.pictures.wording.leaving_open import without_colours
from core.data.pictures.wording.words import colour_words


@pytest.mark.parametrize(
    ("lang", "caption", "expected"),
    [
        ("de", "Ein roter Apfel, bei Nacht", "Ein Apfel, bei Nacht"),
        ("de", "Drei violette Blumen, am Tag", "Drei Blumen, am Tag"),
        ("de", "Ein grüner Apfel links von einem weißen Haus", "Ein Apfel links von einem Haus"),
        ("en", "A red apple, at night", "An apple, at night"),
        ("en", "A white apple to the left of a blue cat", "An apple to the left of a cat"),
        ("en", "Two violet stars, by day", "Two stars, by day"),
    ],
)  # fmt: skip
def test_only_the_colours_are_left_out(lang, caption, expected):
    assert without_colours(caption, lang) == expected


@pytest.mark.parametrize("lang", ["de", "en"])
def test_no_colour_of_any_thing_is_left_and_no_more_than_that_is_missing(lang):
    random = Random(3)
    for thing in PLAIN_THINGS:
        for colour in COLOUR_NAMES:
            for scene in (Scene((Item(thing, colour),)), Scene((Item(thing, colour),), "row", 3)):
                caption = captions(lang).caption(scene, random)
                open_ = without_colours(caption, lang)
                words, left = caption.lower().split(), open_.lower().split()
                gone = [word for word in words if word.startswith(colour_words(lang)[colour])]
                assert len(gone) == 1 and len(left) == len(words) - 1
                assert understand(open_, lang=lang).problem == "no_colour"
