"""What all runs share: steps, looks in between, control, snapshots."""

from dataclasses import asdict, dataclass, replace

import pytest
import torch

from core.errors import SettingError
from core.training.course import Course


@dataclass(frozen=True)
class Settings:
    n_steps: int = 4
    learning_rate: float = 0.5

    def to_dict(self):
        return asdict(self)

    def changed(self, **changes):
        return replace(self, **changes)

    @classmethod
    def from_dict(cls, values):
        return cls(**values)


class Halving(Course):
    """Halves the distance to 1; looks after every second step, in three pieces."""

    def __init__(self, settings, snapshot=None, breaks_at=99):
        super().__init__(settings)
        self.place, self.breaks_at = torch.zeros(1), breaks_at
        if snapshot is not None:
            self.restore(snapshot)

    def learn(self):
        if self.step + 1 == self.breaks_at:
            self.diverged = True
            return {}
        self.place = torch.lerp(self.place, torch.ones(1), self.settings.learning_rate)
        self.step += 1
        return {"left": 1.0 - self.place.item()}

    def looks_after(self, step):
        return ["near", "far"] if step % 2 == 0 else []

    def looking(self, look):
        for _ in range(2):
            yield
        return [{"kind": look, "place": self.place.item()}]

    def tensors(self):
        return {"place": self.place}

    def take_up(self, tensors):
        self.place = tensors["place"]

    def result(self):
        return self.snapshot()


def finish(course):
    rows = []
    while not course.finished:
        rows.append(course.advance())
    return rows


def without_times(rows):
    return [{k: v for k, v in row.items() if k != "seconds"} for piece in rows for row in piece]


def test_steps_and_looks_take_turns_and_a_look_comes_in_pieces():
    pieces = finish(Halving(Settings()))
    kinds = [[row["kind"] for row in piece] for piece in pieces]
    look = [[], [], ["near"], [], [], ["far"]]
    assert kinds == [["step"], ["step"], *look, ["step"], ["step"], *look]
    rows = without_times(pieces)
    assert rows[0] == {"kind": "step", "step": 1, "n_steps": 4, "left": 0.5}
    assert rows[2] == {"kind": "near", "step": 2, "place": 0.75}
    assert Halving(Settings()).numbers()["step"] == 0


def test_from_any_piece_of_work_on_a_snapshot_gives_what_would_have_followed():
    whole = without_times(finish(Halving(Settings())))
    n_pieces = len(finish(Halving(Settings())))
    for n in range(n_pieces):
        course, before = Halving(Settings()), []
        for _ in range(n):
            before.append(course.advance())
        rest = finish(Halving(Settings(n_steps=9), course.snapshot()))
        assert without_times(before) + without_times(rest) == whole


def test_a_run_that_diverges_says_so_once_and_ends():
    course = Halving(Settings(), breaks_at=2)
    assert [row["kind"] for piece in finish(course) for row in piece] == ["step", "diverged"]
    assert course.finished and course.advance() == []
    assert course.numbers()["diverged_at_step"] == 1
    assert Halving(Settings(), course.snapshot()).finished


def test_only_what_may_change_changes():
    course = Halving(Settings())
    course.control({"learning_rate": 1.0})
    assert course.advance()[0]["left"] == 0.0
    with pytest.raises(SettingError):
        course.control({"n_steps": 9})
    assert not course.same_with_threads(2)
