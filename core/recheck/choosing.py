"""A choice computed a second time: NumPy alone, float64, one rule after another on a sorted list.

Shares no step with what it checks: filters walk through the tokens one by one, and a token is out
when its probability is 0.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.recheck.transformer import Array

Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Rule = tuple[str, float]
"""a processor's name and its one number, such as ("top_p", 0.9)"""


@dataclass
class Way:
    """What became of the logits, rule by rule."""

    probs: list[Array] = field(default_factory=list)
    """(V,) before the first rule, then after every one"""
    token: int = 0
    """the token that the dart hits"""


def choice_way(logits: Array, before: Sequence[int], order: Sequence[Rule], dart: float) -> Way:
    """The next token after `before`, recomputed.

    Args:
        logits: (V,) of the model; minus infinity for tokens that may not come.
        before: the text so far.
        order: rules by name: repetition_penalty, presence_penalty, frequency_penalty, temperature,
            top_k, top_p, min_p, typical_p.
        dart: in [0, 1).

    Raises:
        ValueError: there is no rule of this name.
    """
    scores = np.asarray(logits, dtype=np.float64)
    way = Way([_softmax(scores)])
    for name, value in order:
        scores = _applied(name, value, scores, before)
        way.probs.append(_softmax(scores))
    left = dart * math.fsum(way.probs[-1])
    for token, width in enumerate(way.probs[-1]):
        if width > 0:
            way.token = token
            left -= width
            if left < 0:
                break
    return way


def _applied(name: str, value: float, scores: Array, before: Sequence[int]) -> Array:
    """The scores after one rule; minus infinity for a token that is out.

    Source: as in core/inference/processors.py, each from its own paper.
    """
    changed = scores.copy()
    if name == "repetition_penalty":
        for token in set(before):
            changed[token] *= value if scores[token] < 0 else 1 / value
    elif name in ("presence_penalty", "frequency_penalty"):
        for token in set(before) if name == "presence_penalty" else before:
            changed[token] -= value
    elif name == "temperature":
        if value == 0:
            changed[:] = -np.inf
            changed[int(scores.argmax())] = 0.0
        else:
            changed = (scores - scores.max()) / value + scores.max() / value
    elif name in ("top_k", "top_p", "min_p", "typical_p"):
        changed[~_kept(name, value, _softmax(scores))] = -np.inf
    else:
        raise ValueError(f"there is no rule {name!r}")
    return changed


def _kept(name: str, value: float, probs: Array) -> Mask:
    """(V,) True for the tokens that a filter keeps."""
    if name == "top_k":
        return np.asarray(probs >= sorted(probs, reverse=True)[min(int(value), len(probs)) - 1])
    if name == "min_p":
        return np.asarray(probs >= value * probs.max())
    if value == 1:
        return np.ones(len(probs), dtype=bool)
    rank = -probs
    if name == "typical_p":
        surprises = np.array([-math.log(p) if p > 0 else math.inf for p in probs])
        expected = math.fsum(p * s for p, s in zip(probs, surprises, strict=True) if p > 0)
        rank = np.abs(surprises - expected)
    kept, mass = np.zeros(len(probs), dtype=bool), 0.0
    for token in np.argsort(rank, kind="stable"):
        kept[token] = True
        mass += probs[token]
        if mass >= value:
            break
    if name == "typical_p":  # what is as near as the last one kept is kept, too
        kept |= rank <= rank[kept].max()
    return kept


def _softmax(scores: Array) -> Array:
    exponentials = np.exp(scores - scores.max())
    return np.asarray(exponentials / exponentials.sum())
