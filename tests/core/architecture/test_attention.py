"""Attention by hand, then its invariants, then both ways to compute it against each other."""

import math

import torch

from core.architecture.attention import attention_weights, causal, fused_attention, share_heads
from core.architecture.transformer import Recording


def test_weights_of_two_tokens_by_hand():
    # D = 1. The second token's scores are 0 and ln 3: shares 1/4 and 3/4.
    q = torch.tensor([5.0, math.log(3)]).view(1, 1, 2, 1)
    k = torch.tensor([0.0, 1.0]).view(1, 1, 2, 1)
    expected = torch.tensor([[1.0, 0.0], [0.25, 0.75]]).view(1, 1, 2, 2)
    torch.testing.assert_close(attention_weights(q, k), expected)


def test_scores_are_divided_by_the_root_of_the_head_size():
    q = torch.full((1, 1, 2, 4), 1.0)
    k = torch.zeros(1, 1, 2, 4)
    k[..., 1, :] = math.log(3) / 2  # score 4 * ln 3 / 2, over sqrt(4): ln 3
    torch.testing.assert_close(attention_weights(q, k)[0, 0, 1], torch.tensor([0.25, 0.75]))


def test_a_token_sees_itself_and_what_comes_before_it():
    assert causal(2, 3, torch.device("cpu")).tolist() == [[True, True, False], [True, True, True]]


def test_neighbouring_heads_share_keys():
    shared = share_heads(torch.tensor([1.0, 2.0]).view(1, 2, 1, 1), 4)
    assert shared.flatten().tolist() == [1.0, 1.0, 2.0, 2.0]


def test_every_row_of_weights_sums_to_one_and_looks_only_back(config, model_of):
    record = Recording()
    model_of(config)(torch.arange(12).view(1, 12), record=record)
    assert len(record.attention_weights) == config.n_layers
    for weights in record.attention_weights:
        assert weights.shape == (1, config.n_heads, 12, 12)
        torch.testing.assert_close(weights.sum(-1), torch.ones(1, config.n_heads, 12))
        assert (weights.triu(1) == 0).all()


def test_textbook_and_fused_attention_are_equal():
    generator = torch.Generator().manual_seed(0)
    for n_keys, n_kv_heads in [(6, 4), (6, 2), (9, 4), (9, 1)]:
        q = torch.randn(3, 4, 6, 8, generator=generator, dtype=torch.float64)
        k, v = torch.randn(2, 3, n_kv_heads, n_keys, 8, generator=generator, dtype=torch.float64)
        visible = None if n_keys == 6 else causal(6, n_keys, q.device)[None, None]
        textbook = attention_weights(q, k, visible) @ share_heads(v, 4)
        torch.testing.assert_close(fused_attention(q, k, v, visible), textbook)


def test_looking_inside_changes_nothing(config, model_of):
    model = model_of(config).double()
    tokens = torch.arange(32).view(2, 16)
    torch.testing.assert_close(model(tokens, record=Recording()), model(tokens))
