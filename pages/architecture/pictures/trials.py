"""The experiments of step 2 for pictures, each measured when the visitor asks for the result."""

import base64
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Any, Final

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from PIL import Image

from core.architecture.pictures import Denoiser, DenoiserConfig
from core.architecture.pictures.sizes import n_multiplications
from core.architecture.pictures.word_maps import area_of, share_within
from core.data.pictures.wording.lexemes import marks_of
from core.data.pictures.wording.recolouring import Exchange, colours_exchanged
from core.inference.pictures import draw
from core.inference.pictures.watching import changes
from core.lineage import content_id
from pages.architecture.pictures import looking
from pages.architecture.pictures.bench import Looked
from pages.architecture.pictures.looking import GUIDANCE, N_STEPS, Seen
from pages.kit import state
from pages.kit.catalogue import Joined, Text, Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import decimal, duration, share, whole

MOST: Final = 0.9  # of a change: as good as all of it
EARLY: Final = 0.2  # what is left of a word's effect where it was decided before
TELLING: Final = ("colour", "thing", "things", "sky", "number", "of", "at", "it")
N_TIMED: Final = 5  # forward passes a time is the median of

Floats = NDArray[np.float32]


def show(looked: Looked, shown: Seen, config: DenoiserConfig, caption: str, t: Words) -> None:
    """The experiments; those about a caption need a model that has learned."""
    key = content_id(f"{looked.key} {caption} {state.seed()}".encode())[:8]
    exchanges = colours_exchanged(caption, looked.model.encoder)
    columns = iter([*st.columns(2), *st.columns(2)])
    if looked.whose and exchanges:
        with next(columns):
            _exchange(f"exchange_{key}", looked, shown, exchanges[0], t)
    if looked.whose:
        candidates = telling_words(shown.watched.words, t)
        if len(candidates) > 1:
            with next(columns):
                predict(
                    f"first_{key}",
                    t,
                    question=t("architecture_pictures.first_question"),
                    options={str(at): shown.watched.words[at] for at in candidates},
                    measure=lambda: first_word(looked, shown, candidates, t),
                )
            with next(columns):
                predict(
                    f"looked_at_{key}",
                    t,
                    question=t("architecture_pictures.sink_question"),
                    options={
                        "telling": t("architecture_pictures.sink_telling"),
                        "small": t("architecture_pictures.sink_small"),
                        "even": t("architecture_pictures.sink_even"),
                    },
                    measure=lambda: looked_at_most(looked, shown, candidates, t),
                )
    with next(columns):
        predict(
            f"patches_{content_id(str(config).encode())[:8]}",
            t,
            question=t("architecture_pictures.half_question", n=config.patch, half=half(config)),
            options={
                "little": t("architecture_pictures.half_little"),
                "four": t("architecture_pictures.half_four"),
                "more": t("architecture_pictures.half_more"),
            },
            measure=lambda: smaller_patches(config, t),
        )


def telling_words(words: Sequence[str], t: Words) -> list[int]:
    """Places of the words that name a thing, a colour, a number, a place or the sky; each once."""
    found: list[int] = []
    for at, word in enumerate(words):
        marks = [mark for lang in (t.lang, "de", "en") for mark in marks_of(word, lang)[:1]]
        kinds = {mark.kind for mark in marks if (mark.kind, mark.value) != ("number", "1")}
        if kinds & set(TELLING) and word not in [words[each] for each in found]:
            found.append(at)
    return found


# Exchange one word


@dataclass(frozen=True)
class Exchanged:
    """A picture and the one with another word, from the same noise.

    Args:
        pictures: both, (S, S, 3).
        area: (N,) True where the old word acts.
        within: part of the change that lies there.
        change: (N,) how much each patch has changed.
    """

    pictures: tuple[NDArray[np.uint8], NDArray[np.uint8]]
    area: NDArray[np.bool_]
    within: float
    change: Floats


