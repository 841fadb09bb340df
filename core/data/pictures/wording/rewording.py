"""A visitor's caption as the book itself would put it: what a model has learned to read.

A model knows only the captions it was given. "A purple kitten" is understood by us, not by it, and
even a missing comma may lead it astray; said as the book would say it, it can be drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from core.data.pictures.owners import town_holdings
from core.data.pictures.wording.captions import captions
from core.data.pictures.wording.understanding import Understanding, understand
from core.languages import LANGS


@dataclass(frozen=True, slots=True)
class Rewording:
    """A caption as a model can read it.

    Args:
        caption: as the book puts it, or as it was given where it was not understood.
        meant: what we understood, or why not.
        reworded: whether the words were changed.
    """

    caption: str
    meant: Understanding
    reworded: bool


def in_the_books_words(
    text: str, town_seed: int = 1, languages: Sequence[str] = LANGS
) -> Rewording:
    """The caption itself where the book might have it; else the same scene, as the book says it.

    Args:
        text: one caption in German or English.
        town_seed: whose town's facts tell what is owned.
        languages: in the order in which they are tried.
    """
    holdings = town_holdings(town_seed)
    tried = [(lang, understand(text, holdings, lang)) for lang in languages]
    lang, meant = min(tried, key=lambda one: (one[1].scene is None, len(one[1].words)))
    if meant.scene is None or captions(lang, town_seed).says(text):
        return Rewording(text, meant, False)
    return Rewording(captions(lang, town_seed).caption(meant.scene, Random(0)), meant, True)
