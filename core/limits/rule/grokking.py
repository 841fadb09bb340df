"""Grokking: a model learns some sums modulo p by heart, and much later, all at once, the rule.

The sums form a closed table: p x p of them. A share stands in the texts, all others are asked.

Source: Power et al. 2022, "Grokking: Generalization Beyond Overfitting on Small Algorithmic
Datasets", arXiv:2201.02177; what such a model then computes: Nanda et al. 2023, "Progress Measures
for Grokking via Mechanistic Interpretability", arXiv:2301.05217. Unlike there, the model has one
block with rotary positions, a table of tokens that is tied, and batches instead of all sums.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, Self

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.errors import SettingError
from core.limits.reading import Asked, drawn_rows
from core.limits.trials import Trials, TrialSettings, small_plan
from core.training.course import Looking
from core.training.loop import Trainer
from core.training.settings import TrainingSettings

Lane = Literal["decay", "plain"]
LANES: Final[tuple[Lane, ...]] = ("decay", "plain")
"""With weight decay, and without."""
N_TOKENS: Final = 3  # of a question: a, b, and a mark for what is asked
RULE_KNOWN: Final = 0.95  # of the other sums right: the rule
BY_HEART: Final = 0.95  # of the sums told right


@dataclass(frozen=True)
class GrokkingSettings(TrialSettings):
    """The same model twice, with weight decay and without; or several seeds of it.

    Args (and the unit of each):
        lanes: which of the two are trained.
        modulus: p, what is left of a sum when p is taken off as often as it goes; a prime.
        told_share: share of the p x p sums that stand in the texts.
        weight_decay: share of a weight lost per step, times the learning rate; with "plain", 0.
        n_seeds: models of each lane; each seed draws its own sums, weights and batches.
        n_steps_each: updates of one model.
        n_batch: sums per update.
        learning_rate: of all weights, constant after a short rise.
        n_channels, n_heads: of the model, which has one block.
        evaluate_every: steps between two looks at both sorts of sums.
        seed: of the first model of each lane; the others count up from it.
    """

    most_steps: ClassVar[int] = 20_000

    lanes: tuple[str, ...] = LANES
    modulus: int = 59
    told_share: float = 0.3
    weight_decay: float = 2.0
    n_seeds: int = 1
    n_steps_each: int = 1500
    n_batch: int = 128
    learning_rate: float = 0.002
    n_channels: int = 128
    n_heads: int = 4
    evaluate_every: int = 40
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.lanes or not set(self.lanes) <= set(LANES):
            raise SettingError("lanes", self.lanes, f"must be some of {LANES}")
        self.must_lie(3, 127, "modulus")
        self.must_lie(0.05, 0.95, "told_share")
        self.must_lie(0.0, 10.0, "weight_decay")
        self.must_lie(1, 10_000, "evaluate_every")

    @property
    def models(self) -> list[tuple[Lane, int]]:
        """Lane and seed of every model, in order: one of each lane, then the next seed."""
        return self.by_seed([lane for lane in LANES if lane in self.lanes])

    def of_lane(self, lane: Lane, seed: int) -> TrainingSettings:
        """How one model is trained."""
        return self.training(
            seed,
            optimizer="adamw",
            embedding_learning_rate=TrainingSettings.embedding_learning_rate,
            weight_decay=self.weight_decay if lane == "decay" else 0.0,
            decay_share=0.0,
        )

    def design(self) -> ModelConfig:
        """The plan of each model."""
        return small_plan(self.modulus + 1, N_TOKENS, self.n_channels, 1, self.n_heads)


@dataclass(frozen=True)
class Table:
    """All sums modulo p, as tokens.

    Args:
        questions: (p * p, N_TOKENS) a, b and the mark.
        answers: (p * p,) a + b modulo p.
        told: (n,) rows that stand in the texts.
        others: (p * p - n,) rows that do not.
    """

    questions: Tensor
    answers: Tensor
    told: Tensor
    others: Tensor

    @classmethod
    def drawn(cls, modulus: int, told_share: float, seed: int) -> Self:
        """The share that is told is drawn by the seed."""
        numbers = torch.arange(modulus)
        pairs = torch.cartesian_prod(numbers, numbers)  # (p * p, 2)
        mark = torch.full((len(pairs), 1), modulus)
        order = torch.randperm(len(pairs), generator=torch.Generator().manual_seed(seed))
        n_told = round(told_share * len(pairs))
        return cls(
            questions=torch.cat((pairs, mark), 1),
            answers=pairs.sum(1) % modulus,
            told=order[:n_told],
            others=order[n_told:],
        )


class Modular(Asked):
    """Answering sums modulo p, in nats per answer; every weight decays by itself.

    Args:
        model: changed in place.
        table: its sums; only those told are learned from.
    """

    def __init__(self, model: Transformer, table: Table) -> None:
        super().__init__(model)
        self.table = table

    def loss(self, settings: TrainingSettings, step: int) -> Tensor:
        """() mean surprise per answer of the sums that are drawn, in nats."""
        drawn = drawn_rows(len(self.table.told), settings, step)
        rows = self.table.told[drawn]  # (B,)
        logits = self.model(self.table.questions[rows], only_last=True)[:, 0]  # (B, V)
        return cross_entropy(logits, self.table.answers[rows])

    @torch.no_grad()
    def updated(self, settings: TrainingSettings, step: int) -> None:
        """Shrink every matrix and table a little: decoupled weight decay.

        Source: Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2. There a weight shrinks
        together with its update, here right after it.
        """
        kept = 1.0 - settings.learning_rate * settings.weight_decay
        for weight in self.model.parameters():
            if weight.ndim == 2:  # gains of norms stay
                weight.mul_(kept)

    def n_read(self, settings: TrainingSettings) -> int:
        """Tokens per step."""
        return settings.n_batch * N_TOKENS

    def afresh(self) -> Self:
        """The same table for another model of this plan."""
        return type(self)(Transformer(self.model.config), self.table)


@torch.inference_mode()
def n_right(model: Transformer, table: Table, rows: Tensor) -> int:
    """How many of these sums the likeliest token answers rightly."""
    given = model(table.questions[rows], only_last=True)[:, 0].argmax(-1)  # (n,)
    return int((given == table.answers[rows]).sum())


@torch.no_grad()
def weight_norm(model: Transformer) -> float:
    """The length of all weights together, as of one long vector."""
    return math.sqrt(sum(float(weight.square().sum()) for weight in model.parameters()))


class GrokkingProgram(Trials[GrokkingSettings]):
    """All models, one after the other, looked at all along.

    Args:
        inputs: none are read.
        settings: a GrokkingSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier; None to start.

    Rows, besides those of `Course`:
        "step" with loss_nats;
        "looked" with model, lane, seed, done, within (updates of this model), told and others:
        sums of either sort and how many are right, weight_norm.
    """

    asks_for = GrokkingSettings

    def begin(self, turn: int) -> Trainer[Transformer, TrainingSettings]:
        """Draw the sums that are told, and a model that has read none of them."""
        self.lane, seed = self.settings.models[turn]
        self.table = Table.drawn(self.settings.modulus, self.settings.told_share, seed)
        model = Transformer(self.settings.design(), seed=seed)
        return Trainer(Modular(model, self.table), self.settings.of_lane(self.lane, seed))

    def looks_after(self, step: int) -> Sequence[str]:
        """Each model is looked at again and again, and at its end."""
        within = self.steps_within(step)
        return ("looked",) if within % self.settings.evaluate_every == 0 else ()

    def looking(self, look: str) -> Looking:
        """Every sum of the table."""
        yield from ()  # in one piece
        model, table = self.trainer.model, self.table
        return [
            {
                "kind": "looked",
                **self.place(),
                "lane": self.lane,
                "seed": self.trainer.settings.seed,
                "within": self.trainer.step,
                "told": [len(table.told), n_right(model, table, table.told)],
                "others": [len(table.others), n_right(model, table, table.others)],
                "weight_norm": round(weight_norm(model), 2),
            }
        ]


@dataclass(frozen=True)
class Learned:
    """How one model came along.

    Args:
        lane, seed: which one.
        within: its updates at each look.
        told, others: share of the sums of either sort that were right then, of 1.
        weight_norm: length of all weights then.
        n_told, n_others: sums of either sort.
    """

    lane: Lane
    seed: int
    within: tuple[int, ...]
    told: tuple[float, ...]
    others: tuple[float, ...]
    weight_norm: tuple[float, ...]
    n_told: int
    n_others: int

    @property
    def by_heart(self) -> int | None:
        """Updates until nearly all sums told were right for the first time; None: never."""
        return _first(self.within, self.told, BY_HEART)

    @property
    def rule(self) -> int | None:
        """Updates until nearly all others were right for the first time; None: never."""
        return _first(self.within, self.others, RULE_KNOWN)


def _first(within: Sequence[int], shares: Sequence[float], least: float) -> int | None:
    return next((n for n, share in zip(within, shares, strict=True) if share >= least), None)


def courses(rows: Sequence[Mapping[str, Any]]) -> list[Learned]:
    """How each model came along, in their order.

    Args:
        rows: of kind "looked".
    """
    by_model: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_model.setdefault(row["model"], []).append(row)
    return [
        Learned(
            lane=some[0]["lane"],
            seed=some[0]["seed"],
            within=tuple(row["within"] for row in some),
            told=tuple(row["told"][1] / row["told"][0] for row in some),
            others=tuple(row["others"][1] / row["others"][0] for row in some),
            weight_norm=tuple(row["weight_norm"] for row in some),
            n_told=some[0]["told"][0],
            n_others=some[0]["others"][0],
        )
        for some in by_model.values()
    ]