def _exchange(key: str, looked: Looked, shown: Seen, exchange: Exchange, t: Words) -> None:
    predict(
        key,
        t,
        question=t(
            "architecture_pictures.exchange_question", old=exchange.old, new=exchange.new
        ),
        options={
            "only": t("architecture_pictures.exchange_only", old=exchange.old),
            "mostly": t("architecture_pictures.exchange_mostly", old=exchange.old),
            "all": t("architecture_pictures.exchange_all"),
        },
        measure=lambda: exchanged_word(looked, shown, exchange, t),
    )  # fmt: skip


def exchanged(looked: Looked, shown: Seen, exchange: Exchange) -> Exchanged:
    """Draw the caption with the other word, and see in which patches the picture has changed."""
    film = shown.watched.film
    with looking.one_thread():
        other = draw(
            looked.model,
            [exchange.caption],
            seed=film.seeds,
            n_steps=N_STEPS,
            guidance=GUIDANCE,
            keep=False,
        )
    patch = looked.model.denoiser.config.patch
    change = changes(film.tensor.clamp(-1, 1), other.tensor.clamp(-1, 1), patch)[0]
    word_map = shown.watched.weights.mean((0, 1, 2))[:, exchange.position]  # (N,)
    area = area_of(word_map)
    return Exchanged(
        pictures=(film.pictures[0], other.pictures[0]),
        area=area.numpy(),
        within=share_within(change, area),
        change=change.numpy(),
    )


def exchanged_word(looked: Looked, shown: Seen, exchange: Exchange, t: Words) -> Measured:
    """Does a picture change only where the exchanged word acts?"""
    found = exchanged(looked, shown, exchange)
    n, n_all = int(found.area.sum()), len(found.area)
    outcome = "only" if found.within >= MOST else "mostly" if found.within >= 0.5 else "all"
    text = t(
        "architecture_pictures.exchange_text",
        n=whole(n, t.lang),
        all=whole(n_all, t.lang),
        area=share(n / n_all, t.lang),
        within=share(found.within, t.lang),
        times=decimal(found.within / (n / n_all), t.lang, 1),
    )
    return Measured(outcome, text, partial(_side_by_side, found, exchange))


def _side_by_side(found: Exchanged, exchange: Exchange) -> None:
    """Before, after, and where it has changed."""
    t = state.t()
    top = float(found.change.max()) or 1.0
    side = round(len(found.change) ** 0.5)
    levels = np.rint(255 * found.change / top).astype(np.uint8).reshape(side, side)
    change = np.repeat(levels[:, :, None], 3, axis=2)
    columns = (
        (found.pictures[0], exchange.old),
        (found.pictures[1], exchange.new),
        (change, t("architecture_pictures.exchange_change")),
    )
    st.html(
        '<div class="gb-three">'
        + "".join(
            f'<figure><img src="{as_png(picture)}" alt="{escape(said)}">'
            f"<figcaption>{escape(said)}</figcaption></figure>"
            for picture, said in columns
        )
        + "</div>"
    )


