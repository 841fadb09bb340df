"""Pairs of pictures, a rule that chooses, and the bytes in which choices are kept."""

import base64
import json

import numpy as np
import pytest

from core.alignment.pictures.preferring import (
    N_EACH,
    PAIR_GUIDANCE,
    PicturePair,
    PicturePreference,
    agreement,
    drawing_pairs,
    from_bytes,
    judging_pairs,
    numbers_of,
    pairs_tensor,
    rule_followed,
    tells_apart,
    to_bytes,
)
from core.alignment.pictures.rules import RULES, open_wishes
from core.data.pictures import Item, beside, paint
from core.data.pictures.tensors import to_pixels
from core.errors import NoPreferences, SettingError, UnreadablePreferences
from core.inference.pictures.drawing import draw
from core.inference.pictures.model import PictureModel

APPLE, HOUSE = Item("apple", "red"), Item("house", "blue")
DAY, NIGHT = paint(beside(APPLE, HOUSE)), paint(beside(APPLE, HOUSE, True))


@pytest.fixture
def model(denoiser, encoder):
    return PictureModel(denoiser, encoder)


def finish(work):
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def chose(choice, a=DAY, b=NIGHT, left_open="sky", judge="you"):
    pair = PicturePair("links ein roter Apfel, rechts ein blaues Haus", "de", left_open, a, b, 4, 5)
    return PicturePreference(pair, choice, judge)


def test_of_several_pictures_of_one_caption_the_two_least_alike_are_shown(model):
    wishes = open_wishes("sky", 6, 1)
    pairs = finish(drawing_pairs(model, wishes))
    assert [pair.caption for pair in pairs] == [wish.caption for wish in wishes]
    last, wish = pairs[-1], wishes[-1]
    seeds = [wish.seed * 16 + k for k in range(N_EACH)]
    assert last.seed_a in seeds and last.seed_b in seeds and last.seed_a < last.seed_b
    film = draw(model, [wish.caption] * N_EACH, seed=seeds, guidance=PAIR_GUIDANCE)
    drawn = film.pictures.astype(int)
    assert np.abs(drawn[seeds.index(last.seed_a)] - last.a.astype(int)).max() <= 1
    shown = np.abs(last.a.astype(int) - last.b).mean()
    assert all(np.abs(one - other).mean() <= shown + 0.1 for one in drawn for other in drawn)


def test_a_rule_chooses_by_its_score_and_leaves_out_what_is_alike(model, monkeypatch):
    monkeypatch.setitem(RULES, "night", RULES["night"].__class__(
        "sky", RULES["night"].score, 0.05, RULES["night"].is_kept))  # fmt: skip
    found = finish(judging_pairs(model, open_wishes("sky", 12, 1), "night", 5))
    assert len(found) == 5 and {one.judge for one in found} == {"rule:night"}
    score = RULES["night"].score
    assert all(score(one.better) - score(one.worse) >= 0.05 for one in found)
    monkeypatch.undo()
    assert finish(judging_pairs(model, open_wishes("sky", 4, 1), "night", 5)) == []
    with pytest.raises(SettingError):
        next(judging_pairs(model, [], "beautiful", 5))


def test_what_was_preferred_is_counted_rule_by_rule():
    said = [chose("b"), chose("b"), chose("a"), chose("a", NIGHT, NIGHT)]
    assert agreement(said) == {"night": (2, 3), "day": (1, 3)}
    assert rule_followed(said) == "night" and rule_followed([chose("a")]) == "day"
    green = paint(beside(Item("apple", "green"), HOUSE))
    assert agreement([chose("b", green, DAY, "colour")]) == {"red": (1, 1)}
    with pytest.raises(NoPreferences):
        rule_followed([])


def test_kept_bytes_come_back_the_same():
    said = [chose("b"), chose("a", judge="rule:day")]
    back = from_bytes(to_bytes(said))
    assert [(one.choice, one.judge, one.pair.caption) for one in back] == [
        (one.choice, one.judge, one.pair.caption) for one in said
    ]
    assert np.array_equal(back[0].better, NIGHT) and np.array_equal(back[0].worse, DAY)
    assert to_bytes(back) == to_bytes(said)


@pytest.mark.parametrize(
    "change",
    [
        {"choice": "c"},
        {"caption": "x" * 401},
        {"caption": 7},
        {"left_open": "number"},
        {"size": 64},
        {"size": "32"},
        {"seed_a": 1.5},
        {"a": "no base64!"},
        {"b": base64.b64encode(b"no png").decode()},
        {"more": 1},
    ],
)
def test_a_forged_line_is_refused_and_named(change):
    sound = to_bytes([chose("a")])
    forged = json.dumps({**json.loads(sound), **change}).encode()
    with pytest.raises(UnreadablePreferences) as caught:
        from_bytes(sound + forged)
    assert caught.value.values["line"] == 2
    for broken in (b"[1]", b"{", b"[" * 10_000):
        with pytest.raises(UnreadablePreferences):
            from_bytes(broken)


def test_pairs_as_tensors_hold_the_better_pictures_first(model):
    said = [chose("b"), chose("a", NIGHT, DAY)]
    pairs = pairs_tensor(said, model)
    assert np.array_equal(to_pixels(pairs.better), np.stack([NIGHT, NIGHT]))
    assert np.array_equal(to_pixels(pairs.worse), np.stack([DAY, DAY]))
    assert pairs.captions.shape == (2, 20)
    with pytest.raises(NoPreferences):
        pairs_tensor([], model)
    large = paint(beside(APPLE, HOUSE), 64)
    with pytest.raises(UnreadablePreferences):
        pairs_tensor([chose("a", large, large)], model)


def test_numbers_of_the_artefact():
    said = [chose("a"), chose("b", judge="rule:night")]
    assert numbers_of(said) == {
        "n_preferences": 2, "n_pairs": 2, "share_left": 0.5, "judges": "rule:night,you",
    }  # fmt: skip


def test_a_pair_tells_something_where_it_differs_in_what_the_caption_leaves_open():
    assert tells_apart(chose("a", DAY, NIGHT).pair)
    assert not tells_apart(chose("a", DAY, DAY).pair)
    assert not tells_apart(chose("a", DAY, NIGHT, "distance").pair)
