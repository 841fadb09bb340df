"""Shortening: whole sentences, in order, verbatim, within the limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.errors import SettingError
from core.postprocessing.sentences import sentence_spans
from core.postprocessing.stages import Context, Processed
from core.postprocessing.style.shortening import ShortenStage, sentence_weights, shortened

TEXT = "Mia wohnt im Rosenweg. Es regnet. Im Rosenweg steht Mias Haus. Leo pfeift laut."


def short(text: str, limit: int, question: str = "") -> Processed:
    return ShortenStage({"limit": limit}).apply(text, Context("de", question))


def test_a_short_text_passes_as_it_is():
    step = short("Es regnet. ", 200)
    assert (step.text, step.findings) == ("Es regnet. ", ())


def test_the_weights_of_a_small_text_by_hand():
    # Content words: wohnt, rosenweg / regnet / rosenweg, steht, mias, haus / pfeift, laut.
    # "rosenweg" is used by two sentences, every other word by one; the first sentence weighs more.
    sentences = [TEXT[start:end] for start, end in sentence_spans(TEXT)]
    assert sentence_weights(sentences) == pytest.approx([1.25 * 3 / 2, 1, 5 / 4, 1])


def test_the_sentences_that_say_most_stay_in_their_order():
    assert short(TEXT, 60).text == "Mia wohnt im Rosenweg. Im Rosenweg steht Mias Haus."


def test_what_was_asked_decides_what_stays():
    assert short(TEXT, 20, "Wer pfeift so laut?").text == "Leo pfeift laut."


def test_a_single_sentence_beyond_the_limit_stays_whole():
    step = short("Das ist ein einziger Satz, der länger ist als das Erlaubte.", 10)
    assert step.text == "Das ist ein einziger Satz, der länger ist als das Erlaubte."
    assert step.notes["over_limit"] == len(step.text) - 10


def test_every_dropped_sentence_is_a_finding():
    step = short(TEXT, 60)
    assert [TEXT[f.start : f.end].strip() for f in step.findings] == [
        "Es regnet.",
        "Leo pfeift laut.",
    ]


@given(some.text(alphabet="aä. !?\n„“", max_size=80), some.integers(1, 60))
def test_what_is_left_are_whole_sentences_of_the_text(text: str, limit: int):
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    kept = [sentences[i] for i in shortened(text, limit)]
    assert len(kept) <= 1 or len(" ".join(kept)) <= limit
    left = short(text, limit).text
    assert [left[a:b] for a, b in sentence_spans(left)] in (kept, sentences)


@pytest.mark.parametrize("limit", [0, -5, 10**9, "many"])
def test_an_impossible_limit_is_refused(limit: object):
    with pytest.raises(SettingError):
        ShortenStage({"limit": limit})
