"""A reward model: learns from preferences to give any answer a score.

It is the answering model with one row of numbers in place of the vocabulary: what the transformer
has gathered at the last token of an answer, times that row, is the score. Only differences between
answers to one question were ever learned; the score itself has no unit.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from core.alignment.text.answered import Answered, answered
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import Encoder
from core.errors import UnreadableWeights

HEAD: Final = "reward_head"  # under this name the head stands in the checkpoint's metadata
WORD: Final = re.compile(r"\S+\s*")


class RewardModel(nn.Module):
    """A transformer that judges instead of writing.

    Args:
        trunk: reads question and answer; it goes on learning with the head.
    """

    def __init__(self, trunk: Transformer) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(trunk.config.n_channels, 1, bias=False)
        nn.init.zeros_(self.head.weight)  # before the first preference all answers are equal

    def forward(self, batch: Answered) -> Tensor:
        """Score every answer.

        Args:
            batch: B answered questions.

        Returns:
            (B,) scores, without unit.
        """
        stream = self.trunk.read(batch.tokens)  # (B, T, C)
        rows = torch.arange(len(stream))
        scores: Tensor = self.head(stream[rows, batch.last]).squeeze(-1)  # (B,)
        return scores

    @torch.no_grad()
    def scores(self, encoder: Encoder, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Scores of (question, answer) pairs, in order."""
        if not pairs:
            return []
        found: list[float] = self(answered(encoder, pairs, self.trunk.config.n_context)).tolist()
        return found


def bradley_terry_loss(chosen: Tensor, rejected: Tensor) -> Tensor:
    """How surprising the choices are, if a choice is likelier the further the scores are apart.

    Args:
        chosen: (B,) scores of the better answers.
        rejected: (B,) scores of the worse ones.

    Returns:
        () nats, mean over the pairs; log 2 where all scores are equal.

    Source: Bradley and Terry 1952, "Rank Analysis of Incomplete Block Designs", section 3; as a
        loss: Ouyang et al. 2022, arXiv:2203.02155, equation 1.
    """
    return -logsigmoid(chosen - rejected).mean()


def both_bad_loss(scores: Tensor) -> Tensor:
    """Both answers lose against an answer that nobody wrote, whose score is 0.

    Args:
        scores: (B,) of answers of which it was said that both of the pair are bad.

    Returns:
        () nats, mean over the answers: the Bradley-Terry loss of each against 0. It says nothing
        of which is worse, and gives the scores a zero: below it, people said no.
    """
    return -logsigmoid(-scores).mean()


@dataclass(frozen=True)
class Influence:
    """What one word does to an answer's score.

    Args:
        start, end: where it stands in the answer, the white space behind it included.
        text: the word.
        change: score of the whole answer minus its score without this word.
    """

    start: int
    end: int
    text: str
    change: float


def word_influence(
    model: RewardModel, encoder: Encoder, question: str, answer: str
) -> list[Influence]:
    """Which words of an answer move its score: each is left out once.

    Args:
        model: scores.
        encoder: makes tokens of the texts.
        question: what was asked.
        answer: whose words are to be weighed.

    Returns:
        One influence a word, in order; they need not add up to the score, since words work
        together.

    Source: Zeiler and Fergus 2014, arXiv:1311.2901, section 4.2 (occlusion).
    """
    words = list(WORD.finditer(answer))
    without = [answer[: word.start()] + answer[word.end() :] for word in words]
    whole, *rest = model.scores(encoder, [(question, answer), *((question, a) for a in without)])
    return [
        Influence(word.start(), word.end(), word.group(), whole - score)
        for word, score in zip(words, rest, strict=True)
    ]


def reward_bytes(model: RewardModel, metadata: dict[str, Any] | None = None) -> bytes:
    """The reward model as a checkpoint of its trunk, with the head among the metadata."""
    head: list[float] = model.head.weight[0].tolist()  # (C,) float32, written exactly
    return checkpoint_bytes(model.trunk, {**(metadata or {}), HEAD: head})


def read_reward(data: bytes) -> RewardModel:
    """A reward model from the bytes of `reward_bytes`, which nobody has checked yet.

    Raises:
        UnreadableWeights: the bytes are damaged, forged, or no reward model.
    """
    trunk, metadata = read_checkpoint(data)
    head = metadata.get(HEAD)
    if not (
        isinstance(head, list)
        and len(head) == trunk.config.n_channels
        and all(isinstance(value, float) and math.isfinite(value) for value in head)
    ):
        reason = "there is no head that scores answers"
        raise UnreadableWeights(f"the weights cannot be read: {reason}", reason=reason)
    model = RewardModel(trunk)
    with torch.no_grad():
        model.head.weight.copy_(torch.tensor([head]))
    return model.eval()
