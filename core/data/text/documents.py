"""A document and a corpus: the form in which text enters the pipeline.

The bytes of a corpus are canonical: the same documents in the same order give the same bytes,
so their hash can serve as their identity.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from core.languages import Lang

Language = Lang | Literal["und"]  # "und" is the standard code for undetermined


@dataclass(frozen=True, slots=True)
class Document:
    """One text that is kept, removed or held out as a whole.

    Args:
        text: the text itself; valid Unicode, see `well_formed`.
        lang: its language, "und" if it has not been determined.
        kind: what sort of text it is, such as "story", "letter", "passage" or "row".
        source: where it comes from, such as a file's name.
    """

    text: str
    lang: Language = "und"
    kind: str = "text"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents in a fixed order."""

    documents: tuple[Document, ...]

    def __len__(self) -> int:
        return len(self.documents)

    def __iter__(self) -> Iterator[Document]:
        return iter(self.documents)

    def to_bytes(self) -> bytes:
        """Canonical JSON lines in UTF-8: one document a line, fields in alphabetical order."""
        lines = (
            json.dumps(asdict(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            for document in self.documents
        )
        return "".join(line + "\n" for line in lines).encode("utf-8")

    @classmethod
    def from_bytes(cls, data: bytes) -> "Corpus":
        """The inverse of `to_bytes`."""
        # Only "\n" ends a line: str.splitlines would also split at U+2028 inside a text.
        lines = data.decode("utf-8").split("\n")
        return cls(tuple(Document(**json.loads(line)) for line in lines if line))


def well_formed(text: str) -> str:
    """The text with every lone surrogate replaced by U+FFFD, so that it can be encoded as UTF-8.

    Unlike Unicode text, Python strings may contain half a character ("\\ud83d"), typically from
    JSON escapes. Two matching halves become the character they represent.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
