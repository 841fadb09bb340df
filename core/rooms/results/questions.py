"""Every question of a room, counted.

Invariant: simulated people are left out, and so are words that the facilitator did not let through.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.store.rooms import Asked, RoomRecord, Rooms


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


def counted(rooms: Rooms, room: RoomRecord) -> list[Counted]:
    """Every question with its counts, the pairs of answers among them."""
    people = {one.id for one in rooms.people(room.id) if not one.is_simulated}
    votes = [vote for vote in rooms.votes(room.id) if vote.person in people]
    lines = [one for one in rooms.sayings(room.id) if one.person in people and not one.is_hidden]
    return [
        Counted(
            asked,
            Counter(vote.choice for vote in votes if vote.question == asked.key),
            tuple(one.text for one in lines if one.question == asked.key),
        )
        for asked in rooms.questions(room.id)
    ]
