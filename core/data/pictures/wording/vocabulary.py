"""Captions as ids of words: one vocabulary for both languages of the picture book.

Pictures are asked for in few words, so a word is a token here; text is cut finer. Upper and lower
case make no difference, nor does the form of an apostrophe.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import torch
from torch import Tensor

from core.data.pictures.wording.captions import captions
from core.errors import InputError, TooLong
from core.languages import LANGS

PADDING, EMPTY, UNKNOWN = 0, 1, 2  # ids of what is no word
SPECIAL: Final = ("<padding>", "<empty>", "<unknown>")
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
_FORMAT: Final = 1


@dataclass(frozen=True)
class CaptionEncoder:
    """From a caption to ids and back.

    Args:
        words: every word it knows, as `folded` gives it; the id of the first is len(SPECIAL).
    """

    words: tuple[str, ...]

    @classmethod
    def of_the_book(cls, town_seed: int = 1) -> "CaptionEncoder":
        """All words that the book's grammars may use, about the town drawn from a seed."""
        found = {folded(word) for lang in LANGS for word in captions(lang, town_seed).words()}
        return cls(tuple(sorted(found)))

    @property
    def n_words(self) -> int:
        """How many ids there are, the special ones included."""
        return len(SPECIAL) + len(self.words)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: len(SPECIAL) + place for place, word in enumerate(self.words)}

    def with_words(self, words: Sequence[str]) -> "CaptionEncoder":
        """The same with more words behind its own, so that all ids stay what they were.

        Args:
            words: that it does not know yet, each once, as `folded` gives them.

        Raises:
            InputError: one is known already, stands twice, or is no word.
        """
        wrong = [word for word in words if word in self._ids or _WORD.findall(word) != [word]]
        if wrong or len(set(words)) < len(words) or any(folded(word) != word for word in words):
            raise InputError("words to be added must be new, and each of them a word")
        return CaptionEncoder((*self.words, *words))

    def new_words(self, captions: Iterable[str]) -> list[str]:
        """The words of some captions that it does not know, each once, in order."""
        ids = self._ids
        found = (folded(word) for caption in captions for word in _WORD.findall(caption))
        return list(dict.fromkeys(word for word in found if word not in ids))

    def words_of(self, caption: str) -> list[str]:
        """The words and marks of a caption as they are written; one, "", if there are none."""
        return _WORD.findall(caption) or [""]

    def encode(self, caption: str) -> list[int]:
        """The ids of `words_of`, one each: UNKNOWN where a word is, EMPTY without any."""
        ids = self._ids
        return [ids.get(folded(word), UNKNOWN) if word else EMPTY
                for word in self.words_of(caption)]  # fmt: skip

    def known(self, caption: str) -> list[bool]:
        """For each of `words_of`, whether any caption of the book has it."""
        return [token != UNKNOWN for token in self.encode(caption)]

    def rows(self, texts: Sequence[str], n_caption: int) -> Tensor:
        """Captions as a model reads them: (B, n_caption) ids, int64, filled up with PADDING.

        Raises:
            TooLong: a caption has more than n_caption words and marks.
        """
        rows = torch.full((len(texts), n_caption), PADDING)
        for row, text in zip(rows, texts, strict=True):
            tokens = self.encode(text)
            if len(tokens) > n_caption:
                raise TooLong(
                    f"a caption has {len(tokens)} words and marks, more than {n_caption}",
                    n=len(tokens),
                    limit=n_caption,
                )
            row[: len(tokens)] = torch.tensor(tokens)
        return rows

    def longest(self, texts: Iterable[str]) -> int:
        """Words and marks in the longest of some captions."""
        return max(len(self.words_of(text)) for text in texts)

    def to_bytes(self) -> bytes:
        """The encoder as JSON; equal encoders give equal bytes."""
        about = {"format": _FORMAT, "kind": "captions", "words": list(self.words)}
        return json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    @classmethod
    def from_bytes(cls, data: bytes) -> "CaptionEncoder":
        """The inverse of `to_bytes`.

        Raises:
            InputError: the bytes were not written by it.
        """
        try:
            about = json.loads(data)
            words = about["words"]
            if about["format"] != _FORMAT or about["kind"] != "captions":
                raise ValueError("another format")
            if not all(isinstance(word, str) for word in words) or len(set(words)) < len(words):
                raise ValueError("words must be texts, each of them once")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError("this is no vocabulary of captions") from error
        return cls(tuple(words))


def folded(word: str) -> str:
    """A word without the differences that do not matter here."""
    return word.lower().replace("’", "'")
