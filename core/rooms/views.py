"""What phone, projector and facilitator are shown of a room, as JSON.

Invariant: a phone is told nothing of other people, a projector no name except of somebody who said
yes, and neither what was measured before it is revealed. Only the facilitator sees who did what.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from core.languages import Lang
from core.rooms.addresses import is_only_here
from core.rooms.lessons import Said, Step
from core.rooms.room import State, lesson_of, state_of
from core.store.rooms import Asked, Person, RoomRecord, Rooms, Saying, Vote

MOST_SHOWN: Final = 60
"""Words on the projector."""

View = dict[str, Any]


def common(room: RoomRecord, asked: Asked | None, lang: Lang) -> View:
    """What everybody is shown.

    Args:
        room: as it stands.
        asked: the question that is shown; None for none.
        lang: of the reader.
    """
    lesson, state = lesson_of(room), state_of(room)
    step = lesson.steps[min(state.at, len(lesson.steps) - 1)]
    return {
        "version": room.version,
        "code": room.code,
        "lesson": lesson.title[lang],
        "at": state.at,
        "n_steps": len(lesson.steps),
        "step": _step(step, state, lang),
        "pace": state.pace,
        "paused": state.paused,
        "timer_ends": state.timer_ends,
        "ended": room.ended_at is not None,
        "question": _question(asked, state, lang) if asked else None,
    }


def for_phone(
    room: RoomRecord,
    asked: Asked | None,
    lang: Lang,
    person: Person | None,
    votes: Mapping[str, Vote],
) -> View:
    """What one person's phone shows: the room, and their own vote."""
    found = common(room, asked, lang)
    mine = votes.get(asked.key) if asked else None
    seq = max((vote.seq for vote in votes.values()), default=0)
    found["you"] = person and {
        "number": person.number,
        "nickname": person.nickname,
        "choice": mine.choice if mine else None,
        "seq": seq,
        "has_hand_up": person.has_hand_up,
        "shows": person.shows,
    }
    return found


@dataclass(frozen=True)
class _Read:
    """What is read of a room once for a view: everybody, the question, its votes and words."""

    people: Sequence[Person]
    asked: Asked | None
    votes: Sequence[Vote]
    said: Sequence[Saying]

    @classmethod
    def of(cls, rooms: Rooms, room: RoomRecord) -> "_Read":
        """Read it."""
        asked = question_of(rooms, room)
        votes = rooms.votes(room.id, asked.key) if asked else []
        said = rooms.sayings(room.id, asked.key) if asked else []
        return cls(rooms.people(room.id), asked, votes, said)


def for_projector(rooms: Rooms, room: RoomRecord, lang: Lang, n_here: int) -> View:
    """What the projector shows: numbers and approved words, never who."""
    return _for_projector(_Read.of(rooms, room), room, lang, n_here)


def _for_projector(read: _Read, room: RoomRecord, lang: Lang, n_here: int) -> View:
    state, asked = state_of(room), read.asked
    found = common(room, asked, lang)
    hidden = state.hides and not (asked and asked.measured)
    shown = next((person for person in read.people if person.id == state.spotlight), None)
    simulated = {person.id for person in read.people if person.is_simulated}
    found |= {
        "n_people": len(read.people),
        "n_here": n_here,
        "n_votes": len(read.votes),
        "n_simulated": {
            "people": len(simulated),
            "votes": sum(vote.person in simulated for vote in read.votes),
            "sayings": len({one.person for one in read.said} & simulated),
        },
        "tally": None if hidden else tally(read.votes),
        "sayings": [one.text for one in read.said if not one.is_hidden][-MOST_SHOWN:],
        "n_sayings": len(read.said),
        "reveal": state.reveal,
        "address": state.address,
        "only_here": is_only_here(room),
        "wifi": state.wifi,
        "hides": state.hides,
        "spotlight": shown and {"number": shown.number, "nickname": shown.nickname},
    }
    return found


def for_lead(rooms: Rooms, room: RoomRecord, lang: Lang, here: Mapping[str, bool]) -> View:
    """What the facilitator sees: notes, everybody, every word.

    Args:
        rooms: where the room is kept.
        room: as it stands.
        lang: of the facilitator.
        here: person -> whether a page of theirs is connected now.
    """
    lesson, state, read = lesson_of(room), state_of(room), _Read.of(rooms, room)
    found = _for_projector(read, room, lang, sum(here.values()))
    voted, said = {vote.person for vote in read.votes}, read.said
    step = lesson.steps[min(state.at, len(lesson.steps) - 1)]
    names = {person.id: person for person in read.people}
    found |= {
        "notes": step.notes.get(lang, ""),
        "minutes": step.minutes,
        "begun_at": state.begun_at,
        "steps": [
            {"title": each.title[lang], "minutes": each.minutes, "phone": each.phone}
            for each in lesson.steps
        ],
        "locked": state.locked,
        "tally": tally(read.votes),
        "people": [_for_lead(person, voted, said, here) for person in names.values()],
        "sayings": [_saying(one, names) for one in said],
    }
    return found


def tally(votes: Sequence[Vote]) -> dict[str, int]:
    """How many chose what."""
    return dict(Counter(vote.choice for vote in votes))


def question_of(rooms: Rooms, room: RoomRecord) -> Asked | None:
    """The question that is shown; None for none."""
    key = state_of(room).question
    return rooms.question(room.id, key) if key else None


def page_address(step: Step, lang: Lang) -> str:
    """The address of the page that a step shows, with its settings."""
    path = "/" if step.page == "home" else f"/{step.page}"
    return f"{path}?{urlencode({**step.settings, 'lang': lang})}"


def _step(step: Step, state: State, lang: Lang) -> View:
    return {
        "title": step.title[lang],
        "say": step.say.get(lang, ""),
        "page": page_address(step, lang),
        "phone": step.phone,
        "locked": list(step.locked) if state.locked else [],
        "asks": step.question.measured_by if step.question and not step.question.ask else "",
    }


def _question(asked: Asked, state: State, lang: Lang) -> View:
    texts, measured = asked.texts, asked.measured or {}
    return {
        "key": asked.key,
        "kind": asked.kind,
        "ask": in_language(texts["ask"], lang),
        "options": [
            {"key": key, "label": in_language(said, lang)}
            for key, said in texts.get("options", {}).items()
        ],
        "is_open": asked.closed_at is None,
        "waits": state.reveal == asked.key,
        "measured_by": texts.get("measured_by", ""),
        "outcome": measured.get("outcome"),
        "measured": in_language(measured["text"], lang) if measured.get("text") else None,
    }


def in_language(said: Said | str, lang: Lang) -> str:
    """A text in a language; one that is there in one language only stands for all."""
    if isinstance(said, str):
        return said
    return said.get(lang) or next(iter(said.values()), "")


def _for_lead(
    person: Person, voted: set[str], said: Sequence[Saying], here: Mapping[str, bool]
) -> View:
    wrote = any(one.person == person.id for one in said)
    return {
        "id": person.id,
        "number": person.number,
        "nickname": person.nickname,
        "here": here.get(person.id, False),
        "done": person.id in voted or wrote,
        "has_hand_up": person.has_hand_up,
        "shows": person.shows,
        "has_bench": person.owner is not None,
        "is_simulated": person.is_simulated,
    }


def _saying(one: Saying, names: Mapping[str, Person]) -> View:
    who = names.get(one.person)
    return {
        "key": one.key,
        "text": one.text,
        "is_hidden": one.is_hidden,
        "number": who.number if who else 0,
        "nickname": who.nickname if who else "",
    }
