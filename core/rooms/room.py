"""A room as it stands, and what its facilitator and its people may do in it.

Invariant: whatever happens is in the store before anybody is told, so that a server that was killed
comes back with the same step, the same question and the same votes.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hmac import compare_digest
from typing import Any, Final, Literal
from unicodedata import category

from core.errors import NotFound, RoomError
from core.languages import LANGS, Lang
from core.rooms.codes import as_code, hash_of_secret, is_secret, new_code, new_secret, person_of
from core.rooms.lessons import Lesson, Question, Step, read_lesson
from core.store.rooms import Asked, Person, RoomRecord, Rooms, Saying, Vote

MOST_NICKNAME: Final = 24  # characters
MOST_WORDS: Final = 280  # characters of a line that somebody sends
KEY_FORM: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
MOST_SEQ: Final = 2**53  # of a sender's count: what JavaScript counts exactly
MOST_TIMER_S: Final = 4 * 3600

Pace = Literal["led", "own"]


@dataclass(frozen=True)
class State:
    """Where a lesson stands.

    Args:
        at: the step, counted from 0.
        pace: "led": every page follows the facilitator's step; "own": everybody works alone.
        paused: whether all pages are covered, for "look to the front".
        locked: settings that only the facilitator changes, besides those that the step locks.
        timer_ends: when the timer is over, in milliseconds since 1970; 0: there is none.
        question: the key of the question that is shown; empty for none.
        reveal: the question whose measurement the projector is asked to make; empty for none.
        hides: whether votes stay hidden on the projector until the reveal.
        spotlight: the person whose bench is on the projector; empty for none.
        begun_at: when this step began, in milliseconds since 1970.
        address: where phones find the room, such as "http://192.168.1.5:8501".
        lang: the language of the projector.
        wifi: the name of the Wi-Fi that phones need first; empty for none.
        wifi_password: of that Wi-Fi.
        rehearsal: what simulated people show to be let in; empty while there are none.
        taste: the runs that learned from the room's choices, by what they make.
        race: the runs of the race, by the option that asked for each.
        raced: the question whose options are the race's settings; empty for none.
        corpus: what became of the room's sentences; empty for nothing yet.
    """

    at: int = 0
    pace: Pace = "led"
    paused: bool = False
    locked: bool = True
    timer_ends: int = 0
    question: str = ""
    reveal: str = ""
    hides: bool = True
    spotlight: str = ""
    begun_at: int = 0
    address: str = ""
    lang: Lang = "en"
    wifi: str = ""
    wifi_password: str = ""
    rehearsal: str = ""
    taste: Mapping[str, Any] = field(default_factory=dict)
    race: Mapping[str, Any] = field(default_factory=dict)
    raced: str = ""
    corpus: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A room that was just opened, with the secret that is shown this once."""

    room: RoomRecord
    secret: str


def open_room(
    rooms: Rooms,
    host: str,
    lesson: Lesson,
    address: str = "",
    lang: Lang = "en",
    wifi: tuple[str, str] = ("", ""),
    *,
    code_of: Callable[[set[str]], str] = new_code,
    now_ms: int | None = None,
) -> Opened:
    """Open a room with a lesson.

    Args:
        rooms: where it is kept.
        host: the owner who opens it.
        lesson: what is taught.
        address: where phones find it.
        lang: of the projector.
        wifi: name and password of the Wi-Fi that phones need first.
        code_of: makes its code.
        now_ms: the moment, in milliseconds since 1970.

    Raises:
        RoomError: this host has a room open.
    """
    room_id, secret = secrets.token_hex(16), new_secret()
    state = State(
        begun_at=_now_ms(now_ms), address=address, lang=lang, wifi=wifi[0], wifi_password=wifi[1]
    )
    lead = hash_of_secret(room_id, secret)
    record = rooms.open(room_id, host, lead, lesson_record(lesson), asdict(state), code_of)
    _to(rooms, record, 0, state.begun_at)
    return Opened(rooms.get(room_id), secret)


