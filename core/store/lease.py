"""Which of several processes on one home takes up unfinished runs.

The lock belongs to the process and is released by the operating system when it ends, however it
ends.
"""

from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from core.store.causes import causes_told

FILE: Final = "engine.lock"


class Lease:
    """The right to take up unfinished runs of one home.

    Args:
        home: the folder in which runs are kept.
    """

    def __init__(self, home: Path) -> None:
        self.home: Final = home
        self._lock = FileLock(home / FILE, mode=0o600)

    def take(self) -> bool:
        """Take it; False while another process has it.

        Raises:
            DiskFull, ReadOnly: nobody can have it here.
        """
        if self._lock.is_locked:
            return True
        try:
            with causes_told(str(self.home)):
                self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def give_back(self) -> None:
        """Let another process have it."""
        self._lock.release()
