"""Pictures in the frame: the travelling caption's page, its loss, a drawing, and a reader."""

from base64 import b64encode
from collections.abc import Callable
from html import escape
from random import Random
from typing import Any, Final

import numpy as np
import torch

from core.data.pictures import Pixels, Reading, Scene, compare, draw_shifts, paint, read
from core.data.pictures.collecting.files import png_of
from core.data.pictures.vectorising import PATCH, patches_of, vectors_of
from core.data.pictures.wording.rewording import in_the_books_words
from core.house.pictures.chain import house_denoiser, house_pictures
from core.house.pictures.recipe import PictureRecipe
from core.inference.pictures.drawing import DrawSettings, draw
from core.modality import MODALITIES, PICTURES, found_at
from core.once import once
from core.postprocessing.pictures.prompt_filter import judged
from core.training.pictures.slow_motion import SlowMoment, slow_motion
from pages.inference.pictures.saying import seen_text, verdict_of
from pages.kinds.frame import Column, Live
from pages.kit import state
from pages.kit.catalogue import Words, rich
from pages.kit.numbers import decimal, share, whole

TIME: Final = 0.5  # share of noise at which the loss is shown
MOST_DRAWS: Final = 48  # until a picture with what was denied is found
SHOWN: Final = 128  # pixels of a shown picture's side


def learned_from(t: Words) -> str:
    """What the example model has learned from."""
    recipe: PictureRecipe = found_at(MODALITIES[PICTURES].recipe)
    return t(
        "kinds.pictures_learned",
        n=whole(recipe.book.n_pictures, t.lang),
        steps=whole(recipe.training.n_steps, t.lang),
    )


def examples(t: Words) -> Column:
    """Every question answered with the caption that travels, by the example model."""
    said = {
        "token": t("kinds.pictures_token"),
        "loss": t("kinds.pictures_loss"),
        "sample": t("kinds.pictures_sample"),
        "judge": t("kinds.pictures_judge"),
        "failure": t("kinds.pictures_failure"),
    }
    if house_pictures() is None:
        return {question: Live(sentence) for question, sentence in said.items()}
    caption, seed = state.caption(), state.seed()
    scene = judged(caption, house_rule=False).understanding.scene
    drawn = _drawn(caption, seed)
    page = _page(scene.unowned(), seed) if scene is not None else None
    lives = {
        "token": _patches(drawn if page is None else page, caption, t),
        "loss": _loss(page, caption, t),
        "sample": _picture(drawn, t("kinds.pictures_drawn", caption=caption)),
        "judge": _judged(drawn, scene, t),
        "failure": "",
    }
    return {question: Live(sentence, lives[question]) for question, sentence in said.items()}


@once(64)
def _drawn(caption: str, seed: int) -> Pixels:
    """The example model's picture for a caption, as it is drawn in step 5."""
    torch.set_num_threads(1)
    read_as = in_the_books_words(caption).caption
    usual = DrawSettings()
    film = draw(
        house_denoiser(), [read_as], seed=seed, n_steps=usual.n_steps, guidance=usual.guidance,
        keep=False,
    )  # fmt: skip
    picture: Pixels = film.pictures[0]
    return picture


def _page(scene: Scene, seed: int) -> Pixels:
    """The book's own picture of a scene."""
    return paint(scene, house_denoiser().size, draw_shifts(scene, Random(seed)))