def lesson_record(lesson: Lesson) -> dict[str, Any]:
    """A lesson as the store keeps it: its name and its source, from which it is read again."""
    return {"name": lesson.name, "source": lesson.source}


def lesson_of(room: RoomRecord) -> Lesson:
    """The lesson of a room; it was checked when the room was opened."""
    return _read(str(room.lesson["source"]), str(room.lesson["name"]))


@lru_cache(maxsize=32)
def _read(source: str, name: str) -> Lesson:
    return read_lesson(source, name)


def state_of(room: RoomRecord) -> State:
    """Where the lesson of a room stands; what a newer version added is left out."""
    known = {name: room.state[name] for name in State.__dataclass_fields__ if name in room.state}
    return State(**known)


def step_of(room: RoomRecord) -> Step:
    """The step that is on."""
    steps = lesson_of(room).steps
    return steps[min(state_of(room).at, len(steps) - 1)]


def room_with(rooms: Rooms, code: str) -> RoomRecord:
    """The room with a code that somebody typed.

    Raises:
        NotFound: there never was one.
    """
    found = rooms.by_code(as_code(code))
    if found is None:
        raise NotFound("there is no such room")
    return found


def leads(room: RoomRecord, secret: str) -> bool:
    """Whether somebody who shows this secret is the facilitator."""
    return bool(secret) and is_secret(room.id, secret, room.lead)


def another_secret(rooms: Rooms, room: RoomRecord) -> str:
    """A new secret for the facilitator; with the one before nobody leads any more."""
    secret = new_secret()
    rooms.change_lead(room.id, hash_of_secret(room.id, secret))
    return secret


def open_room_of(rooms: Rooms, host: str) -> RoomRecord | None:
    """The room that somebody has open; None for none."""
    return next((room for room in rooms.of_host(host) if room.ended_at is None), None)


def enter(
    rooms: Rooms,
    room: RoomRecord,
    cookie: str,
    nickname: str,
    owner: str | None = None,
    rehearsal: str = "",
) -> Person:
    """Let somebody in; see Rooms.enter. Who shows the rehearsal's key is one of its people."""
    known = state_of(room).rehearsal
    is_simulated = bool(known) and compare_digest(rehearsal.encode(), known.encode())
    person, name = person_of(room.id, cookie), as_nickname(nickname)
    return rooms.enter(room.id, person, name, owner, is_simulated=is_simulated)


def as_nickname(typed: str) -> str:
    """A nickname without what nobody can see, cut to its length; may be empty."""
    seen = "".join(sign if category(sign)[0] not in "CZ" else " " for sign in typed)
    return " ".join(seen.split())[:MOST_NICKNAME].strip()


def vote(rooms: Rooms, room: RoomRecord, person: str, question: str, choice: str, seq: int) -> Vote:
    """Take a vote that somebody sent.

    Args:
        rooms: where it is kept.
        room: whose question it is.
        person: who votes.
        question: its key.
        choice: one of the question's options.
        seq: the sender's own count; a smaller one never replaces a larger one.

    Returns:
        the vote that counts now.

    Raises:
        NotFound: nobody asked that, or nobody of that name is in the room.
        RoomError: it is no option of the question, the question is closed or the room has ended.
    """
    asked = rooms.question(room.id, question)
    if asked is None:
        raise NotFound("that was never asked")
    if choice not in asked.texts.get("options", {}):
        raise RoomError("no_option")
    if not 0 <= seq <= MOST_SEQ:
        raise RoomError("no_count")
    return rooms.vote(room.id, Vote(question, person, choice, seq))


