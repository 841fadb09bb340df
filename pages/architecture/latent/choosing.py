"""Which picture goes through the narrow place: the caption's, a page, an upload or a drawing.

Invariant: what a visitor uploads or draws stays in the session, and a file is opened only in a
process of its own.
"""

from typing import Final

import numpy as np
import streamlit as st

from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.standardising.standardise import Standard
from core.data.pictures.standardising.untrusted import standardise_untrusted
from core.house.latent import HouseLatent
from core.inference.pictures import PictureModel
from pages.architecture.latent import looking
from pages.data.pictures.own import paints
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.components import Ground, drawing_board
from pages.kit.frame import note, show_error

UPLOAD_LIMIT_MB: Final = 20
BOARD: Final = 32  # pixels of the board's side
SKY, GRASS = (139, 196, 234), (116, 168, 84)
N_PAGES: Final = 200
DRAWN: Final = "_latent_drawn"
UPLOADED: Final = "_latent_uploaded"


def chosen_picture(found: HouseLatent, model: PictureModel, t: Words) -> Pixels:
    """The controls, and the picture that they choose; of the caption until there is another."""
    own = looking.page_of_caption(found, model, state.caption(), state.seed())
    if state.depth() == "watch":
        return own
    names = {
        "caption": t("latent.of_caption"),
        "book": t("latent.of_book"),
        "upload": t("latent.of_upload"),
        "draw": t("latent.of_drawing"),
    }
    source = controls.choice("latent_picture", t("latent.which"), names.__getitem__)
    if source == "book":
        page = controls.slider("latent_page", t("latent.page"))
        return looking.pages_of_book(N_PAGES)[page - 1]
    given = _uploaded(found, t) if source == "upload" else None
    given = _drawn(found, t) if source == "draw" else given
    return own if given is None else given


def _uploaded(found: HouseLatent, t: Words) -> Pixels | None:
    """A file of the visitor's, made square; None while there is none that can be read."""
    file = st.file_uploader(
        t("latent.file"), key="latent_file", max_upload_size=UPLOAD_LIMIT_MB, type=None
    )
    if file is None:
        note(t("latent.no_file"))
        kept: Pixels | None = st.session_state.get(UPLOADED, {}).get("pixels")
        return kept
    before = st.session_state.get(UPLOADED, {})
    if before.get("id") != file.file_id:
        with st.spinner(t("latent.opening")):
            files = [(file.name, file.getvalue())]
            (outcome, *_) = standardise_untrusted(files, Standard(found.book.size, "crop"))
        before = {
            "id": file.file_id,
            "pixels": outcome.standardised.pixels if outcome.standardised else None,
            "problem": outcome.problem,
        }
        st.session_state[UPLOADED] = before
    if before["problem"] is not None:
        show_error(before["problem"], t)
    pixels: Pixels | None = before["pixels"]
    return pixels


def _drawn(found: HouseLatent, t: Words) -> Pixels | None:
    """A drawing of the visitor's, every pixel of the board as large as it has to be."""
    with st.container(key="gb_latent_board"):
        sheet = np.empty((BOARD, BOARD, 3), np.uint8)
        sheet[:], sheet[BOARD * 3 // 4 :] = SKY, GRASS
        ground = Ground(t("latent.sheet"), sheet)
        given = drawing_board(
            t,
            key="latent_board",
            paints=paints(t),
            grounds=[ground],
            take=t("latent.hand_in"),
        )
    if given is not None:
        large = found.book.size // BOARD
        st.session_state[DRAWN] = given.repeat(large, 0).repeat(large, 1)
    kept: Pixels | None = st.session_state.get(DRAWN)
    if kept is None:
        note(t("latent.no_drawing"))
    return kept
