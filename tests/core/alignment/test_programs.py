"""The three preference and reinforcement learning runs: small, complete, suspended and resumed."""

import json
from dataclasses import replace
from random import Random

import pytest
import torch
from safetensors.torch import load, save

from core.alignment.aligning.dpo_program import DpoProgram, pairs_of_step
from core.alignment.aligning.grpo_program import GrpoProgram
from core.alignment.preferring.preferences import Preference, to_bytes
from core.alignment.preferring.reward import read_reward
from core.alignment.preferring.reward_program import RewardProgram, Round, in_turn
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import train_bpe
from core.errors import NoPreferences, SettingError
from core.jobs.programs import PROGRAMS
from core.jobs.turns import load_program
from tests.small_models import small_config

EXAM = {"n_held_out": 3, "langs": ["en"], "max_tokens": 12, "evaluate_every": 2}
DPO = {**EXAM, "n_steps": 3, "n_batch": 2, "watched": ["Who are you?"]}
GRPO = {**EXAM, "n_steps": 3, "n_groups": 2, "n_each": 3, "learning_rate": 1e-3}
REWARD = {"n_steps": 4, "n_batch": 2, "evaluate_every": 2}
IN_TURN = {**REWARD, "n_folds": 3}


def clicks(n=6):
    return [
        Preference(f"Where is {n}?", "Gladly. Over there.", "There.", "ab"[n % 2], "en")
        if n % 2 == 0
        else Preference(f"Where is {n}?", "There.", "Gladly. Over there.", "b", "en")
        for n in range(n)
    ]


@pytest.fixture(scope="module")
def inputs():
    """A small model with random weights, its encoder, and six clicks for courtesy."""
    encoder = train_bpe(["Where is the bakery? Gladly. Over there. Who are you?"] * 4, 300)
    config = small_config(encoder.n_vocab)
    model = Transformer(config, seed=3)
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.1)
    return {
        "model": checkpoint_bytes(model),
        "encoder": encoder.to_bytes(),
        "preferences": to_bytes(clicks()),
    }


def run_to_its_end(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return rows


def of_kind(rows, kind):
    return [row for row in rows if row["kind"] == kind]


def untimed(numbers):
    return {name: value for name, value in numbers.items() if "second" not in name}


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (DpoProgram, DPO),
        (GrpoProgram, GRPO),
        (RewardProgram, REWARD),
        (RewardProgram, IN_TURN),
    ],
)
def test_a_run_suspended_after_any_piece_ends_with_the_same_bytes(inputs, kind, settings):
    whole = kind(inputs, settings, None)
    run_to_its_end(whole)
    broken = kind(inputs, settings, None)
    piece = 0
    while not broken.finished:
        broken.advance()
        piece += 1
        # A half-done exam or step starts over: suspended too often, it would never finish.
        if piece % 9 == 4:
            broken = kind(inputs, settings, broken.snapshot())
    assert broken.result() == whole.result()
    assert untimed(broken.numbers()) == untimed(whole.numbers())


def as_written_earlier(snapshot, n_steps):
    """A snapshot as runs with a single kind of look wrote it: whether the exam is due, and the
    steps of the model that is learning.
    """
    n_header = int.from_bytes(snapshot[:8], "little")
    state = json.loads(json.loads(snapshot[8 : 8 + n_header])["__metadata__"]["state"])
    state["exam_due"] = state.pop("due") == ["exam"]
    state["step"] -= state.get("round", 0) * n_steps
    return save(load(snapshot), {"state": json.dumps(state)})


@pytest.mark.parametrize(("kind", "settings"), [(DpoProgram, DPO), (RewardProgram, IN_TURN)])
def test_a_run_goes_on_from_a_snapshot_of_the_version_before(inputs, kind, settings):
    whole = kind(inputs, settings, None)
    run_to_its_end(whole)
    resumed, piece = kind(inputs, settings, None), 0
    while not resumed.finished:
        resumed.advance()
        piece += 1
        if piece % 9 == 4:  # a half-done exam starts over
            written = as_written_earlier(resumed.snapshot(), settings["n_steps"])
            resumed = kind(inputs, settings, written)
    assert resumed.result() == whole.result()
    assert untimed(resumed.numbers()) == untimed(whole.numbers())


