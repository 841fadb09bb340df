"""Pairs of answers that a room chooses between, one row for each person and pair.

A pair is a question of the room with the kind PAIR, so what holds for votes holds here: what is
sent twice or late counts once. Invariant: everybody meets the pairs in an order and on sides of
their own, which are the same after a reload; what is stored names the answer, not the side.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.alignment.preferring.between import Agreement, Counts, agreement_between
from core.alignment.preferring.drawn import DrawnPair
from core.alignment.preferring.preferences import Preference, Settled, settled
from core.rooms.lessons import Said
from core.rooms.together.counting import that_count
from core.store.rooms import PAIR, Asked, Person, RoomRecord, Rooms, Vote

MOST_PAIRS: Final = 60
CHOICES: Final = ("a", "b", "both_bad")
NEITHER: Final[Said] = {"en": "Both are bad", "de": "Beide sind schlecht"}


@dataclass(frozen=True)
class Clicks:
    """What a room has chosen so far.

    Args:
        pairs: all pairs, in order.
        votes: those that count.
        n_simulated: how many simulated people they are from: all, because nobody else has chosen,
            or 0.
    """

    pairs: tuple[Asked, ...]
    votes: tuple[Vote, ...]
    n_simulated: int

    @property
    def n_people(self) -> int:
        """How many people have chosen."""
        return len({vote.person for vote in self.votes})

    @property
    def counts(self) -> list[Counts]:
        """For each pair how many chose a, b, and neither."""
        of = {pair.key: Counter[str]() for pair in self.pairs}
        for vote in self.votes:
            of[vote.question][vote.choice] += 1
        return [(one["a"], one["b"], one["both_bad"]) for one in of.values()]

    @property
    def agreement(self) -> Agreement | None:
        """How much they agree; None if no pair was judged by two people."""
        return agreement_between(self.counts)

    def preferences(self) -> list[Preference]:
        """Every click as a preference, pair by pair."""
        by_pair: dict[str, list[Vote]] = {}
        for vote in self.votes:
            by_pair.setdefault(vote.question, []).append(vote)
        return [
            preference(pair, vote.choice)
            for pair in self.pairs
            for vote in by_pair.get(pair.key, [])
        ]

    def settled(self) -> Settled:
        """One verdict a pair: the one given most often."""
        return settled(self.preferences())


def preference(pair: Asked, choice: str) -> Preference:
    """One judgement on a pair."""
    about, options = pair.texts[PAIR], pair.texts["options"]
    return Preference(
        pair.texts["ask"],
        options["a"],
        options["b"],
        choice,  # type: ignore[arg-type]  # acting.vote lets only an option in
        about["lang"],
        "you",
        min(about["seed_a"], about["seed_b"]),
    )


def put_pairs(rooms: Rooms, room: RoomRecord, model_id: str, drawn: Sequence[DrawnPair]) -> int:
    """Put drawn pairs to a room, after those that are there; returns how many there are now.

    Raises:
        RoomError: the room has ended.
    """
    n = len(rooms.questions(room.id, PAIR))
    rooms.put(
        room.id,
        PAIR,
        {f"pair-{k}": _texts(model_id, one) for k, one in enumerate(drawn, n + 1)},
    )
    return n + len(drawn)


def _texts(model_id: str, one: DrawnPair) -> dict[str, Any]:
    return {
        "ask": one.question,
        "options": {"a": one.a, "b": one.b, "both_bad": dict(NEITHER)},
        PAIR: {
            "model_id": model_id,
            "lang": one.lang,
            "seed_a": one.seed_a,
            "seed_b": one.seed_b,
        },
    }


def clicks(rooms: Rooms, room: RoomRecord, people: Sequence[Person] | None = None) -> Clicks:
    """What a room has chosen; simulated people count only while nobody else has chosen.

    Args:
        rooms: where the room is kept.
        room: whose pairs they are.
        people: those of the room, if they have been read already.
    """
    everybody = rooms.people(room.id) if people is None else people
    votes, n_simulated = that_count(rooms.votes_on(room.id, PAIR), everybody)
    return Clicks(tuple(rooms.questions(room.id, PAIR)), tuple(votes), n_simulated)


def for_person(
    pairs: Sequence[Asked], votes: Mapping[str, Vote], person: str
) -> tuple[dict[str, int], dict[str, Any] | None]:
    """How far somebody is, and the pair that they meet next.

    Args:
        pairs: all of the room.
        votes: theirs, by question.
        person: who.

    Returns:
        {"n_done", "n"}; and the pair: {"key", "question", "lang", "n" (which it is, from 1), "of",
        "answers": [{"key", "text"}, {"key", "text"}], left and right}; None when all are done.
    """
    waiting = [pair for pair in pairs if pair.key not in votes]
    far = {"n_done": len(pairs) - len(waiting), "n": len(pairs)}
    if not waiting:
        return far, None
    following = min(waiting, key=lambda pair: _dealt(person, pair.key))
    sides = ("a", "b") if _dealt(person, following.key)[-1] % 2 else ("b", "a")
    options = following.texts["options"]
    return far, {
        "key": following.key,
        "question": following.texts["ask"],
        "lang": following.texts[PAIR]["lang"],
        "n": far["n_done"] + 1,
        "of": far["n"],
        "answers": [{"key": side, "text": options[side]} for side in sides],
    }


def _dealt(person: str, key: str) -> bytes:
    """Where a pair comes for somebody, and on which sides: by chance, and always the same."""
    return hashlib.sha256(f"{person} {key}".encode()).digest()
