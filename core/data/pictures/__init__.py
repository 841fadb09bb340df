"""The picture book: the small world's second kind of data, drawn from its truth and read back.

Because we know what every picture shows, a model's pictures can be checked for what was asked:
things, colours, places, number, day or night, and whose teapot is red.
"""

from core.data.pictures.collecting.corpus import Corpus, Entry, draw_corpus
from core.data.pictures.collecting.sampling import draw_any_scene, draw_held_out_scene, draw_scene
from core.data.pictures.collecting.settings import BOOK_VERSION, HELD_OUT, PictureSettings
from core.data.pictures.drawing.painting import SIZES, Pixels, draw_shifts, paint
from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.drawing.things import PLAIN_THINGS, THINGS
from core.data.pictures.owners import Holding, holdings_of, town_holdings
from core.data.pictures.reading.reader import read, read_all
from core.data.pictures.reading.readings import Agreement, Reading, Seen, compare
from core.data.pictures.scenes import Item, Scene, beside
from core.data.pictures.wording.captions import captions
from core.data.pictures.wording.understanding import PROBLEMS, Understanding, understand

__all__ = [
    "BOOK_VERSION",
    "COLOUR_NAMES",
    "HELD_OUT",
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
