"""Stop texts: end generation where one appears, and never show any part of it."""

from collections.abc import Sequence


class StopText:
    """Passes text on until one of the stop texts appears.

    Anything that might be the beginning of a stop text is held back until it turns out not to be
    one. So nothing that was passed on ever has to be taken back.

    Args:
        stop: texts that end generation; none of them empty.
    """

    def __init__(self, stop: Sequence[str]) -> None:
        self.stopped = False
        """True once a stop text has appeared; nothing more is passed on"""
        self._stop = tuple(stop)
        self._held = ""

    def push(self, text: str) -> str:
        """Take more text, and return what can safely be shown."""
        if self.stopped:
            return ""
        self._held += text
        found = [at for at in (self._held.find(s) for s in self._stop) if at >= 0]
        if found:
            self.stopped = True
            shown, self._held = self._held[: min(found)], ""
            return shown
        n_shown = len(self._held) - self._n_possible()
        shown, self._held = self._held[:n_shown], self._held[n_shown:]
        return shown

    def finish(self) -> str:
        """What was still held back, now that no more text follows."""
        shown, self._held = self._held, ""
        return shown

    def _n_possible(self) -> int:
        """Length of the longest suffix of the held text that is a prefix of a stop text."""
        longest = max((len(s) for s in self._stop), default=1) - 1
        for n in range(min(longest, len(self._held)), 0, -1):
            if any(s.startswith(self._held[-n:]) for s in self._stop):
                return n
        return 0
