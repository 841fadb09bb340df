"""Training reduces the loss, resumes, and says so when it cannot continue."""

import math

import pytest
import torch

from core.training.settings import TrainingSettings
from core.training.text.next_token import train, trainer_of

SETTINGS = TrainingSettings(
    n_steps=40,
    n_batch=8,
    embedding_learning_rate=0.02,
    n_warmup_steps=4,
    precision="float32",
    seed=5,
)


def weights_of(model):
    return {name: weight.detach().clone() for name, weight in model.named_parameters()}


def assert_same_bits(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name in ours:
        assert torch.equal(ours[name], theirs[name]), name


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_three_sentences_are_learned_in_forty_steps(dataset, fresh_model, optimizer, precision):
    settings = SETTINGS.changed(optimizer=optimizer, precision=precision)
    reports = list(train(fresh_model(), dataset, settings))
    assert len(reports) == 40
    # Knowing nothing costs log V nats per token; which sentence comes next remains a guess.
    assert reports[0].loss == pytest.approx(math.log(dataset.n_vocab), abs=0.3)
    assert reports[-1].loss < 1.5


def test_a_report_says_what_the_step_was(dataset, fresh_model):
    first = next(train(fresh_model(), dataset, SETTINGS))
    assert first.step == 1
    assert first.n_read == 8 * 12
    assert first.learning_rate == pytest.approx(0.02 / 5)
    assert first.gradient_norm > 0.0
    assert first.read_per_s == first.n_read / first.seconds


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(dataset, fresh_model):
    first, second, other = fresh_model(), fresh_model(), fresh_model()
    for model, seed in ((first, 5), (second, 5), (other, 6)):
        list(train(model, dataset, SETTINGS.changed(n_steps=5, seed=seed)))
    assert_same_bits(weights_of(first), weights_of(second))
    assert not torch.equal(first.token_embedding.weight, other.token_embedding.weight)


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_suspended_and_resumed_it_continues_bit_for_bit(dataset, fresh_model, optimizer):
    settings = SETTINGS.changed(n_steps=12, optimizer=optimizer)
    straight = trainer_of(fresh_model(), dataset, settings)
    for _ in range(12):
        straight.advance()

    before = trainer_of(fresh_model(), dataset, settings)
    for _ in range(5):
        before.advance()
    kept = {name: tensor.clone() for name, tensor in before.tensors().items()}
    after = trainer_of(fresh_model(), dataset, settings)
    after.restore(kept, before.step)
    while not after.finished:
        after.advance()
    assert_same_bits(weights_of(after.model), weights_of(straight.model))


def test_a_loss_that_is_not_a_number_ends_the_run_and_changes_nothing(dataset, fresh_model):
    model = fresh_model()
    trainer = trainer_of(model, dataset, SETTINGS)
    trainer.advance()
    with torch.no_grad():
        model.token_embedding.weight[:] = float("nan")
    others = {n: w for n, w in weights_of(model).items() if n != "token_embedding.weight"}
    report = trainer.advance()
    assert report.diverged
    assert report.step == 1
    assert trainer.finished
    for name, weight in others.items():
        assert torch.equal(weight, dict(model.named_parameters())[name])


def test_with_a_clip_of_almost_nothing_adamw_still_sees_only_the_direction(dataset, fresh_model):
    trainer = trainer_of(fresh_model(), dataset, SETTINGS.changed(clip_norm=1e-3))
    report = trainer.advance()
    clipped = torch.linalg.vector_norm(
        torch.stack([w.grad.norm() for w in trainer.model.parameters()])
    )
    assert report.gradient_norm > 0.1
    assert clipped.item() == pytest.approx(1e-3, rel=1e-3)
