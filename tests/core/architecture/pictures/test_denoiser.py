"""The denoiser: what its answer depends on, and what it lets one see."""

import torch

from core.architecture.pictures import Denoiser, Looks
from core.architecture.pictures.clock import waves
from core.architecture.pictures.denoiser import UNKNOWN


def test_a_new_denoiser_answers_zero_and_the_same_seed_gives_the_same(config, asked):
    assert not Denoiser(config, seed=3)(*asked).any()
    one, same, other = (Denoiser(config, seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(weight, same[name]) for name, weight in one.items())
    assert not torch.equal(one["word_table.weight"], other["word_table.weight"])
    assert not one["word_table.weight"][UNKNOWN].any()


def test_noise_time_and_caption_all_matter(model, asked):
    noisy, time, captions = asked
    answer = model(noisy, time, captions)
    assert answer.shape == noisy.shape
    others = captions.clone()
    others[0, 1] = 9
    for changed in (
        model(noisy + 0.1, time, captions),
        model(noisy, time * 0.9, captions),
        model(noisy, time, others),
    ):
        assert (changed[0] - answer[0]).abs().max() > 1e-3
    assert torch.equal(model(noisy, time, others)[1:], answer[1:])  # the other two were not changed


def test_the_order_of_words_matters_and_padding_does_not(model, asked):
    noisy, time, captions = asked
    answer = model(noisy, time, captions)
    turned = captions.clone()
    turned[0, :4] = captions[0, :4].flip(0)
    assert (model(noisy, time, turned)[0] - answer[0]).abs().max() > 1e-3
    torch.testing.assert_close(model(noisy, time, captions[:, :4]), answer, atol=1e-5, rtol=1e-5)


def test_every_patch_sees_every_other(model, asked):
    noisy, time, captions = asked
    changed = noisy.clone()
    changed[:, :, 7, 7] += 1.0  # the last patch
    apart = (model(changed, time, captions) - model(noisy, time, captions)).abs()
    assert (apart[:, :, :4, :4].amax(dim=(1, 2, 3)) > 1e-5).all()


def test_pictures_do_not_depend_on_those_beside_them(model, asked):
    together = model(*asked)
    for k in range(3):
        alone = model(*(part[k : k + 1] for part in asked))
        torch.testing.assert_close(alone[0], together[k], atol=1e-5, rtol=1e-5)


def test_the_recorded_way_gives_the_same_answer_and_every_glance_at_every_word(model, asked):
    noisy, time, captions = asked
    looks = Looks()
    answer = model.answer(noisy, time, model.read_words(captions), looks)
    torch.testing.assert_close(answer, model(noisy, time, captions), atol=1e-5, rtol=1e-4)
    weights = model.attend(noisy, time, captions).at_words
    assert torch.equal(weights, looks.at_words)
    assert weights.shape == (2, 3, 2, 4, 6)  # blocks, pictures, heads, patches, words
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(2, 3, 2, 4))
    assert not weights[:, 0, :, :, 4:].any()  # padding is never looked at
    torch.testing.assert_close(weights[:, 2, :, :, 0], torch.ones(2, 2, 4))  # there is one word
    own = torch.stack(looks.own.attention_weights)
    assert own.shape == (2, 3, 2, 4, 4)
    torch.testing.assert_close(own.sum(dim=-1), torch.ones(2, 3, 2, 4))


def test_the_clock_tells_near_times_apart():
    times = torch.tensor([0.0, 0.5, 0.51, 1.0])
    seen = waves(times)
    assert seen.shape == (4, 64)
    torch.testing.assert_close(seen[0], torch.cat((torch.zeros(32), torch.ones(32))))
    torch.testing.assert_close(seen[3, 0], torch.tensor(1.0).sin())  # the slowest turns by 1 radian
    assert (seen[1] - seen[2]).abs().max() > 0.5
