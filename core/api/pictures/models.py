"""Which models draw: the house's, and the picture book itself."""

from collections.abc import Mapping
from typing import Final

from core.postprocessing.pictures.painters import BookPainter, Painter

BOOK_NAME: Final = "glassbox-picture-book"  # no model: what it draws is right by construction


def house_painters(owner: str) -> Mapping[str, Painter]:
    """The painters that anybody may use, by name; the first is the default.

    Args:
        owner: who asks.
    """
    return {BOOK_NAME: BookPainter()}
