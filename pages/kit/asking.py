"""Ask the room: whoever has a workshop open puts a page's prediction to everybody in it.

Invariant: nothing of this is drawn for anybody else, and what is revealed to the room is the page's
own measurement, made at that moment.
"""

from collections.abc import Mapping

import streamlit as st

from core.rooms.room import ask, open_room_of, reveal
from core.rooms.views import question_of, tally
from core.services import services
from core.store.rooms import Asked, RoomRecord
from pages.kit import chain, state
from pages.kit.catalogue import Words, in_every_language


def hosted() -> RoomRecord | None:
    """The room that the visitor has open; None for everybody else."""
    if not chain.at_hand():
        return None
    return open_room_of(services().store.rooms, state.owner())


def asked(room: RoomRecord, key: str) -> Asked | None:
    """The question that the room is asked about a prediction; None if it is asked another one."""
    now = question_of(services().store.rooms, room)
    by = str(now.texts.get("measured_by", "")) if now else ""
    return now if by and (key == by or key.startswith(f"{by}_")) else None


def put(room: RoomRecord, key: str, question: str, options: Mapping[str, str]) -> None:
    """Put a prediction to the room, in the words of the page and in every language: a phone may
    read another one than the projector.
    """
    texts = {
        "ask": in_every_language(question),
        "options": {name: in_every_language(said) for name, said in options.items()},
        "right": "",
        "measured_by": key,
    }
    ask(services().store.rooms, room, f"page-{key}"[:64], "vote", texts)


def button(room: RoomRecord, key: str, question: str, options: Mapping[str, str], t: Words) -> bool:
    """Ask, or once asked measure; true if it is to be measured now.

    Args:
        room: the visitor's.
        key: of the prediction.
        question: what will happen if …?
        options: outcome -> its words.
    """
    now = asked(room, key)
    if now is None:
        if st.button(t("frame.ask_room"), key=f"ask_room_{key}"):
            put(room, key, question, options)
            st.rerun()
        return False
    return st.button(t("frame.measure_room"), key=f"measure_{key}", type="primary")


def tell(room: RoomRecord, key: str, outcome: str, text: str) -> None:
    """Reveal to the room what was measured."""
    now = asked(room, key)
    if now is not None:
        known = outcome if outcome in now.texts["options"] else None
        said = in_every_language(text)
        bare = (
            said.removesuffix(":")  # on the page, what is listed follows
            if isinstance(said, str)
            else {lang: each.removesuffix(":") for lang, each in said.items()}
        )
        reveal(services().store.rooms, room, now.key, {"outcome": known, "text": bare})


def guess_of(room: RoomRecord, key: str, options: Mapping[str, str], t: Words) -> str:
    """What the room guessed, in a sentence; empty if nobody voted."""
    now = asked(room, key)
    votes = services().store.rooms.votes(room.id, now.key) if now else []
    if not votes:
        return ""
    counts = tally(votes)
    most = max(counts, key=lambda choice: counts[choice])
    return t("frame.room_guess", n=counts[most], of=len(votes), option=options.get(most, most))
