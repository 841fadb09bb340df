"""The live run: a model that answers from memory is taught to read what is put before it.

Nothing about the town is told in it: every lesson is about a year of its own. What is learned is
where to look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final, Self

from torch import Tensor

from core.alignment.text.answered import Answered
from core.alignment.text.chat import introduce_marks
from core.alignment.tuning.fine_tuning import TUNED_BEFORE
from core.alignment.tuning.supervised import Lesson, answer_loss, lesson
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import WorldSettings, draw_town
from core.languages import LANGS
from core.limits.grounding.board import N_FOUND, board
from core.limits.grounding.exam import FIRST_YEAR, Way, examined, greedy, tallied
from core.limits.grounding.lessons import MOST_PASSAGES, lessons
from core.settings import Checked
from core.training.course import Course, Looking, Row
from core.training.loop import Objective, Trainer
from core.training.parts import add_up, cut, differentiated
from core.training.settings import TrainingSettings
from core.training.text.next_token import stacked_matrices

SUBJECT: Final = "reading"  # in the metadata of the result
N_PARTS: Final = 2  # into which a step is cut, for as many threads; other parts, other bits


@dataclass(frozen=True)
class GroundingSettings(Checked):
    """One run.

    Args (and the unit of each):
        world: settings of the small world that the model's texts tell.
        n_steps: updates.
        n_batch: lessons per step.
        n_lessons: lessons that are drawn; they are gone through again and again.
        most_passages: before a question of a lesson.
        learning_rate: peak rate of AdamW.
        ask_every: steps between two looks, besides one before and one at the end.
        n_found: notices put before the model in the exam.
        n_years: years that the last look asks about; those before ask about one.
        ways: what is asked at every look.
        seed: of the lessons and their order.
    """

    told_as: ClassVar[str] = "is no setting of this run"

    world: Mapping[str, Any]
    n_steps: int = 400
    n_batch: int = 16
    n_lessons: int = 8000
    most_passages: int = MOST_PASSAGES
    learning_rate: float = 0.002
    ask_every: int = 100
    n_found: int = N_FOUND
    n_years: int = 1
    ways: tuple[Way, ...] = ("alone", "given")
    seed: int = 0

    def __post_init__(self) -> None:
        self.must_lie(1, 20_000, "n_steps", "ask_every")
        self.must_lie(1, 256, "n_batch")
        self.must_lie(10, 100_000, "n_lessons")
        self.must_lie(1e-6, 1.0, "learning_rate")
        self.must_lie(1, MOST_PASSAGES, "n_found", "most_passages")
        self.must_lie(1, 50, "n_years")
        self.must_lie(0, 2**31, "seed")

    def training(self) -> TrainingSettings:
        """How the model is trained."""
        return TrainingSettings(
            n_steps=self.n_steps,
            n_batch=self.n_batch,
            optimizer="adamw",
            learning_rate=self.learning_rate,
            seed=self.seed,
        )


class ReadingLessons(Objective[Transformer, TrainingSettings]):
    """Answering from what stands before the question; only the answer counts.

    Args:
        model: changed in place.
        taught: the lessons as tokens.
    """

    shares_out = True

    def __init__(self, model: Transformer, taught: Lesson) -> None:
        super().__init__(model)
        self.taught = taught

    def gradient(self, settings: TrainingSettings, step: int) -> float:
        """Mean surprise per token of the answers, in nats, with its gradient in the weights."""
        read = self.taught.batch(step, settings.seed, settings.n_batch)
        n_counted = int(read.mask[:, 1:].sum())
        parts = [
            partial(self._of_part, read.rows(rows), n_counted)
            for rows in cut(read.lengths, N_PARTS)
        ]
        weights = list(self.model.parameters())
        found = differentiated(weights, parts)
        add_up(weights, found)
        return sum(part.loss.item() for part in found)

    def _of_part(self, some: Answered, n_counted: int) -> tuple[Tensor, None]:
        """What some lessons add to the mean over all tokens that count."""
        share = int(some.mask[:, 1:].sum()) / n_counted
        return share * answer_loss(self.model(some.tokens), some.tokens, some.mask), None

    def stacked(self) -> dict[str, int]:
        """One weight produces queries, keys and values."""
        return stacked_matrices(self.model)

    def n_read(self, settings: TrainingSettings) -> int:
        """Lessons per step."""
        return settings.n_batch

    def afresh(self) -> Self:
        """The same lessons for another model of this plan."""
        return type(self)(Transformer(self.model.config), self.taught)


class GroundingProgram(Course[GroundingSettings]):
    """Teaches a model to read, and asks it what it never read.

    Args:
        inputs: "model" (a checkpoint) and "encoder", as bytes.
        settings: a GroundingSettings as a JSON object.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "asked" with way, lang and tally, a Tally as a dictionary: one for each way and language.
    """

    changeable: ClassVar[tuple[str, ...]] = ()
    shares_out: ClassVar[bool] = True

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        super().__init__(GroundingSettings.from_dict(settings))
        asked = self.settings
        self.encoder = Encoder.from_bytes(inputs["encoder"])
        self.model, about = read_checkpoint(inputs["model"])
        if not TUNED_BEFORE & about.keys():
            introduce_marks(self.model, self.encoder)
        self.world = WorldSettings(**asked.world)
        town = draw_town(self.world)
        taught = lessons(asked.n_lessons, town, asked.seed, asked.most_passages)
        fitting = lesson(self.encoder, taught, self.model.config.n_context)
        self.trainer = Trainer(ReadingLessons(self.model, fitting), asked.training())
        self._due = ["asked"]  # before anything is learned
        if snapshot is not None:
            self.restore(snapshot)

    def learn(self) -> Row:
        """One update."""
        report = self.trainer.advance()
        self.step += not report.diverged
        self.diverged = report.diverged
        return {"loss_nats": report.loss}

    def looks_after(self, step: int) -> Sequence[str]:
        """From time to time, and at the end."""
        is_due = step % self.settings.ask_every == 0 or step >= self.settings.n_steps
        return ("asked",) if is_due else ()

    def looking(self, look: str) -> Looking:
        """Every way in every language, each in a piece of work of its own."""
        asked = self.settings
        n_years = asked.n_years if self.step >= asked.n_steps else 1
        rows: list[Row] = []
        for way in asked.ways:
            for lang in LANGS:
                some = []
                for number in range(n_years):
                    year = board(FIRST_YEAR + number, lang)
                    ask = greedy(self.model, self.encoder)
                    some += examined(ask, year, way, self.world, asked.n_found)
                    yield "asked"
                rows.append(
                    {"kind": "asked", "way": way, "lang": lang, "tally": vars(tallied(some))}
                )
        return rows

    def tensors(self) -> dict[str, Tensor]:
        """Weights and the optimisers' memory."""
        return self.trainer.tensors()

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self.trainer.restore(tensors, self.step)
        self.trainer.diverged = self.diverged

    def result(self) -> bytes:
        """The model as it is now, as a checkpoint."""
        return checkpoint_bytes(self.model, {"step": self.step, "subject": SUBJECT})
