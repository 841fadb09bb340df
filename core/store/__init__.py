"""What is kept: artefacts and whose they are, workbenches, runs.

artifacts.py   keep and read artefacts; the owner is checked on every read
benches.py     the lanes of a workbench; workbench.py holds their rules
runs.py        runs, what they reported, their snapshots
retention.py   how long things are kept
store.py       the door to all of it; database.py, tables.py and files.py lie beneath
"""

from core.store.artifacts import HOUSE
from core.store.runs import RunRecord, Snapshot
from core.store.store import Store
from core.store.workbench import Difference, Lane, Slot, Workbench

__all__ = [
    "HOUSE",
    "Difference",
    "Lane",
    "RunRecord",
    "Slot",
    "Snapshot",
    "Store",
    "Workbench",
]
