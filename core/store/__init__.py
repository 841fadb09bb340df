"""What is kept: artefacts and whose they are, workbenches, runs, choices.

artifacts.py   keep and read artefacts; the owner is checked on every read
benches.py     the lanes of a workbench; workbench.py holds their rules
ballots.py     a person's choices between answers, while they are being made
belongings.py  things of a person by name, such as labels of one's own and drafts
outbox.py      envelopes of answers that have left, and counters by day
runs.py        runs, what they reported, their snapshots
retention.py   how long things are kept
store.py       the door to all of it; database.py, tables.py and files.py lie beneath
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
