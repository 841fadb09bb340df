"""How private data looks: one readable rule for each form it comes in.

Invariant: no pattern repeats anything without a limit, and none is longer than MAX_SPAN: the time
to look for them grows with the length of the text and with nothing else, whatever the text is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from core.data.world import lexicon
from core.postprocessing.privacy.calling import calls, counts
from core.postprocessing.privacy.checksums import IBAN_LENGTHS, card_issuer, iban_holds, luhn_holds
from core.postprocessing.privacy.checksums import tax_id_holds as tax_holds
from core.postprocessing.privacy.streets import COUNTED, ENGLISH, GERMAN, IN_TOWN, UNITS, no_street

KINDS: Final = ("email", "phone", "iban", "card", "tax_id", "address")
MAX_SPAN: Final = 240  # characters; no match of any rule is longer
LOOK_AHEAD: Final = 16  # characters after a match that a rule may look at
SENTENCE: Final = 200  # characters of a sentence that a rule looks at, to either side

Span = tuple[int, int]

Verdict = tuple[Span, bool] | None
"""None: only the looks agree. (span, True): private. (span, False): it has the form but fails the
check, and is not of any other kind: an account number with a slip is no telephone number."""


@dataclass(frozen=True)
class Rule:
    """One form of one kind of private data.

    Args:
        kind: one of KINDS.
        name: what the rule goes by.
        pattern: what it looks like; every repetition has a limit.
        judge: given text and match, what the place is.
        longest: characters that a match has at most.
    """

    kind: str
    name: str
    pattern: re.Pattern[str]
    judge: Callable[[str, re.Match[str]], Verdict]
    longest: int = MAX_SPAN

    def places(self, text: str) -> Iterator[tuple[int, int, bool]]:
        """Start and end of every place, and whether it is private or only no other kind either."""
        at = 0
        while match := self.pattern.search(text, at):
            verdict = self.judge(text, match)
            at = match.start() + 1
            if verdict:
                (start, end), private = verdict
                yield start, end, private
                at = end


def _whole(text: str, match: re.Match[str]) -> Verdict:
    """The looks are enough."""
    return match.span(), True


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


# Email ----------------------------------------------------------------------------------------

_LOCAL = r"(?<![\w.+%-])\w[\w.+%'-]{0,63}"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_COMMON_ENDS = r"(?:com|org|net|de|at|ch|eu|uk|info|io|test|example)"
_AT = r"(?:\s?[\[({]\s?(?:at|ät|@)\s?[\])}]\s?|\s(?:at|ät)\s)"
_DOT = r"(?:\s?[\[({]\s?(?:dot|punkt|\.)\s?[\])}]\s?|\s(?:dot|punkt)\s|\.)"
_EMAIL = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.){{1,6}}[^\W\d_]{{2,24}}(?!\w)")
_SPELLED = re.compile(rf"{_LOCAL}{_AT}(?:{_LABEL}{_DOT}){{1,3}}{_COMMON_ENDS}(?!\w)", re.IGNORECASE)


# IBAN, card, tax id: form first, then the check digit ------------------------------------------

_BLANK = " \u00a0\u2000-\u200a\u202f\u205f"  # blanks of any width that stay on a line
_DASH = "\\-\u2010-\u2013\u2212"
_GAP = rf"(?:[{_BLANK}]{{1,2}}|[{_BLANK}]?[{_DASH}][{_BLANK}]?|\.)"

_IBAN = re.compile(
    rf"(?<![^\W_])(?:[A-Za-z]{{2}}\d{{2}}|[A-Z]{{2}}{_GAP}\d{{2}}{_GAP}?(?=[A-Z0-9]{{4}}))"
    rf"(?:{_GAP}?[A-Za-z0-9]){{11,30}}"
)
_CARD = re.compile(
    rf"(?<![\w/])(?<!\d[.,])(?<!\d{{4}}[{_BLANK}{_DASH}])"
    rf"(?:\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}(?:{_GAP}\d{{3}}(?!\d))?"
    rf"|\d{{4}}{_GAP}\d{{6}}{_GAP}\d{{4,5}}|\d{{14,19}})(?!\w|\.\d|{_GAP}\d{{4}}{_GAP}\d{{4}})"
)
_TAX = re.compile(
    rf"(?<![\w.,+-])(?<!\d[{_BLANK}/])[1-9]\d([{_BLANK}{_DASH}/.]?)\d{{3}}\1\d{{3}}\1\d{{3}}"
    rf"(?![/.,{_DASH}]?\d|[{_BLANK}]\d{{3}})(?!\w)"
)


def _iban(text: str, match: re.Match[str]) -> Verdict:
    """As many characters as its country wants, and the remainder is 1."""
    length = IBAN_LENGTHS.get(match[0][:2].upper(), 0)
    bare, end = "", match.start()
    while end < match.end() and len(bare) < length:
        bare += text[end] if text[end].isalnum() else ""
        end += 1
    if iban_holds(bare) and not text[end : end + 1].isalnum():
        return (match.start(), end), True
    return ((match.start(), end), False) if length and bare[8:].isalnum() else None


def _card(text: str, match: re.Match[str]) -> Verdict:
    """An issuer's prefix and length, and Luhn's sum; three digits behind it may be its code."""
    ends = [match.end()]
    if re.search(r"\D\d{3}$", match[0]):
        ends.append(match.end() - len(re.split(r"\d(?=\D+\d{3}$)", match[0])[-1]))
    for end in ends:
        digits = _digits(text[match.start() : end])
        if card_issuer(digits) and luhn_holds(digits):
            return (match.start(), end), True
    return (match.span(), False) if card_issuer(_digits(match[0])[:16]) else None


def _tax(text: str, match: re.Match[str]) -> Verdict:
    """Digits that come as often as they may, and the check digit."""
    return match.span(), tax_holds(_digits(match[0]))


# Telephone: no check digit, so form and the words before it decide -----------------------------

_ZONE = r"(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[235689]\d\d)"
_START = rf"(?<![\w+/.,])(?<!\d[{_BLANK}{_DASH}])"
_NEXT = rf"(?:[{_BLANK}]?[/{_DASH}][{_BLANK}]?|[{_BLANK}.])?"  # between two digits of a number
_ABROAD = re.compile(
    rf"(?:(?<![\w+])\+[{_BLANK}]?|{_START}00){_ZONE}[{_BLANK}{_DASH}]?(?:\(0\))?"
    rf"(?:\)?{_NEXT}\(?\d){{6,12}}(?!\d)"
)
_AREA = rf"(?:\(0[{_BLANK}]?[1-9](?:[{_BLANK}]?\d){{1,4}}\)|0[1-9]\d{{1,4}})"
_AT_HOME = re.compile(rf"{_START}{_AREA}(?:{_NEXT}\d){{4,9}}(?!\d)")
_SHORT_AREA = re.compile(
    rf"{_START}(?:\(01\)|01){_NEXT}\d{{3,4}}(?:{_NEXT}\d){{3,5}}(?!\d)"
    rf"|{_START}0[1-9](?:[{_BLANK}.]\d\d){{4}}(?![{_BLANK}.]?\d)"
)
_AMERICAN = re.compile(
    rf"{_START}(?:1[{_BLANK}.{_DASH}])?(?:\([2-9]\d\d\)[{_BLANK}]?|[2-9]\d\d[{_BLANK}.{_DASH}])"
    rf"[2-9]\d\d[{_BLANK}.{_DASH}]\d{{4}}(?!\d|[.{_DASH}]\d)"
)
_ENOUGH, _SURE, _MOST = 7, 9, 12  # digits of a number at home: with a word for calling, without


def _abroad(text: str, match: re.Match[str]) -> Verdict:
    """At most 15 digits after the +, which decides; after 00 nothing that is counted."""
    number = match[0].removeprefix("+").removeprefix("00").replace("(0)", "")
    digits = _digits(number)
    fits = len(digits) == 11 if digits[0] == "1" else 8 <= len(digits) <= 15
    counted = match[0][0] != "+" and counts(text, match.start())
    return (match.span(), True) if fits and not counted else None


def _at_home(text: str, match: re.Match[str]) -> Verdict:
    """Long enough to be sure, or a word for calling before it; in one piece only as a mobile."""
    number = match[0]
    n = len(_digits(number))
    if n > _MOST or counts(text, match.start()):
        return None
    in_one = number.isdigit() and not re.match(r"01[5-7]|07", number)
    sure = n >= _SURE and not in_one
    called = n >= _ENOUGH and calls(text, match.start())
    return (match.span(), True) if sure or called else None


def _called(text: str, match: re.Match[str]) -> Verdict:
    """Its form alone says too little (Vienna's 01, French pairs): a word must say one calls it."""
    start = match.start()
    return (match.span(), True) if calls(text, start) and not counts(text, start) else None


def _american(text: str, match: re.Match[str]) -> Verdict:
    """Nothing that is counted; written with blanks alone, a word for calling before it."""
    plain = re.fullmatch(rf"[\d{_BLANK}]+", match[0]) is not None
    if counts(text, match.start()) or (plain and not calls(text, match.start())):
        return None
    return match.span(), True


# Postal addresses ---------------------------------------------------------------------------------

_MONTHS = re.compile(
    r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
_UNIT = re.compile(rf"\s?(?:{'|'.join(UNITS)})(?!\w)|[.,:]\d|\s?[%€$£°]", re.IGNORECASE)
_NOUN = re.compile(r" [A-ZÄÖÜ]")
_SOMEWHERE = ("Am", "An", "Auf", "Im", "In", "Zum", "Zur")  # "Am Markt 12 Stände"
_YEAR = re.compile(r"(?:19|20[0-3])\d")


def _german(text: str, match: re.Match[str]) -> Verdict:
    """A street and a house number, unless the number counts something that follows.

    Four digits and a noun after it are a place in Austria or Switzerland, unless they may be a year
    or count what the noun names.
    """
    town, end = match["town"], match.end()
    if town:
        noun = town.split()[-1].lower()
        year = _YEAR.fullmatch(match["code"]) and not match["country"] and "\n" not in town
        counted = len(match["code"]) == 4 and not match["country"] and noun in COUNTED
        if year or counted:
            town, end = None, match.start("town")
    street = match["street"].split()[-1].lower()
    weak = match["street"].split()[0] in _SOMEWHERE and _NOUN.match(text, end)
    if not town and (no_street(street) or _UNIT.match(text, end) or weak):
        return None
    return (match.start(), end), True


def _in_town(text: str, match: re.Match[str]) -> Verdict:
    """What only its town makes an address: with the town or not at all."""
    verdict = _german(text, match)
    return verdict if verdict and verdict[0] == match.span() else None


def _english(text: str, match: re.Match[str]) -> Verdict:
    """A house number and a street, unless the number is the day of a month."""
    return None if _MONTHS.match(match["house"]) else (match.span(), True)


# The town's people live in streets of few houses: there, the street is the address ---------------

_LIVES = re.compile(
    r"\b(?:wohn|leb[te]|zieh|zog|gezogen|umgezogen|live[sd]?\b|living|moved?\b|moving)"
)


@cache
def _streets() -> re.Pattern[str]:
    names = [name for _, german, english in lexicon.streets() for name in (german, english)]
    bare = sorted({re.sub(r"^(?:in der|im) ", "", name) for name in names})
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, bare))})(?!\w)(?! \d)")


