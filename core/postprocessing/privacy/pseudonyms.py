"""Stand-ins for private data: addresses and numbers that are kept free and belong to nobody.

Invariant: equal things get equal stand-ins within a conversation, whatever text they stand in, and
nothing is remembered for it: the choice is a hash of both.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from core.data.world import lexicon
from core.postprocessing.privacy.checksums import card_issuer, tax_check_digit
from core.postprocessing.stages import Context

_ZIP_OF_NOBODY: Final = "00000"  # no place in Germany has it

_IBANS: Final = (
    *("DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606"),
    *("NL91ABNA0417164300", "AT611904300234573201", "CH9300762011623852957"),
    *("ES9121000418450200051332", "IT60X0542811101000000123456", "BE68539007547034"),
    *("PL61109010140000071219812874", "SE4550000000058398257466", "NO9386011117947"),
    *("FI2112345600000785", "LU280019400644750000", "IE29AIBK93115212345678"),
)
"""Sample numbers of the IBAN registry (ISO 13616), one for each of fifteen countries."""

_CARDS: Final = (
    *("4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556"),
    *("5555555555554444", "5105105105105100", "5200828282828210", "2223003122003222"),
    *("378282246310005", "371449635398431", "30569309025904", "38520000023237"),
    *("6011111111111117", "6011000990139424", "3530111333300000", "3566002020360505"),
)
"""Numbers that payment services publish for testing."""


def pseudonym(found: str, kind: str, context: Context) -> str:
    """The stand-in for something private.

    Args:
        found: as it stands in the text.
        kind: one of patterns.KINDS.
        context: its conversation and seed decide which stand-in it is.
    """
    numbers = _drawn(f"{context.seed}|{context.conversation}|{kind}|{_bare(found)}")
    match kind:
        case "email":
            return _email(found, numbers)
        case "phone":
            return _phone(found, numbers)
        case "iban":
            return _iban(found, numbers)
        case "card":
            return _card(found, numbers)
        case "tax_id":
            return _tax_id(found, numbers)
        case _:
            return _address(found, context.lang, numbers)


def _bare(found: str) -> str:
    """Equal things written differently are equal here."""
    return re.sub(r"[\W_]", "", found).casefold()


def _drawn(key: str) -> Iterator[int]:
    """Large numbers without end, the same for the same key."""
    n = 0
    while True:
        yield int.from_bytes(hashlib.blake2b(f"{key}|{n}".encode(), digest_size=8).digest())
        n += 1


def _laid_out(characters: str, like: str) -> str:
    """Characters written with the gaps of another text, as far as they go; the rest follows."""
    left = list(characters)
    written = []
    for each in like:
        if not each.isalnum():
            written.append(each)
        elif left:
            written.append(left.pop(0))
    return "".join(written).strip() + "".join(left)


def _email(found: str, numbers: Iterator[int]) -> str:
    """A person of the town, a number, a domain that is reserved for examples (RFC 2606)."""
    names = [person.name.lower() for person in lexicon.people() if person.name.isascii()]
    domain = ("example.org", "example.com", "example.net")[next(numbers) % 3]
    return f"{names[next(numbers) % len(names)]}.{next(numbers) % 900 + 100}@{domain}"


def _phone(found: str, numbers: Iterator[int]) -> str:
    """A number from a range kept free for films: Bundesnetzagentur, Ofcom, NANPA."""
    n, bare = next(numbers), re.sub(r"[^\d+]", "", found).replace("+", "00")
    if bare.startswith("0044") or (bare.startswith(("02", "07", "01")) and _british(bare)):
        mobile = bare.startswith(("00447", "07"))
        area, rest = ("7700", f"900{n % 1000:03d}") if mobile else ("20", f"7946 0{n % 1000:03d}")
        return f"+44 {area} {rest}" if bare.startswith("00") else f"0{area} {rest}"
    if bare.startswith("001") or not bare.startswith("0"):
        return ("+1 " if bare.startswith("001") else "") + f"212-555-01{n % 100:02d}"
    mobile = re.match(r"(?:0049|0)0?1[5-7]", bare) is not None
    area, rest = ("171", f"39200{n % 100:02d}") if mobile else ("30", f"23125 {n % 1000:03d}")
    return f"+49 {area} {rest}" if bare.startswith("00") else f"0{area} {rest}"


def _british(bare: str) -> bool:
    return len(bare) == 11 and not re.match(r"01[5-7]\d", bare)


def _iban(found: str, numbers: Iterator[int]) -> str:
    """The sample number of its country; of another, where it is that itself or has none."""
    own = re.sub(r"[\W_]", "", found).upper()
    of_country = [each for each in _IBANS if each[:2] == own[:2] and each != own]
    others = [each for each in _IBANS if each != own]
    choice = (of_country or others)[next(numbers) % len(of_country or others)]
    spaced = " ".join(choice[i : i + 4] for i in range(0, len(choice), 4))
    return choice if own == found.upper() else spaced


def _card(found: str, numbers: Iterator[int]) -> str:
    """A test number of the same issuer and length, in the same groups."""
    own = re.sub(r"\D", "", found)
    alike = [c for c in _CARDS if c != own and card_issuer(c) == card_issuer(own)]
    alike = [c for c in alike if len(c) == len(own)] or [c for c in _CARDS if c != own]
    return _laid_out(alike[next(numbers) % len(alike)], found)


def _tax_id(found: str, numbers: Iterator[int]) -> str:
    """One that begins with 0, as only the tax office's test numbers do; its check digit is right.

    One digit comes twice, one not at all, and the remaining eight once.
    """
    digits = list("123456789")
    order = next(numbers)
    for place in range(len(digits) - 1, 0, -1):
        order, other = divmod(order, place + 1)
        digits[place], digits[other] = digits[other], digits[place]
    ten = "0" + "".join([*digits[:8], digits[0]])
    return _laid_out(ten + str(tax_check_digit(ten)), found)


@cache
def _street_names(lang: str) -> tuple[tuple[str, ...], ...]:
    """The town's streets, in German by their article, so that the sentence stays right."""
    if lang == "en":
        return (tuple(english for _, _, english in lexicon.streets()),)
    german = [name for _, name, _ in lexicon.streets()]
    return tuple(
        tuple(name.removeprefix(article) for name in german if name.startswith(article))
        for article in ("in der ", "im ")
    )


def _address(found: str, lang: str, numbers: Iterator[int]) -> str:
    """A street of the invented town; a house number and a place only where there was one."""
    groups = _street_names(lang)
    group = next((g for g in groups if found in g), None)
    if group is None:
        masculine = re.search(r"(?:weg|platz|ring|damm|steig|pfad|markt)\b", found.lower())
        group = groups[-1] if masculine else groups[0]
    streets = [street for street in group if street != found]
    street, number = streets[next(numbers) % len(streets)], next(numbers) % 60 + 1
    if found in {name for g in _street_names("de") + _street_names("en") for name in g}:
        return street
    place = ", Ahornbach" if lang == "en" else f", {_ZIP_OF_NOBODY} Ahornbach"
    line = f"{number} {street}" if lang == "en" else f"{street} {number}"
    return line + (place if re.search(r"\d{5}|,|\n", found) else "")
