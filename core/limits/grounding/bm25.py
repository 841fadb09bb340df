"""BM25: finds the passages that share words with a question, rare words counting most.

A passage scores for every word of the question that it contains: more if few passages have the
word, more if it stands there often (but ever less so), and less if the passage is long.

Source: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond",
Foundations and Trends in Information Retrieval 3(4); the values of k1 and b are those of SQLite's
full-text search, against which the tests hold this.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

K1: Final = 1.2  # how soon more of the same word stops to count
B: Final = 0.75  # how much a long passage is held back, from 0 to 1
LEAST_WEIGHT: Final = 1e-6  # of a word that more than half of all passages have
WORD: Final = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text, without case and punctuation."""
    return WORD.findall(text.casefold())


@dataclass(frozen=True)
class Hit:
    """A passage that was found.

    Args:
        place: of the passage in the index, counted from 0.
        score: what it scores, the sum of `by_word`.
        by_word: what each word of the question adds; those that add nothing are left out.
    """

    place: int
    score: float
    by_word: dict[str, float]


class Index:
    """Passages, ready to be searched.

    Args:
        passages: any texts; they may be alike, or empty.
    """

    def __init__(self, passages: Sequence[str]) -> None:
        self.passages = tuple(passages)
        self._counts = [Counter(words(each)) for each in passages]
        self._lengths = [counts.total() for counts in self._counts]
        self._mean_length = sum(self._lengths) / max(1, len(passages))
        self._having: dict[str, list[int]] = {}  # word -> places of the passages that have it
        for place, counts in enumerate(self._counts):
            for word in counts:
                self._having.setdefault(word, []).append(place)

    def weight(self, word: str) -> float:
        """How much a word counts: its inverse document frequency, in nats; 0 if no passage has it.

        Args:
            word: as `words` gives it.
        """
        n, n_with = len(self.passages), len(self._having.get(word, ()))
        if not n_with:
            return 0.0
        return max(LEAST_WEIGHT, math.log((n - n_with + 0.5) / (n_with + 0.5)))

    def search(self, question: str, n: int) -> list[Hit]:
        """The passages that score most, the best first; equal ones in the order of the passages.

        Args:
            question: any text; a word that stands there twice counts once.
            n: passages wanted; those that share no word with the question are not among them.
        """
        asked = list(dict.fromkeys(words(question)))
        places = {place for word in asked for place in self._having.get(word, ())}
        hits = [self._hit(place, asked) for place in places]
        return sorted(hits, key=lambda hit: (-hit.score, hit.place))[:n]

    def _hit(self, place: int, asked: Sequence[str]) -> Hit:
        counts, length = self._counts[place], self._lengths[place] / self._mean_length
        by_word = {}
        for word in asked:
            if often := counts[word]:
                share = often * (K1 + 1) / (often + K1 * (1 - B + B * length))
                by_word[word] = self.weight(word) * share
        return Hit(place, sum(by_word.values()), by_word)
