"""Trying: what one change does when all else, the noise above all, stays the same."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import streamlit as st
import torch

from core.architecture.pictures.denoiser import Words as ReadWords
from core.data.pictures import Pixels, Scene, compare, town_holdings
from core.data.pictures.drawing.palette import COLOURS
from core.data.pictures.tensors import to_tensor
from core.data.pictures.wording.exchanging import SWAP, exchanged, said_alike
from core.data.pictures.wording.rewording import in_the_books_words
from core.data.pictures.wording.suggesting import language_of
from core.data.pictures.wording.words import colour_words
from core.errors import GlassboxError
from core.inference.pictures import between, noise_of
from core.inference.pictures.certainty import caption_words
from core.inference.pictures.guidance import blended
from core.languages import LANGS
from pages.inference.pictures import drawer as drawers
from pages.inference.pictures.drawer import Drawer
from pages.inference.pictures.saying import seen_text, sign_of
from pages.inference.pictures.stage import Drawing
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.components import (
    PictureNote,
    Sign,
    picture_blend,
    picture_brush,
    picture_wall,
)
from pages.kit.frame import card, computed_now, note, show_error
from pages.kit.numbers import whole

N_BESIDE: Final = 4  # noises on which two captions are compared
N_BLENDED: Final = 13  # pictures from one end to the other
PX: Final = 132
_DAY, _GRASS = (139, 196, 234), (116, 168, 84)  # of an empty sheet: something to begin with


def trying(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """The card: one way of trying at a time."""
    names = {
        "word": t("inference_pictures.try_word"),
        "two": t("inference_pictures.try_two"),
        "negative": t("inference_pictures.try_negative"),
        "seeds": t("inference_pictures.try_seeds"),
        "captions": t("inference_pictures.try_captions"),
        "region": t("inference_pictures.try_region"),
        "start": t("inference_pictures.try_start"),
    }
    ways: dict[str, Callable[[Drawer, Drawing, Words], None]] = {
        "word": _word,
        "two": _two,
        "negative": _negative,
        "seeds": _seeds,
        "captions": _captions,
        "region": _region,
        "start": _start,
    }
    with card("trying", t("inference_pictures.trying"), computed_now(t)):
        way = controls.choice(
            "draw_try",
            t("inference_pictures.trying"),
            lambda name: names[name],
            show_label=False,
        )
        with st.container(key="gb_trying"):
            try:
                ways[way](drawer, drawing, t)
            except GlassboxError as error:
                show_error(error, t)


def _word(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """One word of the caption exchanged, the same noise."""
    scene, caption = drawing.asked.scene, drawing.asked.caption
    note(t("inference_pictures.word_about"))
    if scene is None:
        note(t("inference_pictures.needs_scene"))
        return
    holdings = town_holdings(drawer.book.town_seed)
    lang = language_of(caption, (t.lang, *LANGS), holdings)
    words = [
        word
        for word in caption_words(caption, holdings)
        if exchanged(scene, word.part, word.item, lang)
    ]
    if not words:
        note(t("inference_pictures.needs_scene"))
        return
    with st.container(key="gb_exchange", horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            t("inference_pictures.word_which"),
            range(len(words)),
            index=next((n for n, word in enumerate(words) if word.part == "colour"), 0),
            format_func=lambda n: words[n].text,
            key=f"which_{caption}",
        )
        options = exchanged(scene, words[place].part, words[place].item, lang)
        instead = st.selectbox(
            t("inference_pictures.word_instead"),
            list(options),
            format_func=lambda name: t("inference_pictures.swap") if name == SWAP else name,
            key=f"instead_{caption}_{place}",
        )
    other = options[instead]
    first, second = said_alike(scene, caption, other, lang, drawer.book.town_seed)
    _both(drawer, drawing, ((first, scene), (second, other)), t)


def _two(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """Any second caption on the same noise."""
    note(t("inference_pictures.two_about"))
    caption, scene = _other(drawer, drawing, t)
    if caption:
        first = (drawing.asked.caption, drawing.asked.scene)
        _both(drawer, drawing, (first, (caption, scene)), t)


def _other(drawer: Drawer, drawing: Drawing, t: Words) -> tuple[str, Scene | None]:
    """The second caption as the model reads it, and what it means; at first one near the first."""
    placeholder = _near(drawer, drawing, t)
    typed = controls.text(
        "draw_other", t("inference_pictures.other_caption"), placeholder=placeholder
    )
    typed = typed.strip() if state.can_be_seen(typed) else placeholder
    reworded = in_the_books_words(typed, drawer.book.town_seed, (t.lang, *LANGS))
    return reworded.caption, reworded.meant.scene


def _near(drawer: Drawer, drawing: Drawing, t: Words) -> str:
    """A caption whose last thing is another one; without a scene, a beginning."""
    scene, caption = drawing.asked.scene, drawing.asked.caption
    if scene is None:
        return state.starters("caption")[t.lang][0]
    holdings = town_holdings(drawer.book.town_seed)
    lang = language_of(caption, (t.lang, *LANGS), holdings)
    others = list(exchanged(scene, "thing", len(scene.items) - 1, lang).values())
    other = others[drawing.seed % len(others)]
    return said_alike(scene, caption, other, lang, drawer.book.town_seed)[1]


def _both(
    drawer: Drawer,
    drawing: Drawing,
    asked: Sequence[tuple[str, Scene | None]],
    t: Words,
) -> None:
    """Two captions, each on the same few noises."""
    seeds = _few_seeds(drawing)
    sides = st.columns(2, gap="medium")
    for n, (caption, scene) in enumerate(asked):
        pictures = drawers.finished(drawer, [caption] * len(seeds), seeds, drawing.settings)
        with sides[n]:
            st.text(caption)
            _wall(drawer, pictures, scene, seeds, (caption, drawing.settings), f"both_{n}", t)
    note(t("inference_pictures.same_noise", n=whole(len(seeds), t.lang)))


def _negative(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """A caption to stay away from."""
    note(t("inference_pictures.negative_about"))
    words = caption_words(drawing.asked.caption, town_holdings(drawer.book.town_seed))
    colour = next((word.text for word in words if word.part == "colour"), "")
    start = colour or t("inference_pictures.negative_start")
    typed = controls.text(
        "draw_negative", t("inference_pictures.negative_label"), placeholder=start
    )
    away = typed.strip() if state.can_be_seen(typed) else start
    seeds = _few_seeds(drawing)
    captions = [drawing.asked.caption] * len(seeds)
    without = t("inference_pictures.negative_without")
    sides = st.columns(2, gap="medium")
    for n, (told, settings) in enumerate(
        (
            (without, drawing.settings),
            (
                t("inference_pictures.negative_with", away=away),
                replace(drawing.settings, negative=away),
            ),
        )
    ):
        pictures = drawers.finished(drawer, captions, seeds, settings)
        key = (drawing.asked.caption, settings)
        with sides[n]:
            st.text(told)
            _wall(drawer, pictures, drawing.asked.scene, seeds, key, f"negative_{n}", t)
    if drawing.settings.guidance == 1.0:
        note(t("inference_pictures.negative_needs"))


def _seeds(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """From one noise to another, along the sphere on which noise lies."""
    note(t("inference_pictures.seeds_about"))
    first, second = drawing.seed, drawing.seed + 1
    size = drawer.model.size
    one, two = noise_of([first], size), noise_of([second], size)
    shares = [n / (N_BLENDED - 1) for n in range(N_BLENDED)]
    noise = torch.cat([between(one, two, share) for share in shares])
    pictures = _drawn(
        drawer,
        ("seeds", drawing.asked.caption, first, drawing.settings),
        lambda: drawers.drawn(
            drawer, [drawing.asked.caption] * N_BLENDED, [first] * N_BLENDED,
            drawing.settings, noise=noise,
        ).pictures,
    )  # fmt: skip
    key = ("seeds", drawer.id, drawing.asked.caption, first, drawing.settings)
    _blend(pictures, key, t, f"Seed {first}", f"Seed {second}")


def _captions(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """From one caption to another, on one noise."""
    note(t("inference_pictures.captions_about"))
    caption, _ = _other(drawer, drawing, t)
    first = drawing.asked.caption
    shares = [n / (N_BLENDED - 1) for n in range(N_BLENDED)]

    def make() -> Pixels:
        one, two = drawer.model.read_words([first]), drawer.model.read_words([caption])
        mixes = [blended(one, two, share) for share in shares]
        words = ReadWords(
            torch.cat([mix.vectors for mix in mixes]), torch.cat([mix.visible for mix in mixes])
        )
        seeds = [drawing.seed] * N_BLENDED
        return drawers.drawn(
            drawer, [first] * N_BLENDED, seeds, drawing.settings, words=words
        ).pictures

    key = ("captions", drawer.id, first, caption, drawing.seed, drawing.settings)
    _blend(_drawn(drawer, key, make), key, t, first, caption)


def _blend(pictures: Pixels, key: tuple[object, ...], t: Words, first: str, second: str) -> None:
    found = drawers.readings(key, list(pictures), lambda share: None)
    picture_blend(
        pictures,
        t,
        key="blend",
        label=t("inference_pictures.blend_label"),
        first=first,
        second=second,
        seen=[seen_text(one, t) for one in found],
    )


def _region(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """A part of the finished picture drawn anew, the rest kept."""
    note(t("inference_pictures.region_about"))
    left, right = st.columns(2, gap="medium")
    with left:
        caption, scene = _other(drawer, drawing, t)
        mask = picture_brush(
            drawing.picture,
            t,
            key="mask",
            label=t("inference_pictures.region_label"),
            done=t("inference_pictures.region_done"),
        )
        if mask is not None:
            st.session_state["_mask"] = mask
    mask = st.session_state.get("_mask")
    with right:
        if mask is None or not mask.any() or mask.shape[0] != drawer.model.size:
            note(t("inference_pictures.region_hint"))
            return
        redraw = torch.from_numpy(mask[..., 0] > 0)[None, None]
        _from_picture(drawer, drawing, caption, scene, drawing.picture, 1.0, redraw, t)


def _start(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """A drawing of the visitor's own as the beginning."""
    note(t("inference_pictures.start_about"))
    left, right = st.columns(2, gap="medium")
    size = drawer.model.size
    with left:
        strength = controls.slider("draw_strength", t("inference_pictures.strength"))
        sheet = np.empty((size, size, 3), np.uint8)
        sheet[: size * 3 // 4], sheet[size * 3 // 4 :] = _DAY, _GRASS
        names = colour_words(t.lang)
        colours = {
            names[colour]: (round(r), round(g), round(b)) for colour, (r, g, b) in COLOURS.items()
        }
        colours |= {
            t("inference_pictures.colour_sky"): _DAY,
            t("inference_pictures.colour_grass"): _GRASS,
        }
        own = picture_brush(
            sheet,
            t,
            key="sheet",
            label=t("inference_pictures.start_label"),
            done=t("inference_pictures.start_done"),
            colours=colours,
        )
        if own is not None:
            st.session_state["_own_drawing"] = own
    own = st.session_state.get("_own_drawing")
    with right:
        if own is None or own.shape[0] != size:
            note(t("inference_pictures.start_hint"))
            return
        asked = drawing.asked
        _from_picture(drawer, drawing, asked.caption, asked.scene, own, strength, None, t)


def _from_picture(
    drawer: Drawer,
    drawing: Drawing,
    caption: str,
    scene: Scene | None,
    picture: Pixels,
    strength: float,
    redraw: torch.Tensor | None,
    t: Words,
) -> None:
    """The given picture, and what four noises make of it."""
    seeds = _few_seeds(drawing)
    settings = replace(drawing.settings, strength=strength)
    region = b"" if redraw is None else redraw.numpy().tobytes()
    key = ("from", drawer.id, caption, tuple(seeds), settings, picture.tobytes(), region)
    made = _drawn(
        drawer,
        key,
        lambda: drawers.drawn(
            drawer, [caption] * len(seeds), seeds, settings,
            start=to_tensor(picture[None]), redraw=redraw,
        ).pictures,
    )  # fmt: skip
    st.text(caption)
    _wall(drawer, made, scene, seeds, key, "from", t, columns=2)


def _few_seeds(drawing: Drawing) -> list[int]:
    return list(range(drawing.seed, drawing.seed + N_BESIDE))


def _drawn(drawer: Drawer, key: tuple[object, ...], make: Callable[[], Pixels]) -> Pixels:
    return drawers.kept(("tried", drawer.id, *key), make)


def _wall(
    drawer: Drawer,
    pictures: Pixels,
    scene: Scene | None,
    seeds: Sequence[int],
    key: tuple[object, ...],
    name: str,
    t: Words,
    columns: int = N_BESIDE,
) -> None:
    """Pictures side by side, each with the reader's verdict where there is a scene to compare."""
    about = ("wall", drawer.id, tuple(seeds), *key)
    found = drawers.readings(about, list(pictures), lambda share: None)
    notes = []
    for seed, reading in zip(seeds, found, strict=True):
        sign: Sign = sign_of(reading, compare(reading, scene)) if scene else ""
        text = t("inference_pictures.wall_one", seed=seed, seen=seen_text(reading, t))
        notes.append(PictureNote(text=text, sign=sign, spoken=text))
    picture_wall(
        pictures,
        key=f"wall_{name}",
        label=t("inference_pictures.trying"),
        notes=notes,
        columns=columns,
        narrow=2,
        px=PX,
    )
