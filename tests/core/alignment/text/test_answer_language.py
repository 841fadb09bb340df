"""The language of an answer, on answers a person can read, and on every sentence of the town."""

import pytest

from core.alignment.text.answer_language import languages_of, manner_sentences, same_language
from core.alignment.text.examples import ExampleSettings, world_examples
from core.alignment.text.rules import RULES
from core.data.world import Town, WorldSettings, draw_town
from core.languages import LANGS


@pytest.fixture(scope="module")
def town() -> Town:
    return draw_town(WorldSettings(seed=1))


@pytest.mark.parametrize(
    ("answer", "lang"),
    [
        ("Mia wohnt im Rosenweg.", "de"),
        ("Gladly. Mr Demir is a doctor.", "en"),
        ("Mia wohnt in der in der Rosenweg.", "de"),  # broken, but German
        ('{"name": "Mia", "street": "Rosenweg"}', "de"),  # its fields are English in any language
        ("Mia.", "de"),
        ("Mia.", "en"),
        ("Quantenphysik?", "en"),  # no word of the town gives it away
        ("", "de"),
    ],
)
def test_an_answer_stays_in_its_language(answer, lang):
    assert same_language(answer, lang)


@pytest.mark.parametrize(
    ("answer", "lang"),
    [
        ("Mia wohnt im Rosenweg.", "en"),
        ("Mr Demir is a doctor. Fragen Sie gern wieder.", "en"),
        ("Mr Demir is a doctor. Fragen Sie gern wieder.", "de"),
        ("Mr Moreno likes to eat Gitarre.", "en"),  # one word in the midst of a sentence
        ("Everybody knows that. Mia ist mit Clara befreundet.", "de"),
        ('{"name": "Mia", "street": "Rose Lane"}', "de"),
    ],
)
def test_an_answer_that_changes_its_language_does_not_stay_in_it(answer, lang):
    assert not same_language(answer, lang)


def test_every_sentence_of_the_manners_is_of_one_language():
    for lang in LANGS:
        assert manner_sentences(lang)
        assert all(languages_of(sentence) == {lang} for sentence in manner_sentences(lang))


def test_every_example_is_in_the_language_of_its_question_and_in_no_other(town):
    for one in world_examples(ExampleSettings(n_examples=600), town):
        (other,) = set(LANGS) - {one.lang}
        assert same_language(one.answer, one.lang)
        if one.manner != "json":  # {"place": "café", "opens": 9} may be read in either
            assert not same_language(one.answer, other)


def test_an_answer_in_the_other_language_keeps_no_rule_and_is_never_preferred(town):
    ask, right, wrong = "Where does Mia live?", "So what.", "Mia wohnt im Rosenweg. Bitte sehr."
    for rule in RULES.values():
        assert rule.judge(ask, wrong, "en", town) == 0.0
        assert rule.prefers(ask, wrong, right, "en", town) != -1
