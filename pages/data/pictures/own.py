"""Pictures of one's own: uploaded or drawn, standardised step by step, with their captions.

Invariant: an error, a change of page or a reload never loses what was uploaded, drawn or written.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import streamlit as st

from core.data.pictures.collecting.files import png_of
from core.data.pictures.drawing.backdrop import empty_page
from core.data.pictures.drawing.painting import Pixels, averaged
from core.data.pictures.drawing.palette import COLOURS, INK
from core.data.pictures.prepare import OwnPicture
from core.data.pictures.standardising.standardise import Standard, standardise
from core.data.pictures.standardising.steps import Step
from core.data.pictures.standardising.unpacking import LONGEST_CAPTION, short_caption
from core.data.pictures.standardising.untrusted import Outcome, standardise_untrusted
from core.store.retention import DRAFT_DAYS
from pages.kit import controls, drafts, state
from pages.kit.catalogue import Words
from pages.kit.components import Broken, Ground, Paint, drawing_board
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole
from pages.kit.parts import sentence_of

N_VIEWS: Final = 24  # uploaded pictures whose steps can be seen
N_TOLD: Final = 6  # files whose error is told in full
UPLOAD_LIMIT_MB: Final = 100  # above our own limit, so that our error message is the one shown
DRAWN: Final = "drawing_board"
KEPT: Final = "kept:"  # ids of files that were read before a reload
BOARD: Final = 32  # pixels of the board's side


@dataclass(frozen=True, eq=False)
class Owned:
    """One picture of the visitor's: its name, its caption, its pixels and what was done to it."""

    name: str
    caption: str
    pixels: Pixels
    steps: tuple[Step, ...] = ()
    arrived: bytes = b""

    @property
    def changed(self) -> bool:
        """Whether standardising changed anything."""
        return any(step.changed for step in self.steps)

    @property
    def picture(self) -> OwnPicture:
        """The picture as it enters the corpus."""
        return OwnPicture(self.name, self.caption, self.pixels)


@dataclass
class Desk:
    """What a visitor has brought in this session, by the standard it was read for."""

    standard: Standard = field(default_factory=Standard)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # id -> name and bytes
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)  # id -> of its pictures
    captions: dict[str, str] = field(default_factory=dict)  # name -> as the visitor wrote it


def desk() -> Desk:
    """The visitor's desk, with what lay on it before a reload."""
    if "_own_desk" not in st.session_state:
        made = Desk()
        for id, name, caption, png in drafts.known("own_pictures") or ():
            made.files[str(id)] = (str(name), b64decode(png))
            made.captions[str(name)] = str(caption)
        st.session_state["_own_desk"] = made
    found: Desk = st.session_state["_own_desk"]
    standard = Standard(int(state.value("picture_size")), state.value("picture_fit"))
    if found.standard != standard:  # everything is made standard again, from the files
        found.standard, found.outcomes = standard, {}
    return found


def owned() -> tuple[Owned, ...]:
    """Every own picture that could be read, newest first."""
    return tuple(
        _owned(desk(), name, outcome) for name, outcome in reversed(_named(desk()))
        if outcome.standardised is not None
    )  # fmt: skip


def refused() -> list[Outcome]:
    """Every own file that could not be read."""
    return [outcome for _, outcome in _named(desk()) if outcome.standardised is None]


def broken(t: Words) -> list[Broken]:
    """The same, as they are shown among the book's."""
    return [Broken(sentence_of(each.problem, t), "", "") for each in refused() if each.problem]


def _named(now: Desk) -> list[tuple[str, Outcome]]:
    """Every outcome under a name of its own: two files may be called the same."""
    _read_new(now)
    names: dict[str, int] = {}
    found = []
    for outcomes in now.outcomes.values():
        for outcome in outcomes:
            n = names[outcome.name] = names.get(outcome.name, 0) + 1
            found.append((outcome.name if n == 1 else f"{outcome.name} ({n})", outcome))
    return found


def _owned(now: Desk, name: str, outcome: Outcome) -> Owned:
    done = outcome.standardised
    assert done is not None
    caption = now.captions.get(name, outcome.caption)
    return Owned(name, caption, done.pixels, done.steps, done.arrived)


def _read_new(now: Desk) -> None:
    """Make standard what is not yet: uploads in a process of their own, drawings here."""
    new = [id for id in now.files if id not in now.outcomes]
    drawn = [id for id in new if id.startswith(DRAWN)]
    uploads = [id for id in new if id not in drawn]
    for id in drawn:
        name, data = now.files[id]
        done = standardise(name, data, now.standard, views=True)
        now.outcomes[id] = [Outcome(name, standardised=done)]
    if uploads:
        now.outcomes |= {id: [] for id in uploads}
        files = [now.files[id] for id in uploads]
        for outcome in standardise_untrusted(files, now.standard, n_views=N_VIEWS):
            now.outcomes[uploads[outcome.file]].append(outcome)


# Uploading


def uploading(t: Words) -> None:
    """The field for files, how they are made square, and what could not be read."""
    files = st.file_uploader(
        t("data_pictures.files"),
        accept_multiple_files=True,
        max_upload_size=UPLOAD_LIMIT_MB,
        key="own_files",
        on_change=_forget_removed,
    )
    now = desk()
    for file in files:
        now.files.setdefault(f"file:{file.file_id}", (file.name, file.getvalue()))
    names = {
        "crop": t("data_pictures.fit_crop"),
        "pad": t("data_pictures.fit_pad"),
        "scale": t("data_pictures.fit_scale"),
    }
    controls.choice("picture_fit", t("data_pictures.fit"), names.__getitem__)
    with st.spinner(t("data_pictures.reading")):
        _read_new(now)
    tell_refused(t)
    _keep()


