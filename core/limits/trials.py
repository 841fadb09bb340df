"""Small models, one after the other, as one run: each starts untrained and is asked at its end.

What is compared are the models of one run, so they are started, stopped and found again together.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar, Final, Generic, TypeVar

from torch import Tensor

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, fitting, packed, tensors_of
from core.settings import Checked
from core.training.course import Course, Row
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

MODEL: Final = "model"  # what the name of a kept weight begins with

Lane = TypeVar("Lane")
R = TypeVar("R", bound=Mapping[str, Any])


@dataclass(frozen=True)
class TrialSettings(Checked):
    """What every such run is told, besides what its models learn.

    Args (and the unit of each):
        n_seeds: models of each sort; each seed draws texts, weights and batches of its own.
        n_steps_each: updates of one model.
        n_batch: what is read per update.
        learning_rate: peak rate of the hidden matrices.
        seed: of the first model of each sort; the others count up from it.
    """

    told_as: ClassVar[str] = "is no setting of this run"
    fewest_steps: ClassVar[int] = 1
    most_steps: ClassVar[int] = 10_000

    n_seeds: int = 1
    n_steps_each: int = 200
    n_batch: int = 64
    learning_rate: float = 0.02
    seed: int = 0

    def __post_init__(self) -> None:
        self.must_lie(1, 20, "n_seeds")
        self.must_lie(self.fewest_steps, self.most_steps, "n_steps_each")
        self.must_lie(1, 4096, "n_batch")

    @property
    def seeds(self) -> range:
        """Every seed, in order."""
        return range(self.seed, self.seed + self.n_seeds)

    @property
    def models(self) -> Sequence[Any]:
        """What tells the models apart, in their order; here only their seeds do."""
        return self.seeds

    @property
    def n_steps(self) -> int:
        """Updates of all models together."""
        return self.n_steps_each * len(self.models)

    def by_seed(self, lanes: Sequence[Lane]) -> list[tuple[Lane, int]]:
        """A model of each lane, then the same with the next seed: lane and seed of each."""
        return [(lane, seed) for seed, lane in product(self.seeds, lanes)]

    def training(self, seed: int, **others: Any) -> TrainingSettings:
        """How one model is trained: one rate for all weights, but for what is said otherwise."""
        common: dict[str, Any] = {
            "n_steps": self.n_steps_each,
            "n_batch": self.n_batch,
            "learning_rate": self.learning_rate,
            "embedding_learning_rate": self.learning_rate,
            "precision": "float32",
            "seed": seed,
        }
        return TrainingSettings(**common | others)


def small_plan(
    n_vocab: int, n_context: int, n_channels: int, n_layers: int, n_heads: int
) -> ModelConfig:
    """The plan of a small model: every head has its own keys, the MLP is four times as wide."""
    return ModelConfig(
        n_vocab=n_vocab,
        n_context=n_context,
        n_layers=n_layers,
        n_heads=n_heads,
        n_kv_heads=n_heads,
        n_channels=n_channels,
        n_hidden=4 * n_channels,
    )


S = TypeVar("S", bound=TrialSettings)


class Trials(Course[S], Generic[S]):
    """All models of a comparison, each for as many steps as any other.

    Args:
        inputs: the artefacts that it reads, by name; often none.
        settings: of the run, as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    A subclass says what its settings are, how a model is begun and what it is asked.
    """

    changeable: ClassVar[tuple[str, ...]] = ()
    asks_for: ClassVar[type[Any]]
    """The class of its settings."""
    trainer: Trainer[Any, Any]

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        super().__init__(self.asks_for.from_dict(settings))
        self.inputs = inputs
        self._turn = -1
        self._trained = 0
        self._at(0)
        if snapshot is not None:
            self.restore(snapshot)

    @property
    def turn(self) -> int:
        """The place of the model that is under way, counted from 0."""
        return self._turn

    @abstractmethod
    def begin(self, turn: int) -> Trainer[Any, Any]:
        """Draw what a model reads, and make the model, untrained.

        Args:
            turn: its place among all of them.
        """

    def _at(self, turn: int) -> None:
        if turn != self._turn:
            self._turn = turn
            self.trainer = self.begin(turn)

    def learn(self) -> Row:
        """One update of the model whose turn it is."""
        self._at(self.turn_at(self.step))
        report = self.trainer.advance()
        self.step += not report.diverged
        self.diverged = report.diverged
        return {"loss_nats": report.loss}

    def turn_at(self, step: int) -> int:
        """Whose turn it is after so many steps; other where models have lengths of their own."""
        return step // self.settings.n_steps_each

    def steps_within(self, step: int) -> int:
        """Steps since the model under way was begun; 0 at the end of each model."""
        return step % self.settings.n_steps_each

    def place(self) -> Row:
        """What every row about a model carries: its turn, and whether its training is over."""
        return {"model": self._turn, "done": self.trainer.finished}

    def memory(self) -> dict[str, Any]:
        """Which model's turn it is; the place of a finished run lies beyond the last."""
        return {"turn": self._turn, "trained": self.trainer.step}

    def recall(self, state: Mapping[str, Any]) -> None:
        """Take up the same model."""
        self._at(state["turn"])
        self._trained = int(state["trained"])

    def tensors(self) -> dict[str, Tensor]:
        """Weights and optimisers' memory of the model whose turn it is."""
        return self.trainer.tensors()

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self.trainer.restore(tensors, self._trained)
        self.trainer.diverged = self.diverged

    def result(self) -> bytes:
        """The model of the latest turn, as a checkpoint."""
        return checkpoint_bytes(self.trainer.model, {"step": self.step})


