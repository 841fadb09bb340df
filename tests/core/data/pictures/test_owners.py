"""Whose things can be drawn, and in which colour."""

from core.data.pictures import COLOUR_NAMES, Holding, Item, holdings_of, town_holdings
from core.data.world import Town, WorldSettings, town


def small_town(left_out=frozenset()):
    facts = {
        ("mia", "belonging"): (("teapot", "red"),),
        ("leo", "belonging"): (("hat", "black"),),
        ("mia", "pet"): (("hen", "Bello"),),
    }
    return Town(facts, left_out)


def test_a_belonging_has_the_colour_that_the_town_says():
    assert Holding(Item("teapot", "red", "mia")) in holdings_of(small_town())


def test_what_is_black_brown_or_grey_cannot_be_drawn():
    assert not any(holding.item.thing == "hat" for holding in holdings_of(small_town()))


def test_a_pet_keeps_its_name_and_its_colour():
    pet = next(h for h in holdings_of(small_town()) if h.name)
    assert (pet.item.thing, pet.name) == ("hen", "Bello")
    assert pet.item.colour in COLOUR_NAMES
    assert pet in holdings_of(small_town())


def test_what_the_town_leaves_out_of_its_texts_is_in_no_picture_either():
    kept = holdings_of(small_town(frozenset({("mia", "pet")})))
    assert [holding.item.thing for holding in kept] == ["teapot"]


def test_most_of_a_town_can_be_drawn():
    true = town(WorldSettings(seed=1))
    n_owned = sum(relation in ("belonging", "pet") for _, relation in true.facts)
    assert len(town_holdings(1)) == 44 and n_owned == 56
