"""Step 1 for pictures as engine work: an order in; the corpus as a file, and what to show of it."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.excerpt import Excerpt, excerpt_of
from core.data.pictures.prepare import OwnPicture, PictureCleaning, prepare


@dataclass(frozen=True)
class PictureOrder:
    """What step 1 should do.

    Args:
        book: which pictures of the book to draw, and every picture's size.
        cleaning: which rules apply.
        with_book: whether the book's pictures are among them; False: only the visitor's own.
    """

    book: PictureSettings = field(default_factory=PictureSettings)
    cleaning: PictureCleaning = field(default_factory=PictureCleaning)
    with_book: bool = True


@dataclass(frozen=True)
class PicturesMade:
    """The corpus, packed for its way through memory, and what a page shows of it."""

    packed: bytes
    excerpt: Excerpt

    @property
    def corpus(self) -> bytes:
        """The corpus as a file, see `core.data.pictures.collecting.archive`."""
        return zlib.decompress(self.packed)


def make_pictures(
    order: PictureOrder,
    own: Sequence[OwnPicture] = (),
    on_progress: Callable[[str, float], None] | None = None,
) -> PicturesMade:
    """Process an order; this runs in one of the engine's workers.

    Args:
        order: what to do.
        own: the visitor's pictures, of the book's size.
        on_progress: called with a phase of `prepare.PHASES` and the share of it that is done.

    Raises:
        TooShort: too few pictures remain.
        SettingError: an own picture has another size.
    """
    done = prepare(
        order.book, own, order.cleaning, with_book=order.with_book, on_progress=on_progress
    )
    return PicturesMade(zlib.compress(done.to_bytes(), 1), excerpt_of(done))
