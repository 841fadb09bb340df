"""Between words and printed text."""

import pytest

from core.data.world.languages import grammar
from core.data.world.typography import printed, sentences, words_of


@pytest.mark.parametrize(
    ("lang", "words", "text"),
    [
        ("de", "„ ja , gern “ , rief Mia , „ ich komme . “", "„Ja, gern“, rief Mia, „ich komme.“"),
        ("en", "“ where is Ben ? ” asked Mia .", "“Where is Ben?” asked Mia."),
        ("de", "es war still .", "Es war still."),
    ],
)
def test_words_are_printed_with_the_spaces_capitals_and_quotes_of_the_language(lang, words, text):
    assert printed(words.split(), lang) == text


def test_a_text_is_split_after_sentences_and_never_inside_a_quotation():
    text = "Mia kam. „Wo bist du?“, rief sie. „Hier!“ Ben lachte.\nEs war spät."
    assert sentences(text) == [
        "Mia kam.", "„Wo bist du?“, rief sie.", "„Hier!“", "Ben lachte.", "Es war spät.",
    ]  # fmt: skip


def test_labels_are_not_part_of_a_sentence():
    assert sentences("Question: Who?\nAnswer: Ben. Or Mia.") == ["Who?", "Ben.", "Or Mia."]


def test_a_sentence_that_was_cut_off_can_be_left_out():
    assert sentences("Mia came. Then Be", complete_only=True) == ["Mia came."]
    assert sentences("Mia came. Then Be") == ["Mia came.", "Then Be"]
    assert sentences("Write to a@example.org.", complete_only=True) == ["Write to a@example.org."]


@pytest.mark.parametrize(
    "wrong", ["es war still.", "Es war still .", "Es  war still.", "Es War still.", ""]
)
def test_print_that_is_not_ours_has_no_reading(wrong):
    vocabulary = grammar("de").vocabulary | {"still"}
    assert not [words for words in words_of(wrong, "de", vocabulary) if words]
