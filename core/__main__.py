"""The command line: rebuilds the shipped models, rehearses a workshop, answers a mailbox.

python -m core house            rebuild the shipped models
python -m core house --pictures rebuild all that is shipped for pictures
python -m core rehearse CODE    bring simulated people into an open room
python -m core mailbox IN OUT   answer a folder of letters, sending every answer through the stages
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from core.house.command import ON_TOP, make_answering, make_branches, make_house
from core.house.files import SHIPPED, Folder
from core.house.limits.command import PARTS as LIMITS
from core.house.limits.command import make_limits
from core.house.marked import make_marked
from core.house.pictures.command import PARTS, make_all_of_pictures
from core.languages import LANGS
from core.rooms.codes import as_code
from core.rooms.rehearsal import rehearsal_key, rehearse
from core.rooms.room import state_of
from core.rooms.simulated import Seen
from core.store import Store

INTERRUPTED: Final = 130  # the exit code shells use for Ctrl-C


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m core", description="The command line of Glassbox."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _house_options(commands.add_parser("house", help="make and measure the shipped models again"))
    _mailbox_options(commands.add_parser("mailbox", help="answer a folder of letters, filtered"))
    _rehearse_options(
        commands.add_parser("rehearse", help="bring simulated people into an open room")
    )
    asked = parser.parse_args(arguments)
    COMMANDS[asked.command](asked)


def _house_options(house: argparse.ArgumentParser) -> None:
    """What can be said after `house`: where to, how much, and which part alone."""
    house.add_argument("--out", type=Path, default=SHIPPED, help="folder for the files")
    house.add_argument("--quick", action="store_true", help="tiny models, to see that all works")
    house.add_argument(
        "--alignment", action="store_true", help="only what follows the base models that are there"
    )
    house.add_argument(
        "--finished",
        type=Path,
        metavar="FILE",
        help="only what follows the base model's last step, from its checkpoint",
    )
    house.add_argument(
        "--pictures",
        nargs="*",
        choices=PARTS,
        metavar="PART",
        help=f"only what belongs to pictures; of that only some: {', '.join(PARTS)}",
    )
    house.add_argument(
        "--watermark",
        action="store_true",
        help="only what the watermark's page opens with",
    )
    house.add_argument(
        "--limits",
        nargs="*",
        choices=LIMITS,
        metavar="PART",
        help=f"only what the pages about limits open with; of that some: {', '.join(LIMITS)}",
    )
    house.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="for pictures: keep snapshots of the training there, and go on from them",
    )


def _mailbox_options(mailbox: argparse.ArgumentParser) -> None:
    """What can be said after `mailbox`: from where, where to, and how it is answered."""
    mailbox.add_argument("letters", metavar="IN", type=Path, help="folder of .txt, .md and .eml")
    mailbox.add_argument("out", metavar="OUT", type=Path, help="folder to write; empty, or new")
    mailbox.add_argument("--lang", choices=LANGS, help="default: each letter's own")
    mailbox.add_argument("--stages", default="letter", help="a preset, or a .json file of stages")
    mailbox.add_argument("--model", help="as /v1/models names it; default: the house's")
    mailbox.add_argument("--seed", type=int, default=0, help="of all draws")


def _rehearse_options(rehearsing: argparse.ArgumentParser) -> None:
    """What can be said after `rehearse`: which room, how many people, how long."""
    rehearsing.add_argument("code", metavar="CODE", help="the four letters of the room")
    rehearsing.add_argument("--people", type=int, default=30, help="how many")
    rehearsing.add_argument("--minutes", type=float, default=10.0, help="they stay at most")
    rehearsing.add_argument("--address", default="", help="of the server; default: the room's own")


def _make_house(asked: argparse.Namespace) -> None:
    """Make all that is shipped again, or the one part that was asked for."""
    folder, is_quick = Folder(asked.out), asked.quick
    if asked.pictures is not None:
        make_all_of_pictures(folder, asked.pictures, is_quick=is_quick, say=_say, work=asked.work)
    elif asked.watermark:
        make_marked(folder, say=_say)
    elif asked.limits is not None:
        make_limits(folder, asked.limits, say=_say)
    elif asked.alignment:
        make_answering(folder, is_quick=is_quick, say=_say, command=ON_TOP)
    elif asked.finished:
        make_branches(folder, asked.finished.read_bytes(), is_quick=is_quick, say=_say)
    else:
        make_house(folder, is_quick=is_quick, say=_say)


def _rehearse(asked: argparse.Namespace) -> None:
    """Bring simulated people into a room of this machine's store, until it ends or Ctrl-C."""
    store = Store.from_environment()
    room = store.rooms.by_code(as_code(asked.code))
    if room is None or room.ended_at is not None:
        sys.exit(f"no room with the letters {asked.code} is open in this store")
    at, key = state_of(room), rehearsal_key(store.rooms, room)
    address, seen = asked.address or at.address, Seen()
    _say(f"{asked.people} simulated people come into {room.code} at {address}; Ctrl-C ends it")
    with suppress(KeyboardInterrupt):
        going = rehearse(
            room.code, address, key, asked.people, minutes=asked.minutes, lang=at.lang, seen=seen
        )
        asyncio.run(going)
    _say(
        f"{seen.n_in} came in: {seen.n_votes} votes, {seen.n_lines} lines, {seen.n_pairs} pairs, "
        f"{seen.n_hands} hands, {seen.n_cuts} lost connections, {seen.n_failed} failures"
    )
    for failure in seen.failures[:20]:
        _say(failure)


def _answer_mailbox(asked: argparse.Namespace) -> None:
    """Answer a folder of letters; the exit code says whether every one could be answered."""
    from core.api.mailbox_command import answer_mailbox  # not needed by the other commands

    try:
        code = answer_mailbox(
            asked.letters,
            asked.out,
            lang=asked.lang,
            stages=asked.stages,
            model=asked.model,
            seed=asked.seed,
            say=_say,
        )
    except KeyboardInterrupt:
        _say("stopped; nothing was written")
        code = INTERRUPTED
    sys.exit(code)


COMMANDS: Final[dict[str, Callable[[argparse.Namespace], None]]] = {
    "house": _make_house,
    "mailbox": _answer_mailbox,
    "rehearse": _rehearse,
}


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
