"""What the station computes, each once: a picture's latents, what comes back, a drawing's parts."""

from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from core.architecture.pictures.autoencoder import Autoencoder
from core.data.pictures import Reading, Scene, compare, read, town_holdings
from core.data.pictures.drawing.painting import Pixels, draw_shifts, paint
from core.data.pictures.tensors import to_levels, to_pixels, to_tensor
from core.data.pictures.wording.understanding import understand
from core.house.latent import HouseLatent, house_latent, house_latent_model
from core.house.latent.measuring import unseen_pages
from core.inference.pictures import PictureModel, draw
from core.inference.pictures.latents import Followed, Parts, blends, follow, look_at_parts
from core.lineage import content_id
from pages.architecture.pictures.looking import GUIDANCE, N_STEPS, one_thread
from pages.kit.components.latent_space import Cell

N_BLENDED: Final = 5
PAGES_SEED: Final = 9_001  # of the book's pages that one can choose from: none was learned from

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture at the narrow place.

    Args:
        key: identifies the picture.
        given: (S, S, 3).
        latents: (Z, s, s) scaled.
        again: (S, S, 3) what comes back, in grey levels.
        before, after: what the reader makes of both.
    """

    key: str
    given: Pixels
    latents: Floats
    again: Floats
    before: Reading
    after: Reading

    @property
    def off(self) -> Floats:
        """(S, S) mean absolute difference over the colours, in grey levels."""
        off: Floats = np.abs(self.given - self.again).mean(-1)
        return off

    @property
    def start(self) -> Cell:
        """The number that lies farthest from the mean of all pictures."""
        place = np.unravel_index(int(np.abs(self.latents).argmax()), self.latents.shape)
        return int(place[0]), int(place[1]), int(place[2])


def shipped() -> tuple[HouseLatent, PictureModel, Autoencoder] | None:
    """The record, the model and its first stage; None where nothing is shipped."""
    found = house_latent()
    if found is None:
        return None
    model = house_latent_model()
    assert model.autoencoder is not None
    return found, model, model.autoencoder


def page_of_caption(found: HouseLatent, model: PictureModel, caption: str, seed: int) -> Pixels:
    """A caption as the book would draw it; what the book does not understand, the model draws."""
    meant = understand(caption, town_holdings(found.book.town_seed))
    if meant.scene is None:
        return to_pixels(model.shown(parts_of(model, caption, seed).latents[-1:]))[0]
    return paint(meant.scene.unowned(), found.book.size, draw_shifts(meant.scene, Random(seed)))


@st.cache_resource(max_entries=1, show_spinner=False)
def pages_of_book(n: int) -> list[Pixels]:
    """Pages of the book that the autoencoder has not learned from."""
    found = house_latent()
    assert found is not None
    return [page for _, page in unseen_pages(found.book, n, PAGES_SEED)]


def shown(model: Autoencoder, given: Pixels) -> Shown:
    """A picture encoded and decoded, and read before and after."""
    return _shown(content_id(given.tobytes()), given, model)


@st.cache_resource(max_entries=24, show_spinner=False)
def _shown(key: str, _given: Pixels, _model: Autoencoder) -> Shown:
    with one_thread(), torch.no_grad():
        latents = _model.encode(to_tensor(_given[None]))
        again = to_levels(_model.decode(latents))[0]
    return Shown(
        key, _given, latents[0].numpy(), again, read(_given.astype(np.float32)), read(again)
    )


@st.cache_resource(max_entries=48, show_spinner=False)
def followed(key: str, cell: Cell, value: float, _latents: Floats, _model: Autoencoder) -> Followed:
    """What follows from setting one number; see `latents.follow`."""
    with one_thread():
        return follow(_model, torch.from_numpy(_latents), cell, value)


@st.cache_resource(max_entries=12, show_spinner=False)
def blended(
    keys: tuple[str, str], _first: Pixels, _second: Pixels, _model: Autoencoder
) -> tuple[tuple[Pixels, Pixels], tuple[list[Reading], list[Reading]]]:
    """Blends in latents and in pixels, and what the reader makes of each."""
    given = to_tensor(np.stack((_first, _second)))
    with one_thread():
        both = blends(_model, given[0], given[1], N_BLENDED)
    inside, pixels = (to_levels(each) for each in both)
    return (to_pixels(both[0]), to_pixels(both[1])), (
        [read(one) for one in inside],
        [read(one) for one in pixels],
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def parts_of(_model: PictureModel, caption: str, seed: int) -> Parts:
    """Every part of a drawing of the shipped model; see `latents.look_at_parts`."""
    with one_thread():
        return look_at_parts(_model, caption, seed, n_steps=N_STEPS, guidance=GUIDANCE)


@dataclass(frozen=True)
class Seen:
    """(n, S, S, 3) each: the pictures of a drawing's latents, of its guesses, of plain latents."""

    now: Pixels
    guess: Pixels
    plain: Pixels


@st.cache_resource(max_entries=8, show_spinner=False)
def seen_parts(_model: PictureModel, caption: str, seed: int) -> Seen:
    """What the latents of `parts_of` look like once decoded."""
    found = parts_of(_model, caption, seed)
    each = (found.latents, found.guesses, found.plain.frames[-1].noisy)
    with one_thread():
        return Seen(*(to_pixels(_model.shown(latents)) for latents in each))


@st.cache_resource(max_entries=8, show_spinner=False)
def drawn_with_and_without(
    _model: PictureModel, caption: str, seed: int, n: int
) -> tuple[int, int, Scene | None]:
    """How many of n pictures are right with guidance, how many without, and what was asked for."""
    found = house_latent()
    assert found is not None
    scene = understand(caption, town_holdings(found.book.town_seed)).scene
    if scene is None:
        return 0, 0, None
    right = []
    for weight in (GUIDANCE, 1.0):
        with one_thread():
            film = draw(
                _model, [caption] * n, seed=seed, n_steps=N_STEPS, guidance=weight, keep=False
            )
            levels = to_levels(_model.shown(film.tensor))
        right.append(sum(compare(read(one), scene).whole for one in levels))
    return right[0], right[1], scene
