"""The results of a room: every question counted, and the same as CSV; nobody is named.

Invariant: simulated people are left out, and so are words that the facilitator did not let through.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.languages import Lang
from core.rooms.views import in_language
from core.store.rooms import PAIR, Asked, RoomRecord, Rooms


@dataclass(frozen=True)
class Counted:
    """One question, counted.

    Args:
        asked: the question.
        counts: option -> how many chose it.
        lines: the words that were shown.
    """

    asked: Asked
    counts: Mapping[str, int]
    lines: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many voted."""
        return sum(self.counts.values())


def counted(
    rooms: Rooms, room: RoomRecord, *, also_pairs: bool = False
) -> tuple[int, list[Counted]]:
    """How many took part, and every question with its counts; simulated people left out.

    Args:
        rooms: where the room is kept.
        room: which.
        also_pairs: with the pairs of answers, too; a page would be full of them.
    """
    people = {one.id for one in rooms.people(room.id) if not one.is_simulated}
    votes = [vote for vote in rooms.votes(room.id) if vote.person in people]
    lines = [one for one in rooms.sayings(room.id) if one.person in people and not one.is_hidden]
    found = [
        Counted(
            asked,
            Counter(vote.choice for vote in votes if vote.question == asked.key),
            tuple(one.text for one in lines if one.question == asked.key),
        )
        for asked in rooms.questions(room.id)
        if also_pairs or asked.kind != PAIR
    ]
    return len(people), found


def as_csv(rooms: Rooms, room: RoomRecord, lang: Lang) -> str:
    """The same numbers, a row for each option of each question and each line that was shown."""
    _, found = counted(rooms, room, also_pairs=True)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["question", "asked", "kind", "option", "text", "votes", "share", "is_true"])
    for one in found:
        asked, ask = one.asked, in_language(one.asked.texts["ask"], lang)
        outcome = (asked.measured or {}).get("outcome")
        for key, label in asked.texts.get("options", {}).items():
            n = one.counts.get(key, 0)
            share = f"{n / one.n:.4f}" if one.n else ""
            is_true = "" if outcome is None else str(key == outcome).lower()
            row = [asked.n, ask, asked.kind, key, in_language(label, lang), n, share, is_true]
            writer.writerow([_plain(cell) for cell in row])
        for line in one.lines:
            writer.writerow([_plain(cell) for cell in [asked.n, ask, "line", "", line, "", "", ""]])
    return out.getvalue()


def _plain(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
