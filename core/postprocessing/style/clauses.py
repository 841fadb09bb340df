"""A sentence as the turning of tone reads it: tokens, clauses, and nothing that is quoted.

Invariant: tokens keep their places in the text, so a change can be made exactly there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.postprocessing.sentences import Span

Change = tuple[Span, str, str]  # where, by which rule, what stands there now
Doubt = tuple[Span, str]  # where, by which rule it cannot be decided
Turned = tuple[list[Change], list[Doubt]]

_TOKEN: Final = re.compile(r"\w+(?:[’']\w+)?|[^\w\s]")
_BREAKS: Final = frozenset(",;:–—()")


def word_set(words: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(words.split())


def cased(word: str, like: str) -> str:
    """`word` with a capital letter if `like` begins with one."""
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


@dataclass(frozen=True)
class Token:
    """A word or a mark, and where it stands."""

    text: str
    start: int
    end: int

    @property
    def small(self) -> str:
        """Itself in small letters."""
        return self.text.lower()

    @property
    def span(self) -> Span:
        """Its place."""
        return self.start, self.end


@dataclass(frozen=True)
class Sentence:
    """A sentence as tokens; what it quotes is left out and parts clauses as a comma does."""

    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, text: str, start: int, end: int, quoted: Sequence[Span]) -> "Sentence":
        """Cut text[start:end] into tokens; `quoted` spans are left out."""
        found = []
        for match in _TOKEN.finditer(text, start, end):
            inside = next((span for span in quoted if span[0] <= match.start() < span[1]), None)
            if inside is None:
                found.append(Token(match.group(), match.start(), match.end()))
            elif match.start() == inside[0]:
                found.append(Token(",", match.start(), match.start()))
        return cls(tuple(found))

    @property
    def clauses(self) -> list[list[Token]]:
        """The tokens between commas and their like, without these."""
        found: list[list[Token]] = [[]]
        for token in self.tokens:
            if token.text in _BREAKS:
                found.append([])
            else:
                found[-1].append(token)
        return [clause for clause in found if clause]

    @property
    def asks(self) -> bool:
        """Whether it ends with a question mark."""
        return any(token.text == "?" for token in self.tokens[-2:])
