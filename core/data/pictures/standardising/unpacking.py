"""Several files, or archives of files, as one sequence of pictures with their captions.

Invariant: every file that was handed over comes out, as a picture or as the reason why not; only
what systems hide in archives is passed over.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from core.data.pictures.collecting.files import CAPTIONS
from core.data.pictures.standardising.opening import LIMIT_BYTES, too_large
from core.data.text.documents import well_formed
from core.errors import (
    DamagedZip,
    LockedZip,
    NoPicturesInside,
    TooManyPictures,
    UnreadablePicture,
    ZipBomb,
)

LIMIT_PICTURES: Final = 500  # read at once
LIMIT_UNPACKED: Final = 100 * 2**20  # bytes that one archive may grow to
LONGEST_CAPTION: Final = 200  # characters
LONGEST_NAME: Final = 80
_ZIP: Final = b"PK\x03\x04"
_TEXT: Final = ".txt"  # a caption beside its picture: ball.txt beside ball.png
_HIDDEN: Final = ("__MACOSX/", "/.", "Thumbs.db")
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError,
                  NotImplementedError, KeyError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """One file: its bytes, or why there are none."""

    name: str
    data: bytes = b""
    caption: str = ""
    problem: UnreadablePicture | None = None


def unpacked(name: str, data: bytes) -> Iterator[Received]:
    """A file, or every file of an archive, one at a time.

    In an archive, a text file beside a picture of the same name is its caption, and so is the
    picture's line in CAPTIONS.
    """
    name = short_name(name)
    if not data.startswith(_ZIP):
        yield Received(name, data)
    elif len(data) > LIMIT_BYTES:
        yield Received(name, problem=too_large(name, len(data)))
    else:
        yield from _inside(name, data)


def _inside(name: str, data: bytes) -> Iterator[Received]:
    """What an archive holds; archives within it are no pictures."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [each for each in archive.infolist() if not _is_hidden(each)]
            budget = LIMIT_UNPACKED
            captions = _captions(archive, entries)
            pictures = [each for each in entries if not _tells_captions(each)]
            if not pictures:
                message = f"{name} has no picture inside"
                yield Received(name, problem=NoPicturesInside(message, name=name))
            for n, entry in enumerate(pictures):
                if n == LIMIT_PICTURES:
                    yield Received(name, problem=too_many(name))
                    return
                received = _entry(name, archive, entry, budget)
                budget -= len(received.data)
                caption = captions.get(entry.filename, "")
                yield Received(received.name, received.data, caption, received.problem)
                if isinstance(received.problem, ZipBomb):
                    return
    except _BROKEN as error:
        yield Received(name, problem=_damaged(name, error))


def too_many(name: str) -> TooManyPictures:
    """The error for what comes behind as many pictures as are read at once."""
    message = f"{name} is beyond the {LIMIT_PICTURES} that are read at once"
    return TooManyPictures(message, name=name, limit=LIMIT_PICTURES)


def _entry(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int) -> Received:
    inner = short_name(entry.filename)
    if entry.flag_bits & 1:
        message = f"{inner} in {name} is locked"
        return Received(inner, problem=LockedZip(message, name=name))
    try:
        with archive.open(entry) as file:  # what it says of its size may be a lie: read and see
            data = file.read(min(LIMIT_BYTES, budget) + 1)
    except _BROKEN as error:
        return Received(inner, problem=_damaged(inner, error))
    if len(data) > budget:
        limit_mb = LIMIT_UNPACKED // 2**20
        message = f"{name} grows above {limit_mb} MB"
        return Received(name, problem=ZipBomb(message, name=name, limit_mb=limit_mb))
    if len(data) > LIMIT_BYTES:
        return Received(inner, problem=too_large(inner, max(len(data), entry.file_size)))
    return Received(inner, data)


def _captions(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, str]:
    """Captions by file name within the archive, from CAPTIONS or from text files of one name."""
    names = {entry.filename for entry in entries}
    stems = {str(PurePosixPath(name).with_suffix("")): name for name in names
             if not name.endswith((_TEXT, CAPTIONS))}  # fmt: skip
    found: dict[str, str] = {}
    for entry in entries:
        if not _tells_captions(entry) or entry.flag_bits & 1:
            continue
        try:
            with archive.open(entry) as file:
                text = file.read(2**20).decode("utf-8", "replace")
        except _BROKEN:
            continue  # the pictures come without captions then
        path = PurePosixPath(entry.filename)
        if path.name == CAPTIONS:
            found |= _lines(text, path)
        elif picture := stems.get(str(path.with_suffix(""))):
            found[picture] = short_caption(text)
    return found


def _lines(text: str, path: PurePosixPath) -> dict[str, str]:
    """The captions in a file of JSON lines; broken lines are passed over."""
    found = {}
    for line in text.split("\n"):
        try:
            said = json.loads(line)
            name, caption = said["file"], said["caption"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if isinstance(name, str) and isinstance(caption, str):
            found[str(path.with_name(PurePosixPath(name).name or "?"))] = short_caption(caption)
    return found


def _tells_captions(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith((_TEXT, CAPTIONS))


def _is_hidden(entry: zipfile.ZipInfo) -> bool:
    """What systems put into archives for themselves, and folders."""
    return entry.is_dir() or any(mark in f"/{entry.filename}" for mark in _HIDDEN)


def _damaged(name: str, error: Exception) -> DamagedZip:
    return DamagedZip(f"{name} is damaged: {error}", name=name)


def short_name(name: str) -> str:
    """A file's name without its folders, short and on one line."""
    last = PurePosixPath(well_formed(name).replace("\\", "/")).name
    line = "".join(c for c in last if c.isprintable()) or "?"
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME // 2] + "…" + line[-30:]


def short_caption(text: str) -> str:
    """A caption on one line, of at most LONGEST_CAPTION characters."""
    line = " ".join(well_formed(text).replace("\0", " ").split())
    return "".join(c for c in line if c.isprintable())[:LONGEST_CAPTION].strip()
