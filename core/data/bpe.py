"""Byte-level byte-pair encoding: the model's alphabet, learned from the text it will read.

The text is cut into words, every word into its bytes. Then the most frequent pair of neighbours
is glued together into a new token, again and again, until the vocabulary is full. Encoding
repeats the same merges in the same order. Because every byte is a token, any text can be
encoded, and decoding gives back exactly what went in.

A vocabulary is always laid out alike: `SPECIALS`, then the 256 bytes, then the merges.

Source: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units",
arXiv:1508.07909; Radford et al. 2019, "Language Models are Unsupervised Multitask Learners",
section 2.2 (bytes, and words cut by a pattern).
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
FIRST_BYTE: Final = len(SPECIALS)  # id of the byte 0
FIRST_MERGE: Final = FIRST_BYTE + 256  # id of the first token that was learned
MAX_VOCAB: Final = 2**16  # a dataset keeps its tokens in 16 bits each
MIN_PAIR_COUNT: Final = 2  # a pair seen once is no pattern
CACHE_WORDS: Final = 200_000  # words whose tokens an encoder remembers

# GPT-2's pattern: merges never cross from one word, number or run of signs into the next, and
# the space belongs to the word behind it. We deviate in one thing: no run is longer than 64
# characters, else a file without a single space would be one word and take for ever.
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
    """One step of learning: `pair` stood side by side `count` times and became token `id`."""

    id: int
    pair: Pair
    count: int


class Encoder:
    """Text to token ids and back.

    Args:
        merges: pairs of token ids in the order in which they were learned.

    Raises:
        ValueError: a pair names a token that does not exist yet at its place in the order.
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
        """How many tokens there are, the specials included."""
        return len(self._bytes)

    @property
    def end_id(self) -> int:
        """The token that stands between two documents."""
        return SPECIALS.index("<|end|>")

    def encode(self, text: str) -> list[int]:
        """The token ids of a text. Text is data: "<|end|>" in it becomes letters, never id 0.

        A lone surrogate, which no encoding of Unicode can express, is read as "?".
        """
        ids: list[int] = []
        cache = self._cache
        for word in WORDS.findall(text):
            tokens = cache.get(word)
            ids.extend(self._encode_word(word) if tokens is None else tokens)
        return ids

    def _encode_word(self, word: str) -> list[int]:
        """Merge the bytes of a word, always the pair that was learned first."""
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
        """The text of token ids; bytes that form no character become U+FFFD, specials nothing."""
        return b"".join(map(self.token_bytes, ids)).decode("utf-8", "replace")

    def token_bytes(self, id: int) -> bytes:
        """The bytes that a token stands for; a special stands for none."""
        if not 0 <= id < len(self._bytes):
            raise ValueError(f"token id is {id}, must lie in [0, {len(self._bytes)})")
        return self._bytes[id]

    def to_bytes(self) -> bytes:
        """Canonical JSON: the merges, and what else one needs to repeat them elsewhere."""
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
        n_vocab: tokens wanted, specials and bytes included; `FIRST_MERGE` to `MAX_VOCAB`.
            There may be fewer in the end: once no pair occurs `MIN_PAIR_COUNT` times, it is over.
        on_progress: is told the share of the merges that are done, in (0, 1].

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
    """How often each word occurs. Learning needs no more than this."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(WORDS.findall(text))
    return counts


def learn_merges(word_counts: Counter[str], n_merges: int) -> Iterator[Merge]:
    """Find the most frequent pair, merge it everywhere, again and again.

    Of pairs that are equally frequent the one with the smaller left id wins, then the one with
    the smaller right id: the pair whose parts were known earlier. So the result depends on the
    counts alone. Instead of counting afresh after every merge, only the words that hold the
    pair are looked at, and a heap keeps the pairs by count. An entry of the heap may be too high,
    since counts fall without it being told; that is noticed when the entry comes up.

    Args:
        word_counts: occurrences of every word.
        n_merges: how many merges to learn at most.

    Yields:
        The merges in their order.
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
        if count != pair_counts[pair]:  # fallen since: put it where it belongs
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
