"""Scenes by chance: as often as the settings wish, and never what is held out."""

from collections import Counter
from random import Random

import pytest

from core.data.pictures import HELD_OUT, PictureSettings, draw_held_out_scene, draw_scene


def scenes(n=4000, seed=1, **settings):
    random, asked = Random(seed), PictureSettings(**settings)
    return [draw_scene(asked, random) for _ in range(n)]


def share(found, wanted):
    return sum(map(wanted, found)) / len(found)


def test_held_out_pairs_never_occur_not_even_as_something_owned():
    for scene in scenes():
        assert not {(item.thing, item.colour) for item in scene.items} & set(HELD_OUT)


def test_an_exam_scene_always_shows_a_held_out_pair():
    random = Random(1)
    for _ in range(500):
        scene = draw_held_out_scene(PictureSettings(), random)
        assert {(item.thing, item.colour) for item in scene.items} & set(HELD_OUT)
    with pytest.raises(ValueError, match="held_out is empty"):
        draw_held_out_scene(PictureSettings(held_out=()), random)


def test_shares_come_out_as_asked():
    found = scenes(night_share=0.25, count_share=0.5, fact_share=0.2, above_share=0.5)
    assert share(found, lambda s: s.night) == pytest.approx(0.25, abs=0.03)
    assert share(found, lambda s: any(i.owner for i in s.items)) == pytest.approx(0.2, abs=0.03)
    pairs = [s for s in found if len(s.items) == 2]
    assert share(pairs, lambda s: s.relation == "above") == pytest.approx(0.5, abs=0.05)


def test_one_two_and_three_of_the_same_come_evenly():
    counts = Counter(scene.number for scene in scenes(count_share=1.0, fact_share=0.0))
    assert all(counts[n] / 4000 == pytest.approx(1 / 3, abs=0.03) for n in (1, 2, 3))


@pytest.mark.parametrize(("skew", "red"), [(0.0, 0.2), (0.5, 0.6), (1.0, 1.0)])
def test_the_skew_makes_apples_red_and_nothing_else(skew, red):
    items = [item for scene in scenes(colour_skew=skew, fact_share=0.0) for item in scene.items]
    apples = [item for item in items if item.thing == "apple"]
    ducks = [item for item in items if item.thing == "duck"]
    assert share(apples, lambda i: i.colour == "red") == pytest.approx(red, abs=0.05)
    assert share(ducks, lambda i: i.colour == "red") == pytest.approx(1 / 6, abs=0.05)


def test_the_same_seed_draws_the_same_scenes():
    assert scenes(50, seed=3) == scenes(50, seed=3) != scenes(50, seed=4)
