"""An alignment run as the engine sees it: exam, steps, exam, steps, ..., exam.

A run can be suspended after any piece of work and resumed from its snapshot in another process,
with bit-identical results. Rows are plain JSON.
"""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from safetensors.torch import load, save

from core.alignment.aligning.exam import Exam, figures_of
from core.alignment.preferring.reward import read_reward
from core.alignment.settings import ExamSettings
from core.alignment.updates import Updates
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import Encoder
from core.errors import SettingError
from core.training.program import snapshot_state

Row = dict[str, Any]
S = TypeVar("S", bound=ExamSettings)


class Course(ABC, Generic[S]):
    """What DPO and GRPO runs have in common; subclasses define a step.

    Args:
        inputs: "model" (a checkpoint that answers) and "encoder", as bytes; "reward" (a reward
            model) scores the exam's answers where it is given.
        settings: of the way.
        snapshot: an earlier `snapshot` to resume from; None to start afresh.

    Raises:
        UnreadableWeights: the model is damaged.
    """

    way: ClassVar[str]
    changeable: ClassVar[tuple[str, ...]] = ("learning_rate",)

    def __init__(self, inputs: Mapping[str, bytes], settings: S, snapshot: bytes | None) -> None:
        self.settings: S = settings
        self.encoder = Encoder.from_bytes(inputs["encoder"])
        self.reference, _ = read_checkpoint(inputs["model"])
        self.model, _ = read_checkpoint(inputs["model"])
        self.reward = read_reward(inputs["reward"]) if inputs.get("reward") else None
        self.exam = Exam(self.encoder, self.reference, settings, self.reward)
        self.updates = Updates(self.model)
        self.diverged = False
        self._exam_due = True
        self._sitting: Generator[None, None, dict[str, Any]] | None = None
        self._seconds = 0.0  # of learning; exams are not counted
        self._numbers: dict[str, float | int | str] = {}
        if snapshot is not None:
            self._restore(snapshot)

    @property
    def step(self) -> int:
        """Updates made."""
        return self.updates.step

    @property
    def finished(self) -> bool:
        """Nothing is left to do: neither steps nor an exam."""
        over = self.diverged or self.step >= self.settings.n_steps
        return over and not self._exam_due

    def advance(self) -> list[Row]:
        """One piece of work: (a part of) a step, or (a part of) an exam.

        Returns:
            Rows with "kind" and "step":
            "step" with n_steps, seconds (of learning) and what the way measures of a step;
            "exam" with seconds and what `Exam.sit` gives, its samples apart;
            "sample" with question, before and now, one for each answer that is shown;
            "diverged" once, when a loss is not finite: the run ends there.
        """
        if self.finished:
            return []
        if self._exam_due:
            return self._sit()
        begun, before = time.perf_counter(), self.step
        found = self.work()
        self._seconds += time.perf_counter() - begun
        if self.diverged:
            self._numbers["diverged_at_step"] = self.step
            return [{"kind": "diverged", "step": self.step}]
        if found is None or self.step == before:
            return []
        every = self.settings.evaluate_every
        self._exam_due = self.step % every == 0 or self.step >= self.settings.n_steps
        self._numbers |= found
        return [{"kind": "step", **self._place(), "n_steps": self.settings.n_steps, **found}]

    @abstractmethod
    def work(self) -> dict[str, float | int] | None:
        """A piece of learning; what was measured in the step once it is whole, else None."""

    def apply(self) -> None:
        """Follow the gradients added so far, as the settings say; notes if there is no way on."""
        asked = self.settings
        if not self.updates.apply(asked.learning_rate, asked.n_steps, asked.n_warmup_steps):
            self.diverged = True

    def _place(self) -> Row:
        return {"step": self.step, "seconds": self._seconds}

    def _sit(self) -> list[Row]:
        """A further part of the exam; a snapshot holds no half, it is begun again."""
        self._sitting = self._sitting or self.exam.sit(self.model)
        try:
            next(self._sitting)
        except StopIteration as end:
            self._sitting, self._exam_due = None, False
            return self._examined(end.value)
        return []

    def _examined(self, found: dict[str, Any]) -> list[Row]:
        samples = found.pop("samples")
        self._numbers |= figures_of(found)
        if self.step == 0:
            self._numbers |= figures_of(found, "_before")
        rows = [{"kind": "exam", **self._place(), **found}]
        return rows + [{"kind": "sample", **self._place(), "place": n, **one}
                       for n, one in enumerate(samples)]  # fmt: skip

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

    def same_with_threads(self, n_threads: int) -> bool:
        """Not promised where a way does not try it: each length may be summed differently."""
        return False

    def snapshot(self) -> bytes:
        """All that is needed to resume bit for bit: about three times the size of the model."""
        state = {
            "step": self.step,
            "diverged": self.diverged,
            "settings": self.settings.to_dict(),
            "exam_due": self._exam_due,
            "before": self.exam.before,
            "seconds": self._seconds,
            "numbers": self._numbers,
        }
        return save(self.updates.tensors(), {"state": json.dumps(state)})

    def _restore(self, snapshot: bytes) -> None:
        state = snapshot_state(snapshot)
        self.updates.restore(load(snapshot), state["step"])
        self.diverged, self._exam_due = state["diverged"], state["exam_due"]
        self.settings = type(self.settings).from_dict(state["settings"])
        self.exam.before, self._seconds = state["before"], state["seconds"]
        self._numbers = state["numbers"]

    def result(self) -> bytes:
        """The model as it is now, as a checkpoint."""
        return checkpoint_bytes(self.model, {"step": self.step, "aligned_by": self.way})

    def numbers(self) -> dict[str, float | int | str]:
        """The run's figures so far: those of the first and the last exam and of the last step."""
        return {
            **self._numbers,
            "step": self.step,
            "n_steps": self.settings.n_steps,
            "seconds": self._seconds,
            "way": self.way,
            "rule": self.settings.rule,
        }
