"""What a room does together, as the facilitator starts it and everybody sees it.

    make_pairs    {"n"?}                     the model draws pairs of answers ahead
    train_taste   {"n_steps"?}               a reward model and an aligned model learn from them
    make_corpus   {"question"?}              the words that were shown become the host's corpus
    ask_race      {"setting"?, "values"?}    which setting learns best? a question to vote on
    run_race      {"n_steps"?}               the settings that most people want are trained

Invariant: what was begun is noted in the room's state, so that any process shows it and a server
that was killed goes on showing it; only pairs and corpus that were being made then must be begun
again.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from typing import Any, Final

from core.alignment.preferring.drawn import DrawnPair, drawn_bytes
from core.errors import GlassboxError, NotFound, RoomError
from core.jobs.preparing import Made
from core.jobs.short import ShortWork
from core.rooms import room as acting
from core.rooms.together import corpus, race, taste
from core.rooms.together.following import Following
from core.rooms.together.pairs import MOST_PAIRS, clicks, put_pairs
from core.rooms.together.seen import Curves, pairs_view, race_view, taste_view
from core.services import Services
from core.store.rooms import PAIR, RoomRecord

N_PAIRS: Final = 24
KEPT_S: Final = 0.5
"""How long what was counted of the pairs counts as new."""

log = logging.getLogger(__name__)

Act = Callable[[RoomRecord, Mapping[str, Any]], dict[str, Any]]


class Together:
    """What this process has under way for its rooms.

    Args:
        services: store and engine.
    """

    def __init__(self, services: Services) -> None:
        self._services, self._rooms = services, services.store.rooms
        self._curves = Curves(services.store)
        self._counted: dict[str, tuple[float, dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self._drawing: dict[str, ShortWork[list[DrawnPair]]] = {}
        self._preparing: dict[str, ShortWork[Made]] = {}
        self._errors: dict[tuple[str, str], GlassboxError] = {}  # by room and what was tried
        self._following = Following(services, self._failed)
        self.actions: Final[Mapping[str, Act]] = {
            "make_pairs": self._make_pairs,
            "train_taste": self._train_taste,
            "make_corpus": self._make_corpus,
            "ask_race": self._ask_race,
            "run_race": self._run_race,
        }

    def act(self, room: RoomRecord, what: str, value: Any) -> dict[str, Any]:
        """Do what the facilitator pressed: one of `actions`.

        Returns:
            what was begun.

        Raises:
            RoomError: the value makes no sense, or the room has ended.
            GlassboxError: what was asked for is not possible now.
        """
        if room.ended_at is not None:
            raise RoomError("ended")
        given = {} if value is None else value
        if not isinstance(given, dict):
            raise RoomError("no_value")
        return self.actions[what](room, given)

    def view(self, room: RoomRecord) -> dict[str, Any]:
        """What projector and facilitator are shown: "pairs", "taste", "race" and "corpus", each
        None where there is nothing yet.
        """
        state, pairs = acting.state_of(room), self._pairs(room)
        is_there = pairs["n"] or room.id in self._drawing or (room.id, PAIR) in self._errors
        found: dict[str, Any] = {
            "pairs": pairs | self._progress(room.id) if is_there else None,
            "taste": None,
            "race": None,
            "corpus": self._corpus_view(room, state),
        }
        with suppress(NotFound):  # a run was forgotten, as runs are after a month
            if state.taste:
                found["taste"] = taste_view(self._curves, room, state)
                found["taste"]["error"] = self._error(room.id, "taste")
                if not state.taste["aligned"] and room.ended_at is None:
                    self._following.follow(room.id)  # as after a server that was killed
        with suppress(NotFound):
            if state.raced:
                found["race"] = race_view(self._curves, self._rooms, room, state)
        return found

    def _pairs(self, room: RoomRecord) -> dict[str, Any]:
        """What was chosen; counted at most every KEPT_S, since everybody clicks at once."""
        at, known = self._counted.get(room.id, (0.0, {}))
        if not known or time.monotonic() - at > KEPT_S:
            known = pairs_view(clicks(self._rooms, room))
            self._counted[room.id] = (time.monotonic(), known)
        return known

    def _progress(self, room_id: str) -> dict[str, Any]:
        """How far the drawing of pairs is, and why it failed if it did."""
        work = self._drawing.get(room_id)
        done = float(work.progress[0]) if work and work.progress else 0.0
        return {"making": None if work is None else done, "error": self._error(room_id, PAIR)}

    def _make_pairs(self, room: RoomRecord, given: Mapping[str, Any]) -> dict[str, Any]:
        n_there = len(self._rooms.questions(room.id, PAIR))
        n = whole(given, "n", N_PAIRS, 1, MOST_PAIRS)
        if n_there + n > MOST_PAIRS:
            raise RoomError("too_much")
        by = taste.answering(self._services, room.host)
        read, langs = self._services.store.artifacts.read, by.langs(acting.state_of(room).lang)
        with self._lock:
            if room.id in self._drawing:
                raise RoomError("being_made")
            self._errors.pop((room.id, PAIR), None)
            work = self._services.engine.short(
                drawn_bytes, read(room.host, by.model.id), read(room.host, by.encoder.id),
                by.world, langs, n, n_there + 1,
            )  # fmt: skip
            self._drawing[room.id] = work
        work.when_done(partial(self._put_pairs, room, by.model.id, work))
        return {"n": n}

    def _put_pairs(self, room: RoomRecord, model_id: str, work: ShortWork[list[DrawnPair]]) -> None:
        """On an engine thread: the pairs are drawn."""

        def put() -> None:
            """Put them to the room."""
            found = work.result()
            if not found:
                raise NotFound("all answers of the model are alike")
            put_pairs(self._rooms, room, model_id, found)

        self._finish(room, PAIR, put)
        self._drawing.pop(room.id, None)
        self._counted.pop(room.id, None)
        self._rooms.tell(room.id)

    def _train_taste(self, room: RoomRecord, given: Mapping[str, Any]) -> dict[str, Any]:
        n_steps = whole(given, "n_steps", taste.ALIGN_STEPS, 1, 200)
        begun = taste.train(self._services, room, n_steps)
        self._rooms.change(room.id, lambda now: {**now, "taste": begun})
        self._following.follow(room.id)
        return {"reward": begun["reward"]}

    def _make_corpus(self, room: RoomRecord, given: Mapping[str, Any]) -> dict[str, Any]:
        key = corpus.words_question(self._rooms, room, str(given.get("question") or ""))
        said, n_simulated = corpus.sentences(self._rooms, room, key)
        arrived = corpus.corpus_bytes(said, room.code)
        with self._lock:
            if room.id in self._preparing:
                raise RoomError("being_made")
            self._errors.pop((room.id, "corpus"), None)
            work = corpus.begin(self._services, room.host, arrived)
            self._preparing[room.id] = work
        of = {
            "question": key,
            "n_lines": len(said),
            "n_people": len({one.person for one in said}),
            "n_simulated": n_simulated,
        }
        work.when_done(partial(self._place_corpus, room, of, arrived, work))
        return {"question": key, "n_lines": len(said)}

    def _place_corpus(
        self, room: RoomRecord, of: Mapping[str, Any], arrived: bytes, work: ShortWork[Made]
    ) -> None:
        """On an engine thread: the corpus is made."""

        def place() -> None:
            """Put it on the host's bench."""
            kept = corpus.place(self._services, room.host, arrived, work.result())
            numbers = {**kept.corpus.numbers, **kept.dataset.numbers}
            noted: dict[str, Any] = {
                **of,
                **{
                    k: numbers[k]
                    for k in ("n_train_tokens", "n_validation_tokens", "n_vocab")
                    if k in numbers
                },
            }
            self._rooms.change(room.id, lambda now: {**now, "corpus": noted})

        self._finish(room, "corpus", place)
        self._preparing.pop(room.id, None)
        self._rooms.tell(room.id)

    def _ask_race(self, room: RoomRecord, given: Mapping[str, Any]) -> dict[str, Any]:
        texts = race.race_texts(given.get("setting", "learning_rate"), given.get("values"))
        n = sum(one.key.startswith("race-") for one in self._rooms.questions(room.id))
        key = f"race-{n + 1}"
        acting.ask(self._rooms, room, key, "vote", texts)
        begun = {"raced": key, "race": {}, "hides": False}
        self._rooms.change(room.id, lambda now: {**now, **begun})
        return {"question": key}

    def _run_race(self, room: RoomRecord, given: Mapping[str, Any]) -> dict[str, Any]:
        state = acting.state_of(room)
        asked = self._rooms.question(room.id, state.raced)
        if asked is None:
            raise NotFound("no race was asked for")
        n_steps = whole(given, "n_steps", race.N_STEPS, 1, race.MOST_STEPS)
        _, n_simulated = race.wanted(self._rooms, room, asked)
        runs = race.begin(self._services, room, asked, state.lang, n_steps)
        self._rooms.close_question(room.id, asked.key)
        noted = {"n_steps": n_steps, "runs": runs, "n_simulated": n_simulated}
        self._rooms.change(room.id, lambda now: {**now, "race": noted})
        return {"runs": runs}

    def _corpus_view(self, room: RoomRecord, state: acting.State) -> dict[str, Any] | None:
        is_made = room.id in self._preparing
        error = self._error(room.id, "corpus")
        if not (is_made or error or state.corpus):
            return None
        return {**state.corpus, "making": is_made, "error": error}

    def _finish(self, room: RoomRecord, what: str, do: Callable[[], None]) -> None:
        """Do the last piece of something; a failure is kept, to be shown."""
        try:
            do()
        except CancelledError:
            pass
        except GlassboxError as error:
            self._errors[room.id, what] = error
        except Exception as error:  # nobody would ever see it on this thread
            log.exception("%s of a room could not be finished", what)
            self._errors[room.id, what] = GlassboxError(str(error))

    def _failed(self, room_id: str, error: GlassboxError) -> None:
        """Keep why the aligned model could not begin."""
        self._errors[room_id, "taste"] = error

    def _error(self, room_id: str, what: str) -> dict[str, Any] | None:
        """Why something failed: {"code", "message"} and its values."""
        error = self._errors.get((room_id, what))
        if error is None:
            return None
        known = {k: v for k, v in error.values.items() if isinstance(v, int | float | str)}
        code = error.reason if isinstance(error, RoomError) else error.key
        return {"code": code, "message": str(error), **known}


def whole(given: Mapping[str, Any], name: str, start: int, low: int, high: int) -> int:
    """A whole number of what was sent, or where it starts.

    Raises:
        RoomError: it is none, or out of range.
    """
    value = given.get(name, start)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise RoomError("no_value")
    return value
