"""Token spans never split a visible character."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.text.bpe import FIRST_BYTE, Encoder, train_bpe
from core.data.text.graphemes import TokenSpan, token_spans

BYTES = Encoder([])
TRAINED = train_bpe(["die schöne Bäckerin, the baker 👩‍👩‍👧 🇩🇪 "] * 5, 300)


def test_tokens_that_share_a_character_are_one_span():
    a, b = BYTES.encode("ab")
    umlaut = tuple(BYTES.encode("ä"))
    assert token_spans(BYTES, [a, *umlaut, b]) == [
        TokenSpan("a", (a,)),
        TokenSpan("ä", umlaut),
        TokenSpan("b", (b,)),
    ]


@pytest.mark.parametrize(
    "sign", ["ä", "a\u0308", "🇩🇪", "👩‍👩‍👧", "👍🏽", "e\u0301\u0323", "각", "\r\n"]
)
def test_a_character_of_many_bytes_is_one_span(sign):
    spans = token_spans(BYTES, BYTES.encode(f"x{sign}y"))
    assert [span.text for span in spans] == ["x", sign, "y"]


def test_a_token_of_several_characters_stays_one_span():
    ids = TRAINED.encode("the baker")
    spans = token_spans(TRAINED, ids)
    assert [span.ids for span in spans] == [(id,) for id in ids]
    assert len(spans) < len("the baker")


def test_specials_are_spans_of_their_own_and_marked():
    ids = [0, *BYTES.encode("a"), 1]
    assert [(span.text, span.special) for span in token_spans(BYTES, ids)] == [
        ("<|end|>", True),
        ("a", False),
        ("<|user|>", True),
    ]


def test_bytes_that_form_no_character_are_shown_as_replaced():
    lone = FIRST_BYTE + 0xC3
    spans = token_spans(BYTES, [*BYTES.encode("a"), lone, *BYTES.encode("b")])
    assert [span.text for span in spans] == ["a", "\ufffd", "b"]


def test_no_tokens_are_no_spans():
    assert token_spans(BYTES, []) == []


SIGNS = st.lists(
    st.one_of(st.text(max_size=3), st.sampled_from(["🇩🇪", "👩‍👩‍👧", "\u0308", "ü", "👍🏽", "the"]))
).map("".join)


@pytest.mark.parametrize("encoder", [BYTES, TRAINED], ids=["bytes", "trained"])
@settings(deadline=None)
@given(text=SIGNS)
def test_spans_give_the_text_and_end_where_graphemes_end(encoder, text):
    ids = encoder.encode(text)
    spans = token_spans(encoder, ids)
    assert "".join(span.text for span in spans) == text
    assert [id for span in spans for id in span.ids] == ids
    ends, position = set(), 0
    for grapheme in regex.findall(r"\X", text):
        position += len(grapheme)
        ends.add(position)
    position = 0
    for span in spans:
        position += len(span.text)
        assert position in ends


@settings(deadline=None)
@given(st.lists(st.integers(0, TRAINED.n_vocab - 1)))
def test_spans_of_any_tokens_give_all_ids_and_the_decoded_text(ids):
    spans = token_spans(TRAINED, ids)
    assert [id for span in spans for id in span.ids] == ids
    without_specials = [id for id in ids if id >= FIRST_BYTE]
    spans = token_spans(TRAINED, without_specials)
    assert "".join(span.text for span in spans) == TRAINED.decode(without_specials)
