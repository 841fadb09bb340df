"""What the controls ask for, the beginning of it at once, and all of it as engine work.

Invariant: whatever was started is stored and placed on the bench even if its page is closed.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from typing import Final

import streamlit as st

from core.data.pictures.collecting.settings import HELD_OUT, PictureSettings
from core.data.pictures.excerpt import N_SHOWN, Excerpt, excerpt_of
from core.data.pictures.prepare import OwnPicture, PictureCleaning, Prepared, prepare
from core.errors import GlassboxError
from core.jobs.picture_preparing import (
    PictureOrder,
    PicturesKept,
    PicturesMade,
    find_pictures,
    fingerprint_of,
    keep_pictures,
    make_pictures,
    place_pictures,
)
from core.jobs.short import ShortWork
from core.modality import PICTURES
from core.once import once
from core.services import Services, services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components.clock import look_again
from pages.kit.frame import show_error

N_SAMPLE: Final = 300  # pictures of the book in the preview
N_BESIDE: Final = 30  # pictures on the wall where the steps of one's own stand above it
N_EXCERPTS: Final = 8  # of whole orders, kept in this process
LOOK_EVERY_S: Final = 0.4
BEGINS: Final = {"draw": 0.0, "read": 0.4, "compare": 0.7}  # where on the bar each phase begins


@dataclass
class _Desk:
    """What is in progress in this process, what went wrong, and what was made of late."""

    works: dict[str, ShortWork[PicturesMade]] = field(default_factory=dict)  # by owner
    errors: dict[str, GlassboxError] = field(default_factory=dict)  # by owner
    excerpts: OrderedDict[str, Excerpt] = field(default_factory=OrderedDict)  # by corpus
    lock: threading.RLock = field(default_factory=threading.RLock)


_desk: Final = _Desk()


@dataclass(frozen=True)
class View:
    """What the stage shows.

    Args:
        excerpt: of what was prepared; its numbers are those of the whole if `whole`.
        whole: whether everything was prepared, or only a preview.
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
        TooFewPictures: of only own pictures too few remain.
    """
    asked, turn = order(), int(st.session_state.get("_book_turn", 0))
    kept = prepared(own)
    excerpt = _desk.excerpts.get(kept.corpus.id) if kept else None
    if excerpt is None:
        n_shown = N_BESIDE if own else N_SHOWN
        excerpt = excerpt_of(beginning(asked, own), turn, n_shown)
    if kept is None:
        return View(excerpt, False, turn)
    return View(replace(excerpt, numbers=kept.corpus.numbers, n_runs=1), True, turn)


def prepared(own: Sequence[OwnPicture]) -> PicturesKept | None:
    """What was already made by the very same order, by the visitor or for the example model."""
    return find_pictures(services().store, state.owner(), order(), own)


def beginning(asked: PictureOrder, own: Sequence[OwnPicture]) -> Prepared:
    """The first pictures, prepared now and kept as long as nothing changes."""
    book = replace(asked.book, n_pictures=min(N_SAMPLE, asked.book.n_pictures))
    if not own:
        return _beginning(book, asked.cleaning)
    key = (replace(asked, book=book), fingerprint_of(own))
    kept = st.session_state.get("_book_own")
    if kept is None or kept[0] != key:
        kept = (key, prepare(book, own, asked.cleaning, with_book=asked.with_book))
        st.session_state["_book_own"] = kept
    done: Prepared = kept[1]
    return done


@once(24)
def _beginning(book: PictureSettings, cleaning: PictureCleaning) -> Prepared:
    return prepare(book, (), cleaning)


def n_arriving(own: Sequence[OwnPicture]) -> int:
    """How many pictures all of it are."""
    asked = order()
    book = asked.book
    copies = sum(int(share * book.n_pictures + 0.5)
                 for share in (book.copy_share, book.near_copy_share))  # fmt: skip
    return len(own) + (book.n_pictures + copies if asked.with_book else 0)


# Preparing all of it


def begin(own: Sequence[OwnPicture]) -> None:
    """Prepare all of what the controls ask for, and place it on the bench."""
    store, owner, asked, own = services().store, state.owner(), order(), tuple(own)
    difference = store.benches.of(owner, PICTURES).difference
    if difference and difference.step == "data":
        store.benches.unfork(owner, PICTURES)
    stop(owner)
    with _desk.lock:
        _desk.errors.pop(owner, None)
        found = find_pictures(store, owner, asked, own)
        if found is not None:
            place_pictures(store, owner, found)
            return
        try:
            work = services().engine.short(make_pictures, asked, own)
        except GlassboxError as error:
            _desk.errors[owner] = error
            return
        _desk.works[owner] = work
    running = services()
    work.when_done(lambda: _finish(running, owner, asked, own, work))


def _finish(
    running: Services,
    owner: str,
    asked: PictureOrder,
    own: Sequence[OwnPicture],
    work: ShortWork[PicturesMade],
) -> None:
    """On an engine thread: store what was made and place it on the bench."""
    error: GlassboxError | None = None
    try:
        made = work.result()
        kept = keep_pictures(running.store, owner, asked, made, own)
        place_pictures(running.store, owner, kept)
        _desk.excerpts[kept.corpus.id] = made.excerpt
    except CancelledError:
        pass
    except GlassboxError as failure:
        error = failure
    except Exception as failure:  # nobody would ever see it on this thread
        error = GlassboxError(str(failure))
    with _desk.lock:
        while len(_desk.excerpts) > N_EXCERPTS:
            _desk.excerpts.popitem(last=False)
        if _desk.works.get(owner) is work:
            del _desk.works[owner]
        if error is not None:
            _desk.errors[owner] = error


def under_way(owner: str) -> ShortWork[PicturesMade] | None:
    """What is currently being prepared for an owner."""
    return _desk.works.get(owner)


def stop(owner: str) -> None:
    """Give up what is being prepared; what is on the bench stays as it is."""
    work = under_way(owner)
    if work is not None:
        work.stop()


def failed(t: Words) -> None:
    """Say why the last preparation failed, until the next one begins."""
    error = _desk.errors.get(state.owner())
    if error is not None:
        show_error(error, t)


def on_bench(kept: PicturesKept) -> bool:
    """Whether these are what lies on the visitor's bench."""
    lane = services().store.benches.of(state.owner(), PICTURES).lanes["a"]
    return (lane.get("corpus"), lane.get("encoder")) == (kept.corpus.id, kept.encoder.id)


@st.fragment
def progress(t: Words) -> None:
    """How far it is, with a button to stop; the page is drawn again once it is over."""
    owner = state.owner()
    work = under_way(owner)
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
        st.button(t("data.stop"), key="book_stop", on_click=stop, args=(owner,))
    look_again("book_preparing", LOOK_EVERY_S)
