"""A run as the engine sees it, whatever is learned: a small piece of work at a time, looks in
between, and a snapshot from which another process goes on.

A course says what a step is, which looks follow it and how each is taken; everything else is here.
What follows a snapshot is bit for bit what would have followed. Rows are plain JSON.
"""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from safetensors.torch import load, save
from torch import Tensor

from core.errors import SettingError
from core.training.parts import shared_out

Row = dict[str, Any]
Numbers = dict[str, float | int | str]
Looking = Generator[str | None, None, list[Row]]
"""A look, cut into pieces of work; it may yield the name of the stage that comes next."""


class CourseSettings(Protocol):
    """What a course needs to know of its settings."""

    @property
    def n_steps(self) -> int: ...
    def to_dict(self) -> dict[str, Any]: ...
    def changed(self, **changes: Any) -> Self: ...
    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self: ...


S = TypeVar("S", bound=CourseSettings)


class Course(ABC, Generic[S]):
    """One run.

    Args:
        settings: of the run, complete and checked.
    """

    changeable: ClassVar[tuple[str, ...]] = ("learning_rate",)
    shares_out: ClassVar[bool] = False
    """Whether several threads may take parts of its pieces (core.training.parts), and do nothing
    else."""

    def __init__(self, settings: S) -> None:
        self.settings: S = settings
        self.step = 0  # updates made
        self.diverged = False
        self._due: list[str] = []  # looks still to be taken
        self._looking: Looking | None = None
        self._stage = ""  # of what is under way, if it has stages
        self._seconds = 0.0  # of learning; looks are not counted
        self._numbers: Numbers = {}

    @property
    def n_steps(self) -> int:
        """Planned updates."""
        return self.settings.n_steps

    @property
    def finished(self) -> bool:
        """Nothing is left to do: neither steps nor looks."""
        return (self.diverged or self.step >= self.n_steps) and not self._due

    @property
    def piece(self) -> str:
        """What the next piece of work is; pieces of one name take about equally long."""
        return f"{self._due[0] if self._due else 'step'} {self._stage}".strip()

    def advance(self) -> list[Row]:
        """Do one piece of work: (part of) a step, or (part of) a look.

        Returns:
            Rows with "kind" and "step": those of `learn` as "step", with n_steps and seconds (of
            learning so far); those of a look once it is complete; "diverged" once, when there is
            no way on.
        """
        if self.finished:
            return []
        with shared_out() if self.shares_out else nullcontext():
            return self._advance()

    def _advance(self) -> list[Row]:
        if self._due:
            return self._look()
        begun = time.perf_counter()
        found = self.learn()
        self._seconds += time.perf_counter() - begun
        if self.diverged:
            self._numbers["diverged_at_step"] = self.step
            return [{"kind": "diverged", "step": self.step}]
        if found is None:
            return []
        self._due = list(self.looks_after(self.step))
        self._numbers |= self.remembered(found)
        return [{"kind": "step", **self._place(), "n_steps": self.n_steps, **found}]

    def _look(self) -> list[Row]:
        """The next part of a look; a snapshot holds no half, it is begun again."""
        if self._looking is None:
            self._looking = self.looking(self._due[0])
        try:
            self._stage = next(self._looking) or ""
        except StopIteration as end:
            self._looking, self._stage = None, ""
            self._due.pop(0)
            return [{**row, **self._place()} for row in end.value]
        return []

    def _place(self) -> Row:
        return {"step": self.step, "seconds": self._seconds}

    def control(self, change: Mapping[str, Any]) -> None:
        """Change the run from the next piece of work on.

        Args:
            change: any of `changeable`.

        Raises:
            SettingError: something else, or a value outside its range.
        """
        for name, value in change.items():
            if name not in self.changeable:
                raise SettingError(name, value, "cannot be changed while a run is under way")
        self.settings = self.settings.changed(**change)

    def snapshot(self) -> bytes:
        """Everything needed to continue bit for bit."""
        state = {
            "step": self.step,
            "diverged": self.diverged,
            "settings": self.settings.to_dict(),
            "due": self._due,
            "seconds": self._seconds,
            "numbers": self._numbers,
            **self.memory(),
        }
        return save(self.tensors(), {"state": json.dumps(state)})

    def restore(self, snapshot: bytes) -> None:
        """Go on from what `snapshot` returned."""
        n_header = int.from_bytes(snapshot[:8], "little")  # the length of the header comes first
        state = json.loads(json.loads(snapshot[8 : 8 + n_header])["__metadata__"]["state"])
        self.step, self.diverged = state["step"], state["diverged"]
        self.settings = type(self.settings).from_dict(state["settings"])
        # Earlier, runs that know of one look only said whether it was due.
        self._due = state["due"] if "due" in state else ["exam"] * state["exam_due"]
        self._seconds, self._numbers = state["seconds"], state["numbers"]
        self.recall(state)
        self.take_up(load(snapshot))

    def numbers(self) -> Numbers:
        """The run's figures so far: those of the last step and the last look."""
        place: Numbers = {"step": self.step, "n_steps": self.n_steps, "seconds": self._seconds}
        return {**self._numbers, **place}

    def remembered(self, found: Row) -> Numbers:
        """What of a step's measurements is among the run's figures."""
        return found

    def memory(self) -> dict[str, Any]:
        """What else a snapshot must hold, as JSON can hold it."""
        return {}

    def recall(self, state: Mapping[str, Any]) -> None:
        """Take up what `memory` returned, before the tensors."""

    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next piece gives the same bits with so many threads: where parts are shared
        out, always; else it is not promised here."""
        return self.shares_out

    @abstractmethod
    def learn(self) -> Row | None:
        """One step, which counts `step` up or says `diverged`; what was measured in it. None where
        it was only a part of one.
        """

    @abstractmethod
    def looks_after(self, step: int) -> Sequence[str]:
        """The looks that follow a step, in their order."""

    @abstractmethod
    def looking(self, look: str) -> Looking:
        """A look: yields between pieces of work, returns its rows with "kind"."""

    @abstractmethod
    def tensors(self) -> dict[str, Tensor]:
        """Everything learned or remembered, by name."""

    @abstractmethod
    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""

    @abstractmethod
    def result(self) -> bytes:
        """What has been made so far, as a file."""
