"""From bytes to text, by evidence."""

import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.text.decoding import decode
from core.errors import NotText

GERMAN = "Schöne Grüße aus der Bäckerei: „Ein Brot kostet 3 €.“\n"


@pytest.mark.parametrize(
    "encoding, named",
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_german_text_is_read_in_every_usual_encoding(encoding, named):
    decoded = decode("a.txt", GERMAN.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.n_broken) == (GERMAN, named, 0)


def test_a_few_broken_bytes_do_not_spoil_a_text_in_utf8():
    decoded = decode("a.txt", GERMAN.encode() + b"ka\xffputt, sch\xc3\xb6n")
    assert decoded.text == GERMAN + "ka\ufffdputt, schön"
    assert (decoded.encoding, decoded.n_broken) == ("utf-8", 1)


def test_a_character_cut_off_at_the_end_is_counted_as_broken():
    decoded = decode("a.txt", (GERMAN * 3).encode() + "ß".encode()[:1])
    assert decoded.text == GERMAN * 3 + "\ufffd"
    assert decoded.n_broken == 1


def test_line_ends_of_every_system_become_one():
    assert decode("a.txt", b"a\r\nb\rc\n").text == "a\nb\nc\n"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"PK\x03\x04\x14\x00\x06\x00",
        b"%PDF-1.7\n1 0 obj << >> endobj",
        bytes(range(256)),
        zlib.compress(GERMAN.encode() * 50),
        random.Random(0).randbytes(5000),
        random.Random(1).randbytes(5000).replace(b"\0", b""),
        "Добрый день, как дела?".encode("koi8-r"),
        b"\xff\xfe\x00\xd8\x00\xd8",
    ],
    ids=["png", "zip", "pdf", "all bytes", "zlib", "random", "no zeros", "koi8-r", "surrogates"],
)
def test_what_is_not_text_is_refused(data):
    with pytest.raises(NotText) as caught:
        decode("bild.txt", data)
    assert caught.value.values == {"name": "bild.txt"}


def test_one_character_and_emoji_are_text():
    assert decode("a.txt", b"x").text == "x"
    assert decode("a.txt", "👩‍👩‍👧🇩🇪".encode()).text == "👩‍👩‍👧🇩🇪"


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_become_valid_text_or_are_refused(data):
    try:
        text = decode("a.txt", data).text
    except NotText:
        return
    assert text.encode("utf-8").decode("utf-8") == text


PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)


@settings(deadline=None)
@given(PRINTABLE)
def test_every_printable_text_in_utf8_is_read_as_it_is(text):
    if "\ufffd" not in text and not text.startswith("\ufeff"):
        assert decode("a.txt", text.encode()).text == text
