"""Comparing models: the same questions, the same seeds, judged by the same rules.

Invariant: answer j to question i is drawn with the same seed by every model, so that two answers
differ because of the weights alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import torch
from torch import Tensor

from core.alignment.text.asking import Question
from core.alignment.text.chat import answers
from core.architecture.transformer import Transformer
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.inference.surprise import token_losses
from core.intervals import share_interval
from core.training.text.evaluation import mean_loss, validation_sequences

KEPT_FROM: Final = 1.0  # an answer keeps a rule if it does all that the rule wants
N_ANSWER_TOKENS: Final = 60
EXAM_TEMPERATURE: Final = 0.7  # how people let such models answer; pairs to choose from vary more
N_COST_SEQUENCES: Final = 64


class Judge(Protocol):
    """Anything that judges an answer; core.alignment.text.rules has such rules."""

    def judge(self, question: str, answer: str, lang: str, town: Any) -> float:
        """How well an answer does what is wanted, from 0 to 1."""
        ...


@dataclass(frozen=True)
class Contender:
    """A model in the comparison.

    Args:
        model: gives the answers; must not change meanwhile.
        encoder: its own.
        is_chat: whether it was taught to answer; a base model is asked in the layout of the
            documents it has read.
    """

    model: Transformer
    encoder: Encoder
    is_chat: bool

    def answers(
        self,
        questions: Sequence[Question],
        *,
        seed: int,
        n_each: int = 1,
        temperature: float = 1.0,
        max_tokens: int = N_ANSWER_TOKENS,
    ) -> list[list[str]]:
        """For each question its `n_each` answers, drawn with seeds that every model shares."""
        return answers(
            self.model,
            self.encoder,
            [question.text for question in questions],
            n_each=n_each,
            seed=seed,
            max_tokens=max_tokens,
            temperature=temperature,
            base_langs=() if self.is_chat else [question.lang for question in questions],
        )


@dataclass(frozen=True)
class Rate:
    """How often a rule was kept.

    Args:
        n_kept: answers that keep it.
        n: answers judged.
    """

    n_kept: int
    n: int

    @property
    def share(self) -> float:
        """Of 1; 0 without any answer."""
        return self.n_kept / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the share."""
        return share_interval(self.n_kept, self.n)


@dataclass(frozen=True)
class Duel:
    """One model's answers against another's, question by question.

    Args:
        n_won: answers of the first that are better.
        n_tied: equally good ones; they are counted apart and decide nothing.
        n_lost: answers of the first that are worse.
    """

    n_won: int
    n_tied: int
    n_lost: int

    @property
    def n_decided(self) -> int:
        """Comparisons with a better answer."""
        return self.n_won + self.n_lost

    @property
    def win_rate(self) -> float:
        """Share of the decided comparisons that the first one won; one half if there are none."""
        return self.n_won / self.n_decided if self.n_decided else 0.5

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the win rate."""
        return share_interval(self.n_won, self.n_decided)


Scores = list[list[float]]
"""For each question, for each answer to it: what a rule says, from 0 to 1."""


def judged(
    rule: Judge, questions: Sequence[Question], given: Sequence[Sequence[str]], town: Any
) -> Scores:
    """What a rule says of answers.

    Args:
        rule: judges.
        questions: what was asked.
        given: for each question the answers to it.
        town: the facts the rule may look up.
    """
    return [
        [rule.judge(question.text, answer, question.lang, town) for answer in each]
        for question, each in zip(questions, given, strict=True)
    ]


def rate(scores: Scores) -> Rate:
    """How often the rule was kept."""
    flat = [score for each in scores for score in each]
    return Rate(sum(score >= KEPT_FROM for score in flat), len(flat))


def duel(ours: Scores, theirs: Scores) -> Duel:
    """Answer against answer: the one drawn for the same question with the same seed.

    Raises:
        ValueError: they were not asked the same, or not equally often.
    """
    pairs = [
        pair
        for one, other in zip(ours, theirs, strict=True)
        for pair in zip(one, other, strict=True)
    ]
    n_won = sum(mine > yours for mine, yours in pairs)
    n_tied = sum(mine == yours for mine, yours in pairs)
    return Duel(n_won, n_tied, len(pairs) - n_won - n_tied)


@dataclass(frozen=True)
class Comparison:
    """How several models fared on the same questions.

    Args:
        questions: what was asked.
        answers: model -> for each question its answers.
        rates: model -> rule -> how often it was kept.
        duels: (model, model) -> how the first fared against the second by all rules together;
            every pair once, the model further along the chain first.
    """

    questions: tuple[Question, ...]
    answers: dict[str, list[list[str]]]
    rates: dict[str, dict[str, Rate]]
    duels: dict[tuple[str, str], Duel]


def compare(
    given: Mapping[str, list[list[str]]],
    questions: Sequence[Question],
    rules: Mapping[str, Judge],
    town: Any,
) -> Comparison:
    """Judge the answers of several models.

    Args:
        given: model -> its answers, models in the order of the chain.
        questions: what was asked, best held out from training.
        rules: name -> rule, at least one.
        town: the facts the rules may look up.
    """
    together: dict[str, Scores] = {}
    rates: dict[str, dict[str, Rate]] = {}
    for model, texts in given.items():
        scores = {name: judged(rule, questions, texts, town) for name, rule in rules.items()}
        rates[model] = {name: rate(found) for name, found in scores.items()}
        together[model] = _mean(list(scores.values()))
    names = list(given)
    duels = {
        (later, earlier): duel(together[later], together[earlier])
        for place, later in enumerate(names)
        for earlier in reversed(names[:place])
    }
    return Comparison(tuple(questions), dict(given), rates, duels)


def _mean(scores: Sequence[Scores]) -> Scores:
    """The mean of what several rules say, answer by answer."""
    return [
        [sum(of_answer) / len(scores) for of_answer in zip(*of_question, strict=True)]
        for of_question in zip(*scores, strict=True)
    ]


@torch.inference_mode()
def probability_shift(before: Transformer, after: Transformer, tokens: Sequence[int]) -> Tensor:
    """How much likelier each token of a text has become: log p after minus log p before.

    Args:
        before: the earlier model.
        after: the later one; both share an encoder.
        tokens: T token ids.

    Returns:
        (T - 1,) nats; entry i belongs to token i + 1. Above 0 it has become likelier; ln 2 means
        twice as likely.
    """
    return token_losses(before, tokens) - token_losses(after, tokens)


@dataclass(frozen=True)
class Cost:
    """The change in loss on ordinary text, in bits per byte."""

    before: float
    after: float

    @property
    def change(self) -> float:
        """Above 0 the model has become worse at continuing text."""
        return self.after - self.before


def plain_text_cost(
    before: Transformer, after: Transformer, dataset: Dataset, n_sequences: int = N_COST_SEQUENCES
) -> Cost:
    """The loss on held-out text of the world, before and after; always the same sequences.

    Args:
        before, after: the models.
        dataset: that `before` was trained on; its validation stream is read.
        n_sequences: the most to read, evenly spread.
    """
    sequences = validation_sequences(dataset, n_sequences, before.config.n_context)  # (B, T+1)
    bits = [
        dataset.bits_per_byte(mean_loss(model, sequences), "validation")
        for model in (before, after)
    ]
    return Cost(*bits)
