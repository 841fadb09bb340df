"""Deliberately wrong sentences: two words swapped, or one word wrongly inflected.

The grammar is tested with them: it must reject nearly all of them.
"""

import re
from functools import cache
from random import Random
from typing import Final

from core.data.world import lexicon

_WORD = re.compile(r"[\w’@.-]*[\w’]")
_DE_ENDINGS: Final = ("e", "er", "es", "en", "em")
_DE_CLOSED: Final = (
    "der die das den dem",
    "ein eine einen einem einer",
    "sein seine seinen seinem seiner seines",
    "mein meine meinen meinem meiner",
    "dein deine deinen deinem deiner",
    "kein keine keinen keinem keiner",
    "ihr ihre ihren ihrem ihrer ihres",
    "er ihn ihm",
    "ich mich mir",
    "du dich dir",
    "wir uns",
    "Herr Herrn",
)
_EN_CLOSED: Final = ("a an", "he him his", "she her hers", "I me my", "they them their")


@cache
def _forms(lang: str) -> dict[str, tuple[str, ...]]:
    """word -> the other forms of the same lexeme."""
    groups = [row.split() for row in (_DE_CLOSED if lang == "de" else _EN_CLOSED)]
    groups += lexicon.verbs(lang)
    for noun in lexicon.nouns():
        if lang == "en":
            groups.append([noun.en, noun.en_plural or noun.en + "s"])
        else:
            plural = noun.de_plural or noun.de + "e"
            groups.append([noun.de, plural, plural if plural[-1] in "ns" else plural + "n"])
    if lang == "de":
        stems = lexicon.all_adjectives("de")
        groups += [[stem.removesuffix("e") + ending for ending in _DE_ENDINGS] for stem in stems]
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        for word in group:
            others = (*found.get(word, ()), *(other for other in group if other != word))
            found[word] = tuple(dict.fromkeys(others))
    return {word: others for word, others in found.items() if others}


def swapped(sentence: str, random: Random) -> str | None:
    """The sentence with two different words swapped, punctuation left in place.

    Returns:
        A changed sentence, or None if it has no two different words.
    """
    spots = list(_WORD.finditer(sentence))
    pairs = [(a, b) for i, a in enumerate(spots) for b in spots[i + 1 :] if a.group() != b.group()]
    if not pairs:
        return None
    a, b = pairs[int(random.random() * len(pairs))]
    between = sentence[a.end() : b.start()]
    return f"{sentence[: a.start()]}{b.group()}{between}{a.group()}{sentence[b.end() :]}"


def misinflected(sentence: str, lang: str, random: Random) -> str | None:
    """The sentence with one inflected word put into another form of the same word.

    Returns:
        A changed sentence, or None if no word in it has other forms.
    """
    forms = _forms(lang)
    spots: list[tuple[int, int, str]] = []
    for found in _WORD.finditer(sentence):
        word = found.group()
        small = word[:1].lower() + word[1:]
        others = forms.get(word) or forms.get(small)
        if others:
            other = others[int(random.random() * len(others))]
            same_case = other if word in forms else other[:1].upper() + other[1:]
            spots.append((found.start(), found.end(), same_case))
    if not spots:
        return None
    start, end, other = spots[int(random.random() * len(spots))]
    return sentence[:start] + other + sentence[end:]
