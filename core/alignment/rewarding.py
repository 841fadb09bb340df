"""Training a reward model as a run: preferences in, a model that scores answers out."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from core.alignment.answered import Answered, answered
from core.alignment.intervals import share_interval
from core.alignment.preferences import Preference, from_bytes, numbers_of, settled
from core.alignment.preferring import pairs_of, pairs_of_step, side_by_side
from core.alignment.reward import RewardModel, both_bad_loss, bradley_terry_loss, reward_bytes
from core.alignment.settings import RewardSettings
from core.alignment.updates import Updates
from core.architecture.weights import read_checkpoint
from core.data.bpe import Encoder
from core.errors import SettingError
from core.training.program import snapshot_state

Row = dict[str, Any]
HEADS = ("head.weight",)
BOTH_BAD_WEIGHT = 0.1
"""What a pair of bad answers adds to the loss, beside 1 for a pair with a better one: enough to
give the scores a zero, too little to drown what was preferred."""


class RewardProgram:
    """One reward model.

    Args:
        inputs: "model" (a checkpoint that answers), "encoder" and "preferences" as bytes;
            "held_out" (preferences too) for the exam, else a share of the pairs is kept for it.
        settings: a RewardSettings as a JSON object.
        snapshot: what `snapshot` gave earlier, to go on from there; None to begin.

    Raises:
        SettingError: a setting is unknown or lies outside its range.
        UnreadablePreferences, UnreadableWeights: an input is damaged.
        NoPreferences: no pair with a better answer is left.
    """

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        self.settings = RewardSettings.from_dict(settings)
        self.encoder = Encoder.from_bytes(inputs["encoder"])
        trunk, _ = read_checkpoint(inputs["model"])
        self.model = RewardModel(trunk)
        given = from_bytes(inputs["preferences"])
        pairs = list(pairs_of(given))
        held_out = list(settled(from_bytes(inputs.get("held_out", b""))).pairs)
        if not held_out:
            n_held_out = int(len(pairs) * self.settings.held_out_share)
            pairs, held_out = pairs[: len(pairs) - n_held_out], pairs[len(pairs) - n_held_out :]
        n_context = trunk.config.n_context
        self._n_pairs = len(pairs)
        self._batch = side_by_side(self.encoder, pairs, n_context)
        self._held_out = side_by_side(self.encoder, held_out, n_context) if held_out else None
        self._bad = _bad_answers(self.encoder, settled(given).both_bad, n_context)
        factor = self.settings.head_learning_rate / self.settings.learning_rate
        self.updates = Updates(self.model, HEADS, factor)
        self.diverged = False
        self._exam_due = False  # before the first step all answers are equal
        self._seconds = 0.0
        self._numbers: dict[str, float | int | str] = {**numbers_of(given)}
        self._numbers |= {"n_trained": len(pairs), "n_held_out": len(held_out)}
        if snapshot is not None:
            self._restore(snapshot)

    @property
    def finished(self) -> bool:
        """Nothing is left to do: neither steps nor an exam."""
        over = self.diverged or self.updates.step >= self.settings.n_steps
        return over and not self._exam_due

    def advance(self) -> list[Row]:
        """One piece of work: a step or an exam.

        Returns:
            Rows with "kind" and "step":
            "step" with n_steps, loss_nats, accuracy (share of the step's pairs scored as they
            were chosen), margin and seconds; "exam" with accuracy, accuracy_low, accuracy_high
            (95 % interval), n_judged and loss_nats on the pairs held out;
            "diverged" once, when a loss is no finite number: the run ends there.
        """
        if self.finished:
            return []
        if self._exam_due:
            self._exam_due = False
            return self._exam()
        begun = time.perf_counter()
        found = self._step()
        self._seconds += time.perf_counter() - begun
        if self.diverged:
            return [{"kind": "diverged", "step": self.updates.step}]
        step = self.updates.step
        self._exam_due = step % self.settings.evaluate_every == 0 or self.finished
        self._numbers |= found
        place = {"step": step, "n_steps": self.settings.n_steps, "seconds": self._seconds}
        return [{"kind": "step", **place, **found}]

    def _step(self) -> dict[str, float]:
        settings, step = self.settings, self.updates.step
        chosen = pairs_of_step(self._n_pairs, settings.n_batch, step, settings.seed)
        rows = [*chosen, *(self._n_pairs + pair for pair in chosen)]
        better, worse = self.model(self._batch.rows(rows)).chunk(2)  # (B,) each
        loss: Tensor = bradley_terry_loss(better, worse)
        if self._bad is not None:
            bad = pairs_of_step(len(self._bad.tokens), settings.n_batch, step, settings.seed)
            loss = loss + BOTH_BAD_WEIGHT * both_bad_loss(self.model(self._bad.rows(bad)))
        going = self.updates.add(loss)
        going = going and self.updates.apply(settings.learning_rate, settings.n_steps)
        self.diverged = not going
        return {
            "loss_nats": float(loss.detach()),
            "accuracy": float((better > worse).float().mean()),
            "margin": float((better - worse).detach().mean()),
        }

    @torch.no_grad()
    def _exam(self) -> list[Row]:
        """How often a pair that it has not learned from is scored as it was chosen."""
        if self._held_out is None:
            return []
        better, worse = self.model(self._held_out).chunk(2)
        n, n_right = len(better), int((better > worse).sum())
        low, high = share_interval(n_right, n)
        found = {
            "accuracy": n_right / n,
            "accuracy_low": low,
            "accuracy_high": high,
            "n_judged": n,
            "loss_nats": float(bradley_terry_loss(better, worse)),
        }
        self._numbers |= {f"held_out_{name}": value for name, value in found.items()}
        return [{"kind": "exam", "step": self.updates.step, "seconds": self._seconds, **found}]

    def control(self, change: Mapping[str, Any]) -> None:
        """Change "learning_rate" from the next step on.

        Raises:
            SettingError: something else, or a value outside its range.
        """
        for name, value in change.items():
            if name != "learning_rate":
                raise SettingError(name, value, "cannot be changed while a run is under way")
        self.settings = self.settings.changed(**change)

    def snapshot(self) -> bytes:
        """All that is needed to go on bit by bit."""
        state = {
            "step": self.updates.step,
            "diverged": self.diverged,
            "settings": self.settings.to_dict(),
            "exam_due": self._exam_due,
            "seconds": self._seconds,
            "numbers": self._numbers,
        }
        return save(self.updates.tensors(), {"state": json.dumps(state)})

    def _restore(self, snapshot: bytes) -> None:
        state = snapshot_state(snapshot)
        self.updates.restore(load(snapshot), state["step"])
        self.diverged, self._exam_due = state["diverged"], state["exam_due"]
        self.settings = RewardSettings.from_dict(state["settings"])
        self._seconds, self._numbers = state["seconds"], state["numbers"]

    def result(self) -> bytes:
        """The reward model as it is now; read it with `read_reward`."""
        return reward_bytes(self.model, {"step": self.updates.step})

    def numbers(self) -> dict[str, float | int | str]:
        """The run's figures so far."""
        step = {"step": self.updates.step, "n_steps": self.settings.n_steps}
        return {**self._numbers, **step, "seconds": self._seconds}


def _bad_answers(
    encoder: Encoder, both_bad: Sequence[Preference], n_context: int
) -> Answered | None:
    """Both answers of every pair of which it was said that neither is good."""
    texts = [(one.question, text) for one in both_bad for text in (one.a, one.b)]
    return answered(encoder, texts, n_context) if texts else None
