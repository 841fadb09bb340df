"""An alignment run as the engine sees it: exam, steps, exam, steps, ..., exam."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from torch import Tensor

from core.alignment.aligning.exam import Exam, figures_of
from core.alignment.preferring.reward import read_reward
from core.alignment.settings import ExamSettings
from core.alignment.updates import Updates
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import Encoder
from core.training.course import Course, Looking, Numbers, Row

S = TypeVar("S", bound=ExamSettings)


class AligningCourse(Course[S]):
    """What DPO and GRPO runs have in common; subclasses define a step.

    Args:
        inputs: "model" (a checkpoint that answers) and "encoder", as bytes; "reward" (a reward
            model) scores the exam's answers where it is given.
        settings: of the way.
        snapshot: an earlier `snapshot` to resume from; None to start afresh.

    Raises:
        UnreadableWeights: the model is damaged.

    Rows, besides those of `Course`:
        "step" with what the way measures of a step;
        "exam" with what `Exam.sit` gives, its samples apart;
        "sample" with question, before and now, one for each answer that is shown.
    """

    way: ClassVar[str]
    shares_out: ClassVar[bool] = True

    def __init__(self, inputs: Mapping[str, bytes], settings: S, snapshot: bytes | None) -> None:
        super().__init__(settings)
        self.encoder = Encoder.from_bytes(inputs["encoder"])
        self.reference, _ = read_checkpoint(inputs["model"])
        self.model, _ = read_checkpoint(inputs["model"])
        self.reward = read_reward(inputs["reward"]) if inputs.get("reward") else None
        self.exam = Exam(self.encoder, self.reference, settings, self.reward)
        self.updates = Updates(self.model)
        self._due = ["exam"]  # before anything is learned
        if snapshot is not None:
            self.restore(snapshot)

    def learn(self) -> Row | None:
        """A piece of learning; what was measured in the step once it is whole."""
        found = self.work()
        self.step = self.updates.step
        return found

    @abstractmethod
    def work(self) -> dict[str, float | int] | None:
        """A piece of learning; what was measured in the step once it is whole, else None."""

    def apply(self) -> None:
        """Follow the gradients added so far, as the settings say; notes if there is no way on."""
        asked = self.settings
        if not self.updates.apply(asked.learning_rate, asked.n_steps, asked.n_warmup_steps):
            self.diverged = True

    def looks_after(self, step: int) -> list[str]:
        """An exam from time to time and at the end."""
        is_due = step % self.settings.evaluate_every == 0 or step >= self.settings.n_steps
        return ["exam"] if is_due else []

    def looking(self, look: str) -> Looking:
        """The exam."""
        found = yield from self.exam.sit(self.model)
        samples = found.pop("samples")
        self._numbers |= figures_of(found)
        if self.step == 0:
            self._numbers |= figures_of(found, "_before")
        shown = [{"kind": "sample", "place": n, **one} for n, one in enumerate(samples)]
        return [{"kind": "exam", **found}, *shown]

    def memory(self) -> dict[str, Any]:
        """What the model answered before."""
        return {"before": self.exam.before}

    def recall(self, state: Mapping[str, Any]) -> None:
        """What the model answered before."""
        self.exam.before = state["before"]

    def tensors(self) -> dict[str, Tensor]:
        """Weights and the optimiser's memory: about three times the size of the model."""
        return self.updates.tensors()

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self.updates.restore(tensors, self.step)

    def result(self) -> bytes:
        """The model as it is now, as a checkpoint."""
        return checkpoint_bytes(self.model, {"step": self.step, "aligned_by": self.way})

    def numbers(self) -> Numbers:
        """The run's figures so far: those of the first and the last exam and of the last step."""
        return {**super().numbers(), "way": self.way, "rule": self.settings.rule}
