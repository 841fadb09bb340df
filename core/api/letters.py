"""Letters in a folder: which files are letters, what each says, and what it asks.

A letter is a stranger's text. It is read as data: nothing in it is followed, no file outside the
folder is opened, and whatever cannot be read is said and skipped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.api.chat import language_of_question
from core.data.text.decoding import decode
from core.data.untrusted import read_mail_untrusted
from core.errors import EmptyInput, InputError, TooLarge, UnknownFileType
from core.languages import Lang

ENDINGS: Final = (".txt", ".md", ".eml")
MAX_LETTER_BYTES: Final = 200_000
MAX_LETTERS: Final = 1_000
MAX_QUESTIONS: Final = 3  # of one letter that are answered
MAX_QUESTION_CHARS: Final = 200
EXAMPLE: Final = Path(__file__).with_name("mailbox_example")
"""A small mailbox of the invented town, with a broken letter and an empty one in it."""

_ENDS: Final = re.compile(r"([.!?\n:])")  # one letter at a time: linear on any text


@dataclass(frozen=True)
class Letter:
    """One letter.

    Args:
        name: of its file.
        text: what it says, without the head of a mail.
    """

    name: str
    text: str

    @property
    def lang(self) -> Lang:
        """The language it is written in."""
        return language_of_question(self.text)

    @property
    def questions(self) -> list[str]:
        """What it asks; the beginning of its last line where it asks nothing."""
        parts = _ENDS.split(self.text)  # a stretch, its end, a stretch, its end, …, the rest
        found = [
            f"{stretch.strip()}?"[-MAX_QUESTION_CHARS:]
            for stretch, end in zip(parts[::2], parts[1::2], strict=False)
            if end == "?" and stretch.strip()
        ]
        if not found:
            found = [self.text.strip().splitlines()[-1].strip()[:MAX_QUESTION_CHARS]]
        return found[:MAX_QUESTIONS]


def letter_files(folder: Path) -> list[Path]:
    """The files of a folder in the order of their names; links and folders are left alone.

    Raises:
        InputError: there is no such folder, or it holds too many files.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder")
    files = sorted(each for each in folder.iterdir() if each.is_file() and not each.is_symlink())
    found = [each for each in files if not each.name.startswith(".")]
    if len(found) > MAX_LETTERS:
        raise InputError(f"{folder} holds more than {MAX_LETTERS} files")
    return found


def read_letter(path: Path) -> Letter:
    """Read one letter.

    Raises:
        UnknownFileType: it ends in nothing we read.
        TooLarge: it is larger than MAX_LETTER_BYTES.
        NotText: it is binary, or a mail without a text.
        EmptyInput: it says nothing.
        ReadingFailed: reading it took too long, or too much memory.
    """
    if path.suffix.lower() not in ENDINGS:
        known = ", ".join(ENDINGS)
        message = f"{path.name} is none of {known}"
        raise UnknownFileType(message, name=path.name, known=known)
    with path.open("rb") as file:
        data = file.read(MAX_LETTER_BYTES + 1)
    if len(data) > MAX_LETTER_BYTES:
        limit = MAX_LETTER_BYTES / 1e6
        size = path.stat().st_size / 1e6
        raise TooLarge(f"{path.name} is too large", size_mb=size, limit_mb=limit)
    is_mail = path.suffix.lower() == ".eml"
    text = read_mail_untrusted(path.name, data) if is_mail else decode(path.name, data).text
    if not text.strip():
        raise EmptyInput(f"{path.name} says nothing")
    return Letter(path.name, text.strip())


def letters_and_errors(folder: Path) -> Iterator[tuple[str, Letter | InputError]]:
    """Every file of a folder with its letter, or with why it cannot be read."""
    for path in letter_files(folder):
        try:
            yield path.name, read_letter(path)
        except InputError as error:
            yield path.name, error
        except OSError as error:
            yield path.name, InputError(f"{path.name} cannot be opened: {error.strerror}")
