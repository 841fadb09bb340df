"""Verdicts on answers that a person can judge, and shares with their intervals."""

import pytest

from core.alignment.text.scoring import (
    Score,
    Share,
    Task,
    answer_in,
    has_word,
    in_language,
    polite,
    right,
    score,
)
from core.data.world import Town, WorldSettings, draw_town

HOME = Task("Wo wohnt Mia?", "de", "fact", ("mia", "home"))
UNKNOWN = Task("Was ist Mia von Beruf?", "de", "not_known", ("mia", "job"))
WORD = Task("Where?", "en", "word", word="Rose Lane")


@pytest.fixture(scope="module")
def town() -> Town:
    return draw_town(WorldSettings(seed=1))


@pytest.mark.parametrize(
    ("answer", "verdict", "value"),
    [
        ("Mia wohnt im Rosenweg.", "right", "rose_lane"),
        ("Gern. Mia wohnt im Rosenweg.", "right", "rose_lane"),
        ("Mia wohnt im Mühlweg.", "wrong", "mill_lane"),
        ("Ben wohnt im Rosenweg.", "none", ""),
        ("Das weiß ich nicht.", "none", ""),
        ("", "none", ""),
    ],
)
def test_a_fact_is_judged_by_the_town(town, answer, verdict, value):
    found = score(HOME, answer, town)
    assert (found.verdict, found.value) == (verdict, value)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("Das weiß ich leider nicht.", "right"),
        ("Mia ist Ärztin.", "wrong"),
        ("Heute schien die Sonne.", "none"),
    ],
)
def test_what_no_text_tells_is_rightly_not_known(town, answer, verdict):
    assert score(UNKNOWN, answer, town).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("In rose lane, I think.", "right"),
        ("In Rose Lanes.", "wrong"),
        ("I am sorry, I do not know that.", "none"),
        ("", "none"),
    ],
)
def test_an_expected_word_is_enough(answer, verdict):
    assert score(WORD, answer, None).verdict == verdict


def test_words_are_whole():
    assert has_word("Es ist die Straße.", "straße") and not has_word("Hauptstraße", "Straße")
    assert has_word("(a+b)", "a+b")


def test_language_and_courtesy_are_scored_apart_from_truth(town):
    other = score(HOME, "I am afraid I do not know that.", town)
    assert not other.in_language
    kind = score(HOME, "Mia wohnt im Mühlweg. Danke der Nachfrage.", town)
    assert kind.in_language and kind.polite and kind.verdict == "wrong"


@pytest.mark.parametrize(
    ("text", "ends", "answer"),
    [
        ("\nAntwort: Mia wohnt im Rosenweg. Sie ist acht.\nFrage: Wer?", False, None),
        ("Answer: Answer: Yes. No.", True, "Yes. No."),
        ("  ", False, ""),
        ("Antwort:", False, ""),
    ],
)
def test_the_answer_in_what_was_written(text, ends, answer):
    assert answer_in(text, ends) == (answer if answer is not None else "Mia wohnt im Rosenweg.")


def test_shares_count_and_come_with_an_interval():
    scores = [Score("right", True, False), Score("wrong", True, True), Score("none", False, True)]
    assert right(scores) == Share(1, 3)
    assert in_language(scores) == Share(2, 3) and polite(scores) == Share(2, 3)
    assert Share(0, 0).value == 0.0 and Share(0, 0).span == (0.0, 1.0)
    low, high = Share(9, 10).span
    assert low < 0.9 < high < 1


def test_shares_are_apart_only_if_their_intervals_are():
    assert Share(95, 100).apart_from(Share(50, 100))
    assert Share(50, 100).apart_from(Share(95, 100))
    assert not Share(9, 10).apart_from(Share(6, 10))
    assert not Share(0, 0).apart_from(Share(10, 10))
