"""An n-gram model with interpolated Kneser-Ney smoothing: a table of what followed what.

A row of tokens is one whole number, so that all n-grams of the corpus are sorted arrays: what
followed a context stands side by side. Invariant: the probabilities after any context sum to 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final, Self

import numpy as np
import numpy.typing as npt

ORDER: Final = 4  # tokens of the longest n-gram: the next one and the three before it
DISCOUNT: Final = 0.75  # where a corpus is too small to estimate one

Whole = npt.NDArray[np.uint64]
Real = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """All n-grams of one length.

    Args:
        grams: (N,) each n-gram as one number, ascending.
        counts: (N,) how often each stands in the text; below the longest: how many different
            tokens were seen before it.
        contexts: (M,) each n-gram without its last token, ascending.
        totals: (M,) the sum of the counts after each context.
        firsts: (M + 1,) where in `grams` each context begins.
        discount: taken off every count.
    """

    grams: Whole
    counts: Real
    contexts: Whole
    totals: Real
    firsts: npt.NDArray[np.int64]
    discount: float

    @classmethod
    def of(cls, grams: Whole, counts: Real, n_vocab: int) -> Self:
        """Sort the n-grams by their contexts, and estimate the discount.

        Source: Ney, Essen & Kneser 1994, D = n1 / (n1 + 2 n2); n1 and n2 count the n-grams that
            occur once and twice.
        """
        contexts, firsts = np.unique(grams // np.uint64(n_vocab), return_index=True)
        totals = np.add.reduceat(counts, firsts)
        once, twice = int((counts == 1).sum()), int((counts == 2).sum())
        discount = once / (once + 2 * twice) if once and twice else DISCOUNT
        ends = np.append(firsts, len(grams)).astype(np.int64)
        return cls(grams, counts, contexts, totals, ends, discount)

    def after(self, context: int) -> slice | None:
        """Where in `grams` the followers of a context stand; None if it was never seen."""
        place = int(np.searchsorted(self.contexts, np.uint64(context)))
        if place == len(self.contexts) or int(self.contexts[place]) != context:
            return None
        return slice(int(self.firsts[place]), int(self.firsts[place + 1]))


@dataclass(frozen=True)
class Because:
    """What a probability rests on.

    Args:
        context: the longest row of tokens before it that the text holds with some follower.
        n_context: how often that row was followed by anything.
        n_token: how often it was followed by this token; 0: a shorter context gave it.
    """

    context: tuple[int, ...]
    n_context: int
    n_token: int


class NGrams:
    """Counts of up to ORDER tokens in a row, smoothed.

    Args:
        documents: token ids of each text; every text is taken to begin after end tokens.
        n_vocab: size of the vocabulary, V.
        end_id: the token before the first and after the last of a text.
        order: tokens of the longest n-gram.

    Source: Kneser & Ney 1995, "Improved backing-off for m-gram language modeling"; interpolated as
        in Chen & Goodman 1998, "An Empirical Study of Smoothing Techniques", section 3: of every
        count D is taken off, and what is gained goes to the context that is one token shorter.
    """

    def __init__(
        self, documents: Sequence[Sequence[int]], n_vocab: int, end_id: int, order: int = ORDER
    ) -> None:
        self.n_vocab, self.end_id, self.order = n_vocab, end_id, order
        self.levels = self._counted(documents)
        shortest, p = self.levels[0], np.zeros(n_vocab)
        p[shortest.grams.astype(np.int64)] = shortest.counts - shortest.discount
        spread = shortest.discount * len(shortest.grams)
        self._alone: Real = (p + spread / n_vocab) / shortest.totals[0]  # (V,) without context

    @property
    def n_parameters(self) -> int:
        """Counts that are kept."""
        return sum(len(level.grams) for level in self.levels)

    @property
    def n_bytes(self) -> int:
        """Bytes of all n-grams and their counts in memory."""
        return sum(level.grams.nbytes + level.counts.nbytes for level in self.levels)

    def _counted(self, documents: Sequence[Sequence[int]]) -> list[Level]:
        """Levels of length 1 to order."""
        before = [self.end_id] * (self.order - 1)
        rows = [
            np.lib.stride_tricks.sliding_window_view(
                np.array([*before, *tokens, self.end_id], np.uint64), self.order
            )
            for tokens in documents
        ]
        grams, counts = np.unique(self._packed(np.concatenate(rows)), return_counts=True)
        levels = [Level.of(grams, counts.astype(np.float64), self.n_vocab)]
        for length in range(self.order - 1, 0, -1):
            # Each distinct longer n-gram counts once: how many tokens were seen before it?
            shorter = grams % np.uint64(self.n_vocab**length)
            grams, counts = np.unique(shorter, return_counts=True)
            levels.append(Level.of(grams, counts.astype(np.float64), self.n_vocab))
        return levels[::-1]

    def _packed(self, rows: Whole) -> Whole:
        """(N, n) tokens -> (N,) one number each: the tokens are its digits in base V."""
        number = np.zeros(len(rows), np.uint64)
        for column in rows.T:
            number = number * np.uint64(self.n_vocab) + column
        return number

    def _contexts(self, before: Sequence[int]) -> list[tuple[int, ...]]:
        """The last 1, 2, ... order - 1 tokens."""
        padded = (*[self.end_id] * (self.order - 1), *before)
        return [tuple(padded[-n:]) for n in range(1, self.order)]

    def probs(self, before: Sequence[int]) -> Real:
        """(V,) probability of each next token after a text.

        Args:
            before: the text so far; its beginning is taken to follow the end of another.
        """
        p = self._alone
        for level, context in zip(self.levels[1:], self._contexts(before), strict=True):
            seen = level.after(_number(context, self.n_vocab))
            if seen is None:
                break
            counts = level.counts[seen]
            total = counts.sum()
            p = p * (level.discount * len(counts) / total)
            tokens = (level.grams[seen] % np.uint64(self.n_vocab)).astype(np.int64)
            p[tokens] += (counts - level.discount) / total
        return p

    def loss_nats(self, tokens: Sequence[int]) -> float:
        """Summed surprise at the tokens of a text that begins after an end token, in nats."""
        return -sum(log(self.probs(tokens[:n])[token]) for n, token in enumerate(tokens))

    def because(self, before: Sequence[int], token: int) -> Because:
        """Which context the next token rests on, and what was counted there."""
        found = Because((), int(self.levels[0].totals[0]), 0)
        for level, context in zip(self.levels[1:], self._contexts(before), strict=True):
            seen = level.after(_number(context, self.n_vocab))
            if seen is None:
                break
            tokens = level.grams[seen] % np.uint64(self.n_vocab)
            count = level.counts[seen][tokens == token]
            found = Because(context, int(level.counts[seen].sum()), int(count.sum()))
            if not found.n_token:
                break
        return found


def _number(tokens: Sequence[int], n_vocab: int) -> int:
    number = 0
    for token in tokens:
        number = number * n_vocab + token
    return number
