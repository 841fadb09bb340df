"""Documents and corpora."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.text.documents import Corpus, Document, well_formed

DOCUMENTS = st.builds(
    Document, st.text(), st.sampled_from(["de", "en", "und"]), st.text(max_size=5), st.text()
)


def test_a_corpus_is_one_line_of_json_a_document():
    corpus = Corpus((Document("Grüße\n", "de", "letter", "a.txt"), Document("")))
    assert corpus.to_bytes().decode() == (
        '{"kind":"letter","lang":"de","source":"a.txt","text":"Grüße\\n"}\n'
        '{"kind":"text","lang":"und","source":"","text":""}\n'
    )


@settings(deadline=None)
@given(st.lists(DOCUMENTS, max_size=5))
def test_bytes_bring_back_the_same_corpus(documents):
    corpus = Corpus(tuple(documents))
    assert Corpus.from_bytes(corpus.to_bytes()) == corpus


def test_halves_of_a_character_are_joined_or_replaced():
    assert well_formed("\ud83d\ude00 \ud83d!") == "😀 \ufffd!"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[])))
def test_any_string_becomes_text_that_can_be_written(text):
    repaired = well_formed(text)
    assert repaired.encode("utf-8").decode("utf-8") == repaired