def test_dpo_reports_its_steps_and_holds_an_exam_before_and_after(inputs):
    program = DpoProgram(inputs, DPO, None)
    rows = run_to_its_end(program)
    assert json.loads(json.dumps(rows)) == rows
    assert [row["step"] for row in of_kind(rows, "step")] == [1, 2, 3]
    assert [row["step"] for row in of_kind(rows, "exam")] == [0, 2, 3]
    first, last = of_kind(rows, "exam")[0], of_kind(rows, "exam")[-1]
    assert first["kl"] == pytest.approx(0.0, abs=1e-6)
    assert last["kl"] > 0
    assert first["n_judged"] == 3
    assert set(first["rates"]) == {"truthful", "polite", "brief", "on_topic", "honest"}
    samples = of_kind(rows, "sample")
    assert samples[0]["question"] == "Who are you?"
    assert samples[0]["before"] == samples[0]["now"]
    numbers = program.numbers()
    assert numbers["n_pairs"] == 6
    assert numbers["rate_before"] == first["rate"]
    assert numbers["rate"] == last["rate"]


def test_dpo_makes_preferred_answers_likelier(inputs):
    settings = {**DPO, "n_steps": 12, "evaluate_every": 100, "learning_rate": 3e-3}
    steps = of_kind(run_to_its_end(DpoProgram(inputs, settings, None)), "step")
    assert steps[-1]["loss_nats"] < steps[0]["loss_nats"]
    assert steps[-1]["agreeing_share"] == 1.0
    assert steps[0]["loss_nats"] == pytest.approx(0.6931, abs=1e-3)


def test_contradicting_and_bad_pairs_are_left_out_and_without_others_nothing_starts(inputs):
    one = clicks(1)[0]
    both_ways = [one, replace(one, choice="b"), replace(one, question="?", choice="both_bad")]
    with pytest.raises(NoPreferences) as caught:
        DpoProgram({**inputs, "preferences": to_bytes(both_ways)}, DPO, None)
    assert caught.value.values == {"n": 3, "n_contradicting": 1}
    with_others = {**inputs, "preferences": to_bytes([*both_ways, *clicks(4)[1:]])}
    numbers = DpoProgram(with_others, DPO, None).numbers()
    assert (numbers["n_pairs"], numbers["n_contradicting"], numbers["n_both_bad"]) == (3, 1, 1)


def test_the_policy_reports_reward_divergence_entropy_and_length_of_every_step(inputs):
    rows = run_to_its_end(GrpoProgram(inputs, {**GRPO, "reward": "rule:brief"}, None))
    steps = of_kind(rows, "step")
    assert [row["step"] for row in steps] == [1, 2, 3]
    assert steps[0]["kl"] == pytest.approx(0.0, abs=1e-6)
    for row in steps:
        assert 0 <= row["reward"] <= 1
        assert 0 < row["length"] <= 12
        assert row["entropy"] > 0


def test_the_kl_weight_can_be_set_to_zero_while_it_runs_and_other_settings_cannot(inputs):
    program = GrpoProgram(inputs, GRPO, None)
    while program.step == 0:
        program.advance()
    program.control({"kl_weight": 0.0})
    assert of_kind(run_to_its_end(program), "step")[-1]["kl_weight"] == 0.0
    with pytest.raises(SettingError):
        program.control({"n_each": 9})
    with pytest.raises(SettingError):
        program.control({"kl_weight": -1.0})


def test_a_larger_kl_weight_keeps_the_model_closer_to_its_origin(inputs):
    def end(kl_weight):
        settings = {**GRPO, "n_steps": 8, "kl_weight": kl_weight, "reward": "rule:brief"}
        program = GrpoProgram(inputs, {**settings, "learning_rate": 3e-3}, None)
        run_to_its_end(program)
        return program.numbers()["kl"]

    assert end(10.0) < end(0.0)


def test_the_reward_model_learns_the_clicks_and_serves_as_reward(inputs):
    settings = {**REWARD, "n_steps": 20, "learning_rate": 3e-3, "held_out_share": 0.34}
    program = RewardProgram(inputs, settings, None)
    rows = run_to_its_end(program)
    assert of_kind(rows, "step")[-1]["accuracy"] == 1.0
    exam = of_kind(rows, "exam")[-1]
    assert exam["n_judged"] == 2
    assert exam["accuracy_low"] <= exam["accuracy"] <= exam["accuracy_high"]
    model = read_reward(program.result())
    assert model.trunk.config == read_checkpoint(inputs["model"])[0].config
    scored = GrpoProgram({**inputs, "reward": program.result()}, {**GRPO, "reward": "model"}, None)
    assert "reward" in of_kind(run_to_its_end(scored), "exam")[-1]


