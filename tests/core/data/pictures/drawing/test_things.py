"""What can be drawn, and that it looks its colour."""

import numpy as np
import pytest

from core.data.pictures.drawing.painting import paint
from core.data.pictures.drawing.palette import COLOUR_NAMES, COLOURS, paint_of
from core.data.pictures.drawing.parts import Part
from core.data.pictures.drawing.shapes import disc
from core.data.pictures.drawing.things import PLAIN_THINGS, THINGS
from core.data.pictures.scenes import Item, Scene
from core.data.world import lexicon


def test_all_pets_and_all_belongings_of_the_town_can_be_drawn():
    owned = {noun.id for noun in lexicon.nouns() if {"pet", "belonging"} & set(noun.classes)}
    assert owned <= set(THINGS)
    assert set(THINGS) - owned == {"house", "tree", "star", "flower", "apple"}


def test_there_are_ten_things_for_every_page_and_six_colours():
    assert len(PLAIN_THINGS) == 10
    assert COLOUR_NAMES == ("red", "yellow", "green", "blue", "violet", "white")


@pytest.mark.parametrize("thing", THINGS)
def test_a_colour_means_the_same_on_every_thing(thing):
    for colour in COLOUR_NAMES:
        picture = paint(Scene((Item(thing, colour),)), 64).astype(float)
        off = np.abs(picture - np.array(COLOURS[colour])).max(axis=2)
        assert (off < 20).sum() > 64  # well seen: the light alone makes 8 % of difference


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize("thing", THINGS)
def test_no_thing_looks_the_same_in_two_colours(thing, night):
    seen = [paint(Scene((Item(thing, c),), night=night)).astype(float) for c in COLOUR_NAMES]
    for i, one in enumerate(seen):
        for other in seen[:i]:
            assert np.sqrt(((one - other) ** 2).mean()) > 5


@pytest.mark.parametrize("night", [False, True])
def test_no_two_things_look_the_same_in_any_size(night):
    for relation, number in (("alone", 1), ("row", 2), ("row", 3)):
        scenes = [Scene((Item(thing, "blue"),), relation, number, night) for thing in THINGS]
        seen = np.array([paint(scene) for scene in scenes], float).reshape(len(THINGS), -1)
        apart = np.sqrt(((seen[:, None] - seen[None]) ** 2).mean(axis=2))
        assert apart[~np.eye(len(THINGS), dtype=bool)].min() > 5


def test_only_what_glows_is_as_bright_by_night_as_by_day():
    assert paint_of("lamp", "red", True) == paint_of("lamp", "red", False)
    assert all(n < d for n, d in zip(paint_of("main", "red", True), paint_of("main", "red", False),
                                     strict=True))  # fmt: skip


def test_a_part_in_an_unknown_paint_is_refused():
    with pytest.raises(ValueError, match="role is 'pink'"):
        Part("pink", disc(0, 0, 1))
