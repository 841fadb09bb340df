"""Sums modulo p: the table by hand, weight decay, and going on from a snapshot."""

import pytest
import torch

from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.limits.rule.grokking import (
    GrokkingProgram,
    GrokkingSettings,
    Learned,
    Modular,
    Table,
    courses,
    n_right,
    weight_norm,
)

SMALL = GrokkingSettings(
    modulus=5, told_share=0.6, n_steps_each=6, n_batch=8, n_channels=16, evaluate_every=2
)


def rows_of(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return rows


def test_the_table_holds_every_sum_once_and_its_parts_share_none():
    table = Table.drawn(5, 0.6, seed=1)
    asked = {
        tuple(row): int(c) for row, c in zip(table.questions.tolist(), table.answers, strict=True)
    }
    assert len(asked) == 25
    assert asked[3, 4, 5] == 2 and asked[2, 2, 5] == 4 and asked[0, 0, 5] == 0  # the mark is 5
    assert len(table.told) == 15 and len(table.others) == 10
    assert {*table.told.tolist()} | {*table.others.tolist()} == set(range(25))


def test_weight_decay_shrinks_matrices_alone_and_by_what_it_says():
    model = Transformer(SMALL.design(), seed=0)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    objective = Modular(model, Table.drawn(5, 0.6, seed=0))
    objective.updated(SMALL.of_lane("plain", 0), 1)
    assert all(torch.equal(weight, before[name]) for name, weight in model.named_parameters())
    objective.updated(SMALL.of_lane("decay", 0), 1)
    kept = 1.0 - 0.002 * 2.0
    for name, weight in model.named_parameters():
        expected = before[name] * (kept if weight.ndim == 2 else 1.0)
        torch.testing.assert_close(weight.detach(), expected)


def test_the_length_of_all_weights_is_that_of_one_long_vector():
    model = Transformer(SMALL.design(), seed=0)
    every = torch.cat([weight.detach().flatten() for weight in model.parameters()])
    assert weight_norm(model) == pytest.approx(float(every.norm()), rel=1e-5)


def test_both_models_are_looked_at_all_along():
    rows = [row for row in rows_of(GrokkingProgram({}, SMALL.to_dict())) if row["kind"] == "looked"]
    found = courses(rows)
    assert [(one.lane, one.within) for one in found] == [("decay", (2, 4, 6)), ("plain", (2, 4, 6))]
    assert [row["done"] for row in rows] == [False, False, True] * 2
    assert found[0].weight_norm[-1] < found[1].weight_norm[-1]
    assert (found[0].n_told, found[0].n_others) == (15, 10)


def test_what_is_told_is_learned_by_heart():
    settings = SMALL.changed(lanes=("plain",), n_steps_each=120, learning_rate=0.01)
    program = GrokkingProgram({}, settings.to_dict())
    rows_of(program)
    model, table = program.trainer.model, program.table
    assert n_right(model, table, table.told) == len(table.told)


def test_the_first_look_with_nearly_all_right_counts():
    one = Learned("decay", 0, (10, 20, 30), (0.9, 0.96, 0.9), (0.1, 0.5, 0.94), (1.0,) * 3, 15, 10)
    assert (one.by_heart, one.rule) == (20, None)


def test_a_run_goes_on_bit_for_bit_from_a_snapshot_within_the_second_model():
    whole, broken = GrokkingProgram({}, SMALL.to_dict()), GrokkingProgram({}, SMALL.to_dict())
    while broken.step < 9:
        broken.advance()
    going = GrokkingProgram({}, {}, broken.snapshot())
    assert (going.turn, going.lane) == (1, "plain")
    rest, every = rows_of(going), rows_of(whole)
    losses = [row["loss_nats"] for row in every if row["kind"] == "step"]
    assert [row["loss_nats"] for row in rest if row["kind"] == "step"] == losses[9:]
    assert going.result() == whole.result()


def test_an_unknown_lane_is_refused():
    with pytest.raises(SettingError):
        GrokkingSettings(lanes=("both",))
