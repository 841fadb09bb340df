"""The step for a single text: what it is for, and that it keeps to its own."""

from dataclasses import replace

import pytest
import torch

from core.inference.cache import Cache
from core.inference.decoder import Decoder
from core.inference.single import KNOWN_POSITIONS, Single


@pytest.fixture
def model(config, model_of):
    return model_of(config)


@pytest.fixture
def known(config, model_of):
    """The same, with positions that the step for a single text knows."""
    fits = config.positions in KNOWN_POSITIONS
    return model_of(config if fits else replace(config, positions="learned"))


def test_in_float32_it_agrees_with_the_model(known, config):
    model = known
    text, decoder, cache = [4, 9, 1, 30, 22, 8, 8, 2], Single(model), Cache(config)
    with torch.inference_mode():
        logits = torch.cat([decoder.read(token, cache) for token in text])
        expected = model(torch.tensor([text]))[0]
    torch.testing.assert_close(logits, expected, rtol=1e-4, atol=1e-4)
    assert cache.lengths == [len(text)]


def test_one_decoder_serves_several_caches_in_turn(model, config):
    decoder, fresh = Decoder(model), Decoder(model)
    one, other = Cache(config), Cache(config, 3)
    for token in (4, 9, 1):
        decoder.read([token], one)
        decoder.read([token + 1], other)
    expected = Cache(config)
    for token in (5, 10, 2, 7):
        logits = fresh.read([token], expected)
    torch.testing.assert_close(decoder.read([7], other), logits)


def test_logits_stay_what_they_were_when_reading_goes_on(model, config):
    decoder, cache = Decoder(model), Cache(config)
    first = decoder.read([3], cache)
    kept = first.clone()
    decoder.read([4], cache)
    assert torch.equal(first, kept)


def test_a_full_context_and_an_unknown_token_are_refused(model, config):
    decoder, cache = Decoder(model), Cache(config)
    with pytest.raises(IndexError):
        decoder.read([config.n_vocab], Cache(config))
    for _ in range(config.n_context):
        decoder.read([1], cache)
    with pytest.raises(ValueError, match="do not fit"):
        decoder.read([1], cache)


def test_what_is_not_written_out_here_is_left_to_the_batch(known, config, model_of):
    assert Single.suits(known)
    assert not Single.suits(known.bfloat16())
    for positions in {"learned", "sinusoidal", "rotary", "alibi", "none"} - set(KNOWN_POSITIONS):
        assert not Single.suits(model_of(replace(config, positions=positions, rope_divisors=None)))
    for part in ("attention", "residual", "feedforward"):
        assert not Single.suits(model_of(replace(known.config, without=(part,))))