class Keeping(Trials[S], Generic[S]):
    """The same, and every finished model is kept, so that all of them can be asked afterwards."""

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        self.kept: dict[int, dict[str, Tensor]] = {}  # weights by turn
        super().__init__(inputs, settings, snapshot)

    def _at(self, turn: int) -> None:
        if 0 <= self._turn < turn:
            self.kept.setdefault(self._turn, _weights(self.trainer.model))
        super()._at(turn)

    def tensors(self) -> dict[str, Tensor]:
        """Those of the model under way, and the weights of the finished ones."""
        return super().tensors() | _named(self.kept)

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self.kept = {}
        own = {}
        for name, value in tensors.items():
            head, _, rest = name.partition(".")
            if head.startswith(f"{MODEL}_"):
                turn = int(head.removeprefix(f"{MODEL}_"))
                self.kept.setdefault(turn, {})[rest] = value.clone()
            else:
                own[name] = value
        super().take_up(own)

    def result(self) -> bytes:
        """All models that were trained, the unfinished one included, in one file."""
        model: Transformer = self.trainer.model
        every = self.kept | {self.turn: _weights(model)}
        about = {"config": model.config.to_dict(), "metadata": {"n": len(every)}}
        return packed(_named(every), about, "float32")


def _weights(model: Transformer) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _named(models: Mapping[int, Mapping[str, Tensor]]) -> dict[str, Tensor]:
    return {
        f"{MODEL}_{turn}.{name}": value
        for turn, weights in models.items()
        for name, value in weights.items()
    }


def kept_models(data: bytes, plans: Sequence[ModelConfig]) -> Iterator[tuple[int, Transformer]]:
    """The models of a run with their turns, from its result.

    Args:
        data: what `Keeping.result` returned.
        plans: of every model that the run has, in order; one that was never begun is left out.

    Raises:
        UnreadableWeights: the bytes are damaged, or not of such a run.
    """
    stored = tensors_of(data)
    for turn, plan in enumerate(plans):
        prefix = f"{MODEL}_{turn}."
        own = {n.removeprefix(prefix): v for n, v in stored.items() if n.startswith(prefix)}
        if own:
            skeleton = Transformer(plan, seed=None, device="meta").state_dict()
            model = Transformer(plan, seed=None)
            model.load_state_dict(fitting(skeleton, own))
            yield turn, model.eval()


def finished(rows: Sequence[R]) -> list[R]:
    """The last row of each model whose training is over."""
    return [row for row in rows if row["done"]]
