"""Visitors' captions are understood, or it is said why not; nothing is guessed in silence."""

from random import Random

import pytest

from core.data.pictures import (
    PROBLEMS,
    Item,
    PictureSettings,
    Scene,
    beside,
    captions,
    draw_any_scene,
    town_holdings,
    understand,
)

HOLDINGS = town_holdings(1)
APPLE, HOUSE, CAT = Item("apple", "red"), Item("house", "blue"), Item("cat", "yellow")


@pytest.mark.parametrize("lang", ["de", "en", ""])
def test_all_our_own_captions_are_understood(lang):
    random = Random(3)
    for i in range(400):
        scene = draw_any_scene(PictureSettings(), random)
        caption = captions(lang or ("de", "en")[i % 2]).caption(scene, random)
        assert understand(caption, HOLDINGS, lang).scene == scene, caption


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        ("EIN ROTER APFEL BEI NACHT", Scene((APPLE,), night=True)),
        ("nachts drei rote aepfel", Scene((APPLE,), "row", 3, True)),
        ("3 rote Äpfel, nachts", Scene((APPLE,), "row", 3, True)),
        ("ein roter apfel links, rechts ein blaues haus, am tag", beside(APPLE, HOUSE)),
        ("Rechts ein blaues Haus und links ein roter Apfel, bei Tag", beside(APPLE, HOUSE)),
        ("Links von einem blauen Haus ist ein roter Apfel, am Tag", beside(APPLE, HOUSE)),
        ("a blue house, a red apple to its left, by day", beside(APPLE, HOUSE)),
        ("left a red apple right a blue house by day", beside(APPLE, HOUSE)),
        ("a yellow kitten below a red apple at night", Scene((APPLE, CAT), "above", 1, True)),
        ("ein lila Haus, tagsüber", Scene((Item("house", "violet"),))),
        ("a purple house, by day", Scene((Item("house", "violet"),))),
        ("eine weisse Kanne, am Tag", Scene((Item("teapot", "white"),))),
        ("Das Haus ist blau, am Tag", Scene((HOUSE,))),
        ("zwei rote Äpfel, am Tag", beside(APPLE, APPLE)),
        ("ein roter Apfel neben einem roten Apfel links davon, am Tag", beside(APPLE, APPLE)),
        ("der Regenschirm von Frau Haller, bei Nacht",
         Scene((Item("umbrella", "yellow", "mrs_haller"),), night=True)),
        ("Mrs Haller's umbrella at night",
         Scene((Item("umbrella", "yellow", "mrs_haller"),), night=True)),
        ("Kasimir am Tag", Scene((Item("pony", "violet", "nora"),))),
    ],
)  # fmt: skip
def test_captions_in_visitors_words_are_understood(text, scene):
    understood = understand(text, HOLDINGS)
    assert understood.scene == scene
    assert not understood.assumed


@pytest.mark.parametrize(
    ("text", "problem", "words"),
    [
        ("", "empty", ()),
        (" , ", "empty", ()),
        ("ein roter Elefant", "unknown_words", ("Elefant",)),
        ("ein dunkelroter Apfel", "unknown_words", ("dunkelroter",)),
        ("a black cat", "unknown_words", ("black",)),
        ("kein roter Apfel", "negation", ("kein",)),
        ("a red apple without a cat", "negation", ("without",)),
        ("vier rote Äpfel", "number", ("vier",)),
        ("100 red apples", "number", ("100",)),
        ("9" * 5000 + " red apples", "number", ("9" * 5000,)),
        ("viele rote Äpfel", "number", ("viele",)),
        ("zero red apples", "number", ("zero",)),
        ("rote Äpfel", "no_number", ("apple",)),
        ("bei Nacht", "no_thing", ()),
        ("ein Apfel", "no_colour", ("apple",)),
        ("a red apple left of a house", "no_colour", ("house",)),
        ("ein rot grüner Apfel", "two_colours", ("grüner",)),
        ("ein roter Apfel und ein blaues Haus", "no_place", ()),
        ("ein roter Apfel neben einem blauen Haus", "no_place", ()),
        ("ein roter Apfel oben", "place_alone", ("oben",)),
        ("a red cat, a blue dog, a green duck", "too_many_things", ("cat", "dog", "duck")),
        ("two red apples left of a blue house", "too_many_things", ("apple", "house")),
        ("ein roter Apfel am Tag und bei Nacht", "contradiction", ("Tag", "Nacht")),
        ("links ein roter Apfel, links ein blaues Haus", "contradiction", ("links", "links")),
        ("Noras Hund", "not_owned", ("nora", "dog")),
        ("Bello und ein Hund", "not_owned", ("Bello",)),
    ],
)
def test_what_is_not_understood_is_named(text, problem, words):
    holdings = () if "Bello" in text else HOLDINGS
    found = understand(text, holdings)
    assert (found.scene, found.problem, found.words) == (None, problem, words)
    assert problem in PROBLEMS


def test_a_caption_that_leaves_the_sky_open_is_by_day_and_says_so():
    found = understand("ein roter Apfel")
    assert found.scene == Scene((APPLE,)) and found.assumed == ("sky",)


def test_a_false_colour_is_kept_as_it_was_said():
    found = understand("Frau Hallers roter Regenschirm, am Tag", HOLDINGS)
    assert found.scene == Scene((Item("umbrella", "red", "mrs_haller"),))
