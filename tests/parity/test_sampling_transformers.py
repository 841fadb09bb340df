"""Our filters against transformers' logits processors, individually and in sequence."""

import pytest
import torch
from transformers import (
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from core.inference.sampling import SamplingSettings, next_token_probs


def theirs_probs(logits, temperature=1.0, top_k=None, top_p=1.0):
    processors = LogitsProcessorList()
    if temperature != 1.0:
        processors.append(TemperatureLogitsWarper(temperature))
    if top_k is not None:
        processors.append(TopKLogitsWarper(top_k))
    if top_p < 1.0:
        processors.append(TopPLogitsWarper(top_p))
    return processors(None, logits).softmax(-1)


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": 0.3},
        {"temperature": 2.5},
        {"top_k": 1},
        {"top_k": 25},
        {"top_k": 5000},
        {"top_p": 0.05},
        {"top_p": 0.9},
        {"top_p": 0.999},
        {"temperature": 0.7, "top_k": 40, "top_p": 0.9},
        {"temperature": 1.4, "top_k": 200, "top_p": 0.5},
    ],
)
def test_filters_keep_what_theirs_keep(settings):
    # In float64: both accumulate, in opposite directions, and rounding would decide the last one.
    generator = torch.Generator().manual_seed(4)
    logits = 3 * torch.randn(20, 1000, generator=generator, dtype=torch.float64)
    ours_probs = next_token_probs(logits, SamplingSettings(**settings))
    expected = theirs_probs(logits, **settings)
    assert torch.equal(ours_probs > 0, expected > 0)
    torch.testing.assert_close(ours_probs, expected, atol=1e-12, rtol=1e-9)


def test_ties_at_the_edge_of_top_k_stay_as_in_theirs():
    logits = torch.tensor([[1.0, 3.0, 2.0, 2.0, 0.0]])
    ours_probs = next_token_probs(logits, SamplingSettings(top_k=2))
    torch.testing.assert_close(ours_probs, theirs_probs(logits, top_k=2))
    assert (ours_probs > 0).tolist() == [[False, True, True, True, False]]