def say(rooms: Rooms, room: RoomRecord, person: str, question: str, key: str, text: str) -> None:
    """Take words that somebody sent; the facilitator sees them before the projector does.

    Args:
        rooms: where they are kept.
        room: whose question it is.
        person: who says it.
        question: its key.
        key: made up by the sender: sent again, it is the same words.
        text: what was written.

    Raises:
        RoomError: there is nothing to see in it, the question is closed or the room has ended.
    """
    said = "".join(sign if category(sign)[0] != "C" or sign in "\u200d" else " " for sign in text)
    said = " ".join(said.split())[:MOST_WORDS].strip()
    if not said or not KEY_FORM.fullmatch(key):
        raise RoomError("nothing_said")
    own_key = f"{person[:16]}:{key}"[:64]  # nobody can take another one's key
    rooms.say(room.id, Saying(own_key, question, person, said, is_hidden=True))


def hold_hand(rooms: Rooms, room: RoomRecord, person: str, *, is_up: bool) -> Person:
    """Put somebody's hand up, for "I need help", or take it down.

    Raises:
        NotFound: nobody of that name is in the room.
        RoomError: the room has ended.
    """
    if is_up:
        return rooms.raise_hand(room.id, person, state_of(room).at)
    return rooms.lower_hand(room.id, person)


def act(
    rooms: Rooms, room: RoomRecord, what: str, value: Any = None, now_ms: int | None = None
) -> None:
    """What the facilitator presses.

    Args:
        rooms: where the room is kept.
        room: the facilitator's.
        what: one of ACTIONS.
        value: what the action needs; see there.
        now_ms: the moment, in milliseconds since 1970.

    Raises:
        RoomError: there is no such action, its value is none, or the room has ended.
    """
    if what not in ACTIONS:
        raise RoomError("no_action")
    ACTIONS[what](rooms, rooms.get(room.id), value, _now_ms(now_ms))


def ask(rooms: Rooms, room: RoomRecord, key: str, kind: str, texts: Mapping[str, Any]) -> Asked:
    """Put a question to the room: the one before is closed, and this one is shown."""
    before = state_of(rooms.get(room.id)).question
    if before and before != key:
        _close_quietly(rooms, room, before)
    asked = rooms.ask(room.id, key, kind, texts)
    rooms.change(room.id, lambda now: {**now, "question": key, "reveal": ""})
    return asked


def reveal(rooms: Rooms, room: RoomRecord, key: str, measured: Mapping[str, Any]) -> Asked:
    """Close a question and show what is true: {"outcome"}, and {"text": {lang: …}} if it was
    measured.
    """
    asked = rooms.close_question(room.id, key, measured)
    rooms.change(room.id, lambda now: {**now, "reveal": "", "hides": False})
    return asked


def texts_of(question: Question) -> dict[str, Any]:
    """A lesson's question as the store keeps it."""
    return {
        "ask": dict(question.ask),
        "options": {key: dict(said) for key, said in question.options.items()},
        "right": question.right,
        "measured_by": question.measured_by,
    }


def question_key(at: int) -> str:
    """The key of the question that a lesson's step asks."""
    return f"step-{at + 1}"


