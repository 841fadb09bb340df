"""The command line: `python -m core house` makes the shipped models again."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from core.house.command import make_house
from core.house.files import SHIPPED, Folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and do what it asks."""
    parser = argparse.ArgumentParser(prog="python -m core", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    house = commands.add_parser("house", help="make and measure the shipped models again")
    house.add_argument("--out", type=Path, default=SHIPPED, help="folder for the files")
    house.add_argument("--quick", action="store_true", help="tiny models, to see that all works")
    asked = parser.parse_args(arguments)
    make_house(Folder(asked.out), is_quick=asked.quick, say=lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
