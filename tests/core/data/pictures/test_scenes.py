"""Scenes: one form for each truth."""

import pytest

from core.data.pictures import Item, Scene, beside

APPLE, CAT = Item("apple", "red"), Item("cat", "yellow")


def test_two_equal_things_beside_each_other_are_a_row_of_two():
    assert beside(APPLE, APPLE) == Scene((APPLE,), "row", 2)
    assert beside(APPLE, CAT) == Scene((APPLE, CAT), "beside")


def test_without_owners_two_things_may_turn_out_to_be_equal():
    mine = Item("apple", "red", "nora")
    assert beside(mine, APPLE, night=True).unowned() == Scene((APPLE,), "row", 2, True)


def test_a_scene_shows_each_single_thing():
    assert Scene((APPLE,), "row", 3).shown == (APPLE, APPLE, APPLE)
    assert beside(APPLE, CAT).shown == (APPLE, CAT)


@pytest.mark.parametrize("scene", [Scene((APPLE,)), Scene((APPLE,), "row", 2, True),
                                   Scene((CAT, Item("hat", "blue", "mia")), "above")])  # fmt: skip
def test_a_scene_comes_back_from_json_values(scene):
    assert Scene.from_dict(scene.to_dict()) == scene


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"items": [["apple", "pink", ""]], "relation": "alone", "number": 1, "night": False},
        {"items": [["apple"]], "relation": "alone", "number": 1, "night": False},
        {"items": [], "relation": "row", "number": 2, "night": False},
        {"items": 3, "relation": "row", "number": 2, "night": False},
    ],
)
def test_values_that_describe_no_scene_are_refused(values):
    with pytest.raises(ValueError):
        Scene.from_dict(values)


@pytest.mark.parametrize(
    ("items", "relation", "number"),
    [((APPLE,), "row", 1), ((APPLE,), "row", 4), ((APPLE,), "alone", 2), ((APPLE,), "beside", 1),
     ((APPLE, APPLE), "beside", 1), ((APPLE, CAT), "under", 1)],
)  # fmt: skip
def test_an_impossible_scene_is_refused(items, relation, number):
    with pytest.raises(ValueError):
        Scene(items, relation, number)
