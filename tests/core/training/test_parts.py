"""Work in parts: the recipe alone cuts it, and no bit depends on the number of threads."""

import threading
from itertools import pairwise

import pytest
import torch

from core.alignment.aligning.dpo_program import DpoProgram
from core.alignment.aligning.grpo_program import GrpoProgram
from core.alignment.preferring.preferences import Preference
from core.alignment.preferring.preferences import to_bytes as preferences_bytes
from core.alignment.preferring.reward_program import RewardProgram
from core.alignment.text.examples import Example
from core.alignment.text.examples import to_bytes as examples_bytes
from core.alignment.tuning.fine_tuning import FineTuningProgram
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.dataset import build_dataset
from core.data.splitting import Split
from core.data.text.bpe import Encoder
from core.data.text.documents import Document
from core.training.parts import add_up, cut, differentiated, evenly, in_parts, shared_out

BYTES = Encoder([])
CONFIG = ModelConfig(
    n_vocab=BYTES.n_vocab, n_context=96, n_layers=2, n_heads=4, n_kv_heads=4,
    n_channels=64, n_hidden=128,
)  # fmt: skip
PAIRS = [
    Preference(f"Wo ist {n}?", f"Dort{'!' * (n % 5)}", "Hier.", "both_bad" if n % 6 == 5 else "a",
               "de", "you", seed=n)
    for n in range(18)
]  # fmt: skip
OWN = [Example(f"{n}+1{'?' * (n % 7)}", str(n + 1), "und", "own") for n in range(24)]
TEXTS = [Document("Mia wohnt in der Mühle. " * 20, "de", "story", "test") for _ in range(4)]
INPUTS = {
    "model": checkpoint_bytes(Transformer(CONFIG, seed=1)),
    "encoder": BYTES.to_bytes(),
    "examples": examples_bytes(OWN),
    "preferences": preferences_bytes(PAIRS),
    "dataset": build_dataset(Split(TEXTS, TEXTS[:2]), BYTES).to_bytes(),
}
EXAM = {"evaluate_every": 3, "n_held_out": 20, "max_tokens": 4, "langs": ["de"]}
RUNS = {
    FineTuningProgram: {
        "n_steps": 6, "n_batch": 5, "evaluate_every": 3, "subject": "own", "n_asked": 3,
        "n_plain": 3,
    },
    DpoProgram: {**EXAM, "n_steps": 6, "n_batch": 3, "sft_weight": 0.5},
    GrpoProgram: {**EXAM, "n_steps": 3, "n_groups": 3, "n_each": 6, "learning_rate": 1e-3},
    RewardProgram: {"n_steps": 6, "n_batch": 5, "evaluate_every": 3},
}  # fmt: skip


def test_the_longest_rows_come_together_and_parts_with_longer_rows_have_fewer():
    assert cut([2, 9, 3, 9, 3, 3, 3, 3], 2) == [[1, 3], [2, 4, 5, 6, 7, 0]]  # 18 tokens each


def test_rows_in_one_part_keep_their_order():
    assert cut([2, 9, 3], 1) == [[0, 1, 2]]


@pytest.mark.parametrize("n_parts", [2, 3, 7, 40])
def test_every_row_is_in_one_part_and_no_part_is_larger_than_cut_without_a_thought(n_parts: int):
    lengths = [1 + (7 * n) % 23 for n in range(20)]
    parts = cut(lengths, n_parts)
    assert sorted(row for part in parts for row in part) == list(range(20))
    assert 0 < len(parts) <= n_parts and all(parts)
    for longer, shorter in pairwise(parts):
        assert min(lengths[row] for row in longer) >= max(lengths[row] for row in shorter)
    sizes = [len(part) * max(lengths[row] for row in part) for part in parts]
    assert max(sizes) <= -(-len(lengths) // n_parts) * max(lengths)


def test_runs_of_rows_cover_all_rows():
    assert evenly(5, 2) == [slice(0, 3), slice(3, 6)]
    assert evenly(2, 4) == [slice(0, 1), slice(1, 2)] and evenly(0, 2) == []


def test_parts_are_shared_out_by_as_many_threads_as_torch_had_and_each_has_one():
    meeting, before = threading.Barrier(2), torch.get_num_threads()

    def met(part):
        meeting.wait(timeout=20)  # broken if one thread does one after the other
        return part, threading.get_ident(), torch.get_num_threads()

    torch.set_num_threads(2)
    try:
        with shared_out():
            found = in_parts(met, "ab")
        assert torch.get_num_threads() == 2
        alone = in_parts(lambda part: threading.get_ident(), "ab")  # nothing is shared out here
    finally:
        torch.set_num_threads(before)
    assert [part for part, _, _ in found] == ["a", "b"]
    assert len({thread for _, thread, _ in found}) == 2 and {n for _, _, n in found} == {1}
    assert set(alone) == {threading.get_ident()}


def test_the_gradients_of_all_parts_are_that_of_their_sum():
    weight, unused = torch.tensor([2.0, 3.0], requires_grad=True), torch.ones(1, requires_grad=True)
    parts = [lambda: ((weight * weight).sum(), "a"), lambda: (weight[0] * 5.0, "b")]
    found = differentiated([weight, unused], parts)
    add_up([weight, unused], found)
    assert [part.found for part in found] == ["a", "b"] and found[0].loss == 13.0
    assert weight.grad.tolist() == [9.0, 6.0] and unused.grad is None


@pytest.mark.parametrize("kind", RUNS)
def test_a_run_in_parts_is_the_same_with_any_number_of_threads_and_after_a_snapshot(kind):
    settings = {**RUNS[kind], "n_parts": 2}

    def ran(numbers, resumed_at=None):
        program, before = kind(INPUTS, settings, None), torch.get_num_threads()
        for piece in range(10_000):
            if program.finished:
                break
            n_threads = numbers[piece % len(numbers)]
            assert program.same_with_threads(n_threads)
            torch.set_num_threads(n_threads)
            program.advance()
            assert torch.get_num_threads() == n_threads
            if piece == resumed_at:
                program = kind(INPUTS, settings, program.snapshot())
        torch.set_num_threads(before)
        return program.result(), {k: v for k, v in program.numbers().items() if k != "seconds"}

    alone = ran([1])
    assert ran([2]) == alone
    assert ran([1, 2, 2, 3, 2], resumed_at=9) == alone


@pytest.mark.parametrize("kind", [FineTuningProgram, DpoProgram, RewardProgram])
def test_a_step_in_parts_follows_the_gradient_of_the_whole_step(kind):
    ends = []
    for n_parts in (1, 3):
        program, losses = kind(INPUTS, {**RUNS[kind], "n_parts": n_parts}, None), []
        while program.step < 2:
            losses += [row["loss_nats"] for row in program.advance() if row["kind"] == "step"]
        ends.append((program.result(), losses))
    (whole, whole_losses), (parts, part_losses) = ends
    assert part_losses == pytest.approx(whole_losses, rel=1e-4)
    before, _ = read_checkpoint(INPUTS["model"])
    one, other = (read_checkpoint(data)[0].state_dict() for data in (whole, parts))
    changes = [
        torch.cat([(end[name] - weight).flatten() for name, weight in before.state_dict().items()])
        for end in (one, other)
    ]
    alike = torch.nn.functional.cosine_similarity(*changes, dim=0)
    assert alike > 0.99  # AdamW's first steps follow signs, so a few tiny gradients may differ
