"""The visitor's caption drawn by two models from the same noises, and every picture read."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st
import torch

from core.data.pictures import Pixels
from core.data.pictures.wording.rewording import in_the_books_words
from core.errors import GlassboxError
from core.inference.pictures import DrawSettings, PictureModel, draw
from core.postprocessing.pictures.caption_check import check_caption
from core.postprocessing.pictures.caption_trials import Files
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.components import PictureNote, picture_wall
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole

N_EACH: Final = 8

Drawn = tuple[Pixels, tuple[bool, ...]]  # pictures, and whether each carries all that was asked


def walls(t: Words, files: tuple[Files, Files], names: tuple[str, str], key: str) -> None:
    """Both walls, drawn once the visitor asks for them.

    Args:
        files: of the two models.
        names: of their lanes.
        key: of the pair.
    """
    caption = state.caption()
    if not check_caption(np.zeros((32, 32, 3), np.uint8), caption).wanted:
        return  # nobody could say whether such pictures are right
    kept = st.session_state.setdefault("_same_noise", {})
    at = (key, caption, state.seed())
    if at not in kept:
        if not st.button(t("picture_life.draw_mine", n=N_EACH), key=f"draw_{key}"):
            return
        try:
            with st.spinner(t("picture_life.drawing")):
                kept[at] = [drawn(*each, caption, state.seed()) for each in files]
        except GlassboxError as error:
            show_error(error, t)
            return
        st.rerun()
    for lane, (name, one) in enumerate(zip(names, kept[at], strict=True)):
        _wall(t, name, one, f"life_{key}_{lane}")


@st.cache_data(max_entries=32, show_spinner=False)
def drawn(weights: bytes, encoder: bytes, caption: str, seed: int) -> Drawn:
    """A caption from several noises by one model."""
    torch.set_num_threads(1)
    model = PictureModel.from_bytes(weights, encoder)
    said = in_the_books_words(caption).caption
    usual = DrawSettings()
    film = draw(
        model,
        [said] * N_EACH,
        seed=seed,
        n_steps=usual.n_steps,
        guidance=usual.guidance,
        keep=False,
    )
    pictures = film.pictures
    return pictures, tuple(check_caption(each, caption).whole for each in pictures)


def _wall(t: Words, name: str, one: Drawn, key: str) -> None:
    pictures, right = one
    n = whole(sum(right), t.lang)
    note(t("picture_life.wall", name=name, n=n, of=whole(len(right), t.lang)))
    picture_wall(
        pictures,
        key=key,
        label=name,
        notes=_notes(t, right),
        columns=N_EACH,
        narrow=4,
        px=110,
    )


def _notes(t: Words, right: Sequence[bool]) -> list[PictureNote]:
    spoken = {True: t("picture_life.carries"), False: t("picture_life.carries_not")}
    return [PictureNote(sign="yes" if yes else "no", spoken=spoken[yes]) for yes in right]
