"""Which models of others lie on this machine: SmolLM2 from its package, and a folder of one's own.

Only the person who runs the app names the folder; a visitor chooses from what lies in it.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.architecture.text.smollm2 import smollm2_file

MODELS_VARIABLE: Final = "GLASSBOX_MODELS"
"""a folder: each folder in it with a config.json, and each GGUF file in it, is a model"""
LARGEST: Final = 50
"""so many models of a folder are offered"""


@dataclass(frozen=True)
class OnDisk:
    """A model of others that may be opened.

    Args:
        name: of its folder or file, without ending.
        path: where it lies.
    """

    name: str
    path: Path


def models_on_disk() -> list[OnDisk]:
    """All that may be opened, SmolLM2 first if it is installed, the others by name."""
    smollm2 = smollm2_file()
    first = [] if smollm2 is None else [OnDisk("SmolLM2-135M-Instruct", smollm2)]
    given = os.environ.get(MODELS_VARIABLE, "").strip()
    if not given:
        return first
    try:
        entries = sorted(Path(given).expanduser().iterdir(), key=lambda path: path.name.lower())
    except OSError:
        return first
    found = [
        OnDisk(path.name if path.is_dir() else path.stem, path)
        for path in entries
        if (path.is_dir() and (path / "config.json").is_file())
        or (path.suffix.lower() == ".gguf" and path.is_file())
    ]
    return first + found[:LARGEST]
