"""Rooms: what a workshop's people voted and wrote, kept exactly once.

records.py     a room, a person, a question, a vote, words: as they are read
changing.py    one change of one room, and who is told of it
people.py      who is in a room
questions.py   what they were asked, and their votes
words.py       what they wrote
rooms.py       rooms themselves, under one roof with the three parts before

Whatever is sent twice, late or out of order counts once, and a killed server loses nothing that it
has confirmed.
"""

from core.store.rooms.records import PAIR, Asked, Hand, Person, RoomRecord, Saying, Vote
from core.store.rooms.rooms import Rooms, forget_rooms

__all__ = [
    "PAIR",
    "Asked",
    "Hand",
    "Person",
    "RoomRecord",
    "Rooms",
    "Saying",
    "Vote",
    "forget_rooms",
]
