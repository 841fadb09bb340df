"""Generating one text: same tokens as without a cache, and a clear rule at the context's end."""

from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EmptyInput
from core.inference.generate import generate, window_start
from core.inference.sampling import SamplingSettings, draw, next_token_probs


def written(model, prompt, **settings):
    return [drawn.token for drawn in generate(model, prompt, SamplingSettings(**settings))]


def written_without_cache(model, prompt, settings):
    """The simplest way: reread everything for every token."""
    text, generator, n_context = list(prompt), Random(settings.seed), model.config.n_context
    for _ in range(settings.max_tokens):
        seen = text[window_start(len(text), n_context) :]
        logits = model(torch.tensor([seen]))[0, -1]
        text.append(draw(next_token_probs(logits, settings), generator))
    return text[len(prompt) :]


def test_window_of_a_context_of_eight_by_hand():
    starts = [window_start(n, 8) for n in range(1, 18)]
    assert starts == [0] * 8 + [4] * 4 + [8] * 4 + [12]


@given(st.integers(1, 300), st.integers(1, 40))
def test_a_window_fits_and_keeps_the_newest_tokens(n_tokens, n_context):
    n_seen = n_tokens - window_start(n_tokens, n_context)
    assert min(n_tokens, n_context // 2 + 1) <= n_seen <= n_context


@pytest.mark.parametrize("n_prompt", [1, 16, 40])
def test_cached_writing_draws_what_plain_writing_draws(config, model_of, n_prompt):
    model, settings = model_of(config), SamplingSettings(seed=5, max_tokens=50, top_p=0.95)
    prompt = [(7 * i) % 50 for i in range(n_prompt)]
    ours = [drawn.token for drawn in generate(model, prompt, settings)]
    assert ours == written_without_cache(model, prompt, settings)


def test_the_seed_decides_the_text(config, model_of):
    model = model_of(config)
    first, again, other = (written(model, [1], seed=s, max_tokens=30) for s in (1, 1, 2))
    assert first == again != other


def test_temperature_zero_needs_no_seed(config, model_of):
    model = model_of(config)
    greedy = [written(model, [1, 2], seed=s, temperature=0.0, max_tokens=20) for s in (1, 2)]
    assert greedy[0] == greedy[1]


def test_every_token_comes_with_what_it_was_drawn_from(config, model_of):
    model, settings = model_of(config), SamplingSettings(temperature=0.5, top_k=3, max_tokens=5)
    for drawn in generate(model, [1, 2, 3], settings):
        torch.testing.assert_close(drawn.probs, next_token_probs(drawn.logits, settings))
        assert drawn.probs[drawn.token] > 0
        assert (drawn.probs > 0).sum() == 3


def test_writing_ends_with_the_end_token(config, model_of):
    model = model_of(config)
    free = written(model, [1], max_tokens=30)
    settings = SamplingSettings(max_tokens=30)
    ended = [d.token for d in generate(model, [1], settings, end_id=free[4])]
    assert ended == free[: free.index(free[4]) + 1]


def test_there_must_be_something_to_continue(config, model_of):
    with pytest.raises(EmptyInput):
        next(generate(model_of(config), [], SamplingSettings()))
