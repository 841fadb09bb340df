"""The room's sentences become one corpus on the host's bench, as if the host had pasted them.

Invariant: only words that the facilitator let through are in it, each once, without a name.
"""

from collections.abc import Sequence
from typing import Final

from core.data.text.cleaning import CleaningSettings
from core.data.text.documents import Corpus, Document, well_formed
from core.errors import NotFound, RoomError
from core.jobs.preparing import Kept, Made, Order, find, keep, make
from core.jobs.short import ShortWork
from core.rooms.room import state_of
from core.rooms.together.counting import that_count
from core.services import Services
from core.store.rooms import RoomRecord, Rooms, Saying

N_VOCAB: Final = 500  # few sentences hold few words worth a token of their own
ORDER: Final = Order(cleaning=CleaningSettings(min_characters=3), n_vocab=N_VOCAB)


def words_question(rooms: Rooms, room: RoomRecord, key: str = "") -> str:
    """The question whose words are meant: the one named, else the last to which words were sent.

    Raises:
        NotFound: nobody was asked for words.
    """
    asked = [one.key for one in rooms.questions(room.id, "words")]
    if key and key in asked:
        return key
    now = state_of(room).question
    if key or not asked:
        raise NotFound("no question asked for words")
    return now if now in asked else asked[-1]


def sentences(rooms: Rooms, room: RoomRecord, question: str) -> tuple[list[Saying], int]:
    """The words that were let through, and how many simulated people they are from."""
    said = [one for one in rooms.sayings(room.id, question) if not one.is_hidden]
    return that_count(said, rooms.people(room.id))


def corpus_bytes(said: Sequence[Saying], code: str) -> bytes:
    """A document for each line.

    Raises:
        RoomError: there is none.
    """
    if not said:
        raise RoomError("nothing_shown")
    source = f"room {code}"
    texts = dict.fromkeys(well_formed(one.text) for one in said)
    return Corpus(tuple(Document(text, kind="line", source=source) for text in texts)).to_bytes()


def begin(services: Services, owner: str, arrived: bytes) -> ShortWork[Made]:
    """Clean, learn a tokenizer and make tokens, in another process.

    Raises:
        Busy: too much is waiting.
    """
    return services.engine.short(make, ORDER, arrived)


def place(services: Services, owner: str, arrived: bytes, made: Made | None) -> Kept:
    """Keep what was made and put it on the owner's bench; None: it was there already."""
    store = services.store
    kept = find(store, owner, ORDER, arrived) if made is None else None
    if kept is None:
        if made is None:
            raise NotFound("that corpus was never made")
        kept = keep(store, owner, ORDER, made, arrived)
    store.benches.put(owner, "a", kept.dataset.id, "dataset")
    return kept
