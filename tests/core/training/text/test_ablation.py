"""Comparing lanes: what differs between them, what is measured, and what an interval allows."""

import json
import math
from dataclasses import replace

import pytest
import torch

from core.architecture.transformer import Transformer
from core.training.text import ablation
from core.training.text.ablation import (
    ENCODINGS,
    LANES,
    REACH,
    AblationProgram,
    EncodingsProgram,
    difference,
    lane_of,
    left_out,
    losses_by_position,
    mean_of,
    of_encodings,
    order_costs,
)

SETTINGS = {
    "n_steps": 4,
    "n_batch": 2,
    "evaluate_every": 2,
    "n_measured_sentences": 0,
    "n_sample_tokens": 3,
    "n_validation_sequences": 2,
    "precision": "float32",
    "prompt": "Anna",
}


@pytest.fixture
def small(config):
    return replace(config, n_context=4)


def inputs_of(config, encoder, dataset):
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


def test_a_lane_does_without_its_part_and_nothing_else(small):
    for lane in LANES:
        other = left_out(small, lane)
        same = replace(other, without=(), positions=small.positions, qk_norm=small.qk_norm)
        assert same == small
        assert lane_of(json.dumps(other.to_dict()).encode()) == lane
    assert {plan.positions for plan in of_encodings(small).values()} == set(ENCODINGS)


@pytest.mark.parametrize("lane", [*LANES, "learned"])
def test_every_lane_trains_and_is_measured_on_the_same_windows(lane, small, encoder, dataset):
    config = replace(small, positions="learned") if lane == "learned" else left_out(small, lane)
    rows = finish(EncodingsProgram(inputs_of(config, encoder, dataset), SETTINGS))
    json.dumps(rows)
    [row] = [row for row in rows if row["kind"] == "measured"]
    n = row["n_windows"]
    assert n >= 2 and row["trained"] == 4
    assert len(row["losses_nats"]) == len(row["order_nats"]) == n
    reach = 4 if lane == "learned" else REACH * 4
    assert row["by_position"]["places"] == [4 * k + 2.5 for k in range(reach // 4)]
    assert ("further_nats" in row) == (lane != "learned")
    # The mean over the trained positions is the mean of the windows' losses.
    assert row["by_position"]["nats"][0] == pytest.approx(
        mean_of(row["losses_nats"]).value, abs=1e-4
    )
    assert row["bits_per_nat"] == pytest.approx(dataset.bits_per_byte(1.0, "validation"))
    if lane == "attention":  # nothing but the last token is read
        assert row["order_nats"] == [0.0] * n


def test_lanes_get_the_same_batches_and_a_run_gives_the_same_again(small, encoder, dataset):
    inputs = inputs_of(left_out(small, "norm"), encoder, dataset)
    first, second = (finish(AblationProgram(inputs, SETTINGS)) for _ in range(2))
    told = [
        [row["losses_nats"] for row in rows if row["kind"] == "measured"]
        for rows in (first, second)
    ]
    assert told[0] == told[1]


def test_where_only_parts_are_compared_nothing_is_read_beyond(small, encoder, dataset):
    rows = finish(AblationProgram(inputs_of(small, encoder, dataset), SETTINGS))
    [row] = [row for row in rows if row["kind"] == "measured"]
    assert "further_nats" not in row and row["by_position"]["places"] == [2.5]


def test_losses_by_position_are_those_of_the_logits(small):
    model = Transformer(small)
    windows = torch.randint(small.n_vocab, (3, 5), generator=torch.Generator().manual_seed(1))
    losses = losses_by_position(model, windows)
    logits = model(windows[:, :-1]).detach().log_softmax(-1)
    for row in range(3):
        for place in range(4):
            expected = -logits[row, place, windows[row, place + 1]]
            torch.testing.assert_close(losses[row, place], expected)


def test_order_costs_nothing_without_positions_in_one_block(small):
    """The causal mask alone tells how many tokens there are; their order takes a second block."""
    config = replace(small, n_context=32, n_layers=1)
    windows = torch.randint(config.n_vocab, (6, 18), generator=torch.Generator().manual_seed(1))

    def costs(positions):
        model = Transformer(replace(config, positions=positions))
        with torch.no_grad():
            for weight in model.parameters():
                weight.normal_(0.0, 0.4, generator=torch.Generator().manual_seed(5))
        return order_costs(model, windows, seed=0).abs().max()

    assert costs("none") < 1e-4
    assert costs("rotary") > 1e-2 and costs("alibi") > 1e-2 and costs("sinusoidal") > 1e-2


def test_an_interval_by_hand():
    found = mean_of([1.0, 2.0, 3.0, 6.0])
    spread = math.sqrt((4 + 1 + 0 + 9) / 3)
    assert (found.value, found.n) == (3.0, 4)
    assert found.half == pytest.approx(1.959964 * spread / 2)
    assert (found.low, found.high) == (found.value - found.half, found.value + found.half)
    # In pairs, what all windows share cancels out.
    paired = difference([5.0, 105.0, 9.0], [4.0, 104.0, 8.0])
    assert (paired.value, paired.half) == (1.0, 0.0)


def test_too_little_held_out_text_gives_no_measurement(small, encoder, dataset, monkeypatch):
    monkeypatch.setattr(ablation, "MIN_WINDOWS", 10_000)
    rows = finish(AblationProgram(inputs_of(small, encoder, dataset), SETTINGS))
    assert "measured" not in {row["kind"] for row in rows}
    assert rows[-1]["kind"] == "evaluation"
