"""Where a word acts in a picture, read off the patches' attention to the words of the caption.

A word's map is one column of the cross-attention weights: which patches take how much from it.
"""

from torch import Tensor


def told_bits(weights: Tensor) -> Tensor:
    """How much a head's choice of word depends on the patch: the information they share.

    Args:
        weights: (..., N, L) shares of 1 that N patches give to L words; every row sums to 1.

    Returns:
        (...,) bits; 0 for a head in which all patches look at the words alike, at most log2(L).
        With all patches equally likely it is the mean, over patches, of the relative entropy of
        the patch's row to the mean row.

    Source: Shannon 1948, "A Mathematical Theory of Communication", section 12, where it is the
        rate of a channel.
    """
    return _bits(weights).sum(-1).mean(-1)


def most_telling_head(weights: Tensor) -> tuple[int, int]:
    """The head in which most depends on the patch.

    Args:
        weights: (n_blocks, H, N, L).

    Returns:
        block and head, from 0.
    """
    block, head = divmod(int(told_bits(weights).argmax()), weights.shape[1])
    return block, head


def most_telling_word(weights: Tensor) -> int:
    """The word that tells patches apart most: its share of `told_bits` is the largest.

    Args:
        weights: (N, L).
    """
    return int(_bits(weights).mean(0).argmax())


def area_of(word_map: Tensor, least: float = 0.5) -> Tensor:
    """The patches in which a word acts: those with at least this part of its largest weight.

    Args:
        word_map: (N,) one word's column.
        least: between 0 and 1.

    Returns:
        (N,) True for the patches of the area.
    """
    return word_map >= least * word_map.max()


def share_within(change: Tensor, area: Tensor) -> float:
    """Which part of a change lies in an area.

    Args:
        change: (N,) how much each patch has changed, not negative.
        area: (N,) True for its patches.

    Returns:
        a share of 1; 0 if nothing has changed at all.
    """
    total = float(change.sum())
    return float(change[area].sum()) / total if total > 0.0 else 0.0


def _bits(weights: Tensor) -> Tensor:
    """(..., N, L) what every single weight adds to the relative entropy of its row, in bits."""
    mean = weights.mean(-2, keepdim=True)  # (..., 1, L)
    ratio = weights / mean.clamp(min=1e-30)
    return weights * ratio.clamp(min=1e-30).log2()
