"""The small world's engine, on a grammar that fits on a beer mat."""

from random import Random

import pytest

from core.data.world.elements import CLAIMED
from core.data.world.grammar import Grammar

PHRASES = {
    "A": [(("Mia",), (("A", "mia"), ("A.g", "f"))), (("Ben",), (("A", "ben"), ("A.g", "m")))],
    "A he": [(("he",), (("A.g", "m"),)), (("she",), (("A.g", "f"),))],
    "F": [(("pears",), (("F", "pear"),)), (("green", "beans"), (("F", "bean"),))],
}
RULES = {
    "likes": ["{A} ate {!food A F} {F} (today|) because {A he} was hungry ."],
    "-hello": ["hello {A}"],
    "greets": ["<hello> !"],
}


@pytest.fixture
def grammar():
    return Grammar(RULES, PHRASES.__getitem__)


def lookup(subject, relation):
    return {("mia", "food"): (("bean",),)}.get((subject, relation), ())


def bind(variable, value):
    return ((variable, value),)


@pytest.mark.parametrize(
    ("sentence", "accepted"),
    [
        ("Mia ate green beans because she was hungry .", True),
        ("Ben ate pears today because he was hungry .", True),
        ("Mia ate pears because he was hungry .", False),
        ("Mia ate green because she was hungry .", False),
        ("Mia ate pears because she was hungry . .", False),
        ("hello Ben !", True),
        ("hello Ben", False),
    ],
)
def test_a_sentence_is_accepted_if_and_only_if_all_its_slots_agree(grammar, sentence, accepted):
    assert (grammar.parse(sentence.split()) is not None) == accepted


def test_a_claim_is_read_off_the_words(grammar):
    found = grammar.parse(["Ben", "ate", "pears", "because", "he", "was", "hungry", "."])
    assert (found["A"], found["F"]) == ("ben", "pear")
    assert [one.relation for one in found[CLAIMED]] == ["food"]


def test_telling_states_only_what_the_facts_say(grammar):
    env = {"A": "mia", "A.g": "f"}
    told = {" ".join(grammar.tell("likes", env, Random(i), lookup, bind)[0]) for i in range(20)}
    assert told == {
        "Mia ate green beans because she was hungry .",
        "Mia ate green beans today because she was hungry .",
    }


def test_what_no_fact_supports_is_not_told(grammar):
    env = {"A": "ben", "A.g": "m"}
    assert grammar.tell("likes", env, Random(0), lookup, bind) is None


def test_a_part_of_a_sentence_is_not_a_sentence(grammar):
    assert grammar.names() == ["likes", "greets"]
    assert grammar.parse(["hello", "Mia"]) is None


def test_a_missing_rule_and_an_open_bracket_are_reported_at_once():
    with pytest.raises(ValueError, match="no rule is called"):
        Grammar({"one": ["<two>"]}, PHRASES.__getitem__)
    with pytest.raises((ValueError, IndexError)):
        Grammar({"one": ["(a|b"]}, PHRASES.__getitem__)
