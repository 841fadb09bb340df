"""Training a reward model as a run: preferences in, a model that scores answers out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from core.alignment.aligning.dpo_program import pairs_of, pairs_of_step, side_by_side
from core.alignment.preferring.preferences import Preference, from_bytes, numbers_of, settled
from core.alignment.preferring.reward import (
    RewardModel,
    both_bad_loss,
    bradley_terry_loss,
    reward_bytes,
)
from core.alignment.settings import RewardSettings
from core.alignment.text.answered import Answered, answered
from core.alignment.updates import Updates
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.intervals import share_interval
from core.training.course import Course, Looking, Numbers, Row
from core.training.parts import Asked, cut, evenly, in_parts

HEADS = ("head.weight",)
BOTH_BAD_WEIGHT = 0.1
"""What a pair of bad answers adds to the loss, beside 1 for a pair with a better one: enough to
give the scores a zero, too little to drown what was preferred."""


@dataclass(frozen=True)
class Examined:
    """Pairs examined so far, those scored as they were chosen, and their loss in nats.

    The interval counts the pairs as independent trials. Examined in turn they are nearly so: two
    models share most of what they learned from, hence it is a little too narrow.
    """

    n: int = 0
    n_right: int = 0
    loss_nats: float = 0.0

    def __add__(self, other: "Examined") -> "Examined":
        return Examined(
            self.n + other.n, self.n_right + other.n_right, self.loss_nats + other.loss_nats
        )

    def found(self) -> dict[str, float | int]:
        """What an exam says, with the 95 % interval of the accuracy."""
        low, high = share_interval(self.n_right, self.n)
        return {
            "accuracy": self.n_right / self.n,
            "accuracy_low": low,
            "accuracy_high": high,
            "n_judged": self.n,
            "loss_nats": self.loss_nats / self.n,
        }


@dataclass(frozen=True)
class Round:
    """One model of a run: what it learns from, and what it is examined on."""

    pairs: Sequence[Preference]
    exam: Sequence[Preference]


def in_turn(pairs: Sequence[Preference], n_folds: int) -> list[Round]:
    """Rounds in which every pair is examined once by a model that has not learned from it.

    Args:
        pairs: all there are; dealt to the parts in turn.
        n_folds: parts; fewer where there are fewer pairs.

    Returns:
        One round a part, and one in which the last model learns from all; that alone where a
        single pair is all there is.

    Source: Stone 1974, "Cross-Validatory Choice and Assessment of Statistical Predictions",
        Journal of the Royal Statistical Society B 36, section 3.
    """
    n = min(n_folds, len(pairs)) if len(pairs) > 1 else 0
    parts = [pairs[k::n] for k in range(n)]
    others = [[one for place, one in enumerate(pairs) if place % n != k] for k in range(n)]
    return [*map(Round, others, parts), Round(pairs, ())]


class RewardProgram(Course[RewardSettings]):
    """One reward model; where `n_folds` asks for it, others before it, for the exam alone.

    Args:
        inputs: "model" (a checkpoint that answers), "encoder" and "preferences" as bytes;
            "held_out" (preferences too) for the exam, else a share of the pairs is kept for it.
        settings: a RewardSettings as a JSON object.
        snapshot: an earlier `snapshot` to resume from; None to start afresh.

    Raises:
        SettingError: a setting is unknown or lies outside its range.
        UnreadablePreferences, UnreadableWeights: an input is damaged.
        NoPreferences: no pair with a better answer is left.

    Rows, besides those of `Course`:
        "step" with loss_nats, accuracy (share of the step's pairs scored as they were chosen) and
        margin; "exam" with accuracy, accuracy_low, accuracy_high (95 % interval), n_judged and
        loss_nats on the pairs held out. Before the first step all answers are equal: no exam.
    """

    shares_out: ClassVar[bool] = True

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        super().__init__(RewardSettings.from_dict(settings))
        self.encoder = Encoder.from_bytes(inputs["encoder"])
        self._begun_as = inputs["model"]
        given = from_bytes(inputs["preferences"])
        self._rounds = self._planned(list(pairs_of(given)), inputs.get("held_out", b""))
        self._all_bad = settled(given).both_bad
        self._examined = Examined()
        self._numbers = {**numbers_of(given)}
        self._numbers["n_held_out"] = sum(len(each.exam) for each in self._rounds)
        self._begin(0)
        if snapshot is not None:
            self.restore(snapshot)

    def _planned(self, pairs: list[Preference], others: bytes) -> list[Round]:
        held_out = settled(from_bytes(others)).pairs
        if self.settings.n_folds and not held_out:
            return in_turn(pairs, self.settings.n_folds)
        n_kept = 0 if held_out else int(len(pairs) * self.settings.held_out_share)
        n_left = len(pairs) - n_kept
        return [Round(pairs[:n_left], held_out or pairs[n_left:])]

    def _begin(self, number: int) -> None:
        """A model that has learned nothing yet, and what it will read."""
        self._round = number
        pairs, exam = self._rounds[number].pairs, self._rounds[number].exam
        trunk, _ = read_checkpoint(self._begun_as)
        self.model = RewardModel(trunk)
        n_context = trunk.config.n_context
        self._n_pairs = len(pairs)
        self._batch = side_by_side(self.encoder, pairs, n_context)
        self._lengths = self._batch.lengths
        self._held_out = side_by_side(self.encoder, exam, n_context) if exam else None
        self._bad = _bad_answers(self.encoder, self._all_bad, n_context)
        factor = self.settings.head_learning_rate / self.settings.learning_rate
        self.updates = Updates(self.model, HEADS, factor)

    @property
    def n_steps(self) -> int:
        """Planned updates, of all models."""
        return len(self._rounds) * self.settings.n_steps

    def learn(self) -> Row:
        """One step, of the next model where the last one has made all of its own."""
        if self.updates.step >= self.settings.n_steps:
            self._begin(self._round + 1)
        found = self._step()
        self.step = self._round * self.settings.n_steps + self.updates.step
        return found

    def looks_after(self, step: int) -> list[str]:
        """An exam when a model is done; from time to time if it is the only one."""
        is_last = self.updates.step >= self.settings.n_steps
        is_alone = len(self._rounds) == 1
        is_due = is_last or (is_alone and step % self.settings.evaluate_every == 0)
        return ["exam"] if is_due else []

    def looking(self, look: str) -> Looking:
        """The exam, in one piece."""
        yield from ()
        return self._exam()

    def _step(self) -> dict[str, float]:
        settings, step = self.settings, self.updates.step
        chosen = pairs_of_step(self._n_pairs, settings.n_batch, step, settings.seed)
        pairs, bad = self._pairs(chosen), self._bad_ones(step)
        found, is_finite = self.updates.add_parts([*pairs, *bad])
        going = is_finite and self.updates.apply(settings.learning_rate, settings.n_steps)
        self.diverged = not going
        margins = torch.cat([part.found for part in found[: len(pairs)]])  # (B,)
        return {
            "loss_nats": float(sum(part.loss for part in found)),
            "accuracy": float((margins > 0.0).float().mean()),
            "margin": float(margins.mean()),
        }

    def _pairs(self, chosen: Sequence[int]) -> list[Asked[Tensor]]:
        """The parts of a step on some pairs."""
        longest = [max(self._lengths[pair], self._lengths[self._n_pairs + pair]) for pair in chosen]
        return [
            partial(self._chosen, [chosen[place] for place in some], len(chosen))
            for some in cut(longest, self.settings.n_parts)
        ]

    def _chosen(self, pairs: Sequence[int], n_pairs: int) -> tuple[Tensor, Tensor]:
        """() what some pairs add to the mean over n_pairs, and (B,) how far apart they are."""
        rows = [*pairs, *(self._n_pairs + pair for pair in pairs)]
        better, worse = self.model(self._batch.rows(rows)).chunk(2)  # (B,) each
        loss = len(pairs) / n_pairs * bradley_terry_loss(better, worse)
        return loss, (better - worse).detach()

    def _bad_ones(self, step: int) -> list[Asked[Tensor]]:
        """The parts of a step on answers of which nobody said that they were good."""
        if self._bad is None:
            return []
        asked = self.settings
        chosen = pairs_of_step(len(self._bad.tokens), asked.n_batch, step, asked.seed)
        lengths = self._bad.rows(chosen).lengths
        return [
            partial(self._refused, self._bad.rows([chosen[place] for place in some]), len(chosen))
            for some in cut(lengths, asked.n_parts)
        ]

    def _refused(self, bad: Answered, n_bad: int) -> tuple[Tensor, Tensor]:
        """() what some answers add to the mean over n_bad, weighted, and (B,) their scores."""
        scores: Tensor = self.model(bad)
        share = len(scores) / n_bad
        return BOTH_BAD_WEIGHT * share * both_bad_loss(scores), scores.detach()

    @torch.no_grad()
    def _scores(self, rows: slice) -> Tensor:
        """(B,) of some answers of the exam."""
        assert self._held_out is not None
        scores: Tensor = self.model(
            Answered(self._held_out.tokens[rows], self._held_out.mask[rows])
        )
        return scores

    @torch.no_grad()
    def _exam(self) -> list[Row]:
        """How often a pair that its model has not learned from is scored as it was chosen."""
        if self._held_out is None:
            return []
        rows = evenly(len(self._held_out.tokens), self.settings.n_parts)
        better, worse = torch.cat(in_parts(self._scores, rows)).chunk(2)  # (B,) each
        here = Examined(
            len(better), int((better > worse).sum()), float(-logsigmoid(better - worse).sum())
        )
        self._examined = here if len(self._rounds) == 1 else self._examined + here
        found = self._examined.found()
        self._numbers |= {f"held_out_{name}": value for name, value in found.items()}
        return [{"kind": "exam", **found}]

    def memory(self) -> dict[str, Any]:
        """Which model it is, and what the ones before came to."""
        return {"round": self._round, "examined": asdict(self._examined)}

    def recall(self, state: Mapping[str, Any]) -> None:
        """Which model it is, and what the ones before came to."""
        self._begin(state["round"])
        self._examined = Examined(**state["examined"])
        if "exam_due" in state:  # earlier, a snapshot counted the steps of this model alone
            self.step += self._round * self.settings.n_steps

    def tensors(self) -> dict[str, Tensor]:
        """Weights and the optimiser's memory of the model that is learning."""
        return self.updates.tensors()

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self.updates.restore(tensors, self.step - self._round * self.settings.n_steps)

    def result(self) -> bytes:
        """The reward model as it is now; read it with `read_reward`."""
        return reward_bytes(self.model, {"step": self.updates.step})

    def numbers(self) -> Numbers:
        """The run's figures so far."""
        n_models, n_trained = len(self._rounds), self._n_pairs
        return {**super().numbers(), "n_models": n_models, "n_trained": n_trained}


def _bad_answers(
    encoder: Encoder, both_bad: Sequence[Preference], n_context: int
) -> Answered | None:
    """Both answers of every pair of which it was said that neither is good."""
    texts = [(one.question, text) for one in both_bad for text in (one.a, one.b)]
    return answered(encoder, texts, n_context) if texts else None
