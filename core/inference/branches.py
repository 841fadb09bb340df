"""A text that is steered token by token: whatever was forced or drawn stays, as a tree of branches.

Nothing is ever changed in place: every action gives new branches, so the ones before it can be
returned to. The own probability of a token is the model's; what was drawn from is kept beside it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from torch import Tensor

from core.inference.choosing import choose
from core.inference.processors import Processor
from core.inference.scoring import TextScore, score_next

How = Literal["given", "forced", "drawn"]
N_LIKELIEST: Final = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What the model said of a token before it stood there."""

    logprob: float
    """nats: of the token, after those before it"""
    entropy: float
    """nats: of the distribution it came from"""
    rank: int
    """tokens that were likelier; 0 for the likeliest"""
    likeliest: tuple[tuple[int, float], ...]
    """ids and nats of the likeliest tokens, the likeliest first"""

    @property
    def bits(self) -> float:
        """The surprise of the token, in bits."""
        return abs(self.logprob) / math.log(2)  # a logarithm of a probability is at most 0


@dataclass(frozen=True, slots=True)
class Taken:
    """One token of the tree, and how it came to stand there."""

    number: int
    """its own: its place in `Branches.taken`"""
    parent: int
    """of the token before it; -1 for the first of all"""
    token: int
    how: How
    seen: Seen | None = None
    """None for the first token, which nothing precedes"""
    share: float | None = None
    """its probability after all steps; 0 where a filter had left it out; None if given"""
    order: tuple[Processor, ...] = ()
    """the steps with their settings when it was taken"""


@dataclass(frozen=True)
class Branches:
    """Every text taken from one beginning, and the one that is gone on with."""

    taken: tuple[Taken, ...]
    """the beginning first; a token comes after its parent"""
    n_given: int
    """tokens of the beginning"""
    current: int
    """the last token of the text that is gone on with"""

    @classmethod
    def of(cls, tokens: Sequence[int], score: TextScore) -> "Branches":
        """The beginning alone.

        Args:
            tokens: of the beginning, at least one.
            score: of these tokens, as `score_text` gives it.
        """
        if not tokens:
            raise ValueError("a beginning has at least one token")
        given = [Taken(0, -1, tokens[0], "given")]
        given += [
            Taken(place + 1, place, token, "given", _seen(score, place))
            for place, token in enumerate(tokens[1:])
        ]
        return cls(tuple(given), len(given), len(given) - 1)

    def path(self, number: int | None = None) -> tuple[Taken, ...]:
        """The text up to a token (default: the current one), the first token first."""
        found = []
        at = self.current if number is None else self._known(number)
        while at >= 0:
            found.append(self.taken[at])
            at = self.taken[at].parent
        return tuple(reversed(found))

    def tokens(self) -> tuple[int, ...]:
        """The ids of the current text."""
        return tuple(each.token for each in self.path())

    def ends(self) -> tuple[int, ...]:
        """The last token of every branch, the oldest first."""
        parents = {each.parent for each in self.taken}
        return tuple(each.number for each in self.taken if each.number not in parents)

    def logprob(self, number: int | None = None) -> float:
        """Nats: of the whole text up to a token after its first, by the model's own account."""
        return sum(each.seen.logprob for each in self.path(number) if each.seen)

    def go(self, number: int) -> "Branches":
        """Go on from another token; everything after it stays as a branch."""
        return replace(self, current=self._known(number))

    def take(
        self,
        token: int,
        logits: Tensor,
        order: Sequence[Processor],
        before: Sequence[int],
        how: How,
    ) -> "Branches":
        """Append a token to the current text, or go to it where it has been taken before.

        Args:
            token: its id.
            logits: (V,) the model's scores after the current text.
            order: the steps between them and the draw.
            before: the text so far as the penalties see it.
            how: whether it was forced, or a draw hit it.

        Raises:
            ValueError: the token is none of the vocabulary.
            WritingFailed: the model's scores are not numbers.
        """
        if not 0 <= token < len(logits):
            raise ValueError(f"token ids must lie in [0, {len(logits)})")
        share = float(choose(logits, before, order, 0.0).end.probs[token])
        seen = _seen(score_next(logits, token, N_LIKELIEST), 0)
        known = next(
            (one for one in self.taken if one.parent == self.current and one.token == token), None
        )
        if known is not None:  # its settings are those under which it was taken last
            again = known
            if known.how != "given":
                again = replace(known, how=how, share=share, order=tuple(order))
            taken = (*self.taken[: known.number], again, *self.taken[known.number + 1 :])
            return replace(self, taken=taken, current=known.number)
        new = Taken(len(self.taken), self.current, token, how, seen, share, tuple(order))
        return replace(self, taken=(*self.taken, new), current=new.number)

    def _known(self, number: int) -> int:
        if not 0 <= number < len(self.taken):
            raise ValueError(f"there is no token {number} in the tree")
        return number


def _seen(score: TextScore, place: int) -> Seen:
    """One place of a score."""
    likeliest = zip(
        score.likeliest[place].tolist(), score.likeliest_logprobs[place].tolist(), strict=True
    )
    return Seen(
        float(score.logprobs[place]),
        float(score.entropies[place]),
        int(score.ranks[place]),
        tuple((int(token), float(logprob)) for token, logprob in likeliest),
    )
