"""The kinds of data, once: what exists, what a token of it is, and where its own code lives.

All that a step shares between its kinds (blocks, loop, engine, store) knows none of them by name;
whoever needs what is one kind's alone asks its entry here. A new kind is a folder in each step and
one entry. Code is given by its place, as "module:name", so that reading this table imports nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

TEXT: Final = "text"
PICTURES: Final = "pictures"


@dataclass(frozen=True)
class Modality:
    """One kind of data.

    Args:
        name: as it stands in the address, in recipes and in the database.
        token: what the model reads and writes one of at a time, in a word.
        loss: the unit in which its training measures error.
        media_type: of a sample as a file.
        starters: where the prompts to begin with are: language -> prompts, the same in each.
        codec: where it is cut into tokens.
        objective: where the error of a model's answers is computed.
        sampler: where a model makes a sample.
        reader: where a sample is judged.
        recipe: where it stands what the example model has learned from, and how.
    """

    name: str
    token: str
    loss: str
    media_type: str
    starters: str
    codec: str = ""
    objective: str = ""
    sampler: str = ""
    reader: str = ""
    recipe: str = ""

    def prompts(self) -> Mapping[str, tuple[str, ...]]:
        """The prompts to begin with, by language; place by place the same in each."""
        found: Mapping[str, tuple[str, ...]] = found_at(self.starters)
        return found


MODALITIES: Final[dict[str, Modality]] = {
    modality.name: modality
    for modality in (
        Modality(
            name=TEXT,
            token="a piece of a word",
            loss="bits per byte",
            media_type="text/plain",
            starters="core.data.world.plots:PROMPTS",
            codec="core.data.text.bpe:Encoder",
            objective="core.inference.surprise:token_losses",
            sampler="core.inference.generate:generate",
            reader="core.training.text.verdicts:judge",
            recipe="core.house.recipe:BASE",
        ),
        Modality(
            name=PICTURES,
            token="a patch of pixels",
            loss="squared error per pixel",
            media_type="image/png",
            starters="core.data.pictures.wording.starters:STARTERS",
            codec="core.data.pictures.vectorising:patches_of",
            objective="core.training.pictures.objective:squared_error",
            sampler="core.inference.pictures.drawing:draw",
            reader="core.data.pictures.reading.reader:read",
            recipe="core.house.pictures.recipe:PICTURES",
        ),
    )
}

PLANNED: Final = ("code", "music")
"""Kinds that are not here yet: nothing but what holds of them anywhere is said."""


def found_at(place: str) -> Any:
    """What is at a place given as "module:name"."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
