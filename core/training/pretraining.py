"""A run whose steps are a trainer's: pretraining, of any kind of data."""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from torch import Tensor, nn

from core.training.course import Course, CourseSettings, Row
from core.training.loop import StepReport, StepSettings, Trainer


class PretrainingSettings(CourseSettings, StepSettings, Protocol):
    """What both a course and the loop need to know."""


M = TypeVar("M", bound=nn.Module)
S = TypeVar("S", bound=PretrainingSettings)


class Pretraining(Course[S], Generic[M, S]):
    """One run of a trainer.

    Args:
        trainer: what learns; its settings are the run's.
    """

    first_steps: ClassVar[int] = 2
    """Always computed by one thread: a visitor is waiting for their losses."""

    def __init__(self, trainer: Trainer[M, S]) -> None:
        super().__init__(trainer.settings)
        self.trainer = trainer
        self._same_with: dict[int, bool] = {}  # threads -> whether a step's bits stay the same

    def learn(self) -> Row:
        """One step of the trainer."""
        self.trainer.settings = self.settings
        report = self.trainer.advance()
        self.step, self.diverged = report.step, report.diverged
        return self.measured(report)

    def measured(self, report: StepReport) -> Row:
        """What of a step stands in its row."""
        return {
            "loss": report.loss,
            "learning_rate": report.learning_rate,
            "gradient_norm": report.gradient_norm,
        }

    def control(self, change: Mapping[str, Any]) -> None:
        """Change the run from the next piece of work on.

        Args:
            change: any of `changeable`; "learning_rate" is the peak value, and that of the
                embeddings changes in proportion.

        Raises:
            SettingError: anything else, or a value out of range.
        """
        before = self.settings
        super().control(change)
        if "learning_rate" in change:
            share = self.settings.learning_rate / before.learning_rate
            rate = share * before.embedding_learning_rate
            self.settings = self.settings.changed(embedding_learning_rate=rate)

    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next piece gives the same bits with one thread and with so many.

        Tried once on a step of this very run; all later ones multiply matrices of the same shapes
        in the same order. Looks at the model are short and always computed by one thread, and so
        are the first steps.
        """
        if self._due or self.step <= self.first_steps:
            return False
        if n_threads not in self._same_with:
            self._same_with[n_threads] = self.trainer.same_with_threads(n_threads)
        return self._same_with[n_threads]

    def tensors(self) -> dict[str, Tensor]:
        """Weights, what the objective remembers, and the optimisers' memory."""
        return self.trainer.tensors()

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self.trainer.restore(tensors, self.step)
        self.trainer.settings, self.trainer.diverged = self.settings, self.diverged
