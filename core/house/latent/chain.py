"""The shipped latent model, for whoever shows it or draws with it.

Reading is lazy: the record is small and read once, weights only when asked for.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from core.data.pictures.collecting.settings import PictureSettings
from core.house.files import SHIPPED, Folder
from core.house.latent.recipe import RECORD
from core.inference.pictures.model import PictureModel
from core.once import once


@dataclass(frozen=True)
class HouseLatent:
    """What is shipped, and how and when it was made.

    Args:
        book: settings of the picture book that both stages learned from.
        drawing: n_steps, sampler and guidance by which the denoiser was measured.
        n_parameters: of "autoencoder" and "denoiser".
        lost: what the autoencoder loses, as `measuring.reconstruction` gives it.
        drawn: kind -> shares right, as `core.house.pictures.measuring.measured` gives it.
        way: (step, pictures looked at, share right of pages as in the book) on the way there.
        made: by which command, when, on what machine.
    """

    book: PictureSettings
    drawing: dict[str, Any]
    n_parameters: dict[str, int]
    lost: dict[str, Any]
    drawn: dict[str, Any]
    way: tuple[tuple[int, int, dict[str, Any]], ...]
    made: dict[str, Any]
    files: dict[str, str] = field(repr=False)
    folder: Folder = field(repr=False)

    def model(self) -> PictureModel:
        """Both stages and the vocabulary, read from their files."""
        weights, words, first = (
            self.folder.read(self.files[name]) for name in ("denoiser", "encoder", "autoencoder")
        )
        return PictureModel.from_bytes(weights, words, first)

    @property
    def how(self) -> str:
        """By which command its numbers were computed, and when."""
        return f"{self.made['command']}, {self.made['date']}"


@cache
def house_latent(folder: Folder | None = None) -> HouseLatent | None:
    """The record of what is shipped; None if nothing is."""
    folder = folder or Folder(SHIPPED)
    if not (folder.path / RECORD).exists():
        return None
    record = json.loads(folder.read(RECORD))
    first, second = record["autoencoder"], record["denoiser"]
    return HouseLatent(
        book=PictureSettings.from_dict(record["recipe"]["second"]["book"]),
        drawing=record["recipe"]["second"]["drawing"],
        n_parameters={name: record[name]["n_parameters"] for name in ("autoencoder", "denoiser")},
        lost=first["numbers"],
        drawn=second["numbers"],
        way=tuple((one["step"], one["n_pictures"], one["right"]) for one in second["way"]),
        made=record["made"],
        files={
            name: record[name]["file"]["file"] for name in ("autoencoder", "denoiser", "encoder")
        },
        folder=folder,
    )


@once(4)
def house_latent_model(folder: Folder | None = None) -> PictureModel:
    """The shipped model, ready to draw; its weights are shared and must not be changed.

    Args:
        folder: the shipped files, or others made by the same command.

    Raises:
        FileNotFoundError: nothing is shipped.
    """
    found = house_latent(folder)
    if found is None:
        raise FileNotFoundError(RECORD)
    return found.model()
