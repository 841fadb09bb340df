"""Numbers as they are written in German and in English."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.kit.numbers import (
    bracketed,
    change,
    data_size,
    decimal,
    duration,
    interval,
    millions,
    quantity,
    rewritten,
    share,
    share_span,
    significant,
    whole,
)


def test_german_numbers_have_a_comma_and_narrow_spaces():
    assert whole(4812, "de") == "4\u202f812"
    assert decimal(1234.5, "de") == "1\u202f234,50"
    assert share(0.96, "de") == "96\u202f%"
    assert millions(921_600, "de") == "0,92\u202fMio."


def test_english_numbers_have_a_point_and_commas():
    assert whole(4812, "en") == "4,812"
    assert decimal(1234.5, "en") == "1,234.50"
    assert share(0.96, "en") == "96%"
    assert millions(921_600, "en") == "0.92\u202fM"


def test_a_change_has_its_sign_and_none_has_none():
    assert change(23.4, "en", 0) == "+23"
    assert change(-0.5, "de", 1) == "\u22120,5"
    assert change(0.2, "en", 0) == change(-0.2, "en", 0) == change(0.0, "en", 0) == "0"


def test_minus_is_a_minus_and_zero_has_none():
    assert decimal(-1.5, "de", 1) == "\u22121,5"
    assert decimal(-0.001, "de", 1) == "0,0"


def test_only_significant_digits_are_shown():
    assert significant(0.0012345, "en") == "0.00123"
    assert significant(1.2996, "en") == "1.30"
    assert significant(98765, "en", 2) == "99,000"
    assert significant(0, "de") == "0"


def test_what_is_no_number_is_a_dash():
    assert decimal(float("nan"), "de") == "\u2013"
    assert whole(float("inf"), "en") == "∞"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0213, "21 ms"), (2.34, "2,3 s"), (59, "59 s"), (95, "1 min 35 s"), (7260, "2 h 1 min")],
)
def test_durations_name_their_two_largest_units(seconds: float, text: str):
    assert duration(seconds, "de").replace("\u202f", " ") == text


def test_sizes_are_powers_of_a_thousand():
    assert data_size(3_700_000, "de") == "3,7\u202fMB"
    assert data_size(999, "en") == quantity("999", "B")


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(0, 6))
def test_the_number_can_be_read_back(x: float, digits: int):
    text = decimal(x, "de", digits).replace("\u202f", "").replace(",", ".").replace("\u2212", "-")
    assert float(text) == pytest.approx(x, abs=0.51 * 10**-digits, rel=1e-12)


def test_almost_nothing_and_almost_everything_are_never_said_to_be_0_or_100():
    assert share(0.998, "en") == ">\u202f99%" and share(0.0001, "de") == "<\u202f1\u202f%"
    assert share(1.0, "en") == "100%" and share(0.0, "en") == "0%"
    assert share(0.9996, "en", 1) == ">\u202f99.9%" and share(0.994, "en") == "99%"
    assert share_span(0.973, 0.998, "de") == "97–100\u202f%"


@pytest.mark.parametrize(
    ("lang", "numbers", "shares"),
    [
        ("de", "[87,9; 93,0]", "88–93\u202f%"),
        ("en", "[87.9, 93.0]", "88–93%"),
    ],
)
def test_an_interval_is_written_in_one_way_whose_separator_is_no_decimal_point(
    lang, numbers, shares
):
    assert interval(87.9, 93.0, lang) == numbers
    assert share_span(0.879, 0.93, lang) == shares
    assert share_span(0.879, 0.93, lang, 1) == shares.replace("88", numbers[1:5]).replace(
        "93", numbers[-5:-1]
    )
    assert interval(-1.25, 1200, lang, 2, "nat").endswith("\u202fnat")
    assert bracketed("{low}", "{high}", lang).format(low=1, high=2) == interval(1, 2, lang, 0)


def test_no_page_writes_an_interval_by_itself():
    pages = Path(__file__).parents[2] / "pages"
    by_hand = re.compile(r"f[\"'].*\[\{.*\}[;,] ?\{|\}–\{|\{low\} (bis|to|und|and) \{high\} ?\(?95")
    found = [
        f"{path.name}: {line.strip()}"
        for ending in ("py", "js", "toml")
        for path in pages.rglob(f"*.{ending}")
        if path.name != "numbers.py"
        for line in path.read_text("utf-8").splitlines()
        if by_hand.search(line)
    ]
    assert not found


@given(
    st.floats(-1e12, 1e12), st.integers(0, 3), st.sampled_from([decimal, share, change, share_span])
)
def test_figures_of_one_language_are_rewritten_as_the_other_writes_them(x, digits, how):
    written = {
        lang: how(x, 2 * x, lang, digits) if how is share_span else how(x, lang, digits=digits)
        for lang in ("de", "en")
    }
    assert rewritten(written["de"], "de", "en") == written["en"]
    assert rewritten(written["en"], "en", "de") == written["de"]


def test_intervals_and_units_are_rewritten_and_what_is_no_figure_is_not():
    for of in (
        lambda lang: interval(87.9, 1093.0, lang),
        lambda lang: millions(921_600, lang),
        lambda lang: data_size(3_700_000, lang),
    ):
        assert rewritten(of("en"), "en", "de") == of("de")
        assert rewritten(of("de"), "de", "en") == of("en")
    for text in ("Zoe has 1.5 apples, then 2,000.", "v1.2", "", "seed 7"):
        assert rewritten(text, "en", "de") == text
