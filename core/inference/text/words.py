"""Whole words: how likely each next word is, where a word may take several tokens.

A model gives probabilities to tokens. A word is a path in a tree of tokens: the model has to draw
every token of the path, and then one that begins something new. So

    p(word) = p(token 1) * p(token 2 | token 1) * ... * p(next token begins something new | word)

summed over all paths that spell the word. Only the likely part of the tree is read, level by level.
Invariant: the words found and what was left unread add up to 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import torch
from torch import Tensor

from core.architecture.transformer import Transformer
from core.data.text.bpe import SPECIALS, Encoder
from core.errors import EmptyInput
from core.inference.cache import Cache, OneRow
from core.inference.decoder import Decoder
from core.inference.generate import Reader, window_start
from core.inference.sampling import SamplingSettings, hit, next_token_probs

LEAST: Final = 0.0002  # beginnings of words that are less likely are not read any further
MOST: Final = 24  # beginnings that are read side by side, on each level
MAX_TOKENS: Final = 16  # of one word
JOINERS: Final = "'’-"  # signs that belong to the word they stand in


class Kind(IntEnum):
    """What the text ends with, or what a token begins with."""

    BLANK = 0
    """white space, or nothing yet: whatever comes belongs to the word"""
    LETTERS = 1
    """letters, digits and what joins them"""
    SIGNS = 2
    """punctuation and all other signs"""
    INSIDE = 3
    """the middle of a character: it goes on with whatever it stands in"""
    SPECIAL = 4
    """a special token, such as the end of the text: a word by itself"""


class Boundaries:
    """Where words begin and end among the tokens of an encoder.

    A word is white space, if any, and then either letters and digits or other signs, as long as
    they go on. Bytes that form no character count as letters.

    Args:
        encoder: whose tokens.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        kinds = [_kinds(encoder, token) for token in range(encoder.n_vocab)]
        self._first = torch.tensor([first for first, _ in kinds])  # (V,)
        self._last = [last for _, last in kinds]
        self._goes_on = {kind: self._belongs_to(kind) for kind in Kind}

    def goes_on(self, kind: Kind) -> Tensor:
        """(V,) True for every token that goes on with a word that ends with `kind` so far."""
        return self._goes_on[kind]

    def last(self, tokens: Sequence[int]) -> Kind:
        """What tokens end with; nothing counts as blank."""
        return self._last[tokens[-1]] if tokens else Kind.BLANK

    def text(self, tokens: Sequence[int]) -> str:
        """What tokens spell, special ones by their names."""
        return "".join(
            SPECIALS[part[0]] if part[0] < len(SPECIALS) else self.encoder.decode(part)
            for part in _parts(tokens)
        )

    def _belongs_to(self, kind: Kind) -> Tensor:
        if kind is Kind.BLANK:
            return self._first != Kind.SPECIAL
        if kind is Kind.SPECIAL:
            return torch.zeros_like(self._first, dtype=torch.bool)
        return (self._first == kind) | (self._first == Kind.INSIDE)


def _kinds(encoder: Encoder, token: int) -> tuple[Kind, Kind]:
    """What a token begins with and what it ends with."""
    if token < len(SPECIALS):
        return Kind.SPECIAL, Kind.SPECIAL
    data = encoder.token_bytes(token)
    text = data.decode("utf-8", "replace")
    first = Kind.INSIDE if 0x80 <= data[0] < 0xC0 else _kind(text[0])
    return first, _kind(text[-1])


def _kind(character: str) -> Kind:
    if character.isspace():
        return Kind.BLANK
    if character.isalnum() or character in JOINERS or character == "\ufffd":
        return Kind.LETTERS
    return Kind.SIGNS


def _parts(tokens: Sequence[int]) -> list[list[int]]:
    """Tokens in runs that can be decoded together: each special one stands alone."""
    parts: list[list[int]] = []
    for token in tokens:
        if parts and token >= len(SPECIALS) and parts[-1][0] >= len(SPECIALS):
            parts[-1].append(token)
        else:
            parts.append([token])
    return parts


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a word that the model has read, or none of it yet."""

    tokens: tuple[int, ...]
    """its tokens; the first beginning of a tree has none"""
    parent: int
    """place in the tree of the beginning it goes on from; -1 for the first"""
    kind: Kind
    """what it ends with"""
    logits: Tensor
    """(V,) scores of what follows; minus infinity for what cannot"""


@dataclass(frozen=True, slots=True)
class WordTree:
    """The likely beginnings of the next word, parents before children."""

    beginnings: tuple[Beginning, ...]
    boundaries: Boundaries

    def text(self, beginning: Beginning) -> str:
        """What a beginning spells."""
        return self.boundaries.text(beginning.tokens)


@dataclass(frozen=True, slots=True)
class DrawnWord:
    """A word that a dart has hit."""

    tokens: tuple[int, ...]
    """those that spell it"""
    at: float
    """where in the word's own stretch the dart stands, in [0, 1)"""


