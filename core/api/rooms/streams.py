"""The stream of a room: Server-Sent Events, each the whole view of who is looking.

    GET /rooms/{code}/live?as=phone|projector|lead&lang=de

Invariant: whoever looks is sent what is true at the moment of sending; a view that was missed is
never needed, so a browser that comes back, after whatever, is right again with the first event.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any, Final, Literal

from starlette.concurrency import run_in_threadpool

from core.api.rooms.benches import Benches
from core.api.rooms.rehearsals import Rehearsals
from core.languages import Lang
from core.rooms.hall import Hall, Listener
from core.rooms.room import state_of, step_of
from core.rooms.together.pairs import for_person
from core.rooms.together.work import Together
from core.rooms.views import for_lead, for_phone, for_projector, question_of
from core.services import Services
from core.store.rooms import PAIR, RoomRecord

As = Literal["phone", "projector", "lead"]

BEAT_S: Final = 8.0
"""A sign of life is sent this often, so that both ends notice a broken connection."""

GRID_S: Final = 2.0
"""How often the facilitator's grid, and a bench on the projector, look at what people train."""

TOGETHER_S: Final = 0.04
"""Changes within this time are sent as one to the projector and the facilitator."""

RETRY_MS: Final = 1_000


def anybody(room: RoomRecord) -> bool:
    """Whether somebody may look at a room as a phone does: always."""
    return True


class Streams:
    """The streams of all rooms of this process.

    Args:
        services: gives the store.
    """

    def __init__(self, services: Services) -> None:
        self.hall: Final = Hall(services.store.rooms)
        self.rehearsals: Final = Rehearsals(services)
        self.together: Final = Together(services)
        self._rooms = services.store.rooms
        self._benches = Benches(services)
        self._ended = False

    def close(self) -> None:
        """End all of them; browsers come back by themselves."""
        self._ended = True
        self.hall.close()
        self.rehearsals.close()

    async def stream(
        self,
        room_id: str,
        who: As,
        lang: Lang,
        person: str = "",
        may_look: Callable[[RoomRecord], bool] = anybody,
    ) -> AsyncGenerator[bytes]:
        """What somebody is sent of a room, from now on.

        Args:
            room_id: of the room.
            who: as whom they look.
            lang: of the words.
            person: who they are, for a phone.
            may_look: whether they still may; asked before each view, and the stream ends with the
                first no.

        Yields:
            whole events.
        """
        listener = self.hall.listen(room_id, person)
        make = self._maker(room_id, who, lang, person, may_look)
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            sent = 0
            while not self._ended:
                view = await run_in_threadpool(make)
                if view is None:
                    return
                sent = view["version"]
                yield frame(view)
                async for beat in self._until_changed(listener, who, sent):
                    yield beat
        finally:
            self.hall.leave(room_id, listener)

    async def _until_changed(self, listener: Listener, who: As, sent: int) -> AsyncGenerator[bytes]:
        """Signs of life until there is something new for who is looking."""
        while not self._ended:
            changed = await listener.wait(BEAT_S if who == "phone" else GRID_S)
            if changed and who == "phone" and listener.version == sent:
                continue  # somebody else's vote is nothing that a phone shows
            if changed and who != "phone":
                await asyncio.sleep(TOGETHER_S)
            if changed or who != "phone":
                return
            yield b": here\n\n"

    def _maker(
        self,
        room_id: str,
        who: As,
        lang: Lang,
        person: str,
        may_look: Callable[[RoomRecord], bool] = anybody,
    ) -> Callable[[], dict[str, Any] | None]:
        def make() -> dict[str, Any] | None:
            """What they are shown now; None where they may look no longer."""
            room = self._rooms.get(room_id)
            if not may_look(room):
                return None
            found = self._view(room, who, lang, person)
            return found | {"now": int(time.time() * 1000)}

        return make

    def _view(self, room: RoomRecord, who: As, lang: Lang, person: str) -> dict[str, Any]:
        if who == "phone":
            votes = self._rooms.votes_of(room.id, person)
            asked = question_of(self._rooms, room)
            found = for_phone(room, asked, lang, self._rooms.person(room.id, person), votes)
            return found | self.pair_of(room, person) if step_of(room).phone == "pairs" else found
        here = self.hall.here(room.id)
        if who == "projector":
            found = for_projector(self._rooms, room, lang, len(here))
            if found["spotlight"]:
                shown = state_of(room).spotlight
                (one,) = [each for each in self._rooms.people(room.id) if each.id == shown]
                found["spotlight"]["run"] = self._benches.shown(one)
            return found | {"together": self.together.view(room)}
        found = for_lead(self._rooms, room, lang, {name: n > 0 for name, n in here.items()})
        runs = self._benches.of(self._rooms.people(room.id))
        for each in found["people"]:
            each["run"] = runs.get(each["id"])
        return found | {
            "rehearsal": self.rehearsals.status(room.id),
            "together": self.together.view(room),
        }

    def pair_of(self, room: RoomRecord, person: str) -> dict[str, Any]:
        """How far somebody is with the pairs, and the one that they meet next."""
        pairs, votes = self._rooms.questions(room.id, PAIR), self._rooms.votes_of(room.id, person)
        far, following = for_person(pairs, votes, person)
        return {"pairs": far, "pair": following}


def frame(view: dict[str, Any]) -> bytes:
    """A view as one event."""
    return f"data: {json.dumps(view, ensure_ascii=False)}\n\n".encode()
