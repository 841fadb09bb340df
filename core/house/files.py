"""The folder of shipped files: written whole or not at all, texts packed."""

import json
import lzma
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SHIPPED: Final = Path(__file__).parent / "shipped"
RECORD: Final = "house.json"


@dataclass(frozen=True)
class Folder:
    """A folder of files made by the command, and read by whoever shows them."""

    path: Path

    def write(self, name: str, data: bytes) -> str:
        """Write a file; a crash leaves the old one or the new one, never half of it."""
        self.path.mkdir(parents=True, exist_ok=True)
        unfinished = self.path / (name + ".unfinished")
        unfinished.write_bytes(data)
        os.replace(unfinished, self.path / name)
        return name

    def remove(self, name: str) -> None:
        """Take a file away that another has replaced."""
        (self.path / name).unlink(missing_ok=True)

    def write_packed(self, name: str, data: bytes) -> str:
        """The same for what shrinks when packed; `read` gives back the unpacked bytes."""
        return self.write(name, lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))

    def read(self, name: str) -> bytes:
        """A file's bytes, unpacked."""
        data = (self.path / name).read_bytes()
        return lzma.decompress(data) if name.endswith(".xz") else data

    def write_record(self, record: dict[str, Any]) -> None:
        """Write down what was made and measured."""
        text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
        self.write(RECORD, (text + "\n").encode("utf-8"))

    def record(self) -> dict[str, Any]:
        """What was made and measured; empty where nothing was."""
        if not (self.path / RECORD).exists():
            return {}
        record: dict[str, Any] = json.loads(self.read(RECORD))
        return record
