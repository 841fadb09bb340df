"""Direct preference optimisation as a run: pairs in, a model that prefers the same out."""

from collections.abc import Mapping, Sequence
from functools import partial
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
from core.training.parts import Asked, cut, evenly, in_parts


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
        self._lengths = self._batch.lengths
        self._before: list[Tensor] = []  # the reference's log-probabilities, as far as computed
        self._numbers = {**numbers_of(given), **self._numbers}

    @property
    def piece(self) -> str:
        """The reference's log-probabilities are computed faster than a step."""
        before = not self._due and len(self._before) < 2 * self._n_pairs
        return "reference" if before else super().piece

    def work(self) -> dict[str, float | int] | None:
        """The reference's log-probabilities first, some pairs at a time; then steps."""
        n_done, asked = len(self._before), self.settings
        rows = list(range(2 * self._n_pairs))[n_done : n_done + 2 * asked.n_batch]
        if rows:
            parts = [self._batch.rows(rows[some]) for some in evenly(len(rows), asked.n_parts)]
            for found in in_parts(partial(reference_log_probs, self.reference), parts):
                self._before += found.unbind()
            return None
        return self._step()

    def _step(self) -> dict[str, float | int]:
        settings = self.settings
        chosen = pairs_of_step(self._n_pairs, settings.n_batch, self.step, settings.seed)
        found, is_finite = self.updates.add_parts(self._parts(chosen))
        self.diverged = not is_finite
        if is_finite:
            self.apply()
        margins = torch.cat([part.found for part in found])  # (B,)
        return {
            "loss_nats": sum(part.loss.item() for part in found),
            "margin": float(margins.mean()),
            "agreeing_share": float((margins > 0).float().mean()),
            "beta": settings.beta,
        }

    def _parts(self, chosen: Sequence[int]) -> list[Asked[Tensor]]:
        """The parts of a step on some pairs."""
        n_tokens = int(self._batch.mask[list(chosen), 1:].sum())
        longest = [max(self._lengths[pair], self._lengths[self._n_pairs + pair]) for pair in chosen]
        return [
            partial(self._loss, [chosen[place] for place in some], len(chosen), n_tokens)
            for some in cut(longest, self.settings.n_parts)
        ]

    def _loss(self, pairs: Sequence[int], n_pairs: int, n_tokens: int) -> tuple[Tensor, Tensor]:
        """() what some pairs add to the loss of n_pairs, and (B,) their margins."""
        rows = [*pairs, *(self._n_pairs + pair for pair in pairs)]  # the better answers come first
        before = torch.stack([self._before[row] for row in rows])  # (2 B,)
        asked, share = self.settings, len(pairs) / n_pairs
        batch = self._batch.rows(rows)
        return preference_loss(
            self.model, batch, before, asked.beta, asked.sft_weight, share, n_tokens
        )


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
