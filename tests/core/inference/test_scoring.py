"""Scores of a text: against the surprise of each token, and by hand."""

import math

import pytest
import torch

from core.architecture.transformer import Transformer
from core.errors import WritingFailed
from core.inference.generate import window_start
from core.inference.scoring import score_text
from core.inference.surprise import token_losses

TEXT = [(11 * i + 3) % 50 for i in range(45)]  # more than two windows


def test_a_model_that_knows_nothing_finds_every_text_equally_likely(config):
    model = Transformer(config)
    with torch.no_grad():
        model.output_table.zero_()
    found = score_text(model, [3, 1, 4], n_likeliest=2)
    assert found.total == pytest.approx(-2 * math.log(50))
    assert found.perplexity == pytest.approx(50)
    assert found.entropies.tolist() == pytest.approx([math.log(50)] * 2)
    assert found.ranks.tolist() == [0, 0]
    assert found.likeliest.tolist() == [[0, 1], [0, 1]]  # among equals the lower id


@pytest.mark.parametrize("n_tokens", [2, 16, 17, 18, 45])
def test_every_score_is_that_of_a_model_that_reads_up_to_there(config, model_of, n_tokens):
    model, text = model_of(config), TEXT[:n_tokens]
    found = score_text(model, text, n_likeliest=3)
    torch.testing.assert_close(found.logprobs, -token_losses(model, text).double())
    for place in range(n_tokens - 1):
        seen = text[window_start(place + 1, 16) : place + 1]
        logprobs = model(torch.tensor([seen]))[0, -1].double().log_softmax(0).detach()
        own = logprobs[text[place + 1]]
        assert float(found.logprobs[place]) == pytest.approx(float(own), abs=1e-4)
        entropy = -float((logprobs.exp() * logprobs).sum())
        assert float(found.entropies[place]) == pytest.approx(entropy, abs=1e-4)
        assert int(found.ranks[place]) == int((logprobs > own).sum())
        best = logprobs.topk(3)
        assert found.likeliest[place].tolist() == best.indices.tolist()
        torch.testing.assert_close(
            found.likeliest_logprobs[place], best.values, atol=1e-4, rtol=1e-4
        )


def test_the_total_of_a_text_is_the_sum_over_its_parts(config, model_of):
    model = model_of(config).double()
    whole = score_text(model, TEXT[:12])
    part = score_text(model, TEXT[:7])
    assert whole.total == pytest.approx(part.total + float(whole.logprobs[6:].sum()), rel=1e-12)
    assert whole.perplexity == pytest.approx(math.exp(-whole.total / 11))


@pytest.mark.parametrize("text", [[], [7]])
def test_of_less_than_two_tokens_nothing_is_predicted(config, model_of, text):
    found = score_text(model_of(config), text)
    assert (found.total, found.perplexity) == (0.0, 1.0)
    assert found.logprobs.shape == found.ranks.shape == (0,)
    assert found.likeliest.shape == (0, 0)


def test_scores_that_are_no_numbers_are_none(config, model_of):
    model = model_of(config)
    with torch.no_grad():
        model.output_table[9] = float("nan")
    with pytest.raises(WritingFailed):
        score_text(model, [1, 2])
    with pytest.raises(ValueError, match="token ids"):
        score_text(model, [50, 1])
