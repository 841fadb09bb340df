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
    """

    name: str
    token: str
    loss: str
    media_type: str
    starters: str

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
        ),
        Modality(
            name=PICTURES,
            token="a patch of pixels",
            loss="squared error per pixel",
            media_type="image/png",
            starters="core.data.pictures.wording.starters:STARTERS",
        ),
    )
}


def found_at(place: str) -> Any:
    """What is at a place given as "module:name"."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
