"""Hints on plain language: what makes a text harder to read than it needs to be.

Invariant: a hint changes nothing; it names a place, a rule and, where there is one, a plainer word.
"""

import re
from collections.abc import Mapping
from typing import Final

from core.postprocessing.sentences import sentence_spans
from core.postprocessing.stages import Finding
from core.postprocessing.style.readability import n_letters, words_in

LONG_SENTENCE: Final = 20  # words; with more, a reader has to keep too much in mind
LONG_WORD: Final = {"de": 18, "en": 13}  # letters
NOUNS: Final = 3  # nouns made of verbs in one sentence, at which it becomes stiff
_MADE_NOUN: Final = {
    "de": re.compile(r"\b[A-ZÄÖÜ]\w+(?:ung|heit|keit|ation)(?:en)?\b"),
    "en": re.compile(r"\b\w+(?:tion|ment|ance|ence|ity)s?\b"),
}
_WORD: Final = re.compile(r"[^\W\d_]+")
PLAINER: Final[Mapping[str, Mapping[str, str]]] = {
    "de": {
        "bezüglich": "zu",
        "hinsichtlich": "zu",
        "aufgrund": "wegen",
        "mittels": "mit",
        "anlässlich": "bei",
        "gemäß": "nach",
        "diesbezüglich": "dazu",
        "dahingehend": "so",
        "umgehend": "sofort",
        "unverzüglich": "sofort",
        "ersuchen": "bitten",
        "benötigen": "brauchen",
        "erhalten": "bekommen",
        "verfügen": "haben",
        "lediglich": "nur",
        "sämtliche": "alle",
        "obgleich": "obwohl",
        "nichtsdestotrotz": "trotzdem",
        "seitens": "von",
    },
    "en": {
        "utilize": "use",
        "utilise": "use",
        "commence": "begin",
        "terminate": "end",
        "regarding": "about",
        "concerning": "about",
        "pursuant": "under",
        "obtain": "get",
        "purchase": "buy",
        "require": "need",
        "sufficient": "enough",
        "approximately": "about",
        "additional": "more",
        "numerous": "many",
        "prior": "before",
        "subsequently": "later",
        "facilitate": "help",
        "assistance": "help",
        "nevertheless": "still",
    },
}
"""Words for which the language has a plainer one; it may need another ending or case."""


def hints(text: str, lang: str) -> list[Finding]:
    """Find what could be said more plainly.

    Args:
        text: any text.
        lang: "de" or "en"; for any other there are no hints on words.

    Returns:
        findings of the kind "hint", from left to right; those of whole sentences first at their
        place. `rule` is "long_sentence", "nouns", "long_word" or "plainer", `note` the count or
        the plainer word.
    """
    found: list[Finding] = []
    for start, end in sentence_spans(text):
        n_words = len(words_in(text[start:end]))
        if n_words > LONG_SENTENCE:
            found.append(Finding(start, end, "hint", "long_sentence", note=str(n_words)))
        made = _MADE_NOUN[lang].findall(text, start, end) if lang in _MADE_NOUN else []
        if len(made) >= NOUNS:
            found.append(Finding(start, end, "hint", "nouns", note=str(len(made))))
    plainer = PLAINER.get(lang, {})
    for match in _WORD.finditer(text):
        word = match.group()
        if word.lower() in plainer:
            note = plainer[word.lower()]
            found.append(Finding(*match.span(), "hint", "plainer", note=note))
        elif n_letters(word) > LONG_WORD.get(lang, 18):
            found.append(Finding(*match.span(), "hint", "long_word", note=str(len(word))))
    return sorted(found, key=lambda finding: (finding.start, -finding.end))
