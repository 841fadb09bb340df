"""The words for what a picture shows, in both languages, with gender and plural.

The town's lexicon has most of them; three things and one colour are the picture book's own.
"""

from functools import cache
from typing import Final

from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.drawing.things import THINGS
from core.data.world import lexicon
from core.data.world.lexicon import Noun
from core.data.world.phrases import EIN, MIXED, STRONG

ENDINGS: Final = ("", "e", "er", "es", "en", "em")  # of a German adjective

_OWN_NOUNS: Final = (
    Noun("house", (), "Haus", "n", "Häuser", "house", "houses"),
    Noun("tree", (), "Baum", "m", "Bäume", "tree", "trees"),
    Noun("star", (), "Stern", "m", "Sterne", "star", "stars"),
)
_OWN_COLOURS: Final = (("violet", "violett", "violet"),)

NUMBERS: Final = {"de": {2: "zwei", 3: "drei"}, "en": {2: "two", 3: "three"}}


@cache
def nouns() -> dict[str, Noun]:
    """The noun for each of THINGS."""
    known = {noun.id: noun for noun in (*lexicon.nouns(), *_OWN_NOUNS)}
    return {thing: known[thing] for thing in THINGS}


@cache
def colour_words(lang: str) -> dict[str, str]:
    """The stem (German) or word (English) for each of COLOUR_NAMES."""
    rows = {row[0]: row for row in (*lexicon.colours(), *_OWN_COLOURS)}
    return {colour: rows[colour][1 if lang == "de" else 2] for colour in COLOUR_NAMES}


def indefinite(thing: str, colour: str, lang: str, case: str) -> tuple[str, ...]:
    """The words of "a red apple"; `case` is "nom" or "dat" and matters only in German."""
    noun, word = nouns()[thing], colour_words(lang)[colour]
    if lang == "en":
        return "a", word, noun.en
    gender = noun.gender
    return "ein" + EIN[case][gender], word + MIXED[case][gender], noun.de


def several(thing: str, colour: str, lang: str) -> tuple[str, ...]:
    """The words of "red apples", after a number."""
    noun, word = nouns()[thing], colour_words(lang)[colour]
    if lang == "en":
        return word, noun.en_plural
    return word + STRONG["nom"]["p"], noun.de_plural


def undetermined(thing: str, colour: str, lang: str, case: str) -> tuple[str, ...]:
    """The words of "red teapot" after an owner; without a colour only the noun."""
    noun = nouns()[thing]
    word = noun.de if lang == "de" else noun.en
    if not colour:
        return (word,)
    ending = STRONG[case][noun.gender] if lang == "de" else ""
    return colour_words(lang)[colour] + ending, word
