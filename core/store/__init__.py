"""What is kept: artefacts and their owners, workbenches, runs, choices.

artifacts.py   stores and reads artefacts; the owner is checked on every read
benches.py     the lanes of a workbench; workbench.py holds their rules
ballots.py     a user's choices between answers, while they are being made
belongings.py  a user's things by name, such as their own labels and drafts
keys.py        hashes of API keys
outbox.py      envelopes of sent answers, and daily counters
rooms/         a workshop's rooms: people, questions, votes, words
runs.py        runs, their reports and their snapshots
retention.py   how long things are kept
store.py       one of each, under one roof; built on database.py, tables.py and files.py
"""

from core.store.artifacts import HOUSE
from core.store.ballots import PERSON, Ballot, Choice
from core.store.belongings import DRAFT
from core.store.outbox import Usage
from core.store.runs import RunRecord, Snapshot
from core.store.store import Store
from core.store.workbench import Difference, Lane, Slot, Workbench

__all__ = [
    "DRAFT",
    "HOUSE",
    "PERSON",
    "Ballot",
    "Choice",
    "Difference",
    "Lane",
    "RunRecord",
    "Slot",
    "Snapshot",
    "Store",
    "Usage",
    "Workbench",
]
