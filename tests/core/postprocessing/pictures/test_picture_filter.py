"""The picture filter: learns from drawn pictures, is examined on others, has blind spots."""

from random import Random

import numpy as np
import pytest
import torch

from core.data.pictures import COLOUR_NAMES, Item, Scene, paint
from core.errors import SettingError, UnreadableWeights
from core.postprocessing.pictures.filter_trials import TRIALS, blind_spots, examined
from core.postprocessing.pictures.house_rule import ANIMALS, is_unwanted
from core.postprocessing.pictures.picture_filter import (
    NEVER_SEEN,
    NEVER_SEEN_COLOUR,
    FilterSettings,
    PictureFilter,
    example_scene,
    examples,
    from_bytes,
    to_bytes,
    train,
)

SETTINGS = FilterSettings(n_pictures=600, n_steps=200)


@pytest.fixture(scope="module")
def trained() -> PictureFilter:
    torch.set_num_threads(1)
    return train(SETTINGS)


def test_it_finds_what_it_was_shown_on_pictures_it_was_not(trained: PictureFilter):
    exam = examined(trained, 400)
    counts = exam.at(0.5)
    assert counts.recall > 0.9
    assert counts.precision > 0.85
    assert counts.hits + counts.misses == 200


def test_a_threshold_trades_misses_for_false_alarms(trained: PictureFilter):
    curve = examined(trained, 200).curve()
    missed = [each[1] for each in curve]
    alarms = [each[2] for each in curve]
    assert missed == sorted(missed)
    assert alarms == sorted(alarms, reverse=True)
    assert (missed[0], alarms[0]) == (0.0, 1.0)


def test_nothing_examined_was_learned_from():
    learned, _ = examples(100, 0)
    asked, _ = examples(100, 1_000_000)
    known = {each.tobytes() for each in learned}
    assert sum(each.tobytes() in known for each in asked) < 10  # by chance some come up twice


def test_half_of_the_examples_are_unwanted_and_none_shows_what_is_kept_for_the_trials():
    random = Random(0)
    for k in range(300):
        scene = example_scene(random, unwanted=k % 2 == 0)
        assert is_unwanted(scene) == (k % 2 == 0)
        for item in scene.items:
            if item.thing in ANIMALS:
                assert item.thing not in NEVER_SEEN
                assert item.colour != NEVER_SEEN_COLOUR


def test_blind_spots_are_worse_than_the_exam(trained: PictureFilter):
    found = blind_spots(trained, 100)
    assert set(found) == set(TRIALS)
    assert found["moved"].missed > examined(trained, 200).at(0.5).misses / 100
    assert found["new_animal"].false_alarms is None


def test_equal_settings_give_equal_filters_and_leave_the_global_random_state_alone(
    trained: PictureFilter,
):
    before = torch.random.get_rng_state()
    again = train(SETTINGS)
    assert torch.equal(before, torch.random.get_rng_state())
    assert again.losses == trained.losses
    assert to_bytes(again) == to_bytes(trained)


def test_it_survives_its_bytes(trained: PictureFilter):
    again = from_bytes(to_bytes(trained))
    pictures, _ = examples(20, 5)
    assert again.settings == SETTINGS
    assert (again.scores(pictures) == trained.scores(pictures)).all()


@pytest.mark.parametrize("data", [b"", b"x" * 100, b"\x08\0\0\0\0\0\0\0{}      "])
def test_damaged_bytes_are_refused(data: bytes):
    with pytest.raises(UnreadableWeights):
        from_bytes(data)


def test_the_evidence_lies_where_the_animal_is(trained: PictureFilter):
    picture = paint(Scene((Item("cat", "white"),), night=True))
    assert trained.scores(picture[None])[0] > 0.5
    evidence = trained.evidence(picture)
    assert evidence.shape == (8, 8)
    assert evidence[2:8, 2:6].max() > evidence[:2].max()


def test_a_larger_picture_is_looked_at_as_a_small_one(trained: PictureFilter):
    scene = Scene((Item("dog", "red"),), night=True)
    small, large = (trained.scores(paint(scene, size)[None])[0] for size in (32, 64))
    assert large == pytest.approx(small, abs=0.02)


@pytest.mark.parametrize(
    "values", [{"n_pictures": 5}, {"n_steps": 0}, {"noise": -1.0}, {"learning_rate": 0.0}]
)
def test_impossible_settings_are_refused(values: dict):
    with pytest.raises(SettingError):
        FilterSettings(**values)


@pytest.mark.parametrize("colour", COLOUR_NAMES)
def test_the_rule_needs_all_of_animal_alone_and_night(colour: str):
    cat = Item("cat", colour)
    assert is_unwanted(Scene((cat,), night=True))
    assert not is_unwanted(Scene((cat,)))
    assert not is_unwanted(Scene((cat,), "row", 2, True))
    assert not is_unwanted(Scene((Item("star", colour),), night=True))
    assert not is_unwanted(Scene((cat, Item("house", "red")), "above", 1, True))


def test_the_loss_falls(trained: PictureFilter):
    assert np.mean(trained.losses[-20:]) < np.mean(trained.losses[:20]) / 3
