"""How far a reading agrees with a scene."""

import pytest

from core.data.pictures import Item, Reading, Scene, Seen, beside, compare

APPLE, CAT, HOUSE = Item("apple", "red"), Item("cat", "yellow"), Item("house", "blue")


def reading(*items, relation="beside", night=False, unsure=(), reason=""):
    seen = tuple(Seen(item, 0.5, 0.9, 0.9, 1.0, item not in unsure) for item in items)
    return Reading(night, relation, seen, 1.0, reason or ("doubt" if unsure else ""))


def test_a_reading_of_the_very_scene_agrees_in_everything():
    agreed = compare(reading(APPLE, CAT), beside(APPLE, CAT))
    assert agreed.whole and agreed.sky and agreed.number and agreed.place
    assert agreed.things == agreed.colours == agreed.pairs == 1.0


@pytest.mark.parametrize(
    ("seen", "things", "colours", "pairs", "place"),
    [
        ((CAT, APPLE), 1.0, 1.0, 1.0, False),  # the wrong way round
        ((Item("apple", "yellow"), Item("cat", "red")), 1.0, 1.0, 0.0, True),  # colours swapped
        ((APPLE, HOUSE), 0.5, 0.5, 0.5, False),
        ((Item("apple", "blue"), CAT), 1.0, 0.5, 0.5, True),
    ],
)
def test_parts_agree_by_themselves(seen, things, colours, pairs, place):
    agreed = compare(reading(*seen), beside(APPLE, CAT))
    assert (agreed.things, agreed.colours, agreed.pairs) == (things, colours, pairs)
    assert agreed.place is place and not agreed.whole and agreed.sky and agreed.number


def test_what_was_read_without_certainty_counts_for_nothing():
    agreed = compare(reading(APPLE, CAT, unsure=(CAT,)), beside(APPLE, CAT))
    assert agreed.things == 0.5 and not agreed.place and not agreed.number and not agreed.whole
    assert agreed.sky


def test_an_unreadable_picture_agrees_in_nothing():
    agreed = compare(Reading(None, reason="sky"), Scene((APPLE,)))
    assert not any((agreed.sky, agreed.number, agreed.things, agreed.colours, agreed.place,
                    agreed.whole))  # fmt: skip


def test_the_number_counts_single_things():
    three = reading(APPLE, APPLE, APPLE, relation="row")
    assert compare(three, Scene((APPLE,), "row", 3)).whole
    two = compare(three, Scene((APPLE,), "row", 2))
    assert not two.number and not two.whole and two.things == pytest.approx(2 / 3)


def test_two_equal_things_beside_each_other_are_read_as_a_row():
    assert reading(APPLE, APPLE).scene == Scene((APPLE,), "row", 2)
    assert compare(reading(APPLE, APPLE), Scene((APPLE,), "row", 2)).whole


def test_whose_thing_it_is_no_picture_must_tell():
    assert compare(reading(CAT, relation="alone"), Scene((Item("cat", "yellow", "mia"),))).whole
