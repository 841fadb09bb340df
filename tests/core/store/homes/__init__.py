"""Homes as earlier versions of the program left them, written by those versions themselves.

version1 has an artefact on a bench; version4 has cookies for owners, two of them, and the house;
version5 has a run of every program by the place of its code; version6 has a pair on a bench, a run
under way and one of everything else.
"""

import tarfile
from pathlib import Path

FOLDER = Path(__file__).parent


def unpack(name: str, home: Path) -> None:
    """Lay a home out in an empty folder."""
    with tarfile.open(FOLDER / f"{name}.tar.xz") as packed:
        packed.extractall(home, filter="data")
