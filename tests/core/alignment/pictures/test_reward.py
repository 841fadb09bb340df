"""A reward of pictures: learned from pairs, examined on others, saved and read, and hacked."""

import math
from random import Random

import numpy as np
import pytest
import torch

from core.alignment.pictures.preferring import PicturePair, PicturePreference
from core.alignment.pictures.reward import (
    FEWEST,
    LITTLE_NOISE,
    Accuracy,
    PictureReward,
    climb,
    examined,
    features,
    learned,
    taught,
)
from core.architecture.pictures.denoiser import EMPTY
from core.data.pictures import Item, beside, paint
from core.data.pictures.tensors import to_pixels, to_tensor
from core.errors import TooFewChoices, UnreadableWeights
from core.inference.pictures.model import PictureModel

COLOURS = ("red", "blue", "green", "white", "yellow", "violet")


def page(k, night):
    items = Item("apple", COLOURS[k % 6]), Item("house", COLOURS[(k + 1 + k // 6) % 6])
    return paint(beside(*items, night))


def chosen(n, better="b"):
    """Night is preferred; with "ab" in turn night and day."""
    said = []
    for k in range(n):
        pair = PicturePair("c", "en", "sky", page(k, False), page(k, True), 2 * k, 2 * k + 1)
        said.append(PicturePreference(pair, better[k % len(better)]))
    return said


@pytest.fixture(scope="module")
def model(denoiser, encoder):
    return PictureModel(denoiser, encoder)


def test_one_feature_worked_by_hand():
    """Pairs that differ by 2 in one feature; both pictures together have spread s."""
    better, worse = torch.tensor([[2.0], [3.0]]), torch.tensor([[0.0], [1.0]])
    reward, losses = learned(better, worse)
    assert losses[0] == pytest.approx(math.log(2.0))
    apart = 2.0 / float(torch.tensor([0.0, 1.0, 2.0, 3.0]).std())
    # At the minimum the slope is nil: apart * sigmoid(-w apart) = 0.02 w.
    w = float(reward.row[0])
    assert apart / (1.0 + math.exp(w * apart)) == pytest.approx(0.02 * w, rel=1e-2)
    difference = reward.of(better) - reward.of(worse)
    torch.testing.assert_close(difference, torch.full((2,), w * apart))


def test_scale_and_shift_of_a_feature_change_no_reward():
    chance = torch.Generator().manual_seed(3)
    better, worse = (torch.randn(12, 5, generator=chance) + k for k in (0.5, 0.0))
    plain, _ = learned(better, worse)
    moved, _ = learned(1000.0 * better + 7.0, 1000.0 * worse + 7.0)
    torch.testing.assert_close(
        plain.of(better) - plain.of(worse),
        moved.of(1000.0 * better + 7.0) - moved.of(1000.0 * worse + 7.0),
        rtol=1e-3,
        atol=1e-3,
    )


def test_features_are_those_of_the_denoiser_and_of_one_picture_alone(model):
    pictures = [page(k, k % 2 > 0) for k in range(40)]  # more than are looked at together
    found = features(model, pictures)
    assert found.shape == (40, 2 * model.denoiser.config.n_channels)
    torch.testing.assert_close(features(model, [pictures[35]])[0], found[35], rtol=1e-3, atol=1e-4)
    noisy = (1.0 - LITTLE_NOISE) * to_tensor(pictures[0][None])
    words = model.denoiser.read_words(torch.tensor([[EMPTY]]))
    vectors = model.denoiser.vectors(noisy, torch.tensor([LITTLE_NOISE]), words)
    torch.testing.assert_close(found[0, : vectors.shape[2]], vectors[0].mean(dim=0))


def test_a_preference_is_learned_and_holds_for_pages_never_seen(model):
    found = taught(model, chosen(24))
    assert [one.n for one in found.accuracies] == [10, 20, 24]
    assert found.accuracies[-1].share > 0.9 and found.accuracies[-1].beats_a_coin
    assert found.losses[-1] < 0.2 < found.losses[0]
    other = [paint(beside(Item("cat", "red"), Item("tree", "blue"), night)) for night in (0, 1)]
    day, night = found.reward.of(features(model, other)).tolist()
    assert night > day


def test_choices_that_contradict_each_other_are_no_better_than_a_coin(model):
    chance = Random(5)
    better = "".join(chance.choice("ab") for _ in range(30))
    found = taught(model, chosen(30, better))
    assert not found.accuracies[-1].beats_a_coin


def test_an_exam_never_asks_what_was_learned_from():
    """Every pair has a feature of its own: only memory could know the others."""
    better, worse = torch.eye(10), torch.zeros(10, 10)
    assert examined(better, worse).n == 10
    assert examined(better, worse).n_right < 10
    reward, _ = learned(better, worse)
    assert (reward.of(better) > reward.of(worse)).all()


def test_too_few_choices_are_refused(model):
    with pytest.raises(TooFewChoices):
        taught(model, chosen(FEWEST - 1))
    assert Accuracy(10, 8).interval[0] < 0.5 < Accuracy(30, 28).interval[0]


def test_a_file_gives_the_same_rewards_and_a_forged_one_is_refused(model, weights):
    reward = taught(model, chosen(12)).reward
    again = PictureReward.from_bytes(reward.to_bytes({"n_pairs": 12}))
    seen = features(model, [page(0, True)])
    assert torch.equal(again.of(seen), reward.of(seen))
    broken = PictureReward(reward.mean, reward.scale, reward.row[:-1]).to_bytes()
    endless = PictureReward(reward.mean, reward.scale, reward.row * float("nan")).to_bytes()
    for data in (b"", b"none", weights, reward.to_bytes()[:-8], broken, endless):
        with pytest.raises(UnreadableWeights):
            PictureReward.from_bytes(data)


def test_climbing_raises_the_reward_and_moves_no_pixel_far(model):
    reward = taught(model, chosen(12)).reward
    begin = page(0, False)
    way = climb(model, reward, begin, (0, 3, 6), 0.02)
    assert [one.step for one in way] == [0, 3, 6]
    assert way[0].reward < way[1].reward < way[2].reward
    assert np.array_equal(to_pixels(way[0].picture)[0], begin)
    moved = (way[2].picture - way[0].picture).abs().max()
    assert 0.02 < float(moved) <= 6 * 0.02 + 1e-5
    assert way[0].reward == pytest.approx(
        float(reward.of(features(model, [begin]))), rel=1e-4, abs=1e-4
    )
