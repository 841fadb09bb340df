"""The word list: whole words and their endings, nothing inside other words, nothing disguised."""

import pytest

from core.errors import SettingError
from core.postprocessing.safety.words import MILD, WordsStage, listed, listed_words, word_list
from core.postprocessing.stages import Context, StageSetting, run_stages

GERMAN, ENGLISH = Context("de"), Context("en")


def found(text: str, lang: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in listed_words(text, word_list(lang))]


def test_the_lists_are_as_long_as_their_package_says_and_the_mild_insults_beside_them():
    assert word_list("de").n == 65 + len(MILD["de"])
    assert word_list("en").n == 416 + len(MILD["en"])
    assert word_list("fr").n == 0


def test_a_listed_word_is_found_with_its_endings_and_in_capitals():
    assert found("Du Wichser, ihr WICHSERN!", "de") == ["Wichser", "WICHSERN"]
    assert found("No bitches, no jackasses.", "en") == ["bitches", "jackasses"]


@pytest.mark.parametrize(
    ("text", "lang", "hits"),
    [
        ("Du Idiot! Ihr Idioten, ihr Dummköpfe.", "de", ["Idiot", "Idioten", "Dummköpfe"]),
        (
            "Die Idiotin und der Vollpfosten: alles Trottel!",
            "de",
            ["Idiotin", "Vollpfosten", "Trottel"],
        ),
        ("You idiot, you bunch of MORONS and nitwits.", "en", ["idiot", "MORONS", "nitwits"]),
    ],
)
def test_a_mild_insult_is_found_too(text, lang, hits):
    assert found(text, lang) == hits


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Der Assistent der Sexualkunde ist bescheiden; Kassel, Massage, Klasse, Analyse.", "de"),
        ("Die Spinnerin spinnt, die Pfeife raucht, Lumpen und Flegel, wir schuften.", "de"),
        ("Das Idiom, die Idiosynkrasie, der Pennäler, die Versagung, Johnny Depp.", "de"),
        ("An assistant from Scunthorpe in Dorking, Essex, analyses cocktails and jerky.", "en"),
        ("An idiom, an oath, a twitter, the loaf, a dummy variable, git and a moronga.", "en"),
    ],
)
def test_an_innocent_word_is_left_alone(text, lang):
    assert found(text, lang) == []


def test_a_disguised_word_gets_through():
    assert found("Du W1chser.", "de") == []
    assert found("Du W.i.c.h.s.e.r.", "de") == []


def test_a_listed_word_inside_another_word_is_not_a_hit():
    assert found("The class assessed the Scunthorpe glass.", "en") == []
    assert found("Die Pissoirs, das Fickelgeschirr", "de") == []


def test_phrases_and_odd_spellings_of_the_list_are_found_whole():
    assert found("That is a Piece of Shit, a$$ and f*ck!", "en") == ["Piece of Shit", "a$$", "f*ck"]


def test_the_longest_of_overlapping_hits_wins():
    words = listed(["hot", "hot dog", "dog"], [""])
    assert [hit.rule for hit in listed_words("a hot dog, hot", words)] == ["hot dog", "hot"]


def test_a_masked_word_keeps_its_first_letter_and_its_length():
    step = WordsStage({}).apply("So ein Wichser.", GERMAN)
    assert step.text == "So ein W••••••."
    assert step.notes["n_listed"] == word_list("de").n


def test_marking_changes_nothing_and_holding_lets_nothing_out():
    text = "So ein Wichser."
    marked = WordsStage({"action": "mark"}).apply(text, GERMAN)
    assert (marked.text, len(marked.findings)) == (text, 1)
    held = WordsStage({"action": "hold"}).apply(text, GERMAN)
    assert (held.text, held.held_back) == ("", True)
    assert not WordsStage({"action": "hold"}).apply("Alles gut.", GERMAN).held_back


def test_only_with_both_lists_is_an_english_word_found_in_german():
    text = "So ein bullshit."
    assert WordsStage({}).apply(text, GERMAN).text == text
    assert WordsStage({"lists": "both"}).apply(text, GERMAN).text == "So ein b•••••••."


@pytest.mark.parametrize("settings", [{"action": "shout"}, {"lists": "none"}, {"words": "x"}])
def test_an_impossible_setting_is_refused(settings: dict[str, str]):
    with pytest.raises(SettingError):
        run_stages("", [StageSetting("words", settings=settings)], ENGLISH)


def test_markup_and_odd_characters_are_text_like_any_other():
    text = "<script>alert('fuck')</script> \ud83d 🖕"
    step = WordsStage({}).apply(text, ENGLISH)
    assert step.text == "<script>alert('f•••')</script> \ud83d 🖕"
