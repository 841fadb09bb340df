"""Imports everything when imported: for the process that workers are copies of, see `workers`.

In a thread of its own that is over before the first copy, since a thread that has become polite
stays so, and its children would be.
"""

import threading

from core.jobs.preloading import import_everything

_importing = threading.Thread(target=import_everything)
_importing.start()
_importing.join()
