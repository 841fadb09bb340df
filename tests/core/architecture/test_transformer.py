"""The whole model: what a new one looks like, and what holds for every model."""

import torch

from core.architecture.transformer import Recording, Transformer


def test_the_seed_decides_every_weight(config):
    first, again, other = (Transformer(config, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["token_embedding.weight"], other["token_embedding.weight"])


def test_building_a_model_leaves_the_global_random_state_alone(config):
    before = torch.random.get_rng_state()
    Transformer(config, seed=3)
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_fresh_block_passes_the_stream_on_unchanged(config):
    record = Recording()
    Transformer(config, seed=0)(torch.arange(8).view(1, 8), record=record)
    assert len(record.residuals) == config.n_layers + 1
    assert torch.equal(record.residuals[0], record.residuals[-1])


def test_a_later_token_changes_nothing_before_it(config, model_of):
    model = model_of(config)
    tokens = torch.arange(10).view(1, 10)
    changed = tokens.clone()
    changed[0, 6] = 49
    before, after = model(tokens)[0], model(changed)[0]
    torch.testing.assert_close(before[:6], after[:6])
    assert not torch.allclose(before[6:], after[6:])


def test_the_order_of_earlier_tokens_matters(config, model_of):
    model = model_of(config)
    one, other = model(torch.tensor([[1, 2, 3]])), model(torch.tensor([[2, 1, 3]]))
    assert not torch.allclose(one[0, -1], other[0, -1])


def test_only_the_last_logits_are_the_last_of_all_logits(config, model_of):
    model = model_of(config)
    tokens = torch.arange(20).view(2, 10)
    torch.testing.assert_close(model(tokens, only_last=True), model(tokens)[:, -1:])


def test_logits_are_the_recorded_final_stream_against_the_output_table(config, model_of):
    model, record = model_of(config), Recording()
    logits = model(torch.arange(10).view(1, 10), record=record)
    torch.testing.assert_close(record.final @ model.output_table.T, logits)


def test_every_parameter_receives_a_gradient(config, model_of):
    model = model_of(config)
    model(torch.arange(16).view(1, 16)).logsumexp(-1).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
