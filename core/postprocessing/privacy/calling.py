"""Whether the words before a number say that one calls it, or that it counts something.

Invariant: words are read whole. "Bestellnummer" holds the letters "tel" and is no telephone, and a
compound that ends in "nummer" numbers something, unless its first part is called.
"""

import re
from typing import Final

from core.postprocessing.style.clauses import word_set

LOOK_BACK: Final = 48  # characters before a number in which words decide about it

_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CALLING: Final = re.compile(
    r"[\w-]*(?:telefon|telephon|handy|hotline|festnetz|whatsapp)[\w-]*"
    r"|(?:an|rück|not)?ruf(?:e|en|s|t|nummer|nummern)?|tel|fon|phone[sd]?|call(?:s|ed|ing|back)?"
    r"|ring(?:s|ing)?|rang|nummern?|numbers?|(?:privat|büro|service|kontakt)nummer|durchwahl(?:en)?"
    r"|(?:tel|fax|mobil|ruf|handy)-?n(?:umme)?r|extension|erreich\w*|reach\w*|mobil\w*|natel|cell|(?:tele)?fax\w*|wähl\w*|dial\w*|sms"
    r"|kontakt\w*|contact\w*|zentrale|ordination|portable"
)
_COUNTING: Final = re.compile(
    r"(?:bestell|auftrag|rechnung|vorgang|serien|sendung|ticket|akte|artikel|konto|matrikel|zähler"
    r"|charge|formular|vertrag|police|buchung|beleg)\w*|(?:ersatz)?teile?|orders?|invoices?|parts?"
    r"|serial|tracking|account|case|item|model|isbn|ean|upc|imei|reference|ref|batch|meter|policy"
    r"|contract|receipt|booking|flight|lot|licen[cs]e"
)
_NUMBERED: Final = re.compile(r"[\w-]+n(?:umme)?rn?|isbn|ean|upc|imei")
_OWNERS: Final = word_set("customer member membership student client patient employee kunde kunden")
_ABBREVIATED: Final = word_set("nr no tel fon mob abt dr best str art")
_FILLERS: Final = word_set("nr no nummer number id")
_END: Final = re.compile(r"[^\W\d_]+[.!?]\s")


def before(text: str, start: int) -> str:
    """The whole words before a place, on its own line and in its own sentence."""
    words = text[max(0, start - LOOK_BACK) : start].rpartition("\n")[2]
    if start > LOOK_BACK and len(words) == LOOK_BACK:  # it may begin in the middle of a word
        words = words.lstrip("".join(set(words) - set(" ")))
    ends = [m.end() for m in _END.finditer(words) if m[0][:-2].lower() not in _ABBREVIATED]
    ends = [end for end in ends if not _NUMBERED.fullmatch(words[:end].split()[-1][:-1].lower())]
    return words[ends[-1] :] if ends else words


def _signs(words: str) -> list[str]:
    """What each telling word says: "calls", "counts", or "numbers" for one that surely counts."""
    signs: list[str] = []
    found = [match[0].lower() for match in _WORD.finditer(words)]
    for place, word in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else ""
        previous = found[place - 1] if place else ""
        if word in _FILLERS and (_COUNTING.fullmatch(previous) or previous in _OWNERS):
            signs.append("numbers")
        elif _CALLING.fullmatch(word):
            signs.append("calls")
        elif _NUMBERED.fullmatch(word) or (word in _OWNERS and following in _FILLERS):
            signs.append("numbers")
        elif _COUNTING.fullmatch(word):
            signs.append("counts")
    return signs


def counts(text: str, start: int) -> bool:
    """Whether the words before say that something is numbered, and none that one calls it."""
    signs = _signs(before(text, start))
    return bool(signs) and (signs[-1] == "numbers" or "calls" not in signs)


def calls(text: str, start: int) -> bool:
    """Whether a word before it says that one calls it."""
    return "calls" in _signs(before(text, start))