class WordReader:
    """A model that says which words may come next.

    Args:
        model: reads; nobody may change it meanwhile.
        boundaries: where the words of its tokens begin and end.
    """

    def __init__(self, model: Transformer, boundaries: Boundaries) -> None:
        self.model = model
        self.boundaries = boundaries
        self._decoder = Decoder(model)
        self._cache = Cache(model.config, MOST, model.dtype)

    @property
    def n_bytes(self) -> int:
        """Memory that it has taken for keys and values."""
        return sum(layer.nbytes for layer in self._cache.keys + self._cache.values)

    @torch.inference_mode()
    def read(
        self, tokens: Sequence[int], *, closed: bool = False, least: float = LEAST, most: int = MOST
    ) -> WordTree:
        """Read the likely beginnings of the next word, all those of a level in one pass.

        Args:
            tokens: the text so far, at least one token.
            closed: whether its last word is over. Then nothing that would go on with that word can
                follow; the tokens that remain share all the probability.
            least: beginnings that are less likely are not read any further, in [0, 1].
            most: beginnings read side by side at most, in [1, MOST].

        Raises:
            EmptyInput: there is no token to go on from.
        """
        if not tokens:
            raise EmptyInput("there is no token to continue")
        logits = self._read_text(tokens)  # (V,)
        root = Beginning((), -1, Kind.BLANK, self._allowed(logits, tokens, closed))
        found = [root]
        level = [(1.0, 0, 0)]  # of each beginning: probability, place in `found`, row in the cache
        for _ in range(MAX_TOKENS):
            # (probability, place of the parent, its row, token), the likeliest first
            chosen = self._children(found, level, least)[:most]
            if not chosen:
                break
            rows = [row for _, _, row, _ in chosen]
            starts = [(*found[parent].tokens, token) for _, parent, _, token in chosen]
            scores = self._read_level(tokens, starts, rows)  # (B, V)
            level = []
            for row, (probability, parent, _, _) in enumerate(chosen):
                level.append((probability, len(found), row))
                kind = self.boundaries.last(starts[row])
                found.append(Beginning(starts[row], parent, kind, scores[row]))
        return WordTree(tuple(found), self.boundaries)

    @torch.inference_mode()
    def draw(
        self,
        tokens: Sequence[int],
        settings: SamplingSettings,
        dart: float,
        *,
        closed: bool = False,
    ) -> DrawnWord:
        """Draw one word with one dart, thrown at a line on which the words lie inside each other.

        The tokens lie on it as `hit` has them. The stretch of each is divided once more, among the
        tokens that may follow it, and so on, until the dart stands in one that begins something
        new: then the word is over. So a word's part of the line is as long as its probability.

        Args:
            tokens: the text so far, at least one token.
            settings: temperature, top-k and top-p, applied to every token of the word.
            dart: in [0, 1).
            closed: whether the last word of the text is over, see `read`.
        """
        reader = Reader(self.model, tokens)
        logits = self._allowed(reader.logits, tokens, closed)
        word: list[int] = []
        while len(word) < MAX_TOKENS:
            goes_on = self.boundaries.goes_on(self.boundaries.last(word))
            token, dart = hit(next_token_probs(logits, settings), dart)
            if word and not goes_on[token] and self.boundaries.last(word) is not Kind.BLANK:
                break
            word.append(token)
            if self.boundaries.last(word) is Kind.SPECIAL:
                break
            reader.read(token)
            logits = reader.logits
        return DrawnWord(tuple(word), dart)

    def _allowed(self, logits: Tensor, tokens: Sequence[int], closed: bool) -> Tensor:
        """(V,) the scores without what would go on with a word that is over."""
        last = self.boundaries.last(tokens)
        if not closed or last is Kind.BLANK:
            return logits
        return logits.masked_fill(self.boundaries.goes_on(last), float("-inf"))

    def _children(
        self, found: Sequence[Beginning], level: Sequence[tuple[float, int, int]], least: float
    ) -> list[tuple[float, int, int, int]]:
        """How the beginnings of a level may go on, the likeliest first."""
        children: list[tuple[float, int, int, int]] = []
        for probability, place, row in level:
            goes_on = self.boundaries.goes_on(found[place].kind)
            probs = probability * found[place].logits.softmax(-1).where(goes_on, 0.0)  # (V,)
            likely = (probs >= max(least, 1e-12)).nonzero().flatten().tolist()
            children += [(float(probs[token]), place, row, token) for token in likely]
        return sorted(children, key=lambda child: -child[0])

    def _read_text(self, tokens: Sequence[int]) -> Tensor:
        """Read the text into the first row of the cache, and score what comes next; (V,)."""
        self._start = window_start(len(tokens), self._cache.n_context)
        self._cache.forget(0)
        seen = torch.tensor([list(tokens[self._start :])])  # (1, T)
        logits: Tensor = self.model(seen, OneRow(self._cache, 0), only_last=True)
        return logits[0, 0]

    def _read_level(
        self, text: Sequence[int], starts: Sequence[tuple[int, ...]], rows: Sequence[int]
    ) -> Tensor:
        """Read the newest token of every beginning, each in a row of its own; (B, V).

        Args:
            text: what stands before the word.
            starts: the beginnings, one token longer than those in the cache.
            rows: in which row of the cache stands what each of them goes on from.
        """
        start = window_start(len(text) + len(starts[0]), self._cache.n_context)
        if start == self._start:
            self._cache.arrange(rows)
            return self._decoder.read([each[-1] for each in starts], self._cache)
        self._start = start  # the text has lost its beginning, see `window_start`
        for row in range(len(starts)):
            self._cache.forget(row)
        seen = torch.tensor([[*text, *each][start:] for each in starts])  # (B, T)
        logits: Tensor = self.model(seen, self._cache, only_last=True)
        return logits[:, 0]


