"""What the controls ask for, the beginning of it at once, and all of it as engine work."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import streamlit as st

from core.data.pictures.collecting.settings import HELD_OUT, PictureSettings
from core.data.pictures.excerpt import N_SHOWN, Excerpt, excerpt_of
from core.data.pictures.prepare import OwnPicture, PictureCleaning, Prepared, prepare
from core.errors import GlassboxError
from core.jobs.picture_preparing import PictureOrder, PicturesMade, make_pictures
from core.jobs.short import ShortWork
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import show_error

N_SAMPLE: Final = 300  # pictures of the book in the preview
N_BESIDE: Final = 30  # pictures on the wall where the steps of one's own stand above it
LOOK_EVERY_S: Final = 0.4
BEGINS: Final = {"draw": 0.0, "read": 0.4, "compare": 0.7}  # where on the bar each phase begins


@dataclass(frozen=True)
class View:
    """What the stage shows.

    Args:
        excerpt: of what was prepared.
        whole: whether that is all of it, or a preview.
        turn: which run of pictures hangs on the wall.
    """

    excerpt: Excerpt
    whole: bool
    turn: int


def order() -> PictureOrder:
    """What the controls ask for, whether or not they are on the page."""
    book = PictureSettings(
        n_pictures=state.value("book_pictures"),
        size=int(state.value("picture_size")),
        german_share=state.value("book_german"),
        colour_skew=state.value("book_skew"),
        wrong_caption_share=state.value("book_wrong"),
        copy_share=state.value("book_copies"),
        near_copy_share=state.value("book_near"),
        damaged_share=state.value("book_damaged"),
        held_out=HELD_OUT if state.value("book_held_out") else (),
    )
    alone = state.value("picture_source") != "book" and not state.value("picture_with_book")
    return PictureOrder(book, PictureCleaning(state.value("book_clean")), not alone)


def view(own: Sequence[OwnPicture]) -> View:
    """All of it if it was prepared, else its beginning, computed now.

    Raises:
        TooShort: of only own pictures too few remain.
    """
    asked = order()
    made = _made().get(_key(asked, own))
    if made is not None:
        return View(made.excerpt, True, 0)
    turn = int(st.session_state.get("_book_turn", 0))
    n_shown = N_BESIDE if own else N_SHOWN
    return View(excerpt_of(beginning(asked, own), turn, n_shown), False, turn)


def beginning(asked: PictureOrder, own: Sequence[OwnPicture]) -> Prepared:
    """The first pictures, prepared now and kept as long as nothing changes."""
    book = replace(asked.book, n_pictures=min(N_SAMPLE, asked.book.n_pictures))
    if not own:
        return _beginning(book, asked.cleaning)
    key = _key(replace(asked, book=book), own)
    kept = st.session_state.get("_book_own")
    if kept is None or kept[0] != key:
        done = prepare(book, own, asked.cleaning, with_book=asked.with_book)
        kept = (key, done)
        st.session_state["_book_own"] = kept
    prepared: Prepared = kept[1]
    return prepared


@lru_cache(maxsize=24)
def _beginning(book: PictureSettings, cleaning: PictureCleaning) -> Prepared:
    return prepare(book, (), cleaning)


def n_arriving(own: Sequence[OwnPicture]) -> int:
    """How many pictures all of it are."""
    asked = order()
    book = asked.book
    copies = sum(int(share * book.n_pictures + 0.5)
                 for share in (book.copy_share, book.near_copy_share))  # fmt: skip
    return len(own) + (book.n_pictures + copies if asked.with_book else 0)


def _key(asked: PictureOrder, own: Sequence[OwnPicture]) -> bytes:
    """The same for the same order with the same own pictures."""
    digest = blake2b(repr(asked).encode(), digest_size=16)
    for each in own:
        digest.update(repr((each.name, each.caption)).encode())
        digest.update(each.pixels.tobytes())
    return digest.digest()


def _made() -> dict[bytes, PicturesMade]:
    """The last whole order that was prepared in this session, by its key."""
    made: dict[bytes, PicturesMade] = st.session_state.setdefault("_book_made", {})
    return made


def corpus(own: Sequence[OwnPicture]) -> bytes | None:
    """The prepared corpus as a file; None until all of it is prepared."""
    made = _made().get(_key(order(), own))
    return made.corpus if made is not None else None


# Preparing all of it


def begin(own: Sequence[OwnPicture]) -> None:
    """Prepare all of what the controls ask for."""
    asked = order()
    try:
        work = services().engine.short(make_pictures, asked, tuple(own))
    except GlassboxError as error:
        st.session_state["_book_error"] = error
    else:
        st.session_state["_book_work"] = (_key(asked, own), work)
        st.session_state.pop("_book_error", None)


def under_way() -> ShortWork[PicturesMade] | None:
    """What is being prepared; what is done is taken over first."""
    key, work = st.session_state.get("_book_work", (b"", None))
    if work is not None and work.done():
        del st.session_state["_book_work"]
        try:
            st.session_state["_book_made"] = {key: work.result()}  # one at a time: they are large
        except GlassboxError as error:
            st.session_state["_book_error"] = error
        return None
    found: ShortWork[PicturesMade] | None = work
    return found


def stop() -> None:
    """Give up what is being prepared."""
    _, work = st.session_state.pop("_book_work", (b"", None))
    if work is not None:
        work.stop()


def failed(t: Words) -> None:
    """Say why the last preparation failed, until the next one begins."""
    error = st.session_state.get("_book_error")
    if error is not None:
        show_error(error, t)


@st.fragment
def progress(t: Words) -> None:
    """How far it is, with a button to stop; the page is drawn again once it is over."""
    work = under_way()
    if work is None:
        st.rerun()
        return
    phase, done = work.progress or ("", 0.0)
    ends = [*BEGINS.values(), 1.0]
    at = BEGINS.get(phase, 0.0)
    following = next((end for end in ends if end > at), 1.0)
    said = {
        "": t("data.phase_waiting"),
        "draw": t("data_pictures.phase_draw"),
        "read": t("data_pictures.phase_read"),
        "compare": t("data_pictures.phase_compare"),
    }
    with st.container(key="gb_preparing", horizontal=True, vertical_alignment="bottom"):
        st.progress(at + (following - at) * done if phase else 0.0, text=said[phase])
        st.button(t("data.stop"), key="book_stop", on_click=stop)
    look_again("book_preparing", LOOK_EVERY_S)