def as_png(picture: NDArray[np.uint8]) -> str:
    """A picture as the source of an image; its pixels stay squares."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


# Which word acts first, and which is looked at


def first_word(looked: Looked, shown: Seen, candidates: Sequence[int], t: Words) -> Measured:
    """Which word changes the answer of the very first step most, if it is hidden?"""
    by_word = _strength(looked, shown)  # (M, L)
    best = max(candidates, key=lambda at: by_word[0, at])
    words = shown.watched.words
    first, later = by_word[0, best], by_word[len(by_word) // 2, best]
    text: Text | Joined = t(
        "architecture_pictures.first_text",
        word=words[best],
        first=share(float(first), t.lang),
        later=share(float(later), t.lang, 1),
        middle=whole(len(by_word) // 2 + 1, t.lang),
        all=whole(len(by_word), t.lang),
    )
    if later < EARLY * first:
        text = Joined((text, t("architecture_pictures.first_early")))
    return Measured(str(best), text, partial(_by_step, by_word, candidates, words))


def _strength(looked: Looked, shown: Seen) -> Floats:
    """(M, L) how much the whole answer changes at each moment without a word."""
    found = looking.effects(looked, shown.watched.film.captions[0], shown.watched.film.seeds[0])
    strength: Floats = np.sqrt((found**2).mean(-1))
    return strength


def _by_step(by_word: Floats, candidates: Sequence[int], words: Sequence[str]) -> None:
    """A row a word, a column a step; the darker, the more depends on it."""
    t = state.t()
    top = float(by_word[:, list(candidates)].max()) or 1.0
    steps = "".join(f'<th scope="col">{at}</th>' for at in range(1, len(by_word) + 1))
    rows = "".join(
        f'<tr><th scope="row">{escape(words[at])}</th>'
        + "".join(
            f'<td style="--share:{100 * float(value) / top:.0f}%">{share(float(value), "en")[:-1]}'
            "</td>"
            for value in by_word[:, at]
        )
        + "</tr>"
        for at in candidates
    )
    head = escape(t("architecture_pictures.step_percent"))
    st.html(
        f'<div class="gb-wide"><table class="gb-scores gb-steps"><tr><th scope="col">{head}</th>'
        f"{steps}</tr>{rows}</table></div>"
    )


def looked_at_most(looked: Looked, shown: Seen, candidates: Sequence[int], t: Words) -> Measured:
    """Do the patches look most at the words that matter?"""
    words = shown.watched.words
    given = shown.weights.mean((0, 1, 2, 3))  # (L,) the mean of all moments, heads and patches
    strength = _strength(looked, shown).mean(0)  # (L,)
    small = [at for at in range(len(words)) if at not in candidates]
    of_small, of_telling = float(given[small].sum()), float(given[list(candidates)].sum())
    outcome = "small" if of_small > 0.6 else "telling" if of_telling > 0.6 else "even"
    most, strongest = int(given.argmax()), int(strength.argmax())
    text: Text | Joined = t(
        "architecture_pictures.sink_text",
        small=share(of_small, t.lang),
        most=words[most],
        of_most=share(float(given[most]), t.lang),
        change=share(float(strength[most]), t.lang),
        strongest=words[strongest],
        of_strongest=share(float(given[strongest]), t.lang),
        change_strongest=share(float(strength[strongest]), t.lang),
    )
    if outcome == "small" and strength[most] < strength[strongest]:
        text = Joined((text, t("architecture_pictures.sink_why")))
    return Measured(outcome, text)


# Smaller patches


def half(config: DenoiserConfig) -> int:
    """Half of the patch's side, or twice as much where it cannot be halved."""
    return config.patch // 2 if config.patch > 1 else 2


def smaller_patches(config: DenoiserConfig, t: Words) -> Measured:
    """How much longer does one question take with patches half as wide?"""
    small = replace(config, patch=half(config))
    once, twice = (seconds(each) for each in (config, small))
    factor = twice / once
    outcome = "little" if factor < 2.5 else "four" if factor < 6 else "more"
    text = t(
        "architecture_pictures.half_text",
        n=whole(config.n_patches, t.lang),
        more=whole(small.n_patches, t.lang),
        once=duration(once, t.lang),
        twice=duration(twice, t.lang),
        factor=decimal(factor, t.lang, 1),
        counted=decimal(n_multiplications(small) / n_multiplications(config), t.lang, 1),
    )
    return Measured(outcome, text)


@torch.inference_mode()
def seconds(config: DenoiserConfig) -> float:
    """What one question to a model of this plan takes here: the median of a few."""
    model: Any = Denoiser(config).eval()
    asked = (
        torch.zeros(1, 3, config.size, config.size),
        torch.ones(1),
        torch.full((1, config.n_caption), 3),
    )
    model(*asked)  # the first call prepares
    found = []
    for _ in range(N_TIMED):
        start = time.perf_counter()
        model(*asked)
        found.append(time.perf_counter() - start)
    return sorted(found)[N_TIMED // 2]