def _to(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    """Go to a step, and put its question if it has one."""
    steps = lesson_of(room).steps
    at = _number(value, 0, len(steps) - 1)
    open_one = state_of(room).question
    if open_one:
        _close_quietly(rooms, room, open_one)
    begun = {"at": at, "question": "", "reveal": "", "hides": True, "begun_at": now_ms}
    rooms.change(room.id, lambda now: {**now, **begun, "timer_ends": 0, "spotlight": ""})
    question, phone = steps[at].question, steps[at].phone
    if question is not None and question.ask:
        kind = "words" if phone == "words" else "vote"
        ask(rooms, rooms.get(room.id), question_key(at), kind, texts_of(question))


def _next(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    _to(rooms, room, min(state_of(room).at + 1, len(lesson_of(room).steps) - 1), now_ms)


def _back(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    _to(rooms, room, max(state_of(room).at - 1, 0), now_ms)


def _set(name: str) -> "Action":
    """An action that switches something of the state on or off."""

    def act_so(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
        """Switch it."""
        if not isinstance(value, bool):
            raise RoomError("no_value")
        rooms.change(room.id, lambda now: {**now, name: value})

    return act_so


def _pace(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    if value not in ("led", "own"):
        raise RoomError("no_value")
    rooms.change(room.id, lambda now: {**now, "pace": value})


def _timer(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    """Start a timer of so many seconds; 0 takes it away."""
    seconds = _number(value, 0, MOST_TIMER_S)
    ends = now_ms + 1000 * seconds if seconds else 0
    rooms.change(room.id, lambda now: {**now, "timer_ends": ends})


def _close(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    """Take no more votes on the question that is open."""
    key = state_of(room).question
    if key:
        rooms.close_question(room.id, key)


def _reopen(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    """Take votes again; what was revealed stays."""
    key = state_of(room).question
    asked = rooms.question(room.id, key)
    if asked is not None:
        ask(rooms, room, key, asked.kind, asked.texts)


def _reveal(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    """Show what is true: what the lesson knows at once, what a page measures once it has."""
    key = state_of(room).question
    asked = rooms.question(room.id, key)
    if asked is None:
        return
    rooms.close_question(room.id, key)
    if right := asked.texts.get("right"):
        reveal(rooms, room, key, {"outcome": right})
    elif asked.texts.get("measured_by"):
        rooms.change(room.id, lambda now: {**now, "reveal": key, "hides": False})
    else:
        rooms.change(room.id, lambda now: {**now, "hides": False})


def _hide(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    rooms.hide(room.id, _text(value), is_hidden=True)


def _show(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    rooms.hide(room.id, _text(value), is_hidden=False)


def _spotlight(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    """Put somebody's bench on the projector, if they said yes; an empty name takes it off."""
    wanted = _text(value, may_be_empty=True)
    people = {person.id: person for person in rooms.people(room.id)}
    if wanted and (wanted not in people or not people[wanted].shows):
        raise RoomError("not_allowed")
    rooms.change(room.id, lambda now: {**now, "spotlight": wanted})


def _send_away(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    rooms.send_away(room.id, _text(value))


def _send_simulated_away(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    """Forget everybody of a rehearsal, with all that they sent."""
    for person in rooms.people(room.id):
        if person.is_simulated:
            rooms.send_away(room.id, person.id)
    rooms.change(room.id, lambda now: {**now, "rehearsal": ""})  # nobody comes back with that key


def _lower_hand(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    rooms.lower_hand(room.id, _text(value))


def _lang(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    """Let the projector speak another language."""
    if value not in LANGS:
        raise RoomError("no_value")
    rooms.change(room.id, lambda now: {**now, "lang": value})


def _end(rooms: Rooms, room: RoomRecord, value: Any, now_ms: int) -> None:
    rooms.end(room.id)


Action = Callable[[Rooms, RoomRecord, Any, int], None]

ACTIONS: Final[Mapping[str, Action]] = {
    "to": _to,  # a step, counted from 0
    "next": _next,
    "back": _back,
    "pause": _set("paused"),
    "pace": _pace,
    "lock": _set("locked"),
    "hides": _set("hides"),
    "timer": _timer,  # seconds
    "close": _close,
    "reopen": _reopen,
    "reveal": _reveal,
    "hide": _hide,  # the key of words
    "show": _show,
    "spotlight": _spotlight,  # a person
    "send_away": _send_away,
    "send_simulated_away": _send_simulated_away,  # after a rehearsal
    "lower_hand": _lower_hand,
    "lang": _lang,
    "end": _end,
}
"""What a facilitator may press, and the value that it takes."""


def _close_quietly(rooms: Rooms, room: RoomRecord, key: str) -> None:
    """Close a question if it is there: a page that asked may have broken off."""
    if rooms.question(room.id, key) is not None:
        rooms.close_question(room.id, key)


def _number(value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise RoomError("no_value")
    return value


def _text(value: Any, *, may_be_empty: bool = False) -> str:
    if not isinstance(value, str) or len(value) > 64 or not (value or may_be_empty):
        raise RoomError("no_value")
    return value


def _now_ms(given: int | None) -> int:
    if given is not None:
        return given
    return int((datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
