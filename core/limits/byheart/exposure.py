"""How much a model gives a secret away: its rank among all secrets that could have stood there.

A secret here is a number of known length, so all that could stand in its place can be counted.

Source: Carlini et al. 2019, "The Secret Sharer: Evaluating and Testing Unintended Memorization in
Neural Networks", arXiv:1802.08232.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from core.architecture.transformer import Transformer

CHANCE_BITS: Final = 1.0 / math.log(2.0)
"""Mean exposure of a secret that no text held: its rank is any, so E[log2(n / rank)] → 1 / ln 2."""
N_GLANCED: Final = 250  # secrets drawn before any are counted
MANY: Final = 0.04  # share of likelier ones from which on the draw is enough
N_DRAWN: Final = 1000  # secrets drawn where counting would take too long
MOST_BEGUN: Final = 4000  # beginnings followed up at a time while counting
N_BATCH: Final = 2000  # sequences per call of the model
SAME: Final = 1e-5  # nats: rounding errors are smaller


@dataclass(frozen=True)
class Ranked:
    """Where a secret stands among all that are possible.

    Args:
        rank: 1 for the likeliest; a whole number if counted.
        n_possible: secrets that could have stood there.
        counted: whether every likelier one was found, and not estimated from a random draw.
    """

    rank: float
    n_possible: int
    counted: bool

    @property
    def exposure_bits(self) -> float:
        """0 for the least likely, log2 of all that are possible for the likeliest."""
        return exposure(self.rank, self.n_possible)


def exposure(rank: float, n_possible: int) -> float:
    """Bits that a model gives away of a secret.

    Args:
        rank: of the secret by its probability, 1 for the likeliest.
        n_possible: secrets that could have stood there.

    Raises:
        ValueError: the rank lies outside of what is possible.

    Source: Carlini et al. 2019, definition 3.
    """
    if not 1 <= rank <= n_possible:
        raise ValueError(f"rank is {rank}, must lie in [1, {n_possible}]")
    return math.log2(n_possible) - math.log2(rank)


@torch.inference_mode()
def next_log_probs(model: Transformer, read: Tensor) -> Tensor:
    """(n, V) log-probabilities of what comes after each sequence, in nats.

    Args:
        read: (n, T) tokens.
    """
    parts = [
        model(part, only_last=True)[:, 0].log_softmax(-1) for part in torch.split(read, N_BATCH)
    ]
    return torch.cat(parts)


@torch.inference_mode()
def log_probs(model: Transformer, prefix: Tensor, secrets: Tensor) -> Tensor:
    """(n,) log-probability of each secret after the same words, in nats.

    Args:
        prefix: (P,) tokens before it.
        secrets: (n, K) tokens.
    """
    found = []
    for part in torch.split(secrets, N_BATCH):
        read = torch.cat([prefix.expand(len(part), -1), part], dim=1)  # (n, P + K)
        logits = model(read[:, :-1])[:, len(prefix) - 1 :]  # (n, K, V)
        found.append(logits.log_softmax(-1).gather(2, part[:, :, None])[:, :, 0].sum(1))
    return torch.cat(found)


def ranked(
    model: Transformer,
    prefix: Sequence[int],
    secret: Sequence[int],
    choices: Sequence[int],
    generator: torch.Generator,
) -> Ranked:
    """The rank of a secret: counted if few are likelier, estimated from a draw otherwise.

    Args:
        prefix: the tokens before it.
        secret: its tokens, each one of `choices`.
        choices: the tokens that may stand at each of its places.
        generator: draws secrets.
    """
    n_possible = len(choices) ** len(secret)
    before, possible = torch.tensor(prefix), torch.tensor(choices)
    own = float(log_probs(model, before, torch.tensor([secret])))

    def share_likelier(n: int) -> float:
        """Of so many secrets drawn at random, those likelier than this one."""
        drawn = possible[torch.randint(len(choices), (n, len(secret)), generator=generator)]
        return float((log_probs(model, before, drawn) > own + SAME).float().mean())

    share = share_likelier(N_GLANCED)
    if share < MANY:
        n_likelier = likelier(model, before, list(secret), possible, own)
        if n_likelier is not None:
            return Ranked(1 + n_likelier, n_possible, counted=True)
        share = max(share_likelier(N_DRAWN), 1 / N_DRAWN)
    return Ranked(1 + share * (n_possible - 1), n_possible, counted=False)


def likelier(
    model: Transformer, before: Tensor, secret: Sequence[int], possible: Tensor, own: float
) -> int | None:
    """Count the secrets likelier than one, without trying all: a beginning that is already less
    likely than the whole secret cannot lead to a likelier one, and is given up.

    Args:
        before: (P,) tokens before it.
        possible: (C,) the tokens that may stand at each of its places.
        own: the log-probability of the secret, in nats.

    Returns:
        their number; None if too many beginnings would have to be followed up.

    Source: Carlini et al. 2019, section 5.3, search by the same bound.
    """
    begun, so_far = torch.empty((1, 0), dtype=torch.long), torch.zeros(1)
    for _ in secret:
        if len(begun) > MOST_BEGUN:
            return None
        read = torch.cat([before.expand(len(begun), -1), begun], dim=1)
        total = so_far[:, None] + next_log_probs(model, read)[:, possible]  # (n, C)
        parent, choice = (total > own + SAME).nonzero(as_tuple=True)
        begun = torch.cat([begun[parent], possible[choice][:, None]], dim=1)
        so_far = total[parent, choice]
    rows: list[list[int]] = begun.tolist()
    return sum(row != list(secret) for row in rows)
