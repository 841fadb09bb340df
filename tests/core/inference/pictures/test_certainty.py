"""Which words of a caption a picture shows, and from which guess on."""

import pytest

from core.data.pictures import paint, read, town_holdings, understand
from core.data.pictures.scenes import Item, Scene, beside
from core.inference.pictures.certainty import caption_words, is_seen, sure_from

CAPTION = "on the left a red cat, on the right a blue house, at night"
SCENE = beside(Item("cat", "red"), Item("house", "blue"), night=True)


def reading_of(scene):
    return read(paint(scene))


def test_a_caption_is_taken_apart_into_what_a_picture_can_show():
    found = [(word.text, word.part, word.item) for word in caption_words(CAPTION)]
    assert found == [
        ("on the left", "place", 0), ("red", "colour", 0), ("cat", "thing", 0),
        ("on the right", "place", 1), ("blue", "colour", 1), ("house", "thing", 1),
        ("night", "sky", 1),
    ]  # fmt: skip


def test_words_belong_to_their_thing_in_whatever_order_it_is_named():
    caption = "rechts ein roter Baum, links ein gelber Baum, bei Nacht"
    scene = understand(caption).scene
    colours = [word for word in caption_words(caption) if word.part == "colour"]
    assert [scene.items[word.item].colour for word in colours] == ["red", "yellow"]


def test_what_is_not_understood_has_no_words_and_an_owner_is_none():
    assert caption_words("a red apple and a yellow cat") == ()
    owned = next(each for each in town_holdings(1) if not each.name)
    from random import Random

    from core.data.pictures import captions

    said = captions("en").caption(Scene((owned.item,)), Random(0))
    parts = {word.part for word in caption_words(said, town_holdings(1))}
    assert parts <= {"thing", "colour", "sky"} and "thing" in parts


@pytest.mark.parametrize(
    ("shown", "unseen"),
    [
        (SCENE, []),
        (beside(Item("cat", "red"), Item("house", "blue")), ["night"]),
        (beside(Item("cat", "green"), Item("house", "blue"), night=True), ["red"]),
        (beside(Item("dog", "red"), Item("house", "blue"), night=True), ["cat"]),
    ],
)
def test_a_word_is_seen_where_the_picture_shows_it(shown, unseen):
    reading = reading_of(shown)
    missed = [word.text for word in caption_words(CAPTION) if not is_seen(word, reading, SCENE)]
    assert missed == unseen


def test_swapped_sides_lose_the_places_of_both():
    reading = reading_of(beside(Item("house", "blue"), Item("cat", "red"), night=True))
    missed = {word.part for word in caption_words(CAPTION) if not is_seen(word, reading, SCENE)}
    assert "place" in missed and "sky" not in missed


def test_three_are_not_two():
    caption = "three green apples by day"
    scene = understand(caption).scene
    (number,) = [word for word in caption_words(caption) if word.part == "number"]
    assert is_seen(number, reading_of(scene), scene)
    assert not is_seen(number, reading_of(Scene(scene.items, "row", 2)), scene)


def test_sure_is_what_stays_seen_to_the_end():
    right = reading_of(SCENE)
    day = reading_of(beside(Item("cat", "red"), Item("house", "blue")))
    words = caption_words(CAPTION)
    since = dict(zip([w.text for w in words], sure_from(words, [right, day, right], SCENE),
                     strict=True))  # fmt: skip
    assert since["night"] == 2 and since["cat"] == 0
    never = sure_from(words, [right, right, day], SCENE)
    assert dict(zip([w.text for w in words], never, strict=True))["night"] is None
