"""What the words of a visitor's caption mean, one by one: the first half of understanding it.

Upper and lower case, `ß` and `ss`, `ä` and `ae` make no difference. A word with no entry here
becomes a mark of the kind "unknown": nothing is skipped in silence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from core.data.pictures.drawing.things import THINGS
from core.data.pictures.wording.words import colour_words, nouns
from core.data.world import lexicon

# A mark's kind says what its value is:
#   number: a count, MANY if it is not clear how many;
#   colour: its id;
#   thing, things (a plural): its id;
#   owner, of_owner (named after the thing): a person's id;
#   name: a pet's;
#   of: "X left of Y"; at: "on the left X"; it: "Y to its left": left, right, top or bottom;
#   sky: day or night;
#   is, stop (a comma), no (a negation), unknown: the word itself.
MANY: Final = "99"  # more than anybody can draw here


@dataclass(frozen=True, slots=True)
class Mark:
    """One word, or a few that belong together, and what they mean."""

    kind: str
    value: str
    text: str


_COMMON: Final[dict[str, str]] = {  # "kind value" -> words, parted by |
    "stop ,": ",|;|:|.|!",
}
_GERMAN: Final[dict[str, str]] = {
    "number 0": "null",
    "number 1": "ein|eine|einen|einem|einer|eines|eins|1|einziger|einzige|einziges",
    "of left": "links von|links neben|zur linken von",
    "of right": "rechts von|rechts neben|zur rechten von",
    "of top": "über|oberhalb von",
    "of bottom": "unter|unterhalb von",
    "at left": "links|auf der linken seite|zur linken",
    "at right": "rechts|auf der rechten seite|zur rechten",
    "at top": "oben",
    "at bottom": "unten",
    "it left": "links davon|links daneben",
    "it right": "rechts davon|rechts daneben",
    "it top": "darüber|oben drüber",
    "it bottom": "darunter|unten drunter",
    "sky day": "tag|tags|tagsüber|sonne|sonnenschein|mittag",
    "sky night": "nacht|nachts|mond|mondschein|mondlicht|mitternacht",
    "is": "ist|sind|steht|stehen|sitzt|sitzen",
    "no": "kein|keine|keinen|keinem|keiner|keines|nicht|nichts|ohne|nie|niemals|weder|noch|statt"
    "|außer",
    "filler": "und|neben|hier|da|das ist|das sind|es ist|es gibt|man sieht|nebeneinander"
    "|in einer reihe|am|bei|in der|im|mit|der|die|das|den|dem|nur|allein|bitte|ein bild von"
    "|bild von|ein bild mit|zeige mir|zeige|zeig|zeig mir|male|mal|male mir|zeichne"
    "|ich möchte|ich will",
    f"number {MANY}": "viele|mehrere|einige|ein paar|dutzend|hundert|tausend|zwanzig",
}
_ENGLISH: Final[dict[str, str]] = {
    "number 0": "zero",
    "number 1": "a|an|one|1|single",
    "of left": "to the left of|left of|on the left of",
    "of right": "to the right of|right of|on the right of",
    "of top": "above|over|on top of",
    "of bottom": "below|under|beneath|underneath",
    "at left": "on the left|left|on the left side|to the left|at the left",
    "at right": "on the right|right|on the right side|to the right|at the right",
    "at top": "at the top|on top|top",
    "at bottom": "at the bottom|bottom",
    "it left": "to its left|on its left|to the left of it|left of it",
    "it right": "to its right|on its right|to the right of it|right of it",
    "it top": "above it|over it|on top of it",
    "it bottom": "below it|under it|beneath it|underneath it",
    "sky day": "day|daytime|daylight|sun|sunshine|noon",
    "sky night": "night|nighttime|moon|moonlight|midnight",
    "is": "is|are|stands|stand|sits|sit",
    "no": "no|not|without|never|neither|nor|none|isn't|aren't|don't|except|instead",
    "filler": "and|beside|next to|here|there|this is|it is|there is|there are|here is|here are"
    "|side by side|in a row|seen here|by|in the|in|at|with|the|only|just|alone|please"
    "|a picture of|picture of|a picture with|show me|show|draw|draw me|paint|paint me"
    "|i want|i would like",
    f"number {MANY}": "many|several|some|a few|few|a dozen|dozen|hundred|thousand|twenty",
}
_SYNONYMS: Final = {  # beside the words of captions
    "de": {
        "house": "häuschen", "tree": "bäumchen", "star": "sternchen", "flower": "blümchen",
        "boat": "schiff|schiffe|segelboot|segelboote", "teapot": "kanne|kannen|teekännchen",
        "cat": "kätzchen|kater", "dog": "hündchen", "duck": "entchen", "apple": "äpfelchen",
        "hen": "huhn|hühner", "umbrella": "schirm|schirme", "cap": "wollmütze|wollmützen",
        "bicycle": "rad", "mouse": "mäuschen", "bag": "handtasche|handtaschen",
    },
    "en": {
        "boat": "ship|ships|sailboat|sailboats", "cat": "kitten|kittens|kitty",
        "dog": "puppy|puppies", "duck": "duckling|ducklings", "hen": "chicken|chickens",
        "bicycle": "bike|bikes", "tortoise": "turtle|turtles", "bag": "handbag|handbags",
        "rabbit": "bunny|bunnies", "bucket": "pail|pails",
    },
}  # fmt: skip
_COLOUR_SYNONYMS: Final = {
    "violet": ("lila", "violett", "purpur", "purple", "violet", "lilac"),
    "white": ("weiss", "weiß", "white"),
}
_PLURALS: Final = re.compile(
    "schiffe|segelboote|kannen|hühner|schirme|wollmützen|handtaschen|"
    "ships|sailboats|kittens|puppies|ducklings|chickens|bikes|turtles|handbags|bunnies|pails"
)
_ENDINGS: Final = ("", "e", "er", "es", "en", "em")
_TOKEN: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
_FOLDS: Final = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("’", "'"))


def folded(text: str) -> str:
    """The text without the differences that do not matter here."""
    text = text.lower()
    for letter, plain in _FOLDS:
        text = text.replace(letter, plain)
    return text


def marks_of(text: str, lang: str) -> list[Mark]:
    """The marks of a caption, each as many words long as possible."""
    tokens = _TOKEN.findall(text)
    plain = [folded(token) for token in tokens]
    known, longest = _entries(lang)
    marks: list[Mark] = []
    i = 0
    while i < len(tokens):
        n = min(longest, len(tokens) - i)
        while n > 1 and " ".join(plain[i : i + n]) not in known:
            n -= 1
        kind, value = known.get(" ".join(plain[i : i + n])) or _uncharted(plain[i])
        if kind != "filler":
            marks.append(Mark(kind, value, " ".join(tokens[i : i + n])))
        i += n
    return marks


def _uncharted(word: str) -> tuple[str, str]:
    """Kind and value of a word without an entry: a count in digits, or unknown."""
    if word.isascii() and word.isdecimal():
        return "number", word if len(word) < 3 else MANY
    return "unknown", word


@cache
def _entries(lang: str) -> tuple[dict[str, tuple[str, str]], int]:
    """Folded words -> (kind, value), and the number of words of the longest entry."""
    found: dict[str, tuple[str, str]] = {}

    def put(kind: str, value: str, words: Iterable[str]) -> None:
        for word in words:
            found.setdefault(folded(word), (kind, value))

    for thing in THINGS:
        noun = nouns()[thing]
        one, more = (noun.de, noun.de_plural) if lang == "de" else (noun.en, noun.en_plural)
        put("thing", thing, [one])
        put("things", thing, [more, more + "n"] if lang == "de" else [more])
        for word in _SYNONYMS[lang].get(thing, "").split("|"):
            put("things" if _PLURALS.fullmatch(word) else "thing", thing, [word])
    for colour, stem in colour_words(lang).items():
        for word in (stem, *_COLOUR_SYNONYMS.get(colour, ())):
            put(
                "colour",
                colour,
                [word + ending for ending in _ENDINGS if lang == "de" or not ending],
            )
    for row in lexicon.numbers():
        put("number", row[0], [row[1 if lang == "de" else 2]])
    for person in lexicon.people():
        before, after = _genitives(person, lang)
        put("owner", person.id, before)
        put("of_owner", person.id, after)
    for name in lexicon.pet_names():
        put("name", name, [name])
    for meaning, words in (_COMMON | (_GERMAN if lang == "de" else _ENGLISH)).items():
        kind, _, value = meaning.partition(" ")
        put(kind, value, words.split("|"))
    found.pop("", None)
    return found, max(len(words.split()) for words in found)


def _genitives(person: lexicon.Person, lang: str) -> tuple[list[str], list[str]]:
    """How a person is named as an owner before the thing, with title and without; and after it."""
    own = [person.name + "s", person.name + "'s"]
    of = "von" if lang == "de" else "of"
    if person.child:
        return own, [f"{of} {person.name}"]
    women, men = (["Frau"], ["Herrn", "Herr"]) if lang == "de" else (["Mrs", "Ms"], ["Mr"])
    titles = women if person.gender == "f" else men
    titled = [f"{title} {name}" for title in titles for name in own]
    return [*own, *titled], [f"{of} {title} {person.name}" for title in titles]
