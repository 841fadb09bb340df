"""Direct preference optimisation as a run: pairs in, a model that prefers the same out."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, ClassVar

import torch
from torch import Tensor

from core.alignment.aligning.course import AligningCourse
from core.alignment.aligning.dpo import preference_loss, reference_log_probs
from core.alignment.preferring.preferences import Preference, from_bytes, numbers_of, settled
from core.alignment.settings import DpoSettings
from core.alignment.text.answered import Answered, answered
from core.data.text.bpe import Encoder
from core.errors import NoPreferences
from core.training.rehearsing import Rehearsal


class DpoProgram(AligningCourse[DpoSettings]):
    """DPO on somebody's preferences.

    Of the preferences it reads one verdict a pair (see `settled`). Pairs in which both answers are
    bad name no better one: they are left out here, and counted.

    Args:
        inputs: "model", "encoder" and "preferences" as bytes, perhaps "reward".
        settings: a DpoSettings as a JSON object.
        snapshot: as in AligningCourse.

    Raises:
        SettingError: a setting is unknown or lies outside its range.
        UnreadablePreferences: the preferences are damaged.
        NoPreferences: no pair with a better answer is left.
    """

    way: ClassVar[str] = "dpo"
    changeable: ClassVar[tuple[str, ...]] = ("learning_rate", "beta")

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        super().__init__(inputs, DpoSettings.from_dict(settings), snapshot)
        given = from_bytes(inputs["preferences"])
        self._n_pairs = len(pairs_of(given))
        self._batch = side_by_side(self.encoder, given, self.model.config.n_context)
        kind = "dpo with sft" if self.settings.sft_weight else "dpo"
        self._rehearsal = Rehearsal(kind, self.model.config)
        self._before: list[Tensor] = []  # the reference's log-probabilities, as far as computed
        self._numbers = {**numbers_of(given), **self._numbers}

    def work(self) -> dict[str, float | int] | None:
        """The reference's log-probabilities first, some pairs at a time; then steps."""
        n_done, n_batch = len(self._before), 2 * self.settings.n_batch
        rows = list(range(2 * self._n_pairs))[n_done : n_done + n_batch]
        if rows:
            self._before += reference_log_probs(self.reference, self._batch.rows(rows)).unbind()
            return None
        return self._step()

    def _step(self) -> dict[str, float | int]:
        settings = self.settings
        loss, margins = self._loss(self._rows_of_step())
        self.diverged = not self.updates.add(loss)
        if not self.diverged:
            self.apply()
        return {
            "loss_nats": float(loss.detach()),
            "margin": float(margins.mean()),
            "agreeing_share": float((margins > 0).float().mean()),
            "beta": settings.beta,
        }

    def _rows_of_step(self) -> list[int]:
        """Which rows the next step reads: the better answers, then the worse ones."""
        settings = self.settings
        chosen = pairs_of_step(self._n_pairs, settings.n_batch, self.step, settings.seed)
        return [*chosen, *(self._n_pairs + pair for pair in chosen)]

    def _loss(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """() the loss on some rows, and (B,) the margins of their pairs."""
        before = torch.stack([self._before[row] for row in rows])  # (2 B,)
        asked = self.settings
        return preference_loss(
            self.model, self._batch.rows(rows), before, asked.beta, asked.sft_weight
        )

    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next step gives the same bits with so many threads: tried for each length."""
        over = bool(self._due) or self.step >= self.settings.n_steps
        if over or self.diverged or len(self._before) < 2 * self._n_pairs:
            return False
        rows = self._rows_of_step()
        shape = self._batch.rows(rows).tokens.shape
        return self._rehearsal.same(shape, n_threads, lambda: self._rehearsed(rows))

    def _rehearsed(self, rows: Sequence[int]) -> list[Tensor]:
        """Loss and gradients of some rows, to no effect."""
        loss, margins = self._loss(rows)
        self.updates.add(loss)
        return [loss.detach(), margins.detach(), *self.updates.taken()]


def pairs_of(preferences: Sequence[Preference]) -> tuple[Preference, ...]:
    """The pairs with a better answer.

    Raises:
        NoPreferences: there is none.
    """
    found = settled(preferences)
    if not found.pairs:
        raise NoPreferences(
            f"none of {len(preferences)} judgements names a better answer",
            n=len(preferences),
            n_contradicting=found.n_contradicting,
        )
    return found.pairs


def side_by_side(encoder: Encoder, preferences: Sequence[Preference], n_context: int) -> Answered:
    """2 P rows: the better answers of all pairs, then in the same order the worse ones."""
    pairs = pairs_of(preferences)
    better = [(one.question, one.chosen) for one in pairs]
    worse = [(one.question, one.rejected) for one in pairs]
    return answered(encoder, [*better, *worse], n_context)


def pairs_of_step(n_pairs: int, n_batch: int, step: int, seed: int) -> list[int]:
    """Which pairs a step reads: every pair once before any comes again, in a new order each time.

    A pure function of its arguments, so that a run taken up again reads what it would have read.
    """
    found: list[int] = []
    for place in range(step * n_batch, step * n_batch + min(n_batch, n_pairs)):
        order = list(range(n_pairs))
        Random(seed * 1_000_003 + place // n_pairs).shuffle(order)
        found.append(order[place % n_pairs])
    return found
