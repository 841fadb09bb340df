"""Text from tokens that arrive one at a time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.text.bpe import FIRST_BYTE, Encoder
from core.data.text.stream import TextStream

BYTES = Encoder([])  # every byte is a token: the hardest case


def pieces(ids):
    stream = TextStream(BYTES)
    return [stream.push(id) for id in ids] + [stream.finish()]


def test_half_a_character_is_held_back_until_it_is_whole():
    assert pieces(BYTES.encode("aä🐈")) == ["a", "", "ä", "", "", "", "🐈", ""]


def test_an_unfinished_character_is_reported_at_the_end():
    assert pieces(BYTES.encode("aä")[:-1]) == ["a", "", "\ufffd"]


def test_specials_are_not_text_even_inside_a_character():
    first, second = BYTES.encode("ä")
    assert pieces([0, first, 1, second]) == ["", "", "", "ä", ""]


@settings(deadline=None)
@given(st.text())
def test_valid_text_comes_out_whole_and_without_replacements(text):
    streamed = pieces(BYTES.encode(text))
    assert "".join(streamed) == text
    assert sum(piece.count("\ufffd") for piece in streamed) == text.count("\ufffd")


@settings(deadline=None)
@given(st.lists(st.integers(0, FIRST_BYTE + 255)))
def test_pieces_joined_are_what_decoding_at_once_gives(ids):
    assert "".join(pieces(ids)) == BYTES.decode(ids)
