"""A program of rules: what a line means, which line answers, and what is refused."""

import time

import pytest

from core.languages import LANGS
from core.limits.families.rules import (
    LONGEST_LINE,
    MOST_RULES,
    answered_by,
    read_rules,
    shipped_rules,
)

PROGRAM = """# about Mia
IF Mia AND old AND NOT cat/dog THEN Mia is eight.
IF Mia AND free time THEN Mia plays chess.

IF Mia THEN That is Mia.
"""


def said(question, text=PROGRAM):
    rule = answered_by(read_rules(text).rules, question)
    return rule and rule.answer


def test_the_first_rule_that_fits_answers_and_its_line_is_known():
    assert said("How old is Mia?") == "Mia is eight."
    assert said("What does MIA do in her free time") == "Mia plays chess."
    assert answered_by(read_rules(PROGRAM).rules, "Where is Mia?").line == 5


def test_words_are_whole_and_those_of_a_condition_stand_side_by_side():
    assert said("Is Miami old?") is None
    assert said("Has Mia time that is free?") == "That is Mia."


def test_a_refused_word_keeps_a_rule_silent():
    assert said("How old is Mia's dog?") == "That is Mia."
    assert said("How old is the cat?") is None and said("") is None


def test_german_keywords_read_the_same():
    text = "WENN Noras/Nora UND Tier UND NICHT alt DANN Das ist Kasimir."
    assert said("Wie heißt Noras Tier?", text) == "Das ist Kasimir."
    assert said("Wie alt ist Noras Tier?", text) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Mia is eight.", "no_if"),
        ("IF Mia", "no_then"),
        ("IF Mia THEN", "no_answer"),
        ("IF THEN Mia is eight.", "no_condition"),
        ("IF ?! THEN Mia is eight.", "no_condition"),
        ("IF Mia AND /old THEN Mia is eight.", "no_condition"),
        ("IF " + "x" * LONGEST_LINE + " THEN y", "too_long"),
    ],
)
def test_a_line_that_is_no_rule_says_why_and_the_others_count(line, reason):
    read = read_rules(f"IF a THEN b\n{line}\nIF c THEN d")
    assert [rule.answer for rule in read.rules] == ["b", "d"]
    assert [(one.line, one.reason) for one in read.refused] == [(2, reason)]


def test_no_more_rules_are_read_than_allowed():
    read = read_rules("\n".join(["IF a THEN b"] * (MOST_RULES + 5)))
    assert len(read.rules) == MOST_RULES
    assert [(one.line, one.reason) for one in read.refused] == [(MOST_RULES + 1, "too_many")]


def test_signs_of_patterns_and_code_are_only_text():
    text = "IF (a+)+$ AND __import__ THEN <b>{x}</b> $(rm)"
    assert said("a __import__", text) == "<b>{x}</b> $(rm)"
    assert said("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", text) is None


def test_a_long_question_takes_no_more_than_its_length():
    rules = read_rules("\n".join([f"IF {'a ' * 50}b THEN c"] * 100)).rules
    begun = time.process_time()
    assert answered_by(rules, "a " * 500) is None
    assert time.process_time() - begun < 5.0


@pytest.mark.parametrize("lang", LANGS)
def test_every_shipped_line_is_a_rule(lang):
    read = read_rules(shipped_rules(lang))
    assert len(read.rules) == 20 and not read.refused
