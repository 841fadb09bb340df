"""The picture book on a page: what arrives and stays, a wall of it, one picture taken apart."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

Pixels = npt.NDArray[np.uint8]
COLUMNS: Final = 10  # pictures in a row of the sheet that travels


@dataclass(frozen=True)
class Part:
    """A part of the funnel: how many are left and a note below, which shows `view` when clicked.

    Args:
        gone: how many are not left; 0 where there is nothing to show.
        also: a second note.
    """

    n: int
    label: str
    note: str = ""
    gone: int = 0
    view: str = ""
    also: str = ""


@dataclass(frozen=True)
class Tile:
    """A picture on the wall.

    Args:
        at: its place among the pictures sent, or -1 if there is none to show.
        caption: what is written under it.
        tokens: the caption's words, each with its number and whether it is known.
        gone: whether it was removed.
        why, note: in a sentence, why it was removed or what is wrong with it; and what else to say.
        flag: a sign at its corner.
        own: the name of a visitor's own file, which a click reports.
    """

    at: int
    caption: str
    tokens: Sequence[tuple[str, int, bool]] = ()
    gone: bool = False
    why: str = ""
    note: str = ""
    flag: str = ""
    own: str = ""


@dataclass(frozen=True)
class Twin:
    """A copy and what it is a copy of, by their places among the pictures sent."""

    kept: int
    copy: int
    distance: float
    about: str


@dataclass(frozen=True)
class Broken:
    """A file that cannot be read: why, what it is, and how it begins, in hexadecimal."""

    why: str
    about: str
    head: str


@dataclass(frozen=True)
class Shade:
    """How many of something there are in a colour."""

    name: str
    n: int
    paint: str


@dataclass(frozen=True)
class ShownStep:
    """One step of standardising, as it is shown: its name, what it did, the picture afterwards."""

    name: str
    text: str
    changed: bool
    view: bytes


def picture_book(
    pictures: Sequence[Pixels],
    t: Words,
    *,
    key: str,
    funnel: Sequence[Part],
    tiles: Sequence[Tile],
    patch: int,
    pairs: Sequence[Twin] = (),
    files: Sequence[Broken] = (),
    apples: Sequence[Shade] = (),
    steps: Sequence[ShownStep] | None = None,
    first: int = 0,
    more: bool = False,
    turn: int = 0,
    subject: str = "",
    play: bool = False,
    heard: Callable[[], None] | None = None,
) -> None:
    """The funnel, the wall and, beside it, one picture from pixels to patches to vectors.

    Args:
        pictures: each (S, S, 3), all of one size; the others name them by their place here.
        funnel: from what arrives to what stays.
        patch: side of a patch in pixels.
        first: the place of the picture that is taken apart at first.
        more: whether other pictures can be asked for.
        turn: how often that happened.
        subject: another subject begins with its first picture again.
        play: whether the view moves from patch to patch by itself.
        heard: called before the page is drawn when the visitor has done something, which
            `told(key)` then says.
    """
    data = {
        "key": subject,
        "size": int(pictures[0].shape[0]),
        "patch": patch,
        "sheet": sheet_of(pictures),
        "n_pictures": len(pictures),
        "funnel": [asdict(part) for part in funnel],
        "tiles": [asdict(tile) for tile in tiles],
        "pairs": [asdict(pair) for pair in pairs],
        "files": [asdict(file) for file in files],
        "apples": [asdict(shade) for shade in apples],
        "steps": None if steps is None else [_step(step) for step in steps],
        "first": first,
        "more": more,
        "turn": turn,
        "play": play,
        "lang": t.lang,
        "words": _words(t),
    }
    mount("picture_book", key, data, "chosen", "more", first=heard)


def told(key: str) -> tuple[str, bool]:
    """The own file that was clicked, or "", and whether other pictures were asked for."""
    state = st.session_state.get(key) or {}
    return str(state.get("chosen") or ""), bool(state.get("more"))


def sheet_of(pictures: Sequence[Pixels]) -> str:
    """All pictures on one PNG, COLUMNS in a row, as base64."""
    size = pictures[0].shape[0]
    n_rows = -(-len(pictures) // COLUMNS)
    sheet = np.zeros((n_rows * size, min(COLUMNS, len(pictures)) * size, 3), np.uint8)
    for i, picture in enumerate(pictures):
        top, left = i // COLUMNS * size, i % COLUMNS * size
        sheet[top : top + size, left : left + size] = picture
    written = BytesIO()
    Image.fromarray(sheet).save(written, "PNG")
    return b64encode(written.getvalue()).decode("ascii")


def _step(step: ShownStep) -> Mapping[str, Any]:
    kind = "image/png" if step.view.startswith(b"\x89PNG") else "image/webp"
    return {
        "name": step.name,
        "text": step.text,
        "changed": step.changed,
        "view": b64encode(step.view).decode("ascii"),
        "type": kind,
    }


def _words(t: Words) -> Mapping[str, str]:
    return {
        "all": t("components.book_wall"),
        "copies": t("components.book_copies"),
        "unreadable": t("components.book_unreadable"),
        "more": t("components.book_more"),
        "back": t("components.book_back"),
        "hint": t("components.book_hint"),
        "no_caption": t("components.book_no_caption"),
        "copies_note": t("components.book_copies_note"),
        "unreadable_note": t("components.book_unreadable_note"),
        "ray": t("components.book_ray", n="{n}"),
        "ray_hint": t("components.book_ray_hint"),
        "ray_keys": t("components.book_ray_keys"),
        "patch": t("components.book_patch", row="{row}", column="{column}"),
        "found": t("components.book_found", n="{n}", all="{all}"),
        "vector": t("components.book_vector", d="{d}"),
        "unknown": t("components.book_unknown"),
        "apples": t("components.book_apples"),
        "steps": t("components.book_steps"),
    }