@cache
def _residents() -> re.Pattern[str]:
    names = "|".join(re.escape(person.name) for person in lexicon.people())
    return re.compile(rf"(?<!\w)(?:{names}|[Ii]ch|[Ee]r|[Ss]ie|[Ww]ir|I|[Hh]e|[Ss]he|[Ww]e)(?!\w)")


def sentence_around(text: str, start: int, end: int) -> Span:
    """The sentence about a span, as far as SENTENCE characters reach."""
    low, high = max(0, start - SENTENCE), min(len(text), end + SENTENCE)
    before = [match.end() for match in re.finditer(r"[.!?\n]", text[low:start])]
    after = re.search(r"[.!?\n]", text[end:high])
    return low + (before[-1] if before else 0), end + after.end() if after else high


def _lives_there(text: str, match: re.Match[str]) -> Verdict:
    """A street of the town in a sentence that says that somebody lives there."""
    start, end = sentence_around(text, *match.span())
    sentence = text[start:end]
    lives = _LIVES.search(sentence) and _residents().search(sentence)
    return (match.span(), True) if lives else None


def street_waits(text: str) -> int:
    """Where the first of the town's streets stands whose sentence has not ended yet."""
    n = len(text)
    low = max(0, n - SENTENCE - MAX_SPAN)
    for match in _streets().finditer(text, low):
        if sentence_around(text, *match.span())[1] == n and text[n - 1] not in ".!?\n":
            return match.start()
    return n


@cache
def rules() -> tuple[Rule, ...]:
    """All rules; where two find the same place, the earlier one has found it."""
    return (
        Rule("iban", "iban_mod_97", _IBAN, _iban),
        Rule("card", "card_luhn", _CARD, _card),
        Rule("tax_id", "tax_iso_7064", _TAX, _tax),
        Rule("email", "email_form", _EMAIL, _whole),
        Rule("email", "email_spelled", _SPELLED, _whole),
        Rule("address", "address_in_town", IN_TOWN, _in_town),
        *(Rule("address", f"address_{name}", form, _german) for name, form in GERMAN),
        *(Rule("address", f"address_{name}", form, _english) for name, form in ENGLISH),
        Rule("address", "address_town", _streets(), _lives_there),
        Rule("phone", "phone_abroad", _ABROAD, _abroad),
        Rule("phone", "phone_at_home", _AT_HOME, _at_home),
        Rule("phone", "phone_short_area", _SHORT_AREA, _called),
        Rule("phone", "phone_american", _AMERICAN, _american),
    )
