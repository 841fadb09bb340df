"""Everything that a room found and made, as it stands now.

Invariant: no name and no number of a person is in it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from core.errors import NotFound
from core.rooms.results.benches import Trained, trained
from core.rooms.results.questions import Counted, counted
from core.rooms.room import State, lesson_of, state_of
from core.rooms.together.pairs import clicks
from core.rooms.together.seen import Curves, pairs_view, race_view, taste_view
from core.store import Store
from core.store.rooms import PAIR, RoomRecord

View = Mapping[str, Any]


@dataclass(frozen=True)
class Results:
    """What a room came to.

    Args:
        n_people: who took part.
        n_simulated: people of a rehearsal, who are left out of votes, lines, hands and benches.
        questions: without the pairs.
        pairs: the questions that are pairs of answers.
        hands: for each step of the lesson, how often somebody asked for help.
        benches: what people trained, each on their own.
        clicks: how people chose between answers, as core.rooms.together.seen tells it; None if
            there were no pairs.
        taste, race: what was trained together, as told there; None if nothing was.
        corpus: what became of the room's lines; None if nothing did.
    """

    n_people: int
    n_simulated: int
    questions: Sequence[Counted]
    pairs: Sequence[Counted]
    hands: Sequence[int]
    benches: Sequence[Trained]
    clicks: View | None
    taste: View | None
    race: View | None
    corpus: View | None


def gathered(store: Store, room: RoomRecord) -> Results:
    """Gather them."""
    rooms, state, curves = store.rooms, state_of(room), Curves(store)
    people, asked, chosen = rooms.people(room.id), counted(rooms, room), clicks(rooms, room)
    n_simulated = sum(one.is_simulated for one in people)
    taste, race = _together(store, curves, room, state)
    return Results(
        n_people=len(people) - n_simulated,
        n_simulated=n_simulated,
        questions=[one for one in asked if one.asked.kind != PAIR],
        pairs=[one for one in asked if one.asked.kind == PAIR],
        hands=_hands(store, room),
        benches=trained(store, curves, room),
        clicks=pairs_view(chosen) if chosen.pairs else None,
        taste=taste,
        race=race,
        corpus=state.corpus if state.corpus.get("n_lines") else None,
    )


def _hands(store: Store, room: RoomRecord) -> list[int]:
    """How many hands went up at each step."""
    simulated = {one.id for one in store.rooms.people(room.id) if one.is_simulated}
    hands = [one.at for one in store.rooms.hands(room.id) if one.person not in simulated]
    counts = Counter(hands)
    return [counts[at] for at in range(len(lesson_of(room).steps))]


def _together(
    store: Store, curves: Curves, room: RoomRecord, state: State
) -> tuple[View | None, View | None]:
    """Taste and race, where there is something and its runs are still known."""
    taste = race = None
    with suppress(NotFound):
        taste = taste_view(curves, room, state) if state.taste else None
    with suppress(NotFound):
        race = race_view(curves, store.rooms, room, state) if state.race else None
    return taste, race