def test_in_turn_every_pair_is_examined_once_by_a_model_that_has_not_learned_from_it():
    pairs = clicks(8)
    *turns, last = in_turn(pairs, 3)
    assert [one for turn in turns for one in turn.exam if one in turn.pairs] == []
    examined = [one for turn in turns for one in turn.exam]
    assert sorted(examined, key=pairs.index) == pairs
    assert all(len(turn.pairs) + len(turn.exam) == len(pairs) for turn in turns)
    assert (list(last.pairs), list(last.exam)) == (pairs, [])
    assert len(in_turn(pairs[:2], 5)) == 3  # no more parts than pairs
    assert in_turn(pairs[:1], 5) == [Round(pairs[:1], ())]  # nothing is left to learn from


def test_few_pairs_are_all_examined_and_the_last_model_learns_from_all(inputs):
    settings = {**IN_TURN, "n_steps": 20, "learning_rate": 3e-3}
    program = RewardProgram(inputs, settings, None)
    rows = run_to_its_end(program)
    assert [row["step"] for row in of_kind(rows, "step")] == list(range(1, 81))
    assert {row["n_steps"] for row in of_kind(rows, "step")} == {80}
    exams = of_kind(rows, "exam")
    assert [(row["step"], row["n_judged"]) for row in exams] == [(20, 2), (40, 4), (60, 6)]
    numbers = program.numbers()
    assert (numbers["n_trained"], numbers["n_held_out"], numbers["n_models"]) == (6, 6, 4)
    assert numbers["held_out_n_judged"] == 6
    # the result is the model trained on all pairs, as if there had been no exam
    plain = RewardProgram(inputs, {**settings, "n_folds": 0, "held_out_share": 0.0}, None)
    run_to_its_end(plain)
    assert program.result() == plain.result()


def test_examining_in_turn_does_not_mistake_noise_for_taste(inputs):
    coin = Random(5)
    noise = [
        replace(one, question=f"Where is {n}?", choice=coin.choice("ab"))
        for n, one in enumerate(clicks(40))
    ]
    given = {**inputs, "preferences": to_bytes(noise)}
    program = RewardProgram(given, {**IN_TURN, "n_steps": 15, "learning_rate": 3e-3}, None)
    run_to_its_end(program)
    numbers = program.numbers()
    assert numbers["accuracy"] > 0.5  # on data it has seen
    assert numbers["held_out_accuracy_low"] < 0.5 < numbers["held_out_accuracy_high"]


def test_pairs_called_bad_on_both_sides_push_scores_below_zero(inputs):
    bad = Preference("Where is it?", "Go away.", "So what.", "both_bad", "en")
    given = {**inputs, "preferences": to_bytes([*clicks(), bad])}
    program = RewardProgram(given, {**REWARD, "n_steps": 30, "learning_rate": 3e-3}, None)
    run_to_its_end(program)
    model = read_reward(program.result())
    scores = model.scores(
        program.encoder, [("Where is it?", "Go away."), ("Where is it?", "So what.")]
    )
    assert max(scores) < 0


def test_a_reward_by_clicks_needs_their_model(inputs):
    with pytest.raises(SettingError, match="reward"):
        GrpoProgram(inputs, {**GRPO, "reward": "model"}, None)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (DpoProgram, {"beta": 0.0}),
        (DpoProgram, {"rule": "kind"}),
        (GrpoProgram, {"langs": ["fr"]}),
        (GrpoProgram, {"n_each": 1}),
        (RewardProgram, {"no_such": 1}),
    ],
)
def test_impossible_settings_are_refused(inputs, kind, change):
    with pytest.raises(SettingError):
        kind(inputs, change, None)


def test_every_pair_is_read_once_before_any_comes_again():
    read = [pair for step in range(5) for pair in pairs_of_step(10, 2, step, seed=1)]
    assert sorted(read) == list(range(10))
    again = [pair for step in range(5, 10) for pair in pairs_of_step(10, 2, step, seed=1)]
    assert sorted(again) == list(range(10))
    assert again != read


def test_the_engine_knows_all_three():
    made = {load_program(name): known.kind for name, known in PROGRAMS.items()}
    assert made[DpoProgram] == made[GrpoProgram] == "aligned"
    assert made[RewardProgram] == "reward"