def tell_refused(t: Words) -> None:
    """Say of every unreadable file what is wrong with it; of very many, of the first ones."""
    problems = [each.problem for each in refused() if each.problem is not None]
    for problem in problems[:N_TOLD]:
        show_error(problem, t)
    if len(problems) > N_TOLD:
        note(t("data_pictures.more_refused", n=whole(len(problems) - N_TOLD, t.lang)))


def _forget_removed() -> None:
    """Forget files that the visitor removed; drawings stay."""
    there = {f"file:{file.file_id}" for file in st.session_state["own_files"]}
    now = desk()
    for id in [id for id in now.files if id.startswith("file:") and id not in there]:
        del now.files[id]
        now.outcomes.pop(id, None)


# Drawing


def drawing(t: Words) -> None:
    """The board; what is handed in lies on the desk as one more picture."""
    day = Ground(t("data_pictures.ground_day"), _page(False))
    night = Ground(t("data_pictures.ground_night"), _page(True))
    paper = Ground(t("data_pictures.ground_paper"), np.full((BOARD, BOARD, 3), 255, np.uint8))
    drawn = drawing_board(t, key=DRAWN, paints=paints(t), grounds=[day, night, paper])
    if drawn is None:
        return
    now = desk()
    n = 1 + sum(id.startswith(DRAWN) for id in now.files)
    name = t("data_pictures.drawing", n=n)
    now.files[f"{DRAWN}:{n}"] = (name, png_of(drawn))
    st.session_state["_own_chosen"] = name
    _keep()


def paints(t: Words) -> list[Paint]:
    """The book's six colours, and ink."""
    names = {
        "red": t("data_pictures.red"),
        "yellow": t("data_pictures.yellow"),
        "green": t("data_pictures.green"),
        "blue": t("data_pictures.blue"),
        "violet": t("data_pictures.violet"),
        "white": t("data_pictures.white"),
    }
    found = [Paint(names[name], _rounded(paint)) for name, paint in COLOURS.items()]
    return [*found, Paint(t("data_pictures.ink"), _rounded(INK))]


def _rounded(paint: tuple[float, float, float]) -> tuple[int, int, int]:
    red, green, blue = (round(level) for level in paint)
    return red, green, blue


def _page(night: bool) -> Pixels:
    page: Pixels = np.rint(np.clip(averaged(empty_page(night), BOARD), 0, 255)).astype(np.uint8)
    return page


# Captions


def captioning(t: Words, pictures: Sequence[Owned]) -> None:
    """The caption of the picture clicked, and whether the book's stand beside one's own."""
    controls.toggle("picture_with_book", t("data_pictures.with_book"))
    if not pictures:
        note(t("data_pictures.nothing_yet"))
        note(t("data.stays_here", days=DRAFT_DAYS))
        return
    wanted = st.session_state.get("_own_chosen")
    chosen = next((each for each in pictures if each.name == wanted), pictures[0])
    caption_field(t, chosen)
    forget_button(t)


def caption_field(t: Words, of: Owned, placeholder: str | None = None) -> None:
    """The caption of one picture; what is typed is kept at once."""
    typed = st.text_input(
        t("data_pictures.caption_of", name=of.name),
        of.caption,
        key=f"own_caption_{of.name}",
        max_chars=LONGEST_CAPTION,
        placeholder=placeholder or t("data_pictures.caption_here"),
    )
    if short_caption(typed) != of.caption:
        desk().captions[of.name] = short_caption(typed)
        _keep()
        st.rerun()


def forget_button(t: Words) -> None:
    """The way to clear the desk."""
    st.button(t("data_pictures.forget"), key="own_forget", on_click=_forget, type="tertiary")


def _forget() -> None:
    """Clear the desk."""
    st.session_state["_own_desk"] = Desk(desk().standard)
    st.session_state.pop("_own_kept", None)
    st.session_state.pop("own_files", None)
    drafts.store("own_pictures", None)


def _keep() -> None:
    """Keep drawings as they are, and of files the standard pictures, until they are cleared."""
    now = desk()
    named = _named(now)
    signature = (now.standard, tuple((name, now.captions.get(name)) for name, _ in named))
    if st.session_state.get("_own_kept") == signature:
        return
    found: list[list[str]] = []
    for n, (name, outcome) in enumerate(named):
        if outcome.standardised is not None:
            caption = now.captions.get(name, outcome.caption)
            id, data = _origin(now, outcome) or (f"{KEPT}{n}", png_of(outcome.standardised.pixels))
            found.append([id, name, caption, b64encode(data).decode("ascii")])
    drafts.store("own_pictures", found or None)
    st.session_state["_own_kept"] = signature


def _origin(now: Desk, outcome: Outcome) -> tuple[str, bytes] | None:
    """A drawing's id and bytes; None of a file, which may be large."""
    for id, outcomes in now.outcomes.items():
        if outcome in outcomes:
            return (id, now.files[id][1]) if id.startswith(DRAWN) else None
    return None
