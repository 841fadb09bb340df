"""Guidance: what the caption changes, several times over."""

import pytest
import torch

from core.architecture.pictures import Words
from core.inference.pictures.guidance import Guidance, blended, guess
from core.inference.pictures.noise import noise_of
from core.inference.pictures.schedules import on_way

CAPTIONS = ["a red cat", "a blue tree"]


@pytest.mark.parametrize("objective", ["velocity", "noise"])
def test_guidance_goes_on_from_the_empty_caption_through_the_given_one(model_of, objective):
    model, noisy = model_of(objective), noise_of([1, 2], 8)
    words, empty = model.read_words(CAPTIONS), model.read_words(["", ""])

    def picture(weight, said=words):
        return guess(model, noisy, 0.7, model.way, said, Guidance(weight, empty)).picture

    told, untold = picture(1.0), picture(1.0, empty)
    assert (told - untold).abs().max() > 1e-2
    torch.testing.assert_close(picture(0.0), untold, atol=1e-4, rtol=1e-4)
    by_hand = untold + 3.0 * (told - untold)
    torch.testing.assert_close(picture(3.0), by_hand, atol=1e-3, rtol=1e-3)


def test_a_negative_caption_takes_the_place_of_the_empty_one(model_of):
    model, noisy = model_of(), noise_of([1, 2], 8)
    words, away = model.read_words(CAPTIONS), model.read_words(["a tree", "a tree"])
    empty = model.read_words(["", ""])
    one, other = (guess(model, noisy, 0.7, "straight", words, Guidance(3.0, said)).picture
                  for said in (away, empty))  # fmt: skip
    assert (one - other).abs().max() > 1e-2


@pytest.mark.parametrize(("objective", "other"), [("velocity", "curved"), ("noise", "straight")])
def test_a_model_can_be_asked_on_the_other_way(model_of, objective, other):
    model, noisy = model_of(objective), noise_of([1, 2], 8)
    words, guidance = model.read_words(CAPTIONS), Guidance(2.0, model.read_words(["", ""]))
    here = guess(model, noisy, 0.4, model.way, words, guidance)
    times = torch.full((2,), 0.4, dtype=torch.float64)
    there, when = on_way(noisy.double(), times, model.way, other)
    found = guess(model, there, float(when[0]), other, words, guidance)
    torch.testing.assert_close(found.picture, here.picture, atol=1e-2, rtol=1e-3)
    torch.testing.assert_close(found.noise, here.noise, atol=1e-2, rtol=1e-3)


def test_a_blend_of_captions_begins_and_ends_with_one_of_them(model_of):
    model = model_of()
    first, second = model.read_words(["a red cat"]), model.read_words(["a tree"])
    for share, whole in ((0.0, first), (1.0, second)):
        found = blended(first, second, share)
        assert torch.equal(found.visible, whole.visible)
        seen = whole.visible[..., None]
        torch.testing.assert_close(found.vectors * seen, whole.vectors * seen)


def test_where_one_caption_has_ended_the_others_words_stand_alone():
    vectors = torch.tensor([[[1.0], [2.0], [9.0]]]), torch.tensor([[[3.0], [9.0], [9.0]]])
    first = Words(vectors[0], torch.tensor([[True, True, False]]))
    second = Words(vectors[1], torch.tensor([[True, False, False]]))
    found = blended(first, second, 0.25)
    assert found.visible.tolist() == [[True, True, False]]
    assert found.vectors[0, :2, 0].tolist() == [1.5, 2.0]