def _patches(picture: Pixels, caption: str, t: Words) -> str:
    """The picture cut into patches, and the numbers of the first of them."""
    patches = patches_of(picture)
    n = picture.shape[0] // PATCH
    pieces = "".join(
        f'<i style="background-position:{100 * (k % n) / (n - 1):.2f}% '
        f'{100 * (k // n) / (n - 1):.2f}%"></i>'
        for k in range(len(patches))
    )
    middle = vectors_of(picture)[len(patches) // 2]
    first = "  ".join(decimal(float(number), t.lang) for number in middle[:4])
    about = t(
        "kinds.pictures_patches",
        n=whole(len(patches), t.lang),
        pixels=PATCH,
        numbers=whole(patches[0].size, t.lang),
    )
    spoken = escape(t("kinds.pictures_cut", caption=caption))
    return (
        f'<div class="gb-patches" role="img" aria-label="{spoken}" '
        f'style="--n:{n};--picture:url({_source(picture)})">{pieces}</div>'
        f'<p class="gb-figure">{rich(about)} <code>{first} …</code></p>'
    )


def _loss(page: Pixels | None, caption: str, t: Words) -> str:
    """The page with noise, what the model takes it for, and how wrong its answer is."""
    if page is None:
        return f"<p>{rich(t('kinds.pictures_no_page'))}</p>"
    moment = _moment(page.tobytes(), page.shape[0], caption)
    noise = share(TIME, t.lang)
    shots = (
        (page, t("kinds.pictures_page")),
        (moment.noisy, t("kinds.pictures_noisy", share=noise)),
        (moment.guess, t("kinds.pictures_guess")),
    )
    row = "".join(_figure(picture, name) for picture, name in shots)
    loss = t("kinds.pictures_error", n=decimal(moment.loss, t.lang, 4), share=noise)
    return f'<div class="gb-three">{row}</div><p class="gb-figure">{rich(loss)}</p>'


@once(64)
def _moment(page: bytes, size: int, caption: str) -> SlowMoment:
    picture = np.frombuffer(bytearray(page), np.uint8).reshape(size, size, 3)  # to be written to
    torch.set_num_threads(1)
    return slow_motion(house_denoiser(), picture, in_the_books_words(caption).caption, (TIME,))[0]


def _judged(drawn: Pixels, scene: Scene | None, t: Words) -> str:
    """What the reader sees in the drawing, and whether it is what was asked for."""
    reading = _read(drawn.tobytes(), drawn.shape[0])
    seen = f'<p class="gb-written">{escape(seen_text(reading, t))}</p>'
    if scene is None:
        return f"{seen}<p>{rich(t('kinds.pictures_unjudged'))}</p>"
    verdict = verdict_of(reading, compare(reading, scene.unowned()), t)
    sign = "✓" if verdict.right else "✗"
    return f'{seen}<p class="gb-figure"><b>{sign} {escape(verdict.short)}</b></p>'


@once(64)
def _read(picture: bytes, size: int) -> Reading:
    return read(np.frombuffer(picture, np.uint8).reshape(size, size, 3))


def failure(t: Words, tell: Callable[[float], Any]) -> str:
    """The first picture that shows what its caption denies, looked for seed by seed."""
    caption, thing = denial(t)
    for n in range(MOST_DRAWS):
        picture = _denied(caption, state.seed() + n)
        reading = _read(picture.tobytes(), picture.shape[0])
        if any(seen.sure and seen.item.thing == thing for seen in reading.seen):
            found = t("kinds.found_in", n=whole(n + 1, t.lang))
            return (
                f'<p class="gb-written">{escape(caption)}</p>{_picture(picture, caption)}'
                f'<p class="gb-figure">{escape(seen_text(reading, t))} {rich(found)}</p>'
            )
        tell((n + 1) / MOST_DRAWS)
    return f"<p>{rich(t('kinds.none_found', n=whole(MOST_DRAWS, t.lang)))}</p>"


@once(128)
def _denied(caption: str, seed: int) -> Pixels:
    """A picture for words that the book does not understand, given to the model as they are."""
    torch.set_num_threads(1)
    usual = DrawSettings()
    film = draw(house_denoiser(), [caption], seed=seed, n_steps=usual.n_steps,
                guidance=usual.guidance, keep=False)  # fmt: skip
    picture: Pixels = film.pictures[0]
    return picture


def denial(t: Words) -> tuple[str, str]:
    """A caption that denies a dog, and the thing that must not be there."""
    return t("kinds.pictures_denial"), "dog"


def _figure(picture: Pixels, name: str) -> str:
    return f"<figure>{_image(picture, name)}<figcaption>{escape(name)}</figcaption></figure>"


def _picture(picture: Pixels, spoken: str) -> str:
    return f'<p class="gb-drawn">{_image(picture, spoken)}</p>'


def _image(picture: Pixels, spoken: str) -> str:
    return f'<img src="{_source(picture)}" alt="{escape(spoken)}" width="{SHOWN}" height="{SHOWN}">'


def _source(picture: Pixels) -> str:
    return f"data:image/png;base64,{b64encode(png_of(picture)).decode('ascii')}"
