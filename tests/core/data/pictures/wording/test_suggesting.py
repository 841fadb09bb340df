"""Captions near one that was not understood."""

import pytest

from core.data.pictures import understand
from core.data.pictures.scenes import Item, Scene, beside
from core.data.pictures.wording.suggesting import language_of, plainest, suggested

MISSING = [
    "a red apple and a yellow cat", "no dog", "a cat but no dog", "five green apples", "apples",
    "a blue elephant", "a red", "a cat", "a red blue cat", "left a red cat", "", "🦄",
    "red cat left of a blue house, day and night", "two red cats and a red dog",
    "ein roter Apfel und eine gelbe Katze", "kein Hund", "Hunde", "<script>",
]  # fmt: skip


@pytest.mark.parametrize("text", MISSING)
def test_there_are_always_two_and_both_are_understood(text):
    lang = language_of(text, ("en", "de"))
    found = suggested(text, lang)
    assert len(set(found)) == 2
    assert all(understand(one, lang=lang).scene is not None for one in found)


def test_what_was_said_stays():
    scenes = [understand(one).scene for one in suggested("a red apple and a yellow cat", "en")]
    items = (Item("apple", "red"), Item("cat", "yellow"))
    assert scenes == [beside(*items), Scene(items, "above")]
    assert all(
        scene.number <= 3 and scene.items == (Item("apple", "green"),)
        for one in suggested("five green apples at night", "en")
        if (scene := understand(one).scene)
    )


def test_what_is_denied_is_left_out():
    for one in suggested("a cat but no dog", "en"):
        assert {item.thing for item in understand(one).scene.items} == {"cat"}


def test_the_language_is_the_one_that_fits():
    assert language_of("ein roter Apfel", ("en", "de")) == "de"
    assert language_of("a red apple", ("de", "en")) == "en"


def test_the_plainest_wording_says_the_scene():
    scene = beside(Item("cat", "red"), Item("house", "blue"), night=True)
    for lang in ("de", "en"):
        assert understand(plainest(scene, lang), lang=lang).scene == scene
