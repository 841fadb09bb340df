"""Whose votes and words count where a room makes something of them.

Invariant: simulated people count only where nobody else has sent anything, and then how many they
are goes along, so that whoever shows what came of it can say so.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from core.store.rooms import Person


class Sent(Protocol):
    """Something that one person of a room sent."""

    @property
    def person(self) -> str:
        """Who sent it."""


SomethingSent = TypeVar("SomethingSent", bound=Sent)


def that_count(
    sent: Sequence[SomethingSent], people: Iterable[Person]
) -> tuple[list[SomethingSent], int]:
    """What counts of what was sent to one question or about one thing.

    Args:
        sent: votes or words, of anybody.
        people: everybody in the room.

    Returns:
        what counts, in its order; and how many simulated people sent it: 0, or all of them.
    """
    simulated = {one.id for one in people if one.is_simulated}
    real = [one for one in sent if one.person not in simulated]
    if real:
        return real, 0
    return list(sent), len({one.person for one in sent})
