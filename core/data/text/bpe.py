"""Byte-level byte-pair encoding: the model's alphabet, learned from the text it will read.

The text is split into words and every word into its bytes. Then the most frequent pair of
neighbours is merged into a new token, again and again, until the vocabulary is full. Encoding
repeats the same merges in the same order. Because every byte is a token, any text can be
encoded, and decoding returns exactly what went in.

Every vocabulary has the same layout: `SPECIALS`, then the 256 bytes, then the merges.

Source: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units",
arXiv:1508.07909; Radford et al. 2019, "Language Models are Unsupervised Multitask Learners",
section 2.2 (bytes, and words split by a pattern).
"""

import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import regex

from core.errors import SettingError

SPECIALS: Final = ("<|end|>", "<|user|>", "<|assistant|>")  # ids 0, 1, 2; never made from text
FIRST_BYTE: Final = len(SPECIALS)  # id of byte 0
FIRST_MERGE: Final = FIRST_BYTE + 256  # id of the first learned token
MAX_VOCAB: Final = 2**16  # a dataset stores tokens as 16-bit integers
MIN_PAIR_COUNT: Final = 2  # a pair seen only once is not a pattern
CACHE_WORDS: Final = 200_000  # words whose tokens an encoder caches

# GPT-2's pattern: merges never cross from one word, number or run of symbols into the next, and
# a space belongs to the word after it. We deviate in one point: no run is longer than 64
# characters, because a file without a single space would otherwise be one word and take forever.
WORDS: Final = regex.compile(
    r"'(?:[sdmt]|ll|ve|re)"
    r"| ?\p{L}{1,64}"
    r"| ?\p{N}{1,64}"
    r"| ?[^\s\p{L}\p{N}]{1,64}"
    r"|\s{1,64}(?!\S)"
    r"|\s{1,64}"
)

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Merge:
    """One learning step: `pair` occurred side by side `count` times and became token `id`."""

    id: int
    pair: Pair
    count: int


class Encoder:
    """Text to token ids and back.

    Args:
        merges: pairs of token ids in the order in which they were learned.

    Raises:
        ValueError: a pair uses a token that does not exist yet at that point in the order.
    """

    def __init__(self, merges: Iterable[Pair]) -> None:
        self.merges: tuple[Pair, ...] = tuple((int(left), int(right)) for left, right in merges)
        self._bytes = [b""] * len(SPECIALS) + [bytes([byte]) for byte in range(256)]
        for left, right in self.merges:
            if not FIRST_BYTE <= min(left, right) <= max(left, right) < len(self._bytes):
                raise ValueError(f"merge {(left, right)} uses a token that does not exist yet")
            self._bytes.append(self._bytes[left] + self._bytes[right])
        self._id_of = {pair: FIRST_MERGE + rank for rank, pair in enumerate(self.merges)}
        self._cache: dict[str, list[int]] = {}

    @property
    def n_vocab(self) -> int:
        """The number of tokens, specials included."""
        return len(self._bytes)

    @property
    def end_id(self) -> int:
        """The token that separates two documents."""
        return SPECIALS.index("<|end|>")

    def encode(self, text: str) -> list[int]:
        """The token ids of a text. Text is data: "<|end|>" in it is read as letters, never as id 0.

        A lone surrogate, which no Unicode encoding can represent, is read as "?".
        """
        ids: list[int] = []
        cache = self._cache
        for word in WORDS.findall(text):
            tokens = cache.get(word)
            ids.extend(self._encode_word(word) if tokens is None else tokens)
        return ids

    def _encode_word(self, word: str) -> list[int]:
        """Merge the bytes of a word, always the earliest-learned pair first."""
        ids = word_ids(word)
        while len(ids) > 1:
            known = [self._id_of[pair] for pair in pairwise(ids) if pair in self._id_of]
            if not known:
                break
            first = min(known)
            ids = merge_pair(ids, self.merges[first - FIRST_MERGE], first)
        if len(self._cache) >= CACHE_WORDS:
            self._cache.clear()
        self._cache[word] = ids
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """The text of token ids; invalid bytes become U+FFFD, specials become nothing."""
        return b"".join(map(self.token_bytes, ids)).decode("utf-8", "replace")

    def token_bytes(self, id: int) -> bytes:
        """The bytes a token represents; none for a special token."""
        if not 0 <= id < len(self._bytes):
            raise ValueError(f"token id is {id}, must lie in [0, {len(self._bytes)})")
        return self._bytes[id]

    def special(self, id: int) -> str | None:
        """The name of a special token, None if the token represents text."""
        return SPECIALS[id] if 0 <= id < len(SPECIALS) else None

    def to_bytes(self) -> bytes:
        """Canonical JSON: the merges and everything else needed to reproduce them elsewhere."""
        content = {"merges": self.merges, "pattern": WORDS.pattern, "specials": SPECIALS}
        return json.dumps(content, separators=(",", ":"), sort_keys=True).encode("utf-8")

    @classmethod
    def from_bytes(cls, data: bytes) -> "Encoder":
        """The inverse of `to_bytes`."""
        content = json.loads(data)
        if content["pattern"] != WORDS.pattern or tuple(content["specials"]) != SPECIALS:
            raise ValueError("these merges were learned with another pattern or other specials")
        return cls(content["merges"])


