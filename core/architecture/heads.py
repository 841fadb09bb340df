"""What a head does, read off its attention weights: how far back it looks and how selectively.

Every measure is a share of attention, from 0 to 1, and comes with the value expected by chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.errors import SettingError


def share_at_distance(weights: Tensor, distance: int) -> Tensor:
    """How much a head looks at the token `distance` positions back, on average.

    Args:
        weights: (..., T, T) attention weights; every row sums to 1.
        distance: 0 is the token itself, 1 the previous one; less than T.

    Returns:
        (...,) the mean over all tokens that have a token that far back: 1 for a head that does
        nothing else.

    Raises:
        SettingError: no token has another one that far back.

    Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits",
        transformer-circuits.pub, on previous-token heads.
    """
    n_tokens = weights.shape[-1]
    if not 0 <= distance < n_tokens:
        raise SettingError("distance", distance, f"must lie in [0, {n_tokens - 1}]")
    return weights.diagonal(-distance, -2, -1).mean(-1)


def even_share_at_distance(n_tokens: int, distance: int) -> float:
    """The same for a head that spreads its attention evenly: the chance baseline.

    Args:
        n_tokens: T.
        distance: as in `share_at_distance`.

    Returns:
        the mean of 1 / (tokens it may see) over all tokens that have a token that far back.
    """
    seen = range(distance + 1, n_tokens + 1)  # a token sees itself and everything before it
    return sum(1 / n for n in seen) / len(seen)


def most_telling_head(weights: Tensor) -> tuple[int, int]:
    """The head whose tokens differ most clearly in what they look back at.

    The token itself, the previous one and the very first (where heads with nothing to fetch look)
    do not count. Of the rest, only the attention beyond the average for that position counts, so
    what remains depends on the content of the text.

    Args:
        weights: (L, H, T, T) attention weights of one text.

    Returns:
        layer and head, from 0.
    """
    n_heads, n_tokens = weights.shape[1:3]
    if n_tokens < 4:
        return 0, 0
    n_seeing = torch.arange(n_tokens, 0, -1)  # (T,) how many tokens can see each one
    usual = weights.sum(-2) / n_seeing  # (L, H, T) average attention a token receives
    beyond = (weights - usual.unsqueeze(-2)).tril(-2)[..., 1:]  # (L, H, T, T - 1)
    decided = beyond.amax(-1)[..., 3:].mean(-1)  # (L, H) over the tokens that have such a position
    return divmod(int(decided.argmax()), n_heads)


@dataclass(frozen=True)
class Habits:
    """What a head does on one text, each a mean over its tokens.

    Args:
        previous, itself, first: shares of attention on the token right before, on the token
            itself, and on the very first.
        same: share on earlier tokens equal to the one that looks; None if no token comes twice.
        distance: tokens between looking and looked at, weighted by attention.
        entropy: of a token's attention, in bits; 0 looks at one token alone.
    """

    previous: float
    itself: float
    first: float
    same: float | None
    distance: float
    entropy: float


def habits(weights: Tensor, tokens: Sequence[int]) -> list[Habits]:
    """Read off the (H, T, T) weights of H heads what each looks at, for T >= 2 tokens.

    Source: Clark et al. 2019, "What Does BERT Look At?", arXiv:1906.04341, sections 3 and 4.
    """
    n = len(tokens)
    ids = torch.tensor(list(tokens))
    again = (ids[:, None] == ids[None, :]).tril(-1)  # (T, T) an earlier token that is the same
    repeated = again.any(-1)  # (T,)
    back = torch.arange(n)[:, None] - torch.arange(n)[None, :]  # (T, T) tokens in between
    entropies = -(weights * weights.clamp_min(1e-30).log2()).sum(-1)  # (H, T)
    measures = [
        share_at_distance(weights, 1),
        share_at_distance(weights, 0),
        weights[:, 1:, 0].mean(-1),
        (weights * again).sum(-1)[:, repeated].mean(-1),  # not a number if no token comes twice
        (weights * back.clamp_min(0)).sum(-1).mean(-1),
        entropies.mean(-1),
    ]
    return [
        Habits(previous, itself, first, same if repeated.any() else None, distance, entropy)
        for previous, itself, first, same, distance, entropy in zip(
            *(measure.tolist() for measure in measures), strict=True
        )
    ]


def induction_share(weights: Tensor, period: int) -> Tensor:
    """How much a head looks at what followed the last time, on a text that repeats itself.

    Args:
        weights: (..., T, T) attention weights on a text of `period` random tokens, written twice.
        period: tokens until it begins again; T is twice that.

    Returns:
        (...,) the mean share that tokens of the second half give to the token after their own
        earlier occurrence: what an induction head does.

    Source: Olsson et al. 2022, "In-context Learning and Induction Heads", arXiv:2209.11895.
    """
    return weights.diagonal(-(period - 1), -2, -1)[..., 1:].mean(-1)
