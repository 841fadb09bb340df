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
from core.house.pictures.painting import house_painter, usual_for
from core.inference.pictures import DrawSettings
from core.postprocessing.pictures.house_rule import ANIMALS
from core.postprocessing.pictures.painters import BOOK, ModelPainter
from core.postprocessing.pictures.prompt_filter import Wish, judged
from core.services import services
from pages.inference.pictures import drawer as drawers
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


@dataclass(frozen=True)
class Hand:
    """Who draws what the visitor asks for.

    Args:
        painter: a model; None where there is none and the book draws.
        own: it is the visitor's.
    """

    painter: ModelPainter | None
    own: bool = False

    @property
    def id(self) -> str:
        """The model's, or the book's."""
        return self.painter.model_id if self.painter else BOOK

    @property
    def words_learned(self) -> tuple[str, ...]:
        """Words that the model was taught beside the book's."""
        return self.painter.words_learned if self.painter else ()


def hand() -> Hand:
    """The visitor's own model, as far along as it has come; else the example's, if one is shipped.

    A page asks once and hands it on.
    """
    for each in drawers.on_hand(services(), state.owner()):
        if each.whose == "yours":
            usual = usual_for(each.model)
            return Hand(ModelPainter(each.model, each.id, usual, each.book.town_seed), own=True)
    return Hand(house_painter())


def source() -> str:
    """What comes from drawing, as the visitor chose: "drawn" is what was asked for, by the model
    if there is one; "mistake" and "lone" are pages of the book that show something else.
    """
    return str(state.value("line_source"))


@st.cache_data(max_entries=64, show_spinner=False)
def wish_of(caption: str, learned: tuple[str, ...] = ()) -> Wish:
    """The caption, judged by the prompt filter; `learned` are words the model was taught."""
    return judged(caption, town_holdings(TOWN_SEED), learned=learned)


def arrived(caption: str, who: str, seed: int, by: Hand) -> Arrived:
    """The picture for a caption.

    Args:
        caption: what was asked for.
        who: as `source` says.
        seed: of the noise, or of where the book puts things.
        by: who draws.
    """
    return _arrived(caption, who, seed, by.id, by.painter)


@st.cache_data(max_entries=64, show_spinner=False)
def _arrived(
    caption: str, who: str, seed: int, model_id: str, _painter: ModelPainter | None
) -> Arrived:
    painter = _painter
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
