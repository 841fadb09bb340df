"""Our check digits against python-stdnum's, on valid and invalid numbers."""

from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as theirs_iban
from stdnum import luhn as theirs_luhn
from stdnum.de import idnr as theirs_tax

from core.postprocessing.privacy.checksums import IBAN_LENGTHS, iban_holds, luhn_holds, tax_id_holds
from core.postprocessing.privacy.pseudonyms import _CARDS, _IBANS, pseudonym
from core.postprocessing.stages import Context


@given(st.from_regex(r"[0-9]{1,20}", fullmatch=True))
def test_luhn_says_the_same(digits):
    assert luhn_holds(digits) == theirs_luhn.is_valid(digits)


@given(
    country=st.sampled_from(sorted(IBAN_LENGTHS)),
    rest=st.from_regex(r"[0-9]{29}", fullmatch=True),
    check=st.booleans(),
)
def test_iban_says_the_same(country, rest, check):
    account = rest[: IBAN_LENGTHS[country] - 4]
    digits = theirs_iban.calc_check_digits(f"{country}00{account}") if check else rest[-2:]
    number = f"{country}{digits}{account}"
    ours, theirs = iban_holds(number), theirs_iban.mod_97_10.is_valid(account + country + digits)
    assert ours == theirs


@given(ten=st.permutations("0123456789"), twice=st.integers(1, 9), last=st.integers(0, 9))
def test_tax_id_says_the_same(ten, twice, last):
    digits = "".join([*ten[:9], ten[9 - twice]]) + str(last)
    assert tax_id_holds(digits) == theirs_tax.is_valid(digits)


def test_every_published_number_is_right_by_their_check():
    assert all(theirs_luhn.is_valid(card) for card in _CARDS)
    assert all(theirs_iban.is_valid(iban, check_country=False) for iban in _IBANS)


@given(st.text("0123456789", min_size=11, max_size=11), st.text(max_size=8))
def test_a_stand_in_for_a_tax_id_has_a_check_digit_they_accept_and_a_beginning_nobody_has(
    digits, conversation
):
    made = pseudonym(digits, "tax_id", Context("de", conversation=conversation))
    assert made[0] == "0" and theirs_tax.mod_11_10.is_valid(made)
