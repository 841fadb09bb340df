"""Bytes in files, named by their own hash; local or in any storage that fsspec supports.

Invariant: a file either holds exactly the bytes its name promises or counts as missing; a reader
never sees a half-written one.
"""

import contextlib
import os
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from core.errors import Corrupted
from core.lineage import content_id
from core.store.causes import causes_told

UNFINISHED: Final = ".unfinished-"
"""Marks a file that is still being written, including what a killed process leaves behind."""


class ArtifactFiles:
    """A folder of immutable files.

    Args:
        url: an fsspec URL (`file:///…`, `memory://…`, `s3://…`) or a path.
    """

    def __init__(self, url: str) -> None:
        self._fs, self._root = url_to_fs(url)
        self._is_local = isinstance(self._fs, LocalFileSystem)
        self.lock: Final = threading.RLock()
        """Held by whoever writes a file and its row, so that none is removed in between."""

    def write(self, data: bytes) -> str:
        """Store bytes; once this returns, they survive a crash of the process at any moment.

        Args:
            data: any bytes.

        Returns:
            their content id.

        Raises:
            DiskFull, ReadOnly: they are not stored.
        """
        name = content_id(data)
        if self.holds(name):
            return name
        path = self._path(name)
        with causes_told(self._root):
            if self._is_local:
                _write_local(path, data)
            else:  # object stores show an object only once it is complete
                self._fs.makedirs(self._fs._parent(path), exist_ok=True)
                self._fs.pipe_file(path, data)
        return name

    def read(self, name: str) -> bytes:
        """Read bytes and check them against their name.

        Args:
            name: a content id.

        Returns:
            exactly the bytes that were written.

        Raises:
            Corrupted: the file is missing, or holds other bytes.
            ReadOnly: it may not be read.
        """
        try:
            with causes_told(self._root):
                data = bytes(self._fs.cat_file(self._path(name)))
        except FileNotFoundError as error:
            raise Corrupted(f"the file of {name} is missing", id=name) from error
        if content_id(data) != name:
            raise Corrupted(f"the file of {name} does not hold the bytes it held", id=name)
        return data

    def remove(self, name: str) -> None:
        """Remove a file; a missing file counts as removed."""
        with contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._path(name))

    def names(self) -> Iterator[str]:
        """The content ids of all complete files."""
        yield from (name for name in self._listing() if UNFINISHED not in name)

    def remove_unfinished(self, before: datetime) -> int:
        """Remove what killed writers left behind before a given moment; returns how many."""
        left = [name for name, path in self._listing().items() if UNFINISHED in name]
        old = [name for name in left if (age := self._modified(name)) and age < before]
        for name in old:
            self.remove(name)
        return len(old)

    def written_before(self, name: str, moment: datetime) -> bool:
        """Whether a file is older than a given moment; files of unknown age count as new."""
        modified = self._modified(name)
        return modified is not None and modified < moment

    def is_there(self, name: str) -> bool:
        """Whether there is such a file, whatever it holds."""
        return bool(self._fs.exists(self._path(name)))

    def holds(self, name: str) -> bool:
        """Whether the file holds what was stored."""
        try:
            self.read(name)
        except Corrupted:
            return False  # missing or damaged: writing it (again) repairs it
        return True

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name[:2]}/{name}"

    def _listing(self) -> dict[str, str]:
        return {path.rsplit("/", 1)[-1]: path for path in self._fs.find(self._root)}

    def _modified(self, name: str) -> datetime | None:
        try:
            modified: datetime = self._fs.modified(self._path(name))
        except (FileNotFoundError, NotImplementedError):
            return None
        return modified if modified.tzinfo else modified.replace(tzinfo=UTC)


def _write_local(path: str, data: bytes) -> None:
    """Write under a temporary name, flush to disk, then rename: all or nothing."""
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    name = os.path.basename(path)
    unfinished = os.path.join(folder, f"{name[:2]}{UNFINISHED}{uuid.uuid4().hex}")
    try:
        with open(unfinished, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.remove(unfinished)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    """Flush a rename to disk, where the system can open folders (Windows cannot)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
