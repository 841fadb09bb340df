"""Our encodings of positions against the `transformers` library."""

import math

import pytest
import torch
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.distilbert.modeling_distilbert import create_sinusoidal_embeddings
from transformers.models.mpt.modeling_mpt import build_mpt_alibi_tensor

from core.architecture.attention import attention_weights, causal, fused_attention
from core.architecture.positions import alibi_slopes, distance_penalty, sinusoid_table


@pytest.mark.parametrize("n_heads", [1, 2, 3, 4, 6, 8, 12, 16, 20])
def test_slopes_are_those_of_bloom(n_heads):
    theirs_alibi = build_alibi_tensor(torch.ones(1, 2), n_heads, torch.float32)  # (H, 1, 2)
    theirs = theirs_alibi[:, 0, 1]  # at position 1 the tensor is the slope itself
    torch.testing.assert_close(torch.tensor(alibi_slopes(n_heads)), theirs)


@pytest.mark.parametrize("n_heads", [4, 6, 8])
def test_attention_with_penalties_is_that_of_bloom(n_heads):
    generator = torch.Generator().manual_seed(2)
    q, k, v = (torch.randn(2, n_heads, 9, 8, generator=generator) for _ in range(3))
    penalty = distance_penalty(torch.tensor(alibi_slopes(n_heads)), torch.arange(9))
    ours = attention_weights(q, k, None, penalty)
    # Theirs counts positions from the start instead of distances: softmax does not see that.
    alibi = build_alibi_tensor(torch.ones(2, 9), n_heads, torch.float32).view(2, n_heads, 1, 9)
    scores = alibi + q @ k.transpose(-1, -2) / math.sqrt(8)
    scores = scores.masked_fill(~causal(9, 9, q.device), float("-inf"))
    theirs = scores.softmax(-1)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(fused_attention(q, k, v, None, penalty), theirs @ v)


@pytest.mark.parametrize("n_heads", [2, 8, 16])
def test_slopes_of_a_power_of_two_are_those_of_mpt(n_heads):
    theirs = build_mpt_alibi_tensor(n_heads, 2).flatten(1)  # (H, 2): position 0 is one token back
    ours = distance_penalty(torch.tensor(alibi_slopes(n_heads)), torch.tensor([1]))[0, :, 0]
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize(("n", "width"), [(30, 16), (128, 64), (7, 6)])
def test_sinusoids_are_those_of_distilbert(n, width):
    theirs = torch.empty(n, width)
    create_sinusoidal_embeddings(n_pos=n, dim=width, out=theirs)
    torch.testing.assert_close(sinusoid_table(n, width).float(), theirs)
