"""Questions by how often they were told, cases, and what becomes of answers under a treatment."""

from dataclasses import asdict, replace

import pytest

from core.data.text.documents import Corpus
from core.data.world import WorldSettings, tell, town
from core.limits import facts
from core.limits.confident.knowing import (
    Case,
    Tally,
    calibration,
    confident_falsehoods,
    if_agreed,
    judged,
    one_answer,
    questions,
    told_counts,
)

WORLD = WorldSettings(n_documents=400, left_out_share=0.08)

RIGHT = Case(
    question="?",
    lang="en",
    subject="mia",
    relation="food",
    n_told=150,
    truth="Mia likes pears most.",
    n=20,
    n_right=19,
    n_wrong=0,
    n_unsure=1,
    first="right",
    favourite="Mia likes pears most.",
    n_favourite=19,
    favourite_right=True,
    probability=0.4,
)
WRONG = replace(
    RIGHT, n_told=0, n_right=0, n_wrong=14, n_favourite=14, favourite_right=False, first="wrong"
)
UNSURE = replace(WRONG, n_wrong=0, n_unsure=20, n_favourite=0, first="unsure")


def test_a_fact_stated_twice_is_counted_twice_and_another_not_at_all():
    told = told_counts(["Mia likes pears most. Mia likes pears most.", "Good morning."], "en")
    assert told["mia", "food"] == 2
    assert set(told) == {("mia", "food")}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_counts_agree_with_the_slow_way_and_never_told_means_not_once(lang):
    corpus = Corpus(tuple(tell(WORLD)))
    asked = questions(town(WORLD), corpus, lang)
    lines = [
        sentence
        for document in corpus
        if document.lang == lang
        for sentence in facts.sentences(document.text)
    ]
    some = asked[:: max(1, len(asked) // 12)]
    assert [one.n_told for one in some] == [facts.times_told(one.fact, lines, lang) for one in some]
    assert any(one.n_told == 0 for one in asked) and any(one.n_told for one in asked)


def test_answers_are_held_against_the_towns_facts_and_their_first_one_is_kept():
    where = town(WORLD)
    foods = [each for each in sorted(where.facts) if each[1] == "food" and where.tellable(*each)]
    fact, truth = foods[0], facts.answered(foods[0], where, "en")
    other = next(each for each in foods if where.values(*each) != where.values(*fact))
    lie = facts.stated(fact, where.values(*other), "en")
    question = facts.Question(fact, facts.asked(fact, "en"), 3, truth)
    case = judged(question, [lie, truth, truth, "Good morning."], where, "en", is_chat=False)
    assert (case.n, case.n_right, case.n_wrong) == (4, 2, 1)
    assert (case.first, case.favourite, case.favourite_right) == ("wrong", truth, True)
    assert case.confidence == 0.5 and case.group == "seldom"


def test_one_answer_counts_the_first_and_a_gate_the_favourite():
    assert one_answer([RIGHT, WRONG, UNSURE]) == Tally(3, 1, 1, 1)
    assert if_agreed([RIGHT, WRONG, UNSURE], 14) == Tally(3, 1, 1, 1)
    assert if_agreed([RIGHT, WRONG, UNSURE], 15) == Tally(3, 1, 0, 2)
    assert if_agreed([RIGHT, WRONG, UNSURE], 20) == Tally(3, 0, 0, 3)


def test_a_refusal_stands_in_no_bin_and_is_no_falsehood():
    assert sum(one.n for one in calibration([RIGHT, WRONG, UNSURE])) == 2
    assert confident_falsehoods([RIGHT, WRONG, UNSURE], 9) == [WRONG]


def test_the_surest_falsehood_comes_first():
    less = replace(WRONG, n_favourite=3)
    assert confident_falsehoods([less, WRONG], 9) == [WRONG, less]
    assert confident_falsehoods([less, WRONG], 1) == [WRONG]


def test_a_case_survives_json():
    assert Case(**RIGHT.to_dict()) == RIGHT
    assert asdict(RIGHT) == RIGHT.to_dict()
