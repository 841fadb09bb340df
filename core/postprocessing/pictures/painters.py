"""Who draws: a model, or, where none is there yet, the picture book itself.

Invariant: a picture depends on its own caption and seed and on the settings, not on what is drawn
beside it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import torch

from core.data.pictures import Holding, Pixels, draw_shifts, paint, town_holdings, understand
from core.data.pictures.tensors import to_tensor
from core.data.pictures.wording.rewording import in_the_books_words
from core.errors import InputError
from core.inference.pictures import DrawSettings, PictureModel, draw

Mask = npt.NDArray[np.bool_]  # (S, S) True where a picture is drawn anew

BOOK: Final = "book"  # model id of pictures that the book drew itself


class Painter(Protocol):
    """Draws pictures for captions."""

    @property
    def model_id(self) -> str:
        """Id of the checkpoint that draws, or BOOK."""

    @property
    def size(self) -> int:
        """Side of its pictures in pixels."""

    @property
    def usual(self) -> DrawSettings:
        """How it draws best, as far as that was measured."""

    @property
    def words_learned(self) -> tuple[str, ...]:
        """Words that it was taught beside the book's."""

    def unknown_words(self, caption: str) -> tuple[str, ...]:
        """The words of a caption that it has never read, as they are written there."""

    def paint(
        self,
        captions: Sequence[str],
        seeds: Sequence[int],
        settings: DrawSettings,
        start: Pixels | None = None,
        redraw: Mask | None = None,
    ) -> Pixels:
        """Draw a picture for each caption.

        Args:
            captions: one a picture.
            seeds: one a picture.
            settings: how; what a painter has no use for is ignored.
            start: (S, S, 3) a picture to begin from.
            redraw: where that is drawn anew; None: everywhere.

        Returns:
            (B, S, S, 3) grey levels.

        Raises:
            InputError: a caption cannot be drawn.
        """


@dataclass(frozen=True)
class BookPainter:
    """The picture book's own drawings: always right, and only what the book understands."""

    holdings: tuple[Holding, ...] = town_holdings(1)
    size: int = 32
    usual: DrawSettings = DrawSettings()  # noqa: RUF009  # it is frozen
    words_learned: tuple[str, ...] = ()

    @property
    def model_id(self) -> str:
        """No model: the book."""
        return BOOK

    def unknown_words(self, caption: str) -> tuple[str, ...]:
        """See Painter."""
        found = understand(caption, self.holdings)
        return found.words if found.problem == "unknown_words" else ()

    def paint(
        self,
        captions: Sequence[str],
        seeds: Sequence[int],
        settings: DrawSettings,
        start: Pixels | None = None,
        redraw: Mask | None = None,
    ) -> Pixels:
        """See Painter; a seed moves the things a little."""
        drawn = []
        for caption, seed in zip(captions, seeds, strict=True):
            found = understand(caption, self.holdings)
            if found.scene is None:
                raise InputError(f"the picture book cannot draw this: {found.problem}")
            shifts = draw_shifts(found.scene, Random(seed))
            picture = paint(found.scene.unowned(), self.size, shifts)
            if start is not None and redraw is not None:
                picture = np.where(redraw[..., None], picture, start)
            drawn.append(picture)
        return np.stack(drawn)


@dataclass(frozen=True)
class ModelPainter:
    """A trained model.

    Args:
        model: that draws.
        model_id: id of its checkpoint.
        usual: how it draws best, as far as that was measured.
        town_seed: of the town whose people its captions may name.
    """

    model: PictureModel
    model_id: str
    usual: DrawSettings = field(default_factory=DrawSettings)
    town_seed: int = 1

    @property
    def size(self) -> int:
        """Side of its pictures in pixels."""
        return self.model.size

    @property
    def words_learned(self) -> tuple[str, ...]:
        """See Painter."""
        return self.model.words_learned

    def unknown_words(self, caption: str) -> tuple[str, ...]:
        """See Painter; a caption that is understood is said in words that it knows."""
        read = in_the_books_words(caption, self.town_seed)
        if read.meant.problem != "unknown_words":
            return ()
        encoder = self.model.encoder
        strange = [word for word in read.meant.words if not all(encoder.known(word))]
        # With none, all that we do not know was learned; the rest is then read as it stands there.
        words = strange or encoder.words_of(caption)
        return tuple(word for word in words if not all(encoder.known(word)))

    def paint(
        self,
        captions: Sequence[str],
        seeds: Sequence[int],
        settings: DrawSettings,
        start: Pixels | None = None,
        redraw: Mask | None = None,
    ) -> Pixels:
        """See Painter; what is understood is said as the book says it."""
        read = [in_the_books_words(each, self.town_seed).caption for each in captions]
        given: dict[str, Any] = asdict(settings)
        if start is not None:
            given["start"] = to_tensor(start[None])
        if redraw is not None:
            given["redraw"] = torch.from_numpy(redraw[None, None].copy())
        return draw(self.model, read, seed=list(seeds), keep=False, **given).pictures
