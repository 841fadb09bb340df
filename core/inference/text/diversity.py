"""How varied several texts are, and how much each repeats itself.

A text is a sequence of tokens here, of whatever kind: ids, words or characters. What is counted are
n-grams, n neighbours in a row; texts shorter than n have none, and are left out.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from core.errors import SettingError

Tokens = Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class Variety:
    """Measures of some texts; each a share of 1, None where there is nothing to count."""

    distinct_1: float | None
    """of all tokens of all texts together, those that are different"""
    distinct_2: float | None
    """the same for pairs of neighbours"""
    distinct_3: float | None
    """the same for three in a row"""
    repeated_4: float | None
    """of a text's four in a row, those that have been there before: the mean over texts"""
    distinct_texts: float | None
    """of all texts, those that are different"""


def variety(texts: Sequence[Tokens]) -> Variety:
    """Measure some texts; see `distinct` and `repeated` for each measure's source."""
    return Variety(
        distinct_1=distinct(texts, 1),
        distinct_2=distinct(texts, 2),
        distinct_3=distinct(texts, 3),
        repeated_4=repeated(texts, 4),
        distinct_texts=len({tuple(text) for text in texts}) / len(texts) if texts else None,
    )


def distinct(texts: Sequence[Tokens], n: int) -> float | None:
    """Different n-grams among all n-grams of all texts (distinct-n).

    Longer texts score lower without being duller: compare texts of equal length.

    Args:
        texts: of tokens.
        n: neighbours in a row, at least 1.

    Returns:
        Share in (0, 1]; None if no text has n tokens.

    Raises:
        SettingError: `n` is less than 1.

    Source: Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation
        Models", arXiv:1510.03055, section 5.2. (There the divisor is the number of tokens; with
        the number of n-grams a text without any repetition scores 1 for every n.)
    """
    every = [gram for text in texts for gram in _grams(text, n)]
    return len(set(every)) / len(every) if every else None


def repeated(texts: Sequence[Tokens], n: int) -> float | None:
    """N-grams of a text that occur in it before, as the mean over texts (seq-rep-n).

    Args:
        texts: of tokens.
        n: neighbours in a row, at least 1; 4 in the source.

    Returns:
        Share in [0, 1); None if no text has n tokens.

    Raises:
        SettingError: `n` is less than 1.

    Source: Welleck et al. 2020, "Neural Text Generation with Unlikelihood Training",
        arXiv:1908.04319, section 6.
    """
    shares = []
    for text in texts:
        grams = list(_grams(text, n))
        if grams:
            shares.append(1.0 - len(set(grams)) / len(grams))
    return sum(shares) / len(shares) if shares else None


def _grams(text: Tokens, n: int) -> Iterator[tuple[Hashable, ...]]:
    if n < 1:
        raise SettingError("n", n, "must be at least 1")
    for start in range(len(text) - n + 1):
        yield tuple(text[start : start + n])
