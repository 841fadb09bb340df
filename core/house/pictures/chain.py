"""The shipped denoiser, for whoever shows it or draws with it.

Reading is lazy: the record is small and read once, weights only when asked for.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from core.data.pictures.collecting.corpus import Corpus, draw_corpus
from core.data.pictures.collecting.settings import PictureSettings
from core.house.files import SHIPPED, Folder
from core.house.pictures.recipe import RECORD
from core.inference.pictures.model import PictureModel
from core.once import once


@dataclass(frozen=True)
class HousePictures:
    """What is shipped, and how and when it was made.

    Args:
        book: settings of the picture book it learned from.
        training: settings of its training.
        drawing: n_steps, sampler and guidance by which it was measured.
        config: of the denoiser.
        n_parameters: of the denoiser.
        seconds: of training.
        steps: the kept steps, the last of them finished.
        numbers: step -> kind -> as `core.house.pictures.measuring.measured` gives it.
        made: by which command, when, on what machine.
    """

    book: PictureSettings
    training: dict[str, Any]
    drawing: dict[str, Any]
    config: dict[str, Any]
    n_parameters: int
    seconds: float
    steps: tuple[int, ...]
    numbers: dict[int, dict[str, Any]]
    made: dict[str, Any]
    files: dict[int, str] = field(repr=False)
    encoder_file: str = field(repr=False)
    folder: Folder = field(repr=False)

    def weights(self, step: int | None = None) -> bytes:
        """The bytes of a kept step, or of the finished model."""
        return self.folder.read(self.files[self.steps[-1] if step is None else step])

    def encoder(self) -> bytes:
        """The bytes of the caption encoder."""
        return self.folder.read(self.encoder_file)

    @property
    def how(self) -> str:
        """By which command its numbers were computed, and when."""
        return f"{self.made['command']}, {self.made['date']}"


@cache
def house_pictures(folder: Folder | None = None) -> HousePictures | None:
    """The record of what is shipped; None if nothing is."""
    folder = folder or Folder(SHIPPED)
    if not (folder.path / RECORD).exists():
        return None
    record = json.loads(folder.read(RECORD))
    kept = record["checkpoints"]
    return HousePictures(
        book=PictureSettings.from_dict(record["recipe"]["book"]),
        training=record["recipe"]["training"],
        drawing=record["recipe"]["drawing"],
        config=record["config"],
        n_parameters=record["n_parameters"],
        seconds=record["training_seconds"],
        steps=tuple(one["step"] for one in kept),
        numbers={one["step"]: one["numbers"] for one in kept},
        made=record["made"],
        files={one["step"]: one["file"] for one in kept},
        encoder_file=record["encoder"]["file"],
        folder=folder,
    )


@once(16)
def house_denoiser(step: int | None = None, folder: Folder | None = None) -> PictureModel:
    """The shipped model, ready to draw; its weights are shared and must not be changed.

    Args:
        step: one of the kept steps; None: the finished model.
        folder: the shipped files, or others made by the same command.

    Raises:
        FileNotFoundError: nothing is shipped.
    """
    found = house_pictures(folder)
    if found is None:
        raise FileNotFoundError(RECORD)
    return PictureModel.from_bytes(found.weights(step), found.encoder())


@once(8)
def house_corpus(n_pictures: int | None = None) -> Corpus:
    """The pages it has learned from, drawn again from their seed.

    Args:
        n_pictures: only the first so many; all take half a minute.
    """
    found = house_pictures()
    settings = found.book if found else PictureSettings()
    n = settings.n_pictures if n_pictures is None else n_pictures
    return draw_corpus(PictureSettings.from_dict({**settings.to_dict(), "n_pictures": n}))
