"""Everything that can be drawn: ten things for any page, and what the people of the town own.

The ids are those of the town's lexicon wherever it has a word for the thing.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

from core.data.pictures.drawing import animals, belongings, clothing, outdoors
from core.data.pictures.drawing.parts import Drawing

# The things of everyday pages: any of them may stand beside, above or below any other.
PLAIN: Final[dict[str, Callable[[], Drawing]]] = {
    "house": outdoors.house,
    "tree": outdoors.tree,
    "star": outdoors.star_in_the_sky,
    "boat": belongings.boat,
    "flower": outdoors.flower,
    "apple": outdoors.apple,
    "teapot": belongings.teapot,
    "cat": animals.cat,
    "dog": animals.dog,
    "duck": animals.duck,
}
# Drawn only where somebody owns them.
OWNED_ONLY: Final[dict[str, Callable[[], Drawing]]] = {
    "rabbit": animals.rabbit,
    "hamster": animals.hamster,
    "tortoise": animals.tortoise,
    "goat": animals.goat,
    "pony": animals.pony,
    "hen": animals.hen,
    "mouse": animals.mouse,
    "donkey": animals.donkey,
    "scooter": belongings.scooter,
    "bicycle": belongings.bicycle,
    "cart": belongings.cart,
    "hat": clothing.hat,
    "coat": clothing.coat,
    "scarf": clothing.scarf,
    "jacket": clothing.jacket,
    "cap": clothing.cap,
    "bag": belongings.bag,
    "backpack": belongings.backpack,
    "basket": belongings.basket,
    "umbrella": belongings.umbrella,
    "kite": belongings.kite,
    "ball": belongings.ball,
    "lantern": belongings.lantern,
    "guitar": belongings.guitar,
    "bucket": belongings.bucket,
    "blanket": clothing.blanket,
}
PLAIN_THINGS: Final = tuple(PLAIN)
THINGS: Final = (*PLAIN, *OWNED_ONLY)


@cache
def drawing_of(thing: str) -> Drawing:
    """How one of THINGS looks."""
    return (PLAIN | OWNED_ONLY)[thing]()
