"""Reinforcement learning as a run: the model answers, is scored, and learns from the difference."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import torch
from torch import Tensor

from core.alignment.aligning.course import AligningCourse
from core.alignment.aligning.dpo import token_log_probs
from core.alignment.aligning.exam import N_ROWS, read_again
from core.alignment.aligning.grpo import (
    entropy_per_token,
    group_advantages,
    grpo_loss,
    kl_per_token,
)
from core.alignment.settings import GOODNESS, MODEL_OF_CLICKS, RULE, GrpoSettings
from core.alignment.text.answered import Answered
from core.alignment.text.asking import Question, draw_questions
from core.alignment.text.chat import Reply, replies
from core.alignment.text.examples import SORTS
from core.alignment.text.rules import RULES, goodness
from core.errors import SettingError
from core.training.parts import Asked

SEEDS_A_STEP = 10_000  # no two steps draw with the same seeds


class GrpoProgram(AligningCourse[GrpoSettings]):
    """Group-relative policy optimisation with a KL penalty.

    Every step draws `n_each` answers to `n_groups` questions, scores them, and updates once.

    Args:
        inputs: "model" and "encoder" as bytes; "reward" where the reward is the model of clicks.
        settings: a GrpoSettings as a JSON object.
        snapshot: as in AligningCourse.

    Raises:
        SettingError: a setting is unknown or lies outside its range, or the reward is to be a
            model and none was given.
    """

    way: ClassVar[str] = "grpo"
    changeable: ClassVar[tuple[str, ...]] = ("learning_rate", "kl_weight")

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        asked = GrpoSettings.from_dict(settings)
        if asked.reward == MODEL_OF_CLICKS and not inputs.get("reward"):
            raise SettingError("reward", asked.reward, "needs a reward model")
        super().__init__(inputs, asked, snapshot)
        self._under_way: Generator[str | None, None, dict[str, float | int]] | None = None

    def work(self) -> dict[str, float | int] | None:
        """A further piece of a step: some more tokens, some scores, some answers to learn from.

        A snapshot holds no half step: it is begun again, with the same seeds.
        """
        if self._under_way is None:
            self._under_way = self._step()
        try:
            self._stage = next(self._under_way) or ""
        except StopIteration as end:
            self._under_way, self._stage = None, ""
            found: dict[str, float | int] = end.value
            return found
        return None

    def _questions(self) -> list[Question]:
        """Of this step; none of them asks for what an exam asks for.

        As in fine-tuning, a third of them ask for what was never told: where inventing is common,
        it is drawn often enough to be unlearned.
        """
        asked = self.settings
        seed = (asked.seed + self.step + 1) * SEEDS_A_STEP
        langs, n = asked.langs, asked.n_groups
        return draw_questions(self.exam.town, langs, "train", n, seed, shares=SORTS)

    def _step(self) -> Generator[str | None, None, dict[str, float | int]]:
        """Draw, score, learn: one update on N answers to each of G questions, B = G N."""
        settings = self.settings
        asked = self._questions()  # G
        questions = [one for one in asked for _ in range(settings.n_each)]  # B
        drawn = yield from replies(
            self.model,
            self.encoder,
            [question.text for question in asked],
            n_each=settings.n_each,
            seed=(settings.seed + self.step + 1) * SEEDS_A_STEP,
            max_tokens=settings.max_tokens,
            temperature=1.0,  # the loss is about the model itself, not about a sharpened one
            n_parts=settings.n_parts,
        )
        given = [reply for each in drawn for reply in each]  # B
        yield "judging"
        scores = yield from self._rewards(questions, given)
        rewards = torch.tensor(scores).view(-1, settings.n_each)  # (G, N)
        advantages = group_advantages(rewards).flatten()  # (B,)
        sums: Counter[str] = Counter()
        parts: list[Asked[dict[str, float]]] = []
        for first in range(0, len(given), N_ROWS):
            some = slice(first, first + N_ROWS)
            texts = [question.text for question in questions[some]]
            batch = read_again(self.encoder, texts, given[some], self.model.config.n_context)
            share = len(batch.tokens) / len(given)
            parts.append(partial(self._learned, batch, advantages[some], share))
        for first in range(0, len(parts), settings.n_parts):
            yield "learning"
            found, is_finite = self.updates.add_parts(parts[first : first + settings.n_parts])
            if not is_finite:
                self.updates.forget()
                self.diverged = True
                return {}
            for part in found:
                sums.update(part.found)
        self.apply()
        return {
            "loss": sums["loss"],
            "reward": float(rewards.mean()),
            "reward_spread": float(rewards.std(dim=1).mean()),
            "kl": sums["kl"] / sums["n_tokens"],
            "entropy": sums["entropy"] / sums["n_tokens"],
            "length": sums["n_tokens"] / len(given),
            "kl_weight": settings.kl_weight,
        }

    def _learned(
        self, batch: Answered, advantages: Tensor, share: float
    ) -> tuple[Tensor, dict[str, float]]:
        """What is learned from some of a step's answers; a step's loss is the mean over all.

        Args:
            batch: some answers, as they were drawn.
            advantages: one for each.
            share: how much of the step they are.

        Returns:
            () their part of the loss; the same as a number, and sums over their tokens.
        """
        mask = batch.mask[:, 1:]
        with torch.no_grad():
            before = token_log_probs(self.reference(batch.tokens), batch.tokens)
        logits = self.model(batch.tokens)  # (B, T, V)
        log_probs = token_log_probs(logits, batch.tokens)  # (B, T - 1)
        drawn = log_probs.detach()  # the answers were drawn from this very model
        asked = self.settings
        loss = share * grpo_loss(
            log_probs, drawn, before, advantages, mask, asked.kl_weight, asked.clip
        )
        entropy = entropy_per_token(logits.detach()[:, :-1])
        return loss, {
            "loss": float(loss.detach()),
            "kl": float((kl_per_token(drawn, before) * mask).sum()),
            "entropy": float((entropy * mask).sum()),
            "n_tokens": float(mask.sum()),
        }

    def _rewards(
        self, questions: Sequence[Question], given: Sequence[Reply]
    ) -> Generator[str, None, list[float]]:
        """(B,) what each answer is worth; by a rule from 0 to 1, by the model without unit."""
        found: list[float] = []
        for first in range(0, len(given), N_ROWS):
            some = list(zip(questions, given, strict=True))[first : first + N_ROWS]
            if self.settings.reward == MODEL_OF_CLICKS:
                assert self.reward is not None
                pairs = [(question.text, reply.text) for question, reply in some]
                found += self.reward.scores(self.encoder, pairs)
            else:
                judge = (
                    goodness
                    if self.settings.reward == GOODNESS
                    else RULES[self.settings.reward.removeprefix(RULE)].judge
                )
                found += [judge(q.text, reply.text, q.lang, self.exam.town) for q, reply in some]
            yield "judging"
        return found
