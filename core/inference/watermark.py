"""A watermark: at every place a secret half of all tokens is made a little likelier.

Which half is told by a keyed hash of the tokens before. A reader sees nothing; who has the key
counts the green tokens and finds more of them than chance would draw.

Invariant: the colour of a token depends on the key, the tokens before it and itself alone, on every
machine and for ever. (The paper shuffles the vocabulary and cuts it; we toss each token's coin by
itself, which needs no shuffle to detect and makes the count under chance exactly binomial.)

Source: Kirchenbauer et al. 2023, "A Watermark for Large Language Models", arXiv:2301.10226,
algorithm 2 (the soft red list).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from core.data.bpe import SPECIALS
from core.errors import SettingError

MAX_KEY: Final = 200  # characters

Colours = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, kw_only=True)
class Watermark:
    """How a text is marked.

    Raises:
        SettingError: a value lies outside its range.
    """

    key: str
    """the secret; whoever has it can find the mark, and forge it"""
    share: float = 0.5
    """of all tokens that are green at each place (the paper's gamma), in (0, 1)"""
    strength: float = 2.0
    """added to the scores of green tokens, in nats (the paper's delta); 0 marks nothing"""
    n_context: int = 1
    """tokens before that the colours depend on; more are harder to guess and easier to break"""

    def __post_init__(self) -> None:
        if not 1 <= len(self.key) <= MAX_KEY:
            raise SettingError("key", "…", f"must have 1 to {MAX_KEY} characters")
        if not 0.0 < self.share < 1.0:
            raise SettingError("share", self.share, "must lie in (0, 1)")
        if not 0.0 <= self.strength <= 20.0:
            raise SettingError("strength", self.strength, "must lie in [0, 20]")
        if not 1 <= self.n_context <= 8:
            raise SettingError("n_context", self.n_context, "must lie in [1, 8]")


def favour_green(logits: Tensor, before: Sequence[int], mark: Watermark) -> Tensor:
    """Raise the scores of the green tokens.

    Args:
        logits: (V,) scores.
        before: the text so far.
        mark: key, share and strength.

    Returns:
        (V,) the scores, green ones `strength` higher; the same where the text is still too short
        to know the colours. The marks for end and speakers stay as they are.

    Source: Kirchenbauer et al. 2023, arXiv:2301.10226, algorithm 2.
    """
    if len(before) < mark.n_context or mark.strength == 0.0:
        return logits
    green = green_list(tuple(before[-mark.n_context :]), len(logits), mark)  # (V,)
    return logits + mark.strength * torch.from_numpy(green).to(logits.dtype)


@lru_cache(maxsize=256)
def green_list(before: tuple[int, ...], n_vocab: int, mark: Watermark) -> Colours:
    """(V,) which tokens are green after these `n_context` tokens; nobody changes it."""
    green = is_green(before, np.arange(n_vocab, dtype=np.uint64), mark)
    green[: len(SPECIALS)] = False
    return green


def is_green(
    before: tuple[int, ...], tokens: "np.ndarray[Any, np.dtype[np.uint64]]", mark: Watermark
) -> Colours:
    """The colours of some tokens after `n_context` others.

    Args:
        before: the `n_context` token ids before.
        tokens: (N,) token ids.
        mark: key and share.

    Returns:
        (N,) True where green: each by a coin of its own that falls so with chance `share`.
    """
    secret = hashlib.sha256(mark.key.encode("utf-8", "replace")).digest()
    place = b"".join(token.to_bytes(4, "little") for token in before)
    seed = hashlib.blake2b(place, key=secret, digest_size=8).digest()
    coins = _mixed(np.frombuffer(seed, "<u8") + (tokens + np.uint64(1)) * GOLDEN)  # (N,)
    return coins < np.uint64(min(round(mark.share * 2**64), 2**64 - 1))


GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def _mixed(
    x: "np.ndarray[Any, np.dtype[np.uint64]]",
) -> "np.ndarray[Any, np.dtype[np.uint64]]":
    """Every bit of each number spread over all 64 (Steele et al. 2014, SplitMix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
