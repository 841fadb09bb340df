"""Several threads only where they change no bit: alignment runs, whose batches differ in length."""

from collections import Counter

import pytest
import torch

from core.alignment.aligning.dpo_program import DpoProgram
from core.alignment.preferring.preferences import Preference
from core.alignment.preferring.preferences import to_bytes as preferences_bytes
from core.alignment.text.examples import Example
from core.alignment.text.examples import to_bytes as examples_bytes
from core.alignment.tuning.fine_tuning import FineTuningProgram
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.text.bpe import Encoder
from core.training import rehearsing
from core.training.rehearsing import Rehearsal

BYTES = Encoder([])
CONFIG = ModelConfig(
    n_vocab=BYTES.n_vocab, n_context=96, n_layers=2, n_heads=4, n_kv_heads=4,
    n_channels=64, n_hidden=128,
)  # fmt: skip
PAIRS = [
    Preference(f"Wo ist {n}?", f"Dort{'!' * (n % 5)}", "Hier.", "a", "de", "you", seed=n)
    for n in range(12)
]
OWN = [Example(f"{n}+1{'?' * (n % 7)}", str(n + 1), "und", "own") for n in range(24)]
INPUTS = {
    "model": checkpoint_bytes(Transformer(CONFIG, seed=1)),
    "encoder": BYTES.to_bytes(),
    "examples": examples_bytes(OWN),
    "preferences": preferences_bytes(PAIRS),
}
RUNS = {
    FineTuningProgram: {
        "n_steps": 24, "n_batch": 4, "evaluate_every": 24, "subject": "own", "n_asked": 1,
    },
    DpoProgram: {
        "n_steps": 24, "n_batch": 3, "evaluate_every": 24, "n_held_out": 1, "max_tokens": 4,
        "langs": ["de"],
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    monkeypatch.setattr(rehearsing, "_SAME", {})
    monkeypatch.setattr(rehearsing, "_SEEN", Counter())
    monkeypatch.setattr(rehearsing, "SEEN_BEFORE", 0)


@pytest.mark.parametrize("kind", RUNS)
def test_a_run_computed_by_changing_numbers_of_threads_is_the_same_bit_for_bit(kind):
    def ran(most):
        program, n_several = kind(INPUTS, RUNS[kind], None), 0
        for piece in range(10_000):
            if program.finished:
                break
            several = piece % 3 and most > 1 and program.same_with_threads(most)
            torch.set_num_threads(most if several else 1)
            n_several += bool(several)
            program.advance()
        torch.set_num_threads(1)
        return program.result(), program.numbers()["loss_nats"], n_several

    alone, together = ran(1), ran(3)
    assert alone[:2] == together[:2]
    assert len(rehearsing._SAME) > 1  # several lengths were tried
    if all(rehearsing._SAME.values()):
        assert together[2] > 8


@pytest.mark.parametrize("kind", RUNS)
def test_looks_at_a_model_and_finished_runs_use_one_thread(kind):
    program = kind(INPUTS, RUNS[kind], None)
    n_looks = 0
    while not program.finished:
        if program._due:
            assert not program.same_with_threads(2)
            n_looks += 1
        program.advance()
    assert n_looks > 1 and not program.same_with_threads(2)


def test_a_shape_is_tried_once_and_other_bits_are_noticed():
    tried = []

    def work():
        tried.append(torch.get_num_threads())
        return [torch.ones(2)]

    rehearsal = Rehearsal("x", CONFIG)
    before = torch.get_num_threads()
    assert rehearsal.same((2, 3), 2, work) and rehearsal.same((2, 3), 2, work)
    assert tried == [1, 2] and torch.get_num_threads() == before
    assert Rehearsal("x", CONFIG).same((2, 3), 2, work) and len(tried) == 2  # by another run, too
    ends = iter([1.0, 1.0 + 1e-7])
    assert not rehearsal.same((2, 4), 2, lambda: [torch.tensor([next(ends)])])
    assert not rehearsal.same((2, 4), 2, work) and len(tried) == 2


@pytest.mark.parametrize("kind", RUNS)
def test_a_rehearsal_leaves_a_run_as_it_was(kind):
    program = kind(INPUTS, RUNS[kind], None)
    while program.step < 2:
        program.advance()
    before = program.snapshot()
    program.same_with_threads(2)
    assert rehearsing._SAME and program.snapshot() == before


def test_a_shape_that_comes_seldom_is_not_tried(monkeypatch):
    monkeypatch.setattr(rehearsing, "SEEN_BEFORE", 2)
    rehearsal, tried = Rehearsal("x", CONFIG), []

    def work():
        tried.append(torch.get_num_threads())
        return [torch.ones(2)]

    assert [rehearsal.same((2, 3), 2, work) for _ in range(4)] == [False, False, True, True]
    assert not rehearsal.same((2, 4), 2, work) and tried == [1, 2]
