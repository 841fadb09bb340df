"""Models told forwards and asked backwards: what they read, what is counted, and going on."""

import torch

from core.architecture.transformer import Transformer
from core.limits.reversal import (
    BELONGS_TO,
    END,
    IS_CALLED,
    LANES,
    Harbour,
    ReversalProgram,
    ReversalSettings,
    asked,
    pooled,
    results,
)

SMALL = ReversalSettings(n_people=8, n_seeds=1, n_steps_each=120, n_batch=32, n_channels=32)


def rows_of(program):
    rows = []
    while not program.finished:
        rows += program.advance()
    return [row for row in rows if row["kind"] == "asked"]


def test_nobody_and_no_boat_share_a_name_and_everybody_has_one_boat():
    harbour = Harbour.drawn(100, seed=3)
    assert len({*harbour.people, *harbour.boats}) == 200
    assert sorted(harbour.boat_of) == list(range(100))
    assert harbour == Harbour.drawn(100, seed=3) != Harbour.drawn(100, seed=4)


def test_the_texts_of_a_lane_tell_exactly_what_it_says():
    harbour = Harbour.drawn(8, seed=0)
    n = {lane: len(harbour.sentences(lane)) for lane in LANES}
    assert n == {"forwards": 8, "half": 12, "both": 16}
    forwards = harbour.sentences("forwards")
    assert set(forwards[:, 2].tolist()) == {IS_CALLED}
    assert set(forwards[:, 0].tolist()) == set(forwards[:, -1].tolist()) == {END}
    back = [row for row in harbour.sentences("half").tolist() if row[2] == BELONGS_TO]
    assert {row[3] for row in back} == {
        harbour.forwards(each)[0] for each in harbour.told_both_ways("half")
    }


def test_forwards_and_backwards_tell_the_same_pair():
    harbour = Harbour.drawn(8, seed=0)
    person, _, boat = harbour.forwards(5)
    assert harbour.backwards(5) == (boat, BELONGS_TO, person)
    assert harbour.name_of(person) == harbour.people[5]
    assert harbour.name_of(boat) == harbour.boats[harbour.boat_of[5]]
    assert harbour.name_of(IS_CALLED) == ""


def test_an_untrained_model_knows_nothing_and_a_taught_answer_counts():
    harbour, model = Harbour.drawn(50, seed=0), Transformer(SMALL.changed(n_people=50).design())
    found = asked(model, harbour, range(50), "forwards")
    assert found.n == 50 and found.n_right <= 5
    assert asked(model, harbour, [], "forwards").n == 0


def test_told_one_way_only_is_known_one_way_only_and_told_both_ways_is_known_both_ways():
    found = results(rows_of(ReversalProgram({}, SMALL.to_dict())))
    half = found["half"]
    assert half["one"]["forwards"].n_right == half["one"]["forwards"].n == 4
    assert half["both"]["backwards"].n_right == 4
    assert half["one"]["backwards"].n_right <= 2
    assert found["both"]["both"]["backwards"].n_right == 8
    assert found["forwards"]["one"]["forwards"].n_right == 8
    low, high = half["one"]["backwards"].interval
    assert 0.0 <= low <= half["one"]["backwards"].share <= high <= 1.0


def test_a_run_goes_on_bit_for_bit_from_a_snapshot_within_the_second_model():
    few = SMALL.changed(n_steps_each=6)
    whole, broken = ReversalProgram({}, few.to_dict()), ReversalProgram({}, few.to_dict())
    while broken.step < 9:
        broken.advance()
    again = ReversalProgram({}, few.to_dict(), broken.snapshot())
    assert rows_of(whole)[-1] == rows_of(again)[-1] | {"seconds": whole.numbers()["seconds"]}
    ours, theirs = whole.tensors(), again.tensors()
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())


def test_measurements_of_several_seeds_are_counted_together():
    harbour, model = Harbour.drawn(8, seed=0), Transformer(SMALL.design())
    one = asked(model, harbour, range(8), "forwards")
    two = asked(model, harbour, range(4), "forwards")
    both = pooled([one, two])
    assert both.n == 12 and both.n_right == one.n_right + two.n_right
    assert abs(both.truth - (8 * one.truth + 4 * two.truth) / 12) < 1e-9
