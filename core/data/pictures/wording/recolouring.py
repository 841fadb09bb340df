"""One word of a caption exchanged for another of its kind, in the same form: "roter", "blauer"."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.data.pictures.drawing.palette import COLOUR_NAMES
from core.data.pictures.wording.vocabulary import CaptionEncoder, folded
from core.data.pictures.wording.words import ENDINGS, colour_words
from core.languages import LANGS

ALSO: Final = {"de": ("lila",), "en": ("purple",)}  # other words of captions for violet


@dataclass(frozen=True, slots=True)
class Exchange:
    """A caption in which one word is another.

    Args:
        position: of the word among those of the caption, from 0.
        old, new: the word before and after.
        caption: with the new word.
    """

    position: int
    old: str
    new: str
    caption: str


def colours_exchanged(caption: str, encoder: CaptionEncoder) -> list[Exchange]:
    """Every way to exchange one colour of a caption for the next one that the model knows.

    Args:
        caption: in German or English.
        encoder: of the model that shall read it.

    Returns:
        one exchange a colour word, in their order; none if there is no colour.
    """
    found = []
    for position, old in enumerate(encoder.words_of(caption)):
        new = next((word for word in _others(old) if all(encoder.known(word))), None)
        if new is not None:
            words = encoder.words_of(caption)
            at = sum(w.count(old) for w in words[:position])  # it may stand there before
            found.append(Exchange(position, old, new, _replaced(caption, old, new, at)))
    return found


def _others(word: str) -> Iterator[str]:
    """The other colours in the form of this one, beginning with blue; none if it is no colour."""
    order = ("blue", "red", *COLOUR_NAMES)
    for lang in LANGS:
        stems = colour_words(lang)
        for stem in (*stems.values(), *ALSO[lang]):
            ending = folded(word).removeprefix(folded(stem))
            if folded(word).startswith(folded(stem)) and (ending in ENDINGS if lang == "de"
                                                          else not ending):  # fmt: skip
                yield from (stems[each] + ending for each in order if stems[each] != stem)


def _replaced(text: str, old: str, new: str, nth: int) -> str:
    """The text with one occurrence of a word replaced, counted from 0."""
    parts = text.split(old)
    return old.join(parts[: nth + 1]) + new + old.join(parts[nth + 1 :])