def word_probs(tree: WordTree, settings: SamplingSettings) -> tuple[dict[str, float], float]:
    """How likely each word is, and all others together.

    Temperature, top-k and top-p act where the model draws: on every token of a word.

    Args:
        tree: the beginnings that were read.
        settings: temperature, top-k and top-p.

    Returns:
        Each word with its probability, and the probability of all words that were not read.
    """
    boundaries = tree.boundaries
    reached = [1.0] + [0.0] * (len(tree.beginnings) - 1)  # probability of every beginning
    places = {beginning.tokens: place for place, beginning in enumerate(tree.beginnings)}
    words: dict[str, float] = {}
    others = 0.0
    for place, beginning in enumerate(tree.beginnings):
        probs = reached[place] * next_token_probs(beginning.logits.double(), settings)  # (V,)
        goes_on = boundaries.goes_on(beginning.kind)
        for token in goes_on.logical_and(probs > 0).nonzero().flatten().tolist():
            child = places.get((*beginning.tokens, token))
            if child is None:
                others += float(probs[token])
            else:
                reached[child] = float(probs[token])
        if beginning.kind is Kind.BLANK:  # the word has not begun: only a special one can be all
            for token in range(len(SPECIALS)):
                name = boundaries.text((*beginning.tokens, token))
                words[name] = words.get(name, 0.0) + float(probs[token])
        else:
            name = tree.text(beginning)
            words[name] = words.get(name, 0.0) + float(probs[~goes_on].sum())
    return words, others


def next_words(
    reader: WordReader,
    tokens: Sequence[int],
    settings: SamplingSettings,
    *,
    closed: bool = False,
    least: float = LEAST,
) -> dict[str, float]:
    """The words that may come next with their probabilities, the likeliest first.

    Args:
        reader: the model.
        tokens: the text so far, at least one token.
        settings: temperature, top-k and top-p.
        closed: whether the last word of the text is over, see `WordReader.read`.
        least: beginnings that are less likely are not read any further, in [0, 1].
    """
    words, _ = word_probs(reader.read(tokens, closed=closed, least=least), settings)
    return dict(sorted(words.items(), key=lambda each: -each[1]))
