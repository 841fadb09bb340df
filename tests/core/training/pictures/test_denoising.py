"""Training a denoiser: it learns, it averages, and it can be suspended at any step."""

import copy

import pytest
import torch

from core.architecture.pictures import Denoiser
from core.architecture.pictures.denoiser import EMPTY, PADDING
from core.training.loop import Trainer
from core.training.pictures.denoising import Denoising, Pages
from core.training.pictures.settings import PictureTrainingSettings
from core.training.updating import hidden_matrices

SETTINGS = PictureTrainingSettings(n_steps=6, n_batch=6, n_part=4, n_warmup_steps=0, seed=2)


@pytest.fixture(scope="module")
def pages(corpus, encoder):
    return Pages.of(corpus, encoder, 20)


def trainer_of(pages, config, **changes):
    objective = Denoising(Denoiser(config, seed=2), pages)
    return Trainer(objective, SETTINGS.changed(**changes))


def test_a_question_holds_pages_of_the_book_and_leaves_some_captions_out(pages, corpus):
    asked = SETTINGS.changed(n_batch=400, empty_share=0.25)
    question = pages.question(asked, 3)
    assert question.pictures.shape == (400, 3, 32, 32)
    rows = {tuple(row.tolist()) for row in pages.captions}
    empty = [EMPTY] + 19 * [PADDING]
    n_empty = sum(row.tolist() == empty for row in question.captions)
    assert 60 < n_empty < 140
    assert all(tuple(row.tolist()) in rows or row.tolist() == empty for row in question.captions)
    again = pages.question(asked, 3)
    assert torch.equal(again.noise, question.noise) and torch.equal(again.time, question.time)
    assert not torch.equal(pages.question(asked, 4).noise, question.noise)


def test_the_corpus_itself_stays_as_it_is(pages):
    before = pages.captions.clone()
    pages.question(SETTINGS.changed(empty_share=0.9), 0)
    assert torch.equal(pages.captions, before)


def test_it_learns(pages, config):
    trainer = trainer_of(pages, config, n_steps=120, embedding_learning_rate=0.02)
    losses = []
    while not trainer.finished:
        losses.append(trainer.advance().loss)
    assert sum(losses[-10:]) < 0.8 * sum(losses[:10])


def test_parts_of_a_step_add_up_to_the_step(pages, config):
    ends = []
    for n_part in (6, 4, 1):
        trainer = trainer_of(pages, config, n_part=n_part, optimizer="adamw", learning_rate=1e-3)
        losses = [trainer.advance().loss for _ in range(3)]
        ends.append((losses, torch.cat([p.flatten() for p in trainer.model.parameters()])))
    for losses, weights in ends[1:]:
        assert losses == pytest.approx(ends[0][0], rel=1e-4)
        assert (weights - ends[0][1]).abs().mean() < 1e-4


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
@pytest.mark.parametrize("objective", ["velocity", "noise"])
def test_a_resumed_run_ends_in_the_same_bits(pages, config, optimizer, objective):
    changes = {"optimizer": optimizer, "objective": objective}
    whole = trainer_of(pages, config, **changes)
    for _ in range(6):
        whole.advance()
    half = trainer_of(pages, config, **changes)
    for _ in range(3):
        half.advance()
    kept = copy.deepcopy(half.tensors())
    rest = trainer_of(pages, config, **changes)
    rest.restore(kept, 3)
    for _ in range(3):
        rest.advance()
    assert all(torch.equal(value, rest.tensors()[n]) for n, value in whole.tensors().items())
    assert rest.finished


def test_the_average_follows_the_weights_first_closely_then_slowly(pages, config):
    trainer = trainer_of(pages, config, memory=0.9, n_steps=200)
    start = trainer.model.patches_in.weight.detach().clone()
    trainer.advance()
    moved = trainer.model.patches_in.weight.detach()
    first = torch.lerp(start, moved, 1.0 - 1 / 10)  # after one step it keeps a tenth
    torch.testing.assert_close(trainer.objective.average.patches_in.weight.detach(), first)
    trainer.step = 150
    before = trainer.objective.average.patches_in.weight.detach().clone()
    trainer.advance()
    later = torch.lerp(before, trainer.model.patches_in.weight.detach(), 0.1)
    torch.testing.assert_close(trainer.objective.average.patches_in.weight.detach(), later)


def test_a_loss_that_is_no_number_stops_the_run_and_changes_nothing(pages, config):
    trainer = trainer_of(pages, config)
    with torch.no_grad():
        trainer.model.patches_out.bias[0] = float("inf")
    before = trainer.model.patches_in.weight.detach().clone()
    report = trainer.advance()
    assert report.diverged and trainer.finished and report.step == 0
    assert torch.equal(trainer.model.patches_in.weight, before)


def test_hidden_matrices_are_those_inside_the_blocks(config, pages):
    model = Denoiser(config)
    names = hidden_matrices(model)
    blocks = [name for name in names if name.startswith("blocks.0.")]
    assert sorted(name.removeprefix("blocks.0.") for name in blocks) == [
        "attention.out.weight",
        "attention.qkv.weight",
        "cross.kv.weight",
        "cross.out.weight",
        "cross.q.weight",
        "feedforward.down.weight",
        "feedforward.up.weight",
    ]
    assert {name.split(".")[0] for name in names} == {"blocks", "text_blocks"}
    for name, n in Denoising(model, pages).stacked().items():
        rows, columns = names[name].shape
        assert rows == n * columns


def test_rehearsing_a_step_with_more_threads_leaves_no_trace(pages, config):
    trainer, other = trainer_of(pages, config), trainer_of(pages, config)
    trainer.advance()
    other.advance()
    assert trainer.same_with_threads(1) is True
    n_threads = torch.get_num_threads()
    assert trainer.same_with_threads(2)  # each takes whole parts of the step
    assert torch.get_num_threads() == n_threads and trainer.step == 1
    trainer.advance()
    other.advance()
    assert all(torch.equal(v, other.tensors()[n]) for n, v in trainer.tensors().items())


def test_the_gradient_of_a_step_in_parts_is_that_of_the_whole_step(pages, config):
    whole, parts = trainer_of(pages, config, n_part=6), trainer_of(pages, config, n_part=2)
    question = pages.question(SETTINGS, 0)
    losses = [
        trainer.objective.gradient_of(question, trainer.settings) for trainer in (whole, parts)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    for one, other in zip(whole.model.parameters(), parts.model.parameters(), strict=True):
        assert (one.grad is None) == (other.grad is None)
        if one.grad is not None:
            torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-6)
