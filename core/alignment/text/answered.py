"""Answered questions, batched for the model.

Every row is one question with one answer, padded on the right to the length of the longest. The
padding has no effect: no token attends to those after it, and the mask leaves it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.alignment.text.chat import example_tokens
from core.data.text.bpe import Encoder

AnsweredRow = tuple[Sequence[int], Sequence[bool]]
"""Tokens of a question with its answer, and True on those of the answer."""


@dataclass(frozen=True)
class Answered:
    """Questions with their answers, side by side.

    Args:
        tokens: (B, T) token ids.
        mask: (B, T) True exactly on the answers and the end marks behind them.
    """

    tokens: Tensor
    mask: Tensor

    def rows(self, chosen: Sequence[int]) -> "Answered":
        """Some of the rows, no wider than they need to be."""
        mask = self.mask[list(chosen)]
        width = int(mask.any(dim=0).nonzero().max()) + 1
        return Answered(self.tokens[list(chosen)][:, :width], mask[:, :width])

    @property
    def lengths(self) -> list[int]:
        """Tokens of each row, without its padding."""
        found: list[int] = (self.last + 1).tolist()
        return found

    @property
    def last(self) -> Tensor:
        """(B,) where each answer ends."""
        places = torch.arange(self.mask.shape[1])
        return (self.mask * places).amax(dim=1)


def answered(
    encoder: Encoder, pairs: Sequence[tuple[str, str]], n_context: int, n_answer: int = 0
) -> Answered:
    """Questions and answers laid out for a model.

    Args:
        encoder: makes tokens of the texts.
        pairs: (question, answer), at least one.
        n_context: tokens the model can look at; longer pairs lose the end of the answer, and
            a question that leaves no room for an answer loses its beginning.
        n_answer: longest answer in tokens, including the end mark; 0: no limit but the context.

    Returns:
        One row a pair, in order.
    """
    return laid_out([_fitted(encoder, *pair, n_context, n_answer) for pair in pairs])


def laid_out(rows: Sequence[AnsweredRow]) -> Answered:
    """Rows of tokens with their masks, padded on the right to equal length."""
    width = max(len(tokens) for tokens, _ in rows)
    tokens = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros(len(rows), width, dtype=torch.bool)
    for row, (ids, is_answer) in enumerate(rows):
        tokens[row, : len(ids)] = torch.tensor(ids)
        mask[row, : len(ids)] = torch.tensor(is_answer)
    return Answered(tokens, mask)


def _fitted(
    encoder: Encoder, question: str, answer: str, n_context: int, n_answer: int
) -> tuple[list[int], list[bool]]:
    """One pair, cut to the context; at least one token of the answer is kept."""
    tokens, is_answer = example_tokens(encoder, question, answer)
    n_asked = is_answer.index(True)
    room = n_answer or n_context // 2
    if n_asked + min(room, len(tokens) - n_asked) > n_context:  # the question is too long
        surplus = n_asked + min(room, len(tokens) - n_asked) - n_context
        tokens, is_answer = tokens[surplus:], is_answer[surplus:]
        n_asked -= surplus
    end = min(n_context, n_asked + n_answer) if n_answer else n_context
    return tokens[:end], is_answer[:end]
