"""One turn of one run, without any processes."""

import json
import math
from typing import Any

import pytest
from line import LineProgram

from core.jobs import turns
from core.jobs.failures import described, rebuilt
from core.jobs.turns import Opening, Order, take_turn

POINTS = json.dumps([[1, 2], [2, 4]]).encode()


def opening(snapshot: bytes | None = None, **settings: Any) -> Opening:
    return Opening("line:LineProgram", {"points": POINTS}, {"n_steps": 5, **settings}, snapshot)


@pytest.fixture(autouse=True)
def _empty_worker() -> Any:
    yield
    turns._SEATS.clear()


def test_a_turn_of_no_length_opens_the_run_and_does_nothing():
    report = take_turn(Order("r", 0, 0.0, opening=opening()))
    assert (report.state, report.rows, report.step) == ("more", [], 0)


def test_a_run_that_reaches_its_end_comes_back_with_its_result_and_leaves_the_worker():
    report = take_turn(Order("r", 0, 60.0, opening=opening()))
    assert report.state == "finished" and report.step == 5
    ours = LineProgram({"points": POINTS}, {"n_steps": 5}, None)
    for _ in range(5):
        ours.advance()
    assert report.result == ours.result()
    assert take_turn(Order("r", 1, 60.0)).state == "lost"


def test_step_rows_are_thinned_but_the_last_and_every_other_kind_are_kept(monkeypatch: Any):
    monkeypatch.setattr(turns, "STEP_ROW_EVERY_S", 1000.0)
    report = take_turn(Order("r", 0, 60.0, opening=opening(look_every=2)))
    told = [(row["kind"], row["step"]) for row in report.rows]
    assert told[:2] == [("step", 1), ("step", 2)]  # two, so that the loss can be seen to move
    assert told[2:] == [("evaluation", 2), ("evaluation", 4), ("step", 5)]


def test_a_run_goes_on_from_a_snapshot_exactly_as_if_it_had_never_left():
    whole = take_turn(Order("whole", 0, 60.0, opening=opening()))
    left = take_turn(Order("r", 0, 0.0, opening=opening(), leave=True))
    assert left.state == "left" and left.snapshot is not None
    rest = take_turn(Order("r", 0, 60.0, opening=opening(left.snapshot)))
    assert rest.result == whole.result


def test_a_stopped_run_hands_over_what_it_has_made_so_far():
    report = take_turn(Order("r", 0, 0.0, opening=opening(), stop=True))
    assert report.state == "stopped"
    assert json.loads(report.result or b"")["slope"] == 0.0


def test_an_error_of_the_program_ends_its_run_and_names_the_setting():
    report = take_turn(Order("r", 0, 60.0, opening=opening(fails_at=3)))
    assert report.state == "failed" and report.step == 3
    assert report.error is not None and report.error["key"] == "setting"
    assert report.error["values"]["name"] == "slope"
    assert str(rebuilt(report.error)) == report.error["message"]


def test_an_error_while_opening_ends_the_run_too():
    report = take_turn(Order("r", 0, 60.0, opening=Opening("line:LineProgram", {}, {})))
    assert report.state == "failed" and report.error is not None
    assert report.error["key"] == "unexpected" and "points" in report.error["message"]


def test_a_change_is_reported_and_makes_a_snapshot_and_a_refused_one_ends_nothing():
    changes = ({"rate": 0.5}, {"colour": "red"})
    report = take_turn(Order("r", 0, 0.0, opening=opening(), changes=changes))
    assert report.state == "more" and report.snapshot is not None
    assert [row["kind"] for row in report.rows] == ["control", "control"]
    assert "refused" not in report.rows[0] and report.rows[1]["refused"]["key"] == "setting"


def test_a_worker_in_a_different_state_from_the_engines_says_lost():
    take_turn(Order("r", 0, 0.0, opening=opening()))
    assert take_turn(Order("r", 7, 0.0)).state == "lost"


def test_rows_sent_during_the_turn_are_in_its_report_too():
    sent: list[tuple[int, int]] = []
    order = Order("r", 0, 60.0, opening=opening(look_every=1), send_every_s=0.0)
    report = take_turn(order, lambda first, rows: sent.append((first, len(rows))))
    assert sent[0] == (0, 2) and sum(n for _, n in sent) <= len(report.rows)
    assert [first for first, _ in sent] == [sum(n for _, n in sent[:i]) for i in range(len(sent))]


def test_numbers_json_cannot_represent_become_none():
    assert turns.finite({"a": math.nan, "b": [math.inf, 1.5]}) == {"a": None, "b": [None, 1.5]}


def test_an_error_from_outside_our_tree_is_rebuilt_as_the_root():
    error = rebuilt(described(ZeroDivisionError("division by zero")))
    assert error.key == "unexpected" and "ZeroDivisionError" in str(error)


def test_each_kind_of_piece_has_a_choice_of_threads_of_its_own(monkeypatch: Any):
    """A long piece of one kind says nothing of a short one of another."""
    told: list[tuple[str, int]] = []

    class Listening(turns.Pace):
        def took(self, n_threads: int, seconds: float) -> None:
            told.append((names[id(self)], n_threads))

    class Alternating(LineProgram):
        @property
        def piece(self) -> str:
            return "look" if self.state["step"] % 2 else "step"

    monkeypatch.setattr(turns, "load_program", lambda name: Alternating)
    take_turn(Order("r", 0, 0.0, opening=opening()))
    paces = {"step": Listening(), "look": Listening()}
    names = {id(pace): piece for piece, pace in paces.items()}
    turns._SEATS["r"].paces = paces
    take_turn(Order("r", 1, 60.0, n_threads=2))
    assert told == [("step", 1), ("look", 1), ("step", 1), ("look", 1), ("step", 1)]
