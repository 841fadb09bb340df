"""Letters in a folder: which files are letters, what each says, and what it asks.

A letter is a stranger's text. It is read as data: nothing in it is followed, no file outside the
folder is opened, and whatever cannot be read is said and skipped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final

from core.api.chat import Lang, language_of_question
from core.data.decoding import decode
from core.errors import EmptyInput, InputError, NotText, TooLarge, UnknownFileType

ENDINGS: Final = (".txt", ".md", ".eml")
MAX_LETTER_BYTES: Final = 200_000
MAX_LETTERS: Final = 1_000
MAX_QUESTIONS: Final = 3  # of one letter that are answered
MAX_QUESTION_CHARS: Final = 200
EXAMPLE: Final = Path(__file__).with_name("mailbox_example")
"""A small mailbox of the invented town, with a broken letter and an empty one in it."""

_QUESTION: Final = re.compile(r"[^.!?\n:]*[^.!?\n:\s][^.!?\n:]*\?")


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
        found = [match.strip()[-MAX_QUESTION_CHARS:] for match in _QUESTION.findall(self.text)]
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
    text = _mail_text(path.name, data) if path.suffix.lower() == ".eml" else None
    text = decode(path.name, data).text if text is None else text
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


def _mail_text(name: str, data: bytes) -> str:
    """The plain text of a mail; what it has attached is left alone."""
    decode(name, data[:2_000])  # a mail's head is text, or it is no mail
    try:
        message = message_from_bytes(data, policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else None
    except (LookupError, ValueError, AttributeError, AssertionError) as error:
        raise NotText(f"{name} is no mail we can read", name=name) from error
    if not isinstance(text, str):
        raise NotText(f"{name} is a mail without plain text", name=name)
    return text.replace("\r\n", "\n")
