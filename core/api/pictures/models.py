"""Which models draw: the house's, and the picture book itself."""

from collections.abc import Mapping
from typing import Final

from core.house.pictures.painting import house_painter
from core.postprocessing.pictures.painters import BookPainter, Painter

MODEL_NAME: Final = "glassbox-pictures"
BOOK_NAME: Final = "glassbox-picture-book"  # no model: what it draws is right by construction


def house_painters(owner: str) -> Mapping[str, Painter]:
    """The painters that anybody may use, by name; the first is the default.

    Args:
        owner: who asks.
    """
    drawing = house_painter()
    book: dict[str, Painter] = {BOOK_NAME: BookPainter()}
    return book if drawing is None else {MODEL_NAME: drawing, **book}
