"""The visitor before the first one: opens every page once, so that nobody waits for what it needs.

What a page computes the first time, it keeps for everybody: the example model's answers, a filter's
classifier, drawings. The warm-up asks for it as a browser would, page by page and in each language,
through a session of its own whose messages go nowhere.
"""

import asyncio
import contextlib
import logging
from typing import Final
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import SessionClient

from core.languages import LANGS
from core.modality import TEXT
from pages.kit import site

log = logging.getLogger(__name__)

LONGEST_S: Final = 60.0  # for one page; it may wait for what a slow machine computes
# Those that compute longest come first: they would keep a visitor waiting longest.
FIRST: Final = ("safety", "home", "alignment", "tuning", "postprocessing", "form", "preferring")


class Nobody(SessionClient):
    """The far end of a session that only wants to know when a page is done."""

    def __init__(self) -> None:
        self.finished = asyncio.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """Notice the end of a run; drop everything else."""
        if msg.WhichOneof("type") == "script_finished":
            self.finished.set()


def order() -> list[tuple[str, str]]:
    """All places with their kinds of data, those first that a visitor would wait for longest."""
    all_views = [(place.name, modality) for place, modality in site.VIEWS]
    first = [(name, TEXT) for name in FIRST]
    return [*first, *(view for view in all_views if view not in first)]


async def visit_everything(runtime: Runtime) -> int:
    """Open every page in each language; runs on the server's own event loop.

    Args:
        runtime: of this process.

    Returns:
        how many pages came to their end.
    """
    n_done = 0
    for lang in LANGS:
        for name, modality in order():
            n_done += await _visit(runtime, name, lang, modality)
    return n_done


async def _visit(runtime: Runtime, name: str, lang: str, modality: str) -> bool:
    """Open one page in a session of its own: what one page left behind changes no other."""
    nobody = Nobody()
    session = runtime.connect_session(nobody, {})
    try:
        runtime.handle_backmsg(session, opening(name, lang, modality))
        await asyncio.wait_for(nobody.finished.wait(), LONGEST_S)
    except TimeoutError:
        log.info("the warm-up gave up waiting for %s", name)
        return False
    finally:
        with contextlib.suppress(RuntimeError):  # the server has stopped meanwhile
            runtime.close_session(session)
    return True


def opening(name: str, lang: str, modality: str = TEXT) -> BackMsg:
    """What a browser sends to open a place."""
    message = BackMsg()
    kind = {"modality": modality} if modality != TEXT else {}
    message.rerun_script.query_string = urlencode({"lang": lang, **kind})
    message.rerun_script.page_name = "" if name == "home" else name
    message.rerun_script.context_info.locale = lang
    return message
