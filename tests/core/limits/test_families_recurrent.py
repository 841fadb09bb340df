"""The recurrent network: its gates against torch's own, and its memory."""

import torch

from core.limits.families.recurrent import GRU, Recurrent, RecurrentConfig


def test_our_gates_give_what_torch_gives():
    torch.manual_seed(0)
    ours_gru, theirs_gru = GRU(8), torch.nn.GRU(8, 8, batch_first=True)
    with torch.no_grad():
        theirs_gru.weight_ih_l0.copy_(ours_gru.read.weight)
        theirs_gru.weight_hh_l0.copy_(ours_gru.recall.weight)
        theirs_gru.bias_ih_l0.copy_(ours_gru.read.bias)
        theirs_gru.bias_hh_l0.copy_(ours_gru.recall.bias)
    x, memory = torch.randn(3, 5, 8), torch.randn(3, 8)
    ours, ours_last = ours_gru(x, memory)
    theirs, theirs_last = theirs_gru(x, memory[None])
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(ours_last, theirs_last[0])


def test_reading_in_two_pieces_is_reading_at_once():
    model = Recurrent(RecurrentConfig(n_vocab=11, n_channels=8), seed=1)
    tokens = torch.arange(10).reshape(2, 5)
    whole = model(tokens)
    first, memory = model.read(tokens[:, :3], model.start(2))
    second, _ = model.read(tokens[:, 3:], memory)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)


def test_equal_seeds_give_equal_weights():
    config = RecurrentConfig(n_vocab=11, n_channels=8)
    one, same, other = (Recurrent(config, seed) for seed in (1, 1, 2))
    assert torch.equal(one.embedding.weight, same.embedding.weight)
    assert not torch.equal(one.embedding.weight, other.embedding.weight)
    assert one.n_parameters == 11 * 8 + 2 * (24 * 8 + 24) + 8
