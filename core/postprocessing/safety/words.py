"""The word list: a text is held against words that somebody wrote down once.

Invariant: a listed word is found whole or with one of the endings below, never inside another
word, and nothing else is found. What is spelled otherwise ("W1chser") is not on the list and gets
through; that is what lists are like, and what the trained classifier beside it is measured against.

Source: the lists are those of the package glin-profanity (MIT), German 65 and English 416 entries,
and the insults of MILD beside them, which those coarse lists lack.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final

from core.errors import SettingError
from core.postprocessing.stages import Context, Finding, Processed, admitted, replaced

_NAMES: Final = {"de": "german", "en": "english"}
ENDINGS: Final = {
    "de": ("", "e", "en", "er", "ern", "em", "es", "s", "n", "in", "innen", "t", "st"),
    "en": ("", "s", "es", "ed", "ing", "er", "ers", "y"),
}
"""What may hang on a listed word; other inflections, such as a changed vowel, are not known."""
# fmt: off
MILD: Final = {
    "de": (
        "idiot", "vollidiot", "idiotisch", "trottel", "volltrottel", "deppen", "volldepp",
        "dummkopf", "dummköpf", "schwachkopf", "schwachköpf", "hohlkopf", "hohlköpf", "knallkopf",
        "knallköpf", "blödmann", "blödmänner", "blödian", "dummbeutel", "dumpfbacke",
        "schwachmat", "hornochse", "dämlack", "rüpel", "fatzke", "nichtsnutz",
        "versager", "penner", "tussi", "mistkerl", "dreckskerl", "drecksack", "saftsack",
        "miststück",
    ),
    "en": (
        "idiot", "idiotic", "moron", "moronic", "imbecile", "cretin", "dimwit", "halfwit",
        "nitwit", "twit", "twerp", "blockhead", "bonehead", "knucklehead", "airhead", "numbskull",
        "numskull", "nincompoop", "doofus", "dolt", "dunce", "ninny", "oaf", "simpleton",
        "pillock", "plonker", "scumbag", "lowlife", "sleazebag",
    ),
}
# fmt: on
"""Insults that are no coarse words. Left out is what also means something else, alone or with one
of the endings: Spinner, Flegel, schuft(en), Depp; jerk(y), dummy, dork(ing), git."""
ACTIONS: Final = ("mask", "mark", "hold")
_WORD: Final = re.compile(r"\w+")
MASK: Final = "•"


@dataclass(frozen=True)
class WordList:
    """Listed words, ready to be looked up.

    Args:
        n: entries, as the list has them.
        forms: every form of a single word, in small letters -> its entry.
        phrases: first word -> entries of several words that begin with it.
        odd: finds the entries that hold other signs than letters and digits; None without any.
    """

    n: int
    forms: Mapping[str, str]
    phrases: Mapping[str, tuple[tuple[str, ...], ...]]
    odd: re.Pattern[str] | None


@cache
def word_list(lang: str) -> WordList:
    """The list of a language, "de" or "en"; any other language has an empty one."""
    from glin_profanity.data.dictionary import DictionaryLoader  # takes a while to load

    entries = DictionaryLoader().get_words(_NAMES.get(lang, ""))
    return listed({*entries, *MILD.get(lang, ())}, ENDINGS.get(lang, ("",)))


def listed(entries: Iterable[str], endings: Iterable[str]) -> WordList:
    """Make a list ready to be looked up.

    Args:
        entries: words, or phrases of several words.
        endings: what may hang on a single word; "" for the word itself.
    """
    known = sorted({entry.lower() for entry in entries})
    endings = tuple(endings)
    forms: dict[str, str] = {}
    phrases: dict[str, list[tuple[str, ...]]] = {}
    odd = [entry for entry in known if not re.fullmatch(r"[\w ]+", entry)]
    for entry in known:
        words = tuple(entry.split())
        if entry in odd:
            continue
        if len(words) > 1:
            phrases.setdefault(words[0], []).append(words)
        for ending in endings if len(words) == 1 else ():
            forms.setdefault(entry + ending, entry)
    forms |= {entry: entry for entry in known if entry in forms}
    pattern = "|".join(re.escape(entry) for entry in sorted(odd, key=len, reverse=True))
    return WordList(
        len(known),
        forms,
        {first: tuple(sorted(found, key=len, reverse=True)) for first, found in phrases.items()},
        re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if odd else None,
    )


def listed_words(text: str, words: WordList) -> list[Finding]:
    """Where a text uses a listed word.

    Args:
        text: any text; capitals do not matter.
        words: the list.

    Returns:
        findings from left to right, without overlaps; `rule` is the entry that was found.
    """
    places = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    tokens = [text[start:end].lower() for start, end in places]
    hits: list[tuple[int, int, str]] = []
    for i, token in enumerate(tokens):
        for phrase in words.phrases.get(token, ()):
            if tuple(tokens[i : i + len(phrase)]) == phrase:
                hits.append((places[i][0], places[i + len(phrase) - 1][1], " ".join(phrase)))
                break
        if token in words.forms:
            hits.append((*places[i], words.forms[token]))
    if words.odd:
        hits += [(m.start(), m.end(), m.group().lower()) for m in words.odd.finditer(text)]
    found: list[Finding] = []
    for start, end, entry in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if not found or start >= found[-1].end:
            found.append(Finding(start, end, "listed", entry))
    return found


class WordsStage:
    """The stage "words": listed words are masked, marked, or keep the whole text back."""

    name: ClassVar[str] = "words"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        given = admitted(settings, {"action": "mask", "lists": "own"})
        if given["action"] not in ACTIONS:
            raise SettingError("action", given["action"], f"must be one of {', '.join(ACTIONS)}")
        if given["lists"] not in ("own", "both"):
            raise SettingError("lists", given["lists"], "must be one of own, both")
        self._action: str = given["action"]
        self._both: bool = given["lists"] == "both"

    def apply(self, text: str, context: Context) -> Processed:
        """Hold a text against the list of its language, or against both."""
        languages = tuple(_NAMES) if self._both else (context.lang,)
        found: list[Finding] = []
        for each in (hit for lang in languages for hit in listed_words(text, word_list(lang))):
            if not any(each.start < other.end and other.start < each.end for other in found):
                found.append(each)
        found.sort(key=lambda finding: finding.start)
        notes = {"n_listed": sum(word_list(lang).n for lang in languages)}
        if self._action == "mask":
            found = [
                Finding(f.start, f.end, f.kind, f.rule, masked(text[f.start : f.end]))
                for f in found
            ]
        if self._action == "hold" and found:
            return Processed("", tuple(found), held_back=True, notes=notes)
        return Processed(replaced(text, found), tuple(found), notes=notes)


def masked(word: str) -> str:
    """The first letter, and a dot for each other: the reader sees that something stood there."""
    return word[:1] + "".join(c if c == " " else MASK for c in word[1:])
