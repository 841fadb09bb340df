"""Controls of fine-tuning a model that draws, the examples they select, the run they describe."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any, Final

import numpy as np
import streamlit as st

from core.alignment.pictures.tuning.examples import (
    N_STYLED,
    new_words,
    own_examples,
    styled_examples,
)
from core.alignment.pictures.tuning.settings import OWN, PictureTuningSettings
from core.alignment.tuning.lora import in_attention, largest_rank
from core.architecture.pictures.weights import denoiser_skeleton
from core.data.pictures.collecting.archive import to_bytes
from core.data.pictures.collecting.corpus import Corpus
from core.data.pictures.collecting.files import png_of
from core.data.pictures.drawing.painting import Pixels
from core.data.pictures.prepare import OwnPicture
from core.errors import GlassboxError
from core.inference.pictures.model import PictureModel
from core.jobs.engine import Plan
from core.jobs.programs import PICTURE_TUNING
from core.lineage import Artifact
from core.modality import PICTURES
from core.services import services
from pages.alignment.pictures.ground import Ground
from pages.data.pictures import own
from pages.kit import components as parts
from pages.kit import controls, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole

N_OWN: Final = 8  # own pictures that are taught
N_SHOWN: Final = 8  # examples in a style that are shown
N_LOOKS: Final = 8  # looks at the sixteen pictures over a run
N_PLAIN: Final = 8  # pages of the book read with every step, where that is asked for


def subject() -> str:
    """What is taught: a style, or one's own pictures."""
    what = state.value("picture_tune_what")
    return str(state.value("picture_tune_style")) if what == "style" else OWN


def style_names(t: Words) -> Mapping[str, str]:
    """What the styles are called."""
    return {
        "sepia": t("tuning_pictures.sepia"),
        "mosaic": t("tuning_pictures.mosaic"),
        "chalk": t("tuning_pictures.chalk"),
    }


def subject_name(what: str, t: Words) -> str:
    """What is taught, in the visitor's words."""
    return t("tuning_pictures.own_thing") if what == OWN else style_names(t)[what]


def choose_subject(t: Words) -> None:
    """Choose what to teach; for one's own pictures also the board, or the field for files."""
    names = {
        "style": t("tuning_pictures.style"),
        "draw": t("tuning_pictures.draw"),
        "own": t("tuning_pictures.files"),
    }
    with st.container(key="gb_teach", horizontal=True, vertical_alignment="bottom"):
        what = controls.choice("picture_tune_what", t("tuning_pictures.what"), names.__getitem__,
                               options=tuple(names))  # fmt: skip
        if what == "style":
            label = t("tuning_pictures.which_style")
            controls.choice("picture_tune_style", label, style_names(t).__getitem__)
    if what == "own":
        own.uploading(t)
    if what == "draw":
        own.drawing(t)


def examples_now(model: PictureModel, t: Words) -> Corpus | None:
    """The examples that are selected, shown; None, with a message on the page, without any."""
    try:
        if subject() == OWN:
            return _own(model, t)
        found = styled(subject(), model.size, state.seed())
    except GlassboxError as error:
        show_error(error, t)
        return None
    shown = [n for n, entry in enumerate(found.entries) if entry.lang == t.lang][:N_SHOWN]
    wall = np.stack([found.pictures[n] for n in shown])
    notes = [parts.PictureNote(spoken=found.entries[n].caption) for n in shown]
    parts.picture_wall(
        wall, key="tuning_examples", label=t("tuning_pictures.examples"), notes=notes, columns=8,
        narrow=4,
    )  # fmt: skip
    caption = found.entries[shown[0]].caption
    note(t("tuning_pictures.styled", n=whole(N_STYLED, t.lang), caption=caption))
    return found


@st.cache_resource(max_entries=8, show_spinner=False)  # examples are never changed
def styled(style: str, size: int, seed: int) -> Corpus:
    """Pages of the book in a style."""
    return styled_examples(style, size, seed)


