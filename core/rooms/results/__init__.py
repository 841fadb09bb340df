"""The results of a room: what was asked, measured, trained and made; nobody is named.

questions.py   every question, counted
benches.py     the curves of what people trained, by the number of a bench that is drawn by lot
gathered.py    all of it, as it stands
table.py       the same as one long table

The page that prints is in pages.room.results.
"""

from core.rooms.results.benches import Trained
from core.rooms.results.gathered import Results, gathered
from core.rooms.results.questions import Counted
from core.rooms.results.table import as_csv

__all__ = ["Counted", "Results", "Trained", "as_csv", "gathered"]
