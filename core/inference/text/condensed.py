"""A tree of words in few numbers, so that a hand can move the temperature without the server.

At another temperature every score counts differently, so the scores themselves must travel. Of
each beginning the likely tokens travel one by one, the many unlikely ones in narrow bins: how many
there are, and their mean score. Within a bin, `BIN` wide, all scores count as equal. That is the
only approximation; a test holds its effect below a thousandth, and below five thousandths where
top-k or top-p cuts through a bin.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.data.text.bpe import SPECIALS
from core.inference.text.words import Beginning, Kind, WordTree

LIKELY: Final = 1e-4  # tokens this likely travel one by one
FEWEST, MOST_ALONE = 16, 256  # but at least and at most so many
BIN: Final = 0.25  # width of a bin, in the unit of the logits


@dataclass(frozen=True, slots=True)
class Items:
    """What may follow one beginning: tokens, or bins of tokens, the likeliest first."""

    scores: NDArray[np.float32]
    """(n,) logit of the token, mean logit of the bin"""
    ending: NDArray[np.uint16]
    """(n,) tokens that end the word"""
    going_on: NDArray[np.uint16]
    """(n,) tokens that go on with it and were not read any further"""
    child: NDArray[np.int16]
    """(n,) place of the beginning that the token leads to; -1 where it was not read"""


def condensed(tree: WordTree) -> dict[str, Any]:
    """The tree as plain values, its arrays as little-endian bytes.

    Returns:
        "texts": what each beginning spells, None while its word has not begun; "parents": its
        parent's place, -1 for the first; "sizes": how many items it has, 0 where the word is over
        with it; "scores" (float32), "ending", "going_on" (uint16), "child" (int16): the items of
        all beginnings in a row; "tokens": those of each beginning; "learned": how likely the word
        is with exactly these tokens, at temperature 1 and without filters.
    """
    texts: list[str | None] = []
    parents = [beginning.parent for beginning in tree.beginnings]
    tokens = [list(beginning.tokens) for beginning in tree.beginnings]
    items: list[Items] = []
    learned: list[float] = []
    reached = {0: 1.0}  # place -> probability of the beginning
    for beginning in tree.beginnings:
        texts.append(None if beginning.kind is Kind.BLANK else tree.text(beginning))
    for place, beginning in enumerate(tree.beginnings):
        children = {
            each.tokens[-1]: child
            for child, each in enumerate(tree.beginnings)
            if each.parent == place
        }
        goes_on = tree.boundaries.goes_on(beginning.kind).numpy()  # (V,)
        probs = reached[place] * beginning.logits.double().softmax(-1).numpy()  # (V,)
        learned.append(0.0 if beginning.kind is Kind.BLANK else float(probs[~goes_on].sum()))
        if beginning.kind is Kind.BLANK:
            for token in _likely_specials(beginning):
                children[token] = len(texts)
                texts.append(tree.boundaries.text((*beginning.tokens, token)))
                parents.append(place)
                tokens.append([*beginning.tokens, token])
            goes_on = np.ones_like(goes_on)  # unlikely special tokens: among the others
        reached |= {child: float(probs[token]) for token, child in children.items()}
        items.append(_items(beginning.logits.float().numpy(), goes_on, children))
    sizes = [len(each.scores) for each in items]
    return {
        "texts": texts,
        "parents": parents,
        "tokens": tokens,
        "sizes": sizes + [0] * (len(texts) - len(sizes)),
        "scores": np.concatenate([each.scores for each in items]).astype("<f4").tobytes(),
        "ending": np.concatenate([each.ending for each in items]).astype("<u2").tobytes(),
        "going_on": np.concatenate([each.going_on for each in items]).astype("<u2").tobytes(),
        "child": np.concatenate([each.child for each in items]).astype("<i2").tobytes(),
        "learned": learned + [reached[place] for place in range(len(sizes), len(texts))],
    }


def _likely_specials(beginning: Beginning) -> list[int]:
    probs = beginning.logits.softmax(-1)[: len(SPECIALS)]
    return [token for token, p in enumerate(probs.tolist()) if p >= LIKELY]


def _items(
    logits: NDArray[np.float32], goes_on: NDArray[np.bool_], children: dict[int, int]
) -> Items:
    """The tokens of one beginning, likely ones alone, the others in bins.

    Args:
        logits: (V,) scores; minus infinity for what cannot follow, which is left out.
        goes_on: (V,) whether a token goes on with the word.
        children: token -> place of the beginning it leads to.
    """
    order = np.argsort(-logits, kind="stable")  # (V,)
    order = order[: int(np.isfinite(logits).sum())]
    z = logits[order]
    weights = np.exp(z.astype(np.float64) - z[0])
    n_likely = int((weights >= LIKELY * weights.sum()).sum())
    n_alone = min(len(z), MOST_ALONE, max(FEWEST, n_likely))
    child = np.array([children.get(int(token), -1) for token in order[:n_alone]], np.int16)
    on = goes_on[order]
    alone_on = on[:n_alone] & (child < 0)
    alone_ending = ~on[:n_alone] & (child < 0)

    rest, rest_on = z[n_alone:], on[n_alone:]
    bins = np.floor((z[0] - rest) / BIN).astype(np.int64)  # grows along the row
    starts = np.flatnonzero(np.r_[True, bins[1:] != bins[:-1]]) if len(bins) else bins
    counts = np.diff(np.r_[starts, len(bins)])
    n_on = np.add.reduceat(rest_on.astype(np.int64), starts) if len(bins) else counts
    means = np.add.reduceat(rest.astype(np.float64), starts) / counts if len(bins) else rest
    return Items(
        scores=np.r_[z[:n_alone], means].astype(np.float32),
        ending=np.r_[alone_ending, counts - n_on].astype(np.uint16),
        going_on=np.r_[alone_on, n_on].astype(np.uint16),
        child=np.r_[child, np.full(len(counts), -1)].astype(np.int16),
    )
