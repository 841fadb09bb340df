"""Labelled texts, shipped and one's own: which are rude, which are fine, which are held back.

Invariant: whether a shipped text is learned from or held back for the examination depends on the
text and the seed alone, so a text that moves nowhere is never in both halves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, cast
from zlib import crc32

from core.errors import EmptyInput, InputError, TooLarge

Label = Literal["rude", "fine"]
LABELS: Final[tuple[Label, ...]] = ("rude", "fine")
HELD_OUT: Final = 0.25  # share of the shipped texts that are held back
LONGEST: Final = 300  # characters of one's own labelled text
MOST_OWN: Final = 500  # labelled texts of one person
_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Labelled:
    """A text with the judgement of a person.

    Args:
        text: what was judged.
        label: "rude": an insult, a threat, a call to hurt somebody; "fine": anything else.
        lang: its language.
        about: for blind spots, why it is hard; else empty.
    """

    text: str
    label: Label
    lang: str
    about: str = ""

    @property
    def is_rude(self) -> bool:
        """Whether this is what the classifier is to find."""
        return self.label == "rude"


@cache
def shipped(lang: str) -> tuple[Labelled, ...]:
    """The labelled texts that come with the app, "de" or "en"."""
    return _read(_FOLDER / f"labels.{lang}.tsv", lang)


@cache
def blind_spots(lang: str) -> tuple[Labelled, ...]:
    """Texts that are hard on purpose, never learned from; `about` says what is hard."""
    return _read(_FOLDER / f"blindspots.{lang}.tsv", lang)


def _read(path: Path, lang: str) -> tuple[Labelled, ...]:
    """Lines of label, text and, for blind spots, what is hard, with tabs between."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
    return tuple(
        Labelled(text, cast(Label, label), lang, *about[:1]) for label, text, *about in rows
    )


def split(labelled: Iterable[Labelled], seed: int) -> tuple[list[Labelled], list[Labelled]]:
    """Part texts into those to learn from and those held back.

    Args:
        labelled: texts, each once.
        seed: another seed holds others back.

    Returns:
        (to learn from, held back), each in the given order.
    """
    halves: tuple[list[Labelled], list[Labelled]] = ([], [])
    for each in labelled:
        mark = crc32(f"{seed}\t{each.text}".encode(errors="surrogatepass")) / 2**32  # in [0, 1)
        halves[mark < HELD_OUT].append(each)
    return halves


def checked(text: str) -> str:
    """One's own text, ready to be labelled.

    Raises:
        EmptyInput: there is nothing in it.
        TooLarge: it is longer than LONGEST.
    """
    if not text.strip():
        raise EmptyInput("there is no text to label")
    if len(text) > LONGEST:
        size, limit = len(text) / 1e6, LONGEST / 1e6
        raise TooLarge(f"{len(text)} characters", size_mb=size, limit_mb=limit)
    return " ".join(text.split())


def with_label(own: Sequence[Labelled], new: Labelled) -> list[Labelled]:
    """One's own labels and a new one; the same text with the same label counts once.

    Raises:
        InputError: there are MOST_OWN already.
    """
    if new in own:
        return list(own)
    if len(own) >= MOST_OWN:
        raise InputError(f"there are {len(own)} labelled texts already")
    return [*own, new]


def contradictions(labelled: Iterable[Labelled]) -> list[str]:
    """Texts that somebody has called rude and fine, small and capital letters aside."""
    said: dict[str, set[Label]] = {}
    for each in labelled:
        said.setdefault(each.text.casefold(), set()).add(each.label)
    return [text for text, labels in said.items() if len(labels) > 1]
