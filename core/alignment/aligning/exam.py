"""The exam: how a model answers questions it was not trained on, and how far it has moved.

Every exam asks the same questions with the same seeds, so two exams differ because of the
weights alone.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor

from core.alignment.aligning.dpo import token_log_probs
from core.alignment.aligning.grpo import entropy_per_token, kl_per_token
from core.alignment.preferring.reward import RewardModel
from core.alignment.settings import ExamSettings
from core.alignment.text.answered import Answered, laid_out
from core.alignment.text.asking import draw_questions
from core.alignment.text.chat import Reply, question_tokens, replies
from core.alignment.text.rules import RULES, grammatical
from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.data.world import Town, draw_town
from core.intervals import share_interval
from core.training.parts import in_pieces

N_SHOWN: Final = 6  # answers shown beside those of the reference
N_ROWS: Final = 8  # answers read or judged in one piece of work


@dataclass(frozen=True)
class Distance:
    """How far a model is from its reference, on answers it drew itself.

    Args:
        kl_nats: divergence from the reference per token, estimated.
        entropy_nats: its entropy per token.
        n_tokens: tokens read for it.
    """

    kl_nats: float
    entropy_nats: float
    n_tokens: int


class Exam:
    """Held-out questions, and what is measured on the answers to them.

    Args:
        encoder: between tokens and text.
        reference: the model before alignment; not changed.
        settings: how many questions, in which languages, judged by which rule.
        reward: scores the answers, where there is a reward model.
    """

    def __init__(
        self,
        encoder: Encoder,
        reference: Transformer,
        settings: ExamSettings,
        reward: RewardModel | None = None,
    ) -> None:
        self.encoder, self.reference, self.reward = encoder, reference, reward
        self.settings = settings
        self.town: Town = draw_town(settings.town_settings())
        held_out = draw_questions(
            self.town, settings.langs, "held_out", settings.n_held_out, settings.seed
        )
        self.questions = held_out[: settings.n_held_out]
        self.before: list[str] = []  # what the reference answered to what is shown

    @property
    def shown(self) -> list[str]:
        """Questions whose answers are shown: those that are watched, then those of the exam."""
        return [*self.settings.watched, *(one.text for one in self.questions)][:N_SHOWN]

    def sit(self, model: Transformer) -> Generator[str | None, None, dict[str, Any]]:
        """Take an exam in pieces, pausing at every `yield`. The reference takes the first one.

        Returns:
            rate: share of answers that keep the rule, with rate_low and rate_high, the ends of
            its 95 % interval, and n_judged; rates: the same share by every rule;
            grammatical_share; length: tokens of an answer; kl and entropy: nats per token;
            reward: mean score, where there is a reward model;
            samples: question, before and now of what is shown.
        """
        settings = self.settings
        texts = [*settings.watched, *(question.text for question in self.questions)]
        drawn = yield from replies(
            model,
            self.encoder,
            texts,
            seed=settings.seed,
            max_tokens=settings.max_tokens,
            temperature=settings.temperature,
            n_parts=settings.n_parts,
        )
        given = [each[0] for each in drawn]
        yield "reading"
        distance = yield from self._distance(model, texts, given)
        answers = given[len(settings.watched) :]
        yield "judging"
        found: dict[str, Any] = yield from self._judged(answers)
        found["kl"], found["entropy"] = distance.kl_nats, distance.entropy_nats
        found["length"] = sum(len(one.tokens) for one in answers) / len(answers)
        shown = [one.text for one in given[: len(self.shown)]]
        self.before = self.before or shown
        found["samples"] = [
            {"question": question, "before": before, "now": now}
            for question, before, now in zip(self.shown, self.before, shown, strict=True)
        ]
        return found

    def _judged(self, answers: Sequence[Reply]) -> Generator[str, None, dict[str, Any]]:
        """What the rules, the grammar and the reward model say of the answers."""
        kept: dict[str, int] = dict.fromkeys(RULES, 0)
        n_grammatical, scores = 0, list[float]()
        for place, (question, answer) in enumerate(zip(self.questions, answers, strict=True)):
            for name, rule in RULES.items():
                kept[name] += rule.keeps(question.text, answer.text, question.lang, self.town)
            n_grammatical += grammatical(answer.text, question.lang)
            if self.reward is not None:
                scores += self.reward.scores(self.encoder, [(question.text, answer.text)])
            if place % N_ROWS == N_ROWS - 1:
                yield "judging"
        n = len(answers)
        low, high = share_interval(kept[self.settings.rule], n)
        found = {
            "rate": kept[self.settings.rule] / n,
            "rate_low": low,
            "rate_high": high,
            "n_judged": n,
            "rates": {name: count / n for name, count in kept.items()},
            "grammatical_share": n_grammatical / n,
        }
        return found | ({"reward": sum(scores) / n} if scores else {})

    def _distance(
        self, model: Transformer, questions: Sequence[str], given: Sequence[Reply]
    ) -> Generator[str, None, Distance]:
        """Divergence and entropy over the tokens of all answers."""
        n_context = model.config.n_context
        batches = [
            read_again(self.encoder, questions[rows], given[rows], n_context)
            for rows in (slice(first, first + N_ROWS) for first in range(0, len(given), N_ROWS))
        ]
        measured = partial(distance, model, self.reference)
        found = yield from in_pieces(measured, batches, self.settings.n_parts, "reading")
        kl, entropy, n_tokens = 0.0, 0.0, 0
        for one in found:
            kl += one.kl_nats * one.n_tokens
            entropy += one.entropy_nats * one.n_tokens
            n_tokens += one.n_tokens
        return Distance(kl / max(1, n_tokens), entropy / max(1, n_tokens), n_tokens)


def read_again(
    encoder: Encoder, questions: Sequence[str], given: Sequence[Reply], n_context: int
) -> Answered:
    """Drawn answers after their questions, token by token as they were drawn.

    What reaches beyond `n_context` tokens is cut off at the end.
    """
    rows = []
    for question, reply in zip(questions, given, strict=True):
        asked = question_tokens(encoder, question)[-(n_context - 1) :]
        tokens = [*asked, *reply.tokens][:n_context]
        rows.append((tokens, [place >= len(asked) for place in range(len(tokens))]))
    return laid_out(rows)


@torch.no_grad()
def distance(model: Transformer, reference: Transformer, batch: Answered) -> Distance:
    """How far a model has moved from its reference, on answers it drew itself."""
    mask = batch.mask[:, 1:]
    logits: Tensor = model(batch.tokens)  # (B, T, V)
    now = token_log_probs(logits, batch.tokens)
    before = token_log_probs(reference(batch.tokens), batch.tokens)
    n_tokens = int(mask.sum())
    kl = (kl_per_token(now, before) * mask).sum() / max(1, n_tokens)
    entropy = (entropy_per_token(logits[:, :-1]) * mask).sum() / max(1, n_tokens)
    return Distance(float(kl), float(entropy), n_tokens)


def figures_of(found: Mapping[str, Any], suffix: str = "") -> dict[str, float | int | str]:
    """The scalar results of an exam, as an artefact keeps them; every name ends in `suffix`."""
    return {
        name + suffix: value for name, value in found.items() if isinstance(value, float | int)
    } | {f"rate_{rule}{suffix}": value for rule, value in found["rates"].items()}
