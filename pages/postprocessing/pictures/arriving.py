"""The picture that arrives at the line: drawn by the model, or by the picture book."""

from dataclasses import dataclass
from random import Random
from typing import Final

import streamlit as st

from core.data.pictures import (
    COLOUR_NAMES,
    Item,
    PictureSettings,
    Pixels,
    Scene,
    draw_any_scene,
    draw_shifts,
    paint,
    town_holdings,
)
from core.house.pictures.painting import house_painter
from core.inference.pictures import DrawSettings
from core.postprocessing.pictures.house_rule import ANIMALS
from core.postprocessing.pictures.painters import BOOK, ModelPainter
from core.postprocessing.pictures.prompt_filter import Wish, judged
from pages.kit import state

TOWN_SEED: Final = 1


@dataclass(frozen=True)
class Arrived:
    """A picture and how it came about.

    Args:
        picture: (S, S, 3).
        model: id of the model that drew it, or "book".
        seed: it was drawn from.
        settings: of the drawing.
        by_chance: the book did not understand the caption and drew something else.
    """

    picture: Pixels
    model: str
    seed: int
    settings: DrawSettings | None = None
    by_chance: bool = False


def model_painter() -> ModelPainter | None:
    """The example model for pictures; None if none is shipped."""
    return house_painter()


def source() -> str:
    """What comes from drawing, as the visitor chose: "drawn" is what was asked for, by the model
    if there is one; "mistake" and "lone" are pages of the book that show something else.
    """
    return str(state.value("line_source"))


def by_model() -> bool:
    """Whether the visitor's picture is a model's."""
    return source() == "drawn" and model_painter() is not None


@st.cache_data(max_entries=64, show_spinner=False)
def wish_of(caption: str) -> Wish:
    """The caption, judged by the prompt filter."""
    return judged(caption, town_holdings(TOWN_SEED))


@st.cache_data(max_entries=64, show_spinner=False)
def arrived(caption: str, who: str, seed: int) -> Arrived:
    """The picture for a caption.

    Args:
        caption: what was asked for.
        who: as `source` says.
        seed: of the noise, or of where the book puts things.
    """
    painter = model_painter()
    if who == "drawn" and painter is not None:
        settings = painter.usual
        picture = painter.paint([caption], [seed], settings)[0]
        return Arrived(picture, painter.model_id, seed, settings)
    random = Random(seed)
    asked = wish_of(caption).understanding.scene
    scene = asked or draw_any_scene(PictureSettings(), random)
    if who == "mistake":
        scene = mistaken(scene.unowned(), random)
    elif who == "lone":
        scene = lone_animal(random)
    picture = paint(scene.unowned(), 32, draw_shifts(scene, random))
    return Arrived(picture, BOOK, seed, by_chance=asked is None and who == "drawn")


def mistaken(scene: Scene, random: Random) -> Scene:
    """The same scene with one mistake of the kind that models make."""
    if len(scene.items) == 2 and scene.items[0] != scene.items[1] and random.random() < 0.4:
        return Scene(scene.items[::-1], scene.relation, 1, scene.night)
    if scene.relation == "row":
        return Scene(scene.items, "row", 5 - scene.number, scene.night)
    first, *others = scene.items
    wrong = [c for c in COLOUR_NAMES if Item(first.thing, c) not in scene.items]
    colour = wrong[int(random.random() * len(wrong))]
    return Scene((Item(first.thing, colour), *others), scene.relation, 1, scene.night)


def lone_animal(random: Random) -> Scene:
    """What nobody asked for, and the house does not show."""
    thing = ANIMALS[int(random.random() * 3)]
    colour = COLOUR_NAMES[int(random.random() * len(COLOUR_NAMES))]
    return Scene((Item(thing, colour),), night=True)