def train_bpe(
    texts: Iterable[str], n_vocab: int, on_progress: Callable[[float], None] | None = None
) -> Encoder:
    """Learn an encoder from texts.

    Args:
        texts: what to learn from.
        n_vocab: desired vocabulary size, specials and bytes included; `FIRST_MERGE` to `MAX_VOCAB`.
            The result may be smaller: learning ends when no pair occurs `MIN_PAIR_COUNT` times.
        on_progress: called with the share of merges done, in (0, 1].

    Raises:
        SettingError: `n_vocab` lies outside its range.
    """
    if not FIRST_MERGE <= n_vocab <= MAX_VOCAB:
        raise SettingError("n_vocab", n_vocab, f"must lie in [{FIRST_MERGE}, {MAX_VOCAB}]")
    n_merges = n_vocab - FIRST_MERGE
    merges = []
    for merge in learn_merges(count_words(texts), n_merges):
        merges.append(merge.pair)
        if on_progress is not None:
            on_progress(len(merges) / n_merges)
    return Encoder(merges)


def count_words(texts: Iterable[str]) -> Counter[str]:
    """How often each word occurs. That is all that learning needs."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(WORDS.findall(text))
    return counts


def learn_merges(word_counts: Counter[str], n_merges: int) -> Iterator[Merge]:
    """Find the most frequent pair, merge it everywhere, again and again.

    Among equally frequent pairs the one with the smaller left id wins, then the one with the
    smaller right id: the pair whose parts were known earlier. So the result depends on the counts
    alone. Instead of recounting after every merge, only the words that contain the pair are
    updated, and a heap keeps the pairs by count. A heap entry may be too high, because counts drop
    without the heap being updated; that is noticed when the entry is popped.

    Args:
        word_counts: number of occurrences of every word.
        n_merges: maximum number of merges to learn.

    Yields:
        The merges in order.
    """
    words = [word_ids(word) for word in word_counts]
    occurrences = list(word_counts.values())
    pair_counts: dict[Pair, int] = defaultdict(int)
    words_with: dict[Pair, set[int]] = defaultdict(set)  # a superset: words may have lost the pair
    for index, ids in enumerate(words):
        for pair in pairwise(ids):
            pair_counts[pair] += occurrences[index]
            words_with[pair].add(index)
    heap = [(-count, pair) for pair, count in pair_counts.items()]
    heapq.heapify(heap)

    new_id = FIRST_MERGE
    while heap and new_id < FIRST_MERGE + n_merges:
        count, pair = -heap[0][0], heap[0][1]
        if count != pair_counts[pair]:  # outdated: push it again with the current count
            heapq.heapreplace(heap, (-pair_counts[pair], pair))
            continue
        if count < MIN_PAIR_COUNT:
            return
        heapq.heappop(heap)
        yield Merge(new_id, pair, count)
        grown: set[Pair] = set()
        for index in words_with.pop(pair):
            before = words[index]
            after = words[index] = merge_pair(before, pair, new_id)
            if len(after) == len(before):
                continue
            for old in pairwise(before):
                pair_counts[old] -= occurrences[index]
            for new in pairwise(after):
                pair_counts[new] += occurrences[index]
                if new_id in new:
                    words_with[new].add(index)
                    grown.add(new)
        for new in grown:
            heapq.heappush(heap, (-pair_counts[new], new))
        new_id += 1


def word_ids(word: str) -> list[int]:
    """A word as the ids of its bytes, before any merge."""
    return [FIRST_BYTE + byte for byte in word.encode("utf-8", "replace")]


def merge_pair(ids: Sequence[int], pair: Pair, new_id: int) -> list[int]:
    """The ids with every occurrence of `pair`, from left to right, replaced by `new_id`."""
    left, right = pair
    merged: list[int] = []
    i = 0
    while i < len(ids):
        if ids[i] == left and i + 1 < len(ids) and ids[i + 1] == right:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged
