"""Check digits: worked examples, single slips, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.postprocessing.privacy.checksums import (
    card_issuer,
    iban_holds,
    luhn_holds,
    tax_check_digit,
    tax_id_holds,
)

IBAN = "DE89370400440532013000"
CARD = "4111111111111111"
TAX_ID = "36574261809"


def test_an_iban_leaves_one_when_divided_by_97():
    # bank and account, then D = 13, E = 14 and the check digits 89
    assert int("370400440532013000" + "1314" + "89") % 97 == 1
    assert iban_holds(IBAN)
    assert iban_holds(IBAN.lower())


def test_luhn_on_the_example_of_the_patent():
    # 7992739871 3: doubled from the right 1 8 9 7 2 9 9 -> 2 7 9 5 4 9 9, the sum with 3 is 70
    assert luhn_holds("79927398713")
    assert not any(luhn_holds(f"7992739871{digit}") for digit in "012456789")


def test_the_check_digit_of_a_tax_id_by_hand():
    # 3: (3 + 10) % 10 = 3, 2 * 3 % 11 = 6; 6: (6 + 6) % 10 = 2, 2 * 2 % 11 = 4; and so on
    assert tax_check_digit(TAX_ID[:10]) == 9
    assert tax_id_holds(TAX_ID)


@pytest.mark.parametrize("place", range(len(IBAN) - 2))
def test_one_wrong_digit_is_always_noticed_in_an_iban(place):
    at = place + 2
    wrong = IBAN[:at] + str((int(IBAN[at]) + 3) % 10) + IBAN[at + 1 :]
    assert not iban_holds(wrong)


@given(place=st.integers(0, 15), step=st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed_in_a_card(place, step):
    wrong = CARD[:place] + str((int(CARD[place]) + step) % 10) + CARD[place + 1 :]
    assert luhn_holds(CARD) and not luhn_holds(wrong)


@pytest.mark.parametrize(
    ("digits", "why"),
    [
        ("06574261809", "begins with 0"),
        ("12345678903", "no digit comes twice"),
        ("11223456780", "two digits come twice"),
        ("11112345670", "one digit comes four times"),
        ("11123456786", "three equal digits stand in a row"),
        ("3657426180", "ten digits"),
    ],
)
def test_a_tax_id_has_its_form_beside_its_check_digit(digits, why):
    assert not tax_id_holds(digits), why


def test_cards_are_recognised_by_prefix_and_length():
    assert card_issuer(CARD) == "visa"
    assert card_issuer("2221000000000009") == card_issuer("5555555555554444") == "mastercard"
    assert card_issuer("378282246310005") == "amex"
    assert card_issuer(CARD + "1") is None
    assert card_issuer("9783161484100") is None


@given(st.text())
def test_no_text_makes_a_check_raise(text):
    for check in (iban_holds, luhn_holds, tax_id_holds, card_issuer):
        check(text)
