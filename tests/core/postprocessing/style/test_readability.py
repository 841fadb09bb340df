"""Readability: counts that a reader can do by hand, the published formulas, hints."""

import pytest

from core.postprocessing.sentences import sentence_spans
from core.postprocessing.style.hints import hints
from core.postprocessing.style.readability import readability, syllables


@pytest.mark.parametrize(
    ("word", "n"),
    {
        **{"Haus": 1, "Bauer": 2, "Häuser": 2, "Biene": 2, "Boot": 1, "Quelle": 2},
        **{"Rosenweg": 3, "Theater": 3, "Bäckerei": 3, "Ei": 1, "Neue": 2, "hm": 1},
    }.items(),
)
def test_german_syllables(word: str, n: int):
    assert syllables(word, "de") == n


@pytest.mark.parametrize(
    ("word", "n"),
    {
        **{"cat": 1, "make": 1, "table": 2, "wanted": 2, "walked": 1, "houses": 2},
        **{"the": 1, "reading": 2, "beautiful": 3, "queen": 1, "makes": 1},
    }.items(),
)
def test_english_syllables(word: str, n: int):
    assert syllables(word, "en") == n


def test_an_english_text_counted_by_hand():
    found = readability("The cat sat on the mat. It was happy.", "en")
    assert (found.n_sentences, found.n_words, found.n_syllables, found.n_long) == (2, 9, 10, 0)
    assert found.flesch == pytest.approx(206.835 - 1.015 * 9 / 2 - 84.6 * 10 / 9)
    assert found.lix == pytest.approx(4.5)


def test_a_german_text_counted_by_hand():
    found = readability("Mia wohnt im Rosenweg. Dort steht die Bäckerei.", "de")
    # Mi-a wohnt im Ro-sen-weg, dort steht die Bä-cke-rei; Rosenweg and Bäckerei are long
    assert (found.n_sentences, found.n_words, found.n_syllables, found.n_long) == (2, 8, 13, 2)
    assert found.flesch == pytest.approx(180 - 4 - 58.5 * 13 / 8)
    assert found.lix == pytest.approx(4 + 100 * 2 / 8)


def test_a_text_without_words_measures_nothing():
    for text in ("", "   ", "12 + 12 = 24", "…"):
        found = readability(text, "de")
        assert (found.n_words, found.flesch, found.lix) == (0, 0.0, 0.0)


def test_longer_words_make_the_same_sentence_harder():
    easy = readability("Wir sagen das sofort allen.", "de")
    hard = readability("Wir kommunizieren diesbezüglich unverzüglich Verantwortlichkeiten.", "de")
    assert easy.flesch > hard.flesch
    assert easy.lix < hard.lix


def test_hints_name_the_place_the_rule_and_the_plainer_word():
    text = "Aufgrund der Prüfung bitten wir um Geduld."
    (hint,) = hints(text, "de")
    assert (text[hint.start : hint.end], hint.rule, hint.note) == ("Aufgrund", "plainer", "wegen")
    assert hint.replacement is None


def test_long_sentences_stiff_nouns_and_long_words_are_hinted_at():
    text = "Die Durchführung der Prüfung der Verwendung erfolgt. Dann " + "und so " * 11 + "weiter."
    assert [hint.rule for hint in hints(text, "de")] == ["nouns", "long_sentence"]
    (long,) = hints("Die Straßenbahnhaltestellen sind neu.", "de")
    assert long.rule == "long_word"
    assert hints("Das Haus ist alt.", "de") == []


def test_sentences_are_not_torn_at_abbreviations_ordinals_and_quotations():
    text = "Dr. Weber kommt am 3. Mai, z. B. um 8.30 Uhr. „Wirklich?“, fragte Mia. Ja!\nUnd dann?"
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "Dr. Weber kommt am 3. Mai, z. B. um 8.30 Uhr.",
        "„Wirklich?“, fragte Mia.",
        "Ja!",
        "Und dann?",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Das Haus kostet 5 Mio. Euro.",
        "Es kamen 3 Mrd. Menschen und 20 Tsd. Tiere.",
        "Die Fahrt dauert 5 Min. Fußweg.",
        "Siehe Abb. 3 auf Seite 7.",
        "He lives at no. 5 in the lane.",
        "Sie kam am 3. Mai um 8.30 Uhr.",
        "Der sog. Bäckerweg ist lang.",
        "Prof. Dr. Kaya kommt bzw. Herr Fink.",
        "Am 12. Dez. 2024 war Markt.",
        "It weighs 3.5 kg, i.e. a lot.",
    ],
)
def test_an_abbreviation_does_not_cut_a_sentence(text):
    assert len(sentence_spans(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Er verlor 5 Mio. Das war viel.",
        "He said no. She left.",
        "We love art. It is free.",
        "Sie kaufte Brot, Milch usw. Danach ging sie.",
    ],
)
def test_what_looks_like_an_abbreviation_may_end_a_sentence(text):
    assert len(sentence_spans(text)) == 2
