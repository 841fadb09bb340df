"""Captions: natural in both languages, with every ending right."""

from random import Random

import pytest

from core.data.pictures import (
    Item,
    PictureSettings,
    Scene,
    beside,
    captions,
    draw_any_scene,
)
from core.languages import LANGS

APPLE, CAT = Item("apple", "red"), Item("cat", "yellow")


def all_wordings(scene, lang, n=400):
    return {captions(lang).caption(scene, Random(seed)) for seed in range(n)}


@pytest.mark.parametrize(
    ("scene", "lang", "wordings"),
    [
        (beside(APPLE, CAT), "de", {
            "Links ein roter Apfel, rechts eine gelbe Katze, am Tag",
            "Ein roter Apfel links von einer gelben Katze, am Tag",
            "Tagsüber: eine gelbe Katze rechts neben einem roten Apfel",
            "Ein roter Apfel, rechts davon eine gelbe Katze, bei Tag",
        }),
        (beside(APPLE, CAT), "en", {
            "On the left a red apple, on the right a yellow cat, by day",
            "A yellow cat to the right of a red apple, by day",
            "In the daytime: a red apple with a yellow cat to its right",
        }),
        (Scene((Item("star", "violet"), Item("boat", "white")), "above", 1, True), "de", {
            "Ein violetter Stern über einem weißen Boot, nachts",
            "Bei Nacht: oben ein violetter Stern, unten ein weißes Boot",
            "In der Nacht: ein weißes Boot, darüber ein violetter Stern",
        }),
        (Scene((APPLE,), "row", 3), "de", {
            "Drei rote Äpfel, am Tag", "Tagsüber: drei rote Äpfel nebeneinander",
        }),
        (Scene((Item("mouse", "white"),), "row", 2, True), "en", {
            "Two white mice, at night", "By night: two white mice in a row",
        }),
        (Scene((Item("umbrella", "yellow", "mrs_haller"),)), "de", {
            "Frau Hallers Regenschirm, am Tag", "Frau Hallers gelber Regenschirm, am Tag",
            "Frau Hallers Regenschirm ist gelb, hier am Tag",
        }),
        (Scene((Item("scooter", "blue", "mr_tanaka"), APPLE), "above", 1, True), "de", {
            "Ein roter Apfel unter Herrn Tanakas blauem Roller, nachts",
        }),
        (Scene((Item("umbrella", "yellow", "mrs_haller"),)), "en", {
            "Mrs Haller’s umbrella, by day", "Mrs Haller’s umbrella is yellow, seen here by day",
        }),
        (Scene((Item("pony", "violet", "nora"),), night=True), "de", {
            "Noras Pony Kasimir, nachts", "Bei Nacht: Kasimir, Noras Pony",
            "Das ist Noras violettes Pony, bei Nacht",
        }),
    ],
)  # fmt: skip
def test_a_scene_is_told_in_these_words_among_others(scene, lang, wordings):
    assert wordings <= all_wordings(scene, lang)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_there_are_several_wordings_for_every_kind_of_scene(lang):
    bicycle = Item("bicycle", "green", "ben")
    for scene in (Scene((APPLE,)), Scene((APPLE,), "row", 2), beside(APPLE, CAT),
                  Scene((APPLE, CAT), "above"), Scene((bicycle,))):  # fmt: skip
        assert len(all_wordings(scene, lang)) >= 5


@pytest.mark.parametrize("lang", ["de", "en"])
def test_captions_use_only_the_words_listed(lang):
    known = {word.lower() for word in captions(lang).words()}
    random = Random(5)
    for _ in range(300):
        caption = captions(lang).caption(draw_any_scene(PictureSettings(), random), random)
        words = caption.replace(",", "").replace(":", "").split()
        assert {word.lower() for word in words} <= known


def test_what_nobody_owns_is_not_told():
    with pytest.raises(ValueError, match="no wording fits"):
        captions("de").caption(Scene((Item("cat", "red", "nora"),)), Random(1))


def test_there_are_captions_in_two_languages_only():
    with pytest.raises(ValueError, match="lang is 'fr'"):
        captions("fr")


@pytest.mark.parametrize("lang", LANGS)
def test_it_knows_its_own_captions_from_others(lang):
    settings, random, ours = PictureSettings(), Random(8), captions(lang)
    other = captions("en" if lang == "de" else "de")
    for _ in range(60):
        caption = ours.caption(draw_any_scene(settings, random), random)
        assert ours.says(caption) and ours.says(caption[:1].lower() + caption[1:])
        assert not other.says(caption) and not ours.says(caption + " and")
    assert not ours.says("") and not ours.says("a red zeppelin")