def _own(model: PictureModel, t: Words) -> Corpus | None:
    """One's own newest pictures with their captions, and what is new in those."""
    mine = own.owned()[:N_OWN]
    if not mine:
        note(t("tuning_pictures.none_yet", n=whole(N_OWN, t.lang)))
        return None
    with st.container(key="gb_own_captions"):
        for each in mine:
            with st.container(key=f"gb_own_row_{mine.index(each)}", horizontal=True):
                st.html(f'<img class="gb-own" alt="" src="{_data(each.pixels)}">')
                own.caption_field(t, each, t("tuning_pictures.caption_here"))
    own.forget_button(t)
    told = [each for each in mine if each.caption.strip()]
    n_words = model.denoiser.config.n_caption
    fits = [each for each in told if len(model.encoder.words_of(each.caption)) <= n_words]
    for each in told:
        if each not in fits:
            note(t("tuning_pictures.too_long", name=each.name, n=whole(n_words, t.lang)))
    if not fits:
        note(t("tuning_pictures.captions_missing"))
        return None
    taught = [OwnPicture(each.name, each.caption, fitted(each.pixels, model.size)) for each in fits]
    examples = own_examples(taught, model.size, t.lang)
    _tell_new_words(model, examples, len(mine) - len(told), t)
    return examples


def _tell_new_words(model: PictureModel, examples: Corpus, n_bare: int, t: Words) -> None:
    words = new_words(model.encoder, examples)
    if n_bare:
        note(t("tuning_pictures.bare", n=whole(n_bare, t.lang)))
    if words:
        note(t("tuning_pictures.new_words", words=", ".join(words)))
    else:
        note(t("tuning_pictures.no_new_words"))


def _data(pixels: Pixels) -> str:
    return "data:image/png;base64," + escape(base64.b64encode(png_of(pixels)).decode("ascii"))


def fitted(pixels: Pixels, size: int) -> Pixels:
    """A square picture at another of the book's sizes: pixels averaged, or repeated."""
    side = len(pixels)
    if side > size:
        n = side // size
        means = pixels.reshape(size, n, size, n, 3).astype(np.float32).mean(axis=(1, 3))
        return np.rint(means).astype(np.uint8)
    return pixels.repeat(size // side, axis=0).repeat(size // side, axis=1)


def choose_way(model: PictureModel, t: Words) -> None:
    """Choose adapters or all weights, and whether the book is read beside."""
    names = {"low": t("tuning.low"), "all": t("tuning.all")}
    way = controls.choice("picture_tune_way", t("tuning.way"), names.__getitem__)
    if way == "low":
        controls.slider("picture_tune_rank", t("tuning.rank"))
    controls.toggle("picture_tune_book", t("tuning_pictures.book_beside"),
                    help=t("tuning_pictures.book_help"))  # fmt: skip
    if state.depth() == "dig":
        controls.slider("picture_tune_steps", t("training.steps"))


def rank_now(model: PictureModel) -> int:
    """The selected rank; 0: all weights learn."""
    if state.value("picture_tune_way") == "all":
        return 0
    largest = largest_rank(denoiser_skeleton(model.denoiser.config), in_attention)
    return int(min(state.value("picture_tune_rank"), largest))


def keep_examples(on: Ground, examples: Corpus, what: str) -> Artifact:
    """Store examples as an artefact of the chain."""
    return services().store.artifacts.keep(
        state.owner(),
        "examples",
        to_bytes(examples),
        parents=[on.model.id],
        modality=PICTURES,
        settings={"subject": what, "n": len(examples.entries)},
        seed=state.seed(),
        numbers={"n_examples": len(examples.entries), "subject": what},
    )


def plan(on: Ground, model: PictureModel, examples: Corpus, t: Words, **changes: Any) -> Plan:
    """The run that the controls describe.

    Args:
        on: the model that is taught, as an artefact.
        model: the same, opened.
        examples: what it is taught.
        changes: of the run's settings, for an experiment.
    """
    what = subject()
    kept = keep_examples(on, examples, what)
    inputs: dict[str, bytes | str] = {
        "model": on.model.id,
        "encoder": on.encoder.id,
        "examples": kept.id,
    }
    n_steps = int(changes.get("n_steps", state.value("picture_tune_steps")))
    asked = PictureTuningSettings(
        subject=what,
        rank=rank_now(model),
        n_steps=n_steps,
        n_plain=N_PLAIN if state.value("picture_tune_book") else 0,
        look_every=max(1, n_steps // N_LOOKS),
        evaluate_every=max(1, n_steps // 2),
        seed=state.seed(),
    )
    name = t("tuning.run_name", subject=subject_name(what, t))
    return Plan(inputs, asked.changed(**changes).to_dict(), "a", name, PICTURE_TUNING)


def trials(one: Plan, ways: Sequence[Mapping[str, Any]], name: str) -> list[Plan]:
    """The same run in several ways, outside all lanes, so that the bench is left alone."""
    return [replace(one, settings={**one.settings, **way}, lane=None, name=name) for way in ways]
