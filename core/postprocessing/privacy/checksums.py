"""Check digits: how a number says of itself that it was copied without a slip.

Invariant: every function takes bare digits (and letters, for IBANs) without spaces, answers yes or
no for any text, and raises nothing.
"""

from collections import Counter
from typing import Final

IBAN_LENGTHS: Final[dict[str, int]] = {
    **{"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22},
    **{"BR": 29, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20},
    **{"EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18},
    **{"GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30},
    **{"KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22},
    **{"MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "QA": 29, "RO": 24, "RS": 22},
    **{"SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "XK": 20},
}
"""Country -> characters of its IBAN."""

CARD_FORMS: Final[tuple[tuple[str, int, int, tuple[int, ...]], ...]] = (
    ("visa", 4, 4, (16, 19)),
    ("mastercard", 51, 55, (16,)),
    ("mastercard", 2221, 2720, (16,)),
    ("amex", 34, 34, (15,)),
    ("amex", 37, 37, (15,)),
    ("diners", 300, 305, (14,)),
    ("diners", 36, 36, (14,)),
    ("diners", 38, 38, (14,)),
    ("discover", 6011, 6011, (16,)),
    ("discover", 644, 659, (16,)),
    ("jcb", 3528, 3589, (16,)),
    ("unionpay", 620, 629, (16, 19)),
)
"""Issuer, first and last prefix of its cards, how many digits they have."""


def iban_holds(iban: str) -> bool:
    """Whether an IBAN has its country's length and leaves 1 when divided by 97.

    The first four characters move to the end, letters become two digits (A = 10, …, Z = 35).

    Args:
        iban: letters and digits, no spaces; upper or lower case.

    Source: ISO 13616-1:2020; the check is ISO/IEC 7064, MOD 97-10.
    """
    iban = iban.upper()
    if not (iban.isascii() and iban.isalnum() and iban[2:4].isdigit()):
        return False
    if IBAN_LENGTHS.get(iban[:2]) != len(iban):
        return False
    digits = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return int(digits) % 97 == 1


def luhn_holds(digits: str) -> bool:
    """Whether a number passes Luhn's check: doubled every second digit, the sum ends in 0.

    From the right, every second digit is doubled; a product of two digits counts as their sum.
    One wrong digit is always noticed, two swapped neighbours nearly always (not 09 and 90).

    Args:
        digits: the number with its check digit at the end.

    Source: H. P. Luhn 1960, US patent 2950048; ISO/IEC 7812-1, annex B.
    """
    if not (digits.isascii() and digits.isdigit()):
        return False
    total = 0
    for place, character in enumerate(reversed(digits)):
        digit = int(character)
        if place % 2 == 1:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def card_issuer(digits: str) -> str | None:
    """Who issues cards that begin and are as long as this number; None if nobody does."""
    if not (digits.isascii() and digits.isdigit()):
        return None
    for issuer, first, last, lengths in CARD_FORMS:
        prefix = digits[: len(str(first))]
        if len(digits) in lengths and first <= int(prefix) <= last:
            return issuer
    return None


def tax_check_digit(ten: str) -> int:
    """The eleventh digit of a German tax id.

    Args:
        ten: its first ten digits.

    Source: ISO/IEC 7064, MOD 11,10 (hybrid): each digit is added modulo 10, where 0 counts as 10,
        and the sum doubled modulo 11.
    """
    product = 10
    for character in ten:
        total = (int(character) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def tax_id_holds(digits: str) -> bool:
    """Whether a number can be a German tax id (Steuer-Identifikationsnummer).

    Eleven digits, the first not 0. Among the first ten exactly one digit comes twice or three
    times, all others at most once; three equal digits never stand in a row. The eleventh is the
    check digit.

    Source: Bundeszentralamt für Steuern, section 139b of the German Fiscal Code.
    """
    if len(digits) != 11 or not (digits.isascii() and digits.isdigit()) or digits[0] == "0":
        return False
    ten = digits[:10]
    repeated = [n for n in Counter(ten).values() if n > 1]
    if len(repeated) != 1 or repeated[0] > 3 or any(digit * 3 in ten for digit in ten):
        return False
    return tax_check_digit(ten) == int(digits[10])
