"""One thing about a scene exchanged."""

import pytest

from core.data.pictures import understand
from core.data.pictures.scenes import Item, Scene, beside
from core.data.pictures.wording.exchanging import exchanged, said_alike

SCENE = beside(Item("cat", "red"), Item("house", "blue"), night=True)


def test_exactly_one_part_differs():
    for other in exchanged(SCENE, "colour", 0, "en").values():
        assert other.items[0].thing == "cat" and other.items[0].colour != "red"
        assert (other.items[1], other.night) == (SCENE.items[1], True)
    for other in exchanged(SCENE, "thing", 1, "de").values():
        assert other.items[1].colour == "blue" and other.items[1].thing != "house"
    assert list(exchanged(SCENE, "sky", 0, "de")) == ["Tag"]
    assert [o.items for o in exchanged(SCENE, "place", 0, "en").values()] == [SCENE.items[::-1]]


def test_no_exchange_makes_two_equal_things():
    twins = beside(Item("cat", "red"), Item("cat", "blue"))
    assert "blue" not in exchanged(twins, "colour", 0, "en")


def test_numbers_are_exchanged_only_in_a_row():
    assert exchanged(SCENE, "number", 0, "en") == {}
    row = Scene((Item("apple", "green"),), "row", 3)
    assert [one.number for one in exchanged(row, "number", 0, "en").values()] == [2]


@pytest.mark.parametrize(
    ("lang", "caption"),
    [
        ("en", "a red cat to the left of a blue house, at night"),
        ("de", "eine rote Katze links von einem blauen Haus, bei Nacht"),
    ],
)
def test_the_same_wording_says_the_other_scene(lang, caption):
    other = next(iter(exchanged(SCENE, "colour", 0, lang).values()))
    first, second = said_alike(SCENE, caption, other, lang)
    assert first == caption
    assert understand(second, lang=lang).scene == other
    changed = [a for a, b in zip(first.split(), second.split(), strict=True)
               if a.casefold() != b.casefold()]  # fmt: skip
    assert len(changed) == 1
