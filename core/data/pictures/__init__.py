"""The picture book: the small world's second kind of data, drawn from its truth and read back.

Because we know what every picture shows, a model's pictures can be checked for what was asked:
things, colours, places, number, day or night, and whose teapot is red.
"""

from core.data.pictures.captions import LANGUAGES, captions
from core.data.pictures.corpus import Corpus, Entry, draw_corpus
from core.data.pictures.owners import Holding, holdings_of, town_holdings
from core.data.pictures.painting import SIZES, Pixels, draw_shifts, paint
from core.data.pictures.palette import COLOUR_NAMES
from core.data.pictures.reader import read, read_all
from core.data.pictures.reading import Agreement, Reading, Seen, compare
from core.data.pictures.sampling import draw_any_scene, draw_held_out_scene, draw_scene
from core.data.pictures.scenes import Item, Scene, beside
from core.data.pictures.settings import BOOK_VERSION, HELD_OUT, PictureSettings
from core.data.pictures.things import PLAIN_THINGS, THINGS
from core.data.pictures.understanding import PROBLEMS, Understanding, understand

__all__ = [
    "BOOK_VERSION",
    "COLOUR_NAMES",
    "HELD_OUT",
    "LANGUAGES",
    "PLAIN_THINGS",
    "PROBLEMS",
    "SIZES",
    "THINGS",
    "Agreement",
    "Corpus",
    "Entry",
    "Holding",
    "Item",
    "PictureSettings",
    "Pixels",
    "Reading",
    "Scene",
    "Seen",
    "Understanding",
    "beside",
    "captions",
    "compare",
    "draw_any_scene",
    "draw_corpus",
    "draw_held_out_scene",
    "draw_scene",
    "draw_shifts",
    "holdings_of",
    "paint",
    "read",
    "read_all",
    "town_holdings",
    "understand",
]
