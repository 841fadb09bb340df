"""A run as the engine sees it: rows that are JSON, and interruptible at any point."""

import json

import pytest
import torch
from safetensors.torch import load

from core.architecture.weights import read_checkpoint
from core.data import world
from core.data.dataset import Dataset, build_dataset
from core.data.splitting import Split
from core.data.text.bpe import Encoder, train_bpe
from core.errors import SettingError
from core.training.settings import TrainingSettings
from core.training.text.evaluation import Examiner
from core.training.text.program import FIRST_LOOK_AT, TrainingProgram

SETTINGS = {
    "n_steps": 6,
    "n_batch": 4,
    "evaluate_every": 3,
    "n_measured_sentences": 4,
    "n_sample_tokens": 5,
    "n_validation_sequences": 4,
    "prompt": "Anna",
    "sentence": "The moon sleeps.",
    "seed": 2,
}


@pytest.fixture
def inputs(config, encoder, dataset):
    return {
        "design": json.dumps(config.to_dict()).encode(),
        "encoder": encoder.to_bytes(),
        "dataset": dataset.to_bytes(),
    }


def finish(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return rows


def without_times(rows):
    times = ("seconds", "tokens_per_s")
    return [{key: value for key, value in row.items() if key not in times} for row in rows]


def test_a_run_reports_its_steps_and_evaluates_early_in_between_and_at_the_end(inputs):
    rows = finish(TrainingProgram(inputs, SETTINGS))
    assert [(row["kind"], row["step"]) for row in rows if row["kind"] != "step"] == [
        (kind, step)
        for step in (FIRST_LOOK_AT, 3, 6)
        for kind in ("sample", "sentence", "evaluation")
    ]
    assert [row["step"] for row in rows if row["kind"] == "step"] == [1, 2, 3, 4, 5, 6]
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    seconds = [row["seconds"] for row in rows]
    assert seconds == sorted(seconds)


def test_the_rows_show_a_model_that_learns(inputs):
    rows = finish(TrainingProgram(inputs, {**SETTINGS, "n_steps": 30}))
    losses = [row["validation_loss_nats"] for row in rows if row["kind"] == "evaluation"]
    assert losses[-1] < losses[0] - 0.5
    sums = [sum(row["losses_nats"]) for row in rows if row["kind"] == "sentence"]
    assert sums[-1] < sums[0]


@pytest.mark.parametrize("n_pieces", [1, 2, 3, 5, 6, 9])
def test_interrupted_after_any_piece_it_continues_as_if_nothing_had_happened(inputs, n_pieces):
    straight = TrainingProgram(inputs, SETTINGS)
    all_rows = finish(straight)

    before = TrainingProgram(inputs, SETTINGS)
    rows = [row for _ in range(n_pieces) for row in before.advance()]
    after = TrainingProgram(inputs, SETTINGS, before.snapshot())
    rows += finish(after)
    assert without_times(rows) == without_times(all_rows)
    assert after.result() == straight.result()


def test_a_snapshot_is_no_larger_than_a_few_models(inputs):
    program = TrainingProgram(inputs, SETTINGS)
    finish(program)
    n_weights = sum(t.nbytes for t in load(program.result()).values())
    assert sum(t.nbytes for t in load(program.snapshot()).values()) <= 3.1 * n_weights


def test_the_result_is_the_model_and_says_at_which_step_it_is(inputs, config):
    program = TrainingProgram(inputs, SETTINGS)
    finish(program)
    model, metadata = read_checkpoint(program.result())
    assert model.config == config
    assert metadata["step"] == 6
    assert program.numbers()["step"] == 6
    assert program.numbers()["n_tokens"] == 6 * 4 * config.n_context


def test_a_learning_rate_changed_midway_applies_from_the_next_step_and_in_a_snapshot(inputs):
    settings = {**SETTINGS, "n_warmup_steps": 0, "decay_share": 0.0, "learning_rate": 0.02}
    program = TrainingProgram(inputs, settings)
    steps = []
    while not program.finished:
        steps += [row for row in program.advance() if row["kind"] == "step"]
        if len(steps) == 2:
            program.control({"learning_rate": 0.005})
            program = TrainingProgram(inputs, settings, program.snapshot())
    assert [row["learning_rate"] for row in steps] == [0.02] * 2 + [0.005] * 4


def test_prompt_and_sentence_can_be_changed_midway(inputs):
    program = TrainingProgram(inputs, SETTINGS)
    program.control({"prompt": "The cat", "sentence": ""})
    for _ in range(FIRST_LOOK_AT):  # before any evaluation
        assert [row["kind"] for row in program.advance()] == ["step"]
    rows = program.advance()
    assert [(row["kind"], row["prompt"]) for row in rows] == [("sample", "The cat")]


def test_an_evaluation_in_pieces_finds_what_it_finds_in_one_go(inputs, config):
    world = {"n_documents": 40, "german_share": 0.0}
    asked = {**SETTINGS, "world": world, "n_measured_sentences": 12}
    program = TrainingProgram(inputs, asked)
    pieces = []
    while not program.finished:
        pieces.append(program.advance())
    assert [] in pieces  # it paused
    (found,) = [row for piece in pieces[-1:] for row in piece]
    model, _ = read_checkpoint(program.result())
    encoder, dataset = Encoder.from_bytes(inputs["encoder"]), Dataset.from_bytes(inputs["dataset"])
    whole = Examiner(encoder, dataset, TrainingSettings.from_dict(asked)).evaluate(model)
    assert {name: found[name] for name in whole} == whole
    assert whole["n_sentences"] > 0


@pytest.mark.parametrize("change", [{"seed": 3}, {"learning_rate": -1.0}, {"nonsense": 1}])
def test_what_cannot_be_changed_is_refused_without_effect(inputs, change):
    program = TrainingProgram(inputs, SETTINGS)
    with pytest.raises(SettingError):
        program.control(change)
    assert without_times(finish(program)) == without_times(
        finish(TrainingProgram(inputs, SETTINGS))
    )


def test_a_loss_that_is_not_a_number_ends_the_run_with_a_row_that_says_so(inputs):
    program = TrainingProgram(inputs, {**SETTINGS, "learning_rate": 10.0, "n_steps": 60})
    with torch.no_grad():
        program.trainer.model.final_norm.weight.fill_(float("inf"))
        program._due = []
    assert program.advance() == [{"kind": "diverged", "step": 0}]
    assert program.finished
    assert program.advance() == []
    assert program.numbers()["diverged_at_step"] == 0
    assert TrainingProgram(inputs, SETTINGS, program.snapshot()).finished


def test_in_the_small_world_grammar_and_truth_are_measured(config):
    settings = world.WorldSettings(n_documents=30, german_share=0.0)
    told = tuple(world.tell(settings))
    encoder = train_bpe([document.text for document in told], 400)
    inputs = {
        "design": json.dumps({**config.to_dict(), "n_vocab": encoder.n_vocab}).encode(),
        "encoder": encoder.to_bytes(),
        "dataset": build_dataset(Split(train=told[5:], validation=told[:5]), encoder).to_bytes(),
    }
    asked = {**SETTINGS, "n_steps": 1, "world": {"n_documents": 30, "german_share": 0.0}}
    last = [row for row in finish(TrainingProgram(inputs, asked)) if row["kind"] == "evaluation"][
        -1
    ]
    assert last.keys() >= {"n_sentences", "grammatical_share", "n_checkable"}
    assert last["grammatical_share"] == 0.0  # after one step, noise
    assert not last["n_checkable"] and "true_share" not in last  # of nothing, no share can be true


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_a_run_computed_by_changing_numbers_of_threads_is_the_same_bit_for_bit(inputs, optimizer):
    asked = {**SETTINGS, "n_steps": 24, "n_batch": 16, "evaluate_every": 12, "optimizer": optimizer}

    def ran(most):
        program, n_tried = TrainingProgram(inputs, asked), 0
        for piece in range(1000):
            several = piece % 2 and most > 1 and program.same_with_threads(most)
            torch.set_num_threads(most if several else 1)
            n_tried += bool(several)
            if program.finished:
                break
            program.advance()
        torch.set_num_threads(1)
        return program.result(), program.numbers()["loss_nats"], n_tried

    alone, together = ran(1), ran(3)
    assert alone[:2] == together[:2]
    # Where the processor adds in another order with several threads, one computes all of it.
    assert alone[2] == 0 and (together[2] == 0 or together[2] > 5)


def test_looks_at_a_model_are_computed_by_one_thread(inputs):
    program = TrainingProgram(inputs, SETTINGS)
    while program.trainer.step < 4:
        program.advance()
        if program._due:
            assert not program.same_with_threads(2)
