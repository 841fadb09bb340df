"""How well an encoder fits a language: how many tokens it spends per word.

A language that an encoder has seen little of is split into more and shorter pieces, so the same
thought costs more tokens.

Source: Rust et al. 2021, "How Good is Your Tokenizer?", arXiv:2012.15613, section 3.2.1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import regex

from core.data.text.bpe import Encoder
from core.data.text.documents import Document, Language

MEASURED_BYTES: Final = 2**20  # amount of text measured per language; more changes no digit

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True, slots=True)
class Fertility:
    """The counts for the texts of one language."""

    n_words: int
    n_tokens: int
    n_bytes: int

    @property
    def tokens_per_word(self) -> float:
        """Tokens per word, including those for punctuation and spaces; 0 if there are no words."""
        return self.n_tokens / self.n_words if self.n_words else 0.0

    @property
    def bytes_per_token(self) -> float:
        """Average number of UTF-8 bytes per token; 0 if there are no tokens."""
        return self.n_bytes / self.n_tokens if self.n_tokens else 0.0


def fertility(encoder: Encoder, documents: Iterable[Document]) -> dict[Language, Fertility]:
    """Measure each language on about the first `MEASURED_BYTES` of its documents.

    Returns:
        The languages that occur, in alphabetical order.
    """
    counts: dict[Language, list[int]] = {}
    for document in documents:
        count = counts.setdefault(document.lang, [0, 0, 0])
        if count[2] < MEASURED_BYTES:
            count[0] += len(_WORD.findall(document.text))
            count[1] += len(encoder.encode(document.text))
            count[2] += len(document.text.encode("utf-8"))
    return {lang: Fertility(*counts[lang]) for lang in sorted(counts)}
