"""A watermark: at every position, a secret half of all tokens is made a little likelier.

A keyed hash of the preceding tokens decides which half. A reader notices nothing; whoever has the
key counts the green tokens and finds more of them than chance would produce.

Invariant: the colour of a token depends only on the key, the tokens before it and the token itself,
on every machine and for ever. (The paper shuffles and splits the vocabulary; we toss a coin for
each token, so detection needs no shuffle and the count under chance is exactly binomial.)

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

from core.data.text.bpe import SPECIALS
from core.errors import SettingError

MAX_KEY: Final = 200  # characters

Colours = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, kw_only=True)
class Watermark:
    """How a text is watermarked.

    Raises:
        SettingError: a value lies outside its range.
    """

    key: str
    """the secret; whoever has it can detect the watermark, and forge it"""
    share: float = 0.5
    """the share of tokens that are green at each position (the paper's gamma), in (0, 1)"""
    strength: float = 2.0
    """added to the logits of green tokens (the paper's delta); 0 leaves no mark"""
    n_context: int = 1
    """preceding tokens that decide the colours; more are harder to guess and easier to break"""

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
    """Raise the logits of the green tokens.

    Args:
        logits: (V,) logits.
        before: the text so far.
        mark: key, share and strength.

    Returns:
        (V,) logits, green ones `strength` higher; unchanged while the text is too short for the
        colours to be known. Special tokens are never green.

    Source: Kirchenbauer et al. 2023, arXiv:2301.10226, algorithm 2.
    """
    if len(before) < mark.n_context or mark.strength == 0.0:
        return logits
    green = green_list(tuple(before[-mark.n_context :]), len(logits), mark)  # (V,)
    return logits + mark.strength * torch.from_numpy(green).to(logits.dtype)


@lru_cache(maxsize=256)
def green_list(before: tuple[int, ...], n_vocab: int, mark: Watermark) -> Colours:
    """(V,) which tokens are green after these `n_context` tokens; cached, so not to be changed."""
    green = is_green(before, np.arange(n_vocab, dtype=np.uint64), mark)
    green[: len(SPECIALS)] = False
    return green


def is_green(
    before: tuple[int, ...], tokens: "np.ndarray[Any, np.dtype[np.uint64]]", mark: Watermark
) -> Colours:
    """The colours of some tokens after `n_context` others.

    Args:
        before: the `n_context` preceding token ids.
        tokens: (N,) token ids.
        mark: key and share.

    Returns:
        (N,) True where green: for each token a coin that says so with probability `share`.
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
    """Spread every bit of each number over all 64 (Steele et al. 2014, SplitMix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
