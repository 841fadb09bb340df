"""Texts written in the background: they go on while their page is closed, and are found again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.errors import Busy, GlassboxError
from core.inference.sampling import SamplingSettings
from core.jobs.writer import Writing
from core.services import Services

N_AT_ONCE: Final = 8  # texts side by side, so that the service has room for a whole class
KEPT: Final = 64  # drawings of all visitors that are remembered; the oldest unused go
WAIT_S: Final = 0.02  # for one text, before the others are looked at
BUSY_S: Final = 0.3  # until a service that is full is asked again

Wanted = tuple[tuple[int, ...], SamplingSettings]  # tokens to continue, and how


@dataclass
class Drawing:
    """Some texts under way or written.

    Args:
        wanted: what was asked for.
        texts: the tokens of each so far, the end token included.
        ended: whether each has come to its end.
        error: what went wrong, if anything did.
        stopped: whether somebody has ended it.
    """

    wanted: Sequence[Wanted]
    texts: list[list[int]] = field(default_factory=list)
    ended: list[bool] = field(default_factory=list)
    error: GlassboxError | None = None
    stopped: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def n_done(self) -> int:
        """Texts that have come to their end."""
        return sum(self.ended)

    @property
    def is_whole(self) -> bool:
        """Whether every text has."""
        return self.n_done == len(self.wanted)

    def stop(self) -> None:
        """Write no further; what is written stays."""
        self.stopped = True


_shelf: Final[OrderedDict[Hashable, Drawing]] = OrderedDict()
_lock: Final = threading.Lock()


def find(key: Hashable) -> Drawing | None:
    """What was begun under a key; None if nothing was."""
    with _lock:
        return _shelf.get(key)


def begin(
    services: Services,
    owner: str,
    model_id: str,
    end_id: int | None,
    key: Hashable,
    wanted: Callable[[], Sequence[Wanted]],
) -> Drawing:
    """Begin to write, or find what was begun under the same key.

    Args:
        owner: who asks.
        model_id: who writes.
        end_id: the token after which a text ends; None: only its length ends it.
        key: names everything that the texts depend on.
        wanted: the texts; called only if they are not there yet.
    """
    texts = wanted() if find(key) is None else []  # not under the lock: it may read a corpus
    with _lock:
        if key in _shelf:
            _shelf.move_to_end(key)
            return _shelf[key]
        drawing = Drawing(texts, [[] for _ in texts], [False] * len(texts))
        _shelf[key] = drawing
        while len(_shelf) > KEPT:
            _shelf.popitem(last=False)[1].stop()
    args = (services, owner, model_id, end_id, drawing)
    threading.Thread(target=_write, args=args, name="drawing", daemon=True).start()
    return drawing


def _write(
    services: Services, owner: str, model_id: str, end_id: int | None, drawing: Drawing
) -> None:
    """In a thread of its own: keep up to N_AT_ONCE texts going until all are written."""
    waiting = list(range(len(drawing.wanted)))
    going: dict[int, Writing] = {}
    try:
        while (waiting or going) and not drawing.stopped:
            while waiting and len(going) < N_AT_ONCE:
                place = waiting.pop(0)
                tokens, settings = drawing.wanted[place]
                try:
                    going[place] = services.write(owner, model_id, tokens, settings, end_id=end_id)
                except Busy:  # others write too: this text keeps its place in the line
                    waiting.insert(0, place)
                    drawing.over.wait(BUSY_S)
                    break
            for place, writing in list(going.items()):
                for written in writing.take(WAIT_S):
                    drawing.texts[place].append(written.token)
                    if written.ending is not None:
                        drawing.ended[place] = True
                        going.pop(place, None)
    except GlassboxError as error:
        drawing.error = error
    except Exception as error:  # nobody would ever see it in this thread
        drawing.error = GlassboxError(str(error))
    finally:
        for writing in going.values():
            writing.cancel()
        drawing.over.set()
