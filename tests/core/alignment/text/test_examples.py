"""Examples: true, told, in both languages and many styles; what is held out stays held out."""

from collections import Counter
from dataclasses import replace

import pytest

from core.alignment.text.asking import STRANGER, asked, sort_of
from core.alignment.text.examples import (
    SUBJECTS,
    Example,
    ExampleSettings,
    from_bytes,
    held_out,
    questions,
    to_bytes,
    world_examples,
)
from core.alignment.text.forms import read_form
from core.alignment.text.styles import FIELDS, is_in_style
from core.data.world import Town, WorldSettings, claims, draw_town, is_true, sentences
from core.data.world.plots import QUESTIONS
from core.errors import EmptyInput, SettingError

SETTINGS = ExampleSettings(n_examples=800, seed=2)


@pytest.fixture(scope="module")
def town() -> Town:
    return draw_town(WorldSettings(seed=1, left_out_share=0.08))


@pytest.fixture(scope="module")
def examples(town: Town) -> list[Example]:
    return world_examples(SETTINGS, town)


def test_a_question_is_read_back_as_what_it_asks_for():
    about = asked("Can you tell me which street Ben lives in?", "en")
    assert (about.subject, about.relation) == ("ben", "home")
    assert asked("Wo wohnt Ben?", "de") == about == asked("Wo wohnt Ben? (JSON)", "de")
    assert asked("Was ist KI?", "de") is None
    assert asked("Where does Mr Evans work?", "en").subject == STRANGER
    assert asked("Wie heißt Gretas Tier?", "de").subject == STRANGER


def test_what_nobody_told_is_seen_in_the_town(town):
    assert sort_of("Wo wohnt Mia?", "de", town) == "told"
    assert sort_of("Wo wohnt Frau Okafor?", "de", town) == "untold"  # left out of all texts
    assert sort_of("Where does Mrs Okafor live?", "en", town) == "untold"
    assert sort_of("Wie alt ist Herr Lang?", "de", town) == "untold"  # adults have no age
    assert sort_of("What is AI?", "en", town) == "business"


def test_equal_settings_give_equal_examples_and_another_seed_others(town, examples):
    assert world_examples(SETTINGS, town) == examples
    assert world_examples(replace(SETTINGS, seed=3), town) != examples


def test_every_stated_fact_is_true_and_was_told(town, examples):
    n_stated = 0
    for one in examples:
        for sentence in sentences(one.answer):
            for stated in claims(sentence, one.lang):
                n_stated += 1
                assert is_true(stated, town), one
                assert town.tellable(stated.subject, stated.relation), one
    assert n_stated > 300


def test_the_mix_has_both_languages_all_kinds_of_questions_and_varied_manners(examples):
    langs, manners = Counter(e.lang for e in examples), Counter(e.manner for e in examples)
    assert min(langs["de"], langs["en"]) > 0.4 * len(examples)
    asks = {about.relation for e in examples if (about := asked(e.question, e.lang))}
    assert asks == {relation for _, _, relation, _ in QUESTIONS}
    assert set(manners) == {"plain", "polite", "curt", "wordy", "json", "unsure", "business"}
    assert min(manners.values()) >= 20
    told = [e for e in examples if e.manner not in ("unsure", "business")]
    assert 0.3 < sum(e.manner == "polite" for e in told) / len(told) < 0.42


def test_answers_in_json_are_of_three_forms(examples):
    forms = {tuple(read_form(e.answer)) for e in examples if e.manner == "json"}
    assert forms == {("name", "street"), ("name", "job"), ("place", "opens")}
    assert all(e.question.endswith(" (JSON)") for e in examples if e.manner == "json")


def test_what_the_exam_asks_for_is_asked_and_told_by_no_training_example(town, examples):
    exam = world_examples(held_out(SETTINGS), town)
    asked_for = {asked(e.question, e.lang) for e in exam} - {None}
    asked_for = {about for about in asked_for if about.subject != STRANGER}
    trained = {asked(e.question, e.lang) for e in examples}
    assert asked_for and not asked_for & trained
    assert not {e.question for e in exam} & {e.question for e in examples}
    told = {
        (stated.subject, stated.relation)
        for e in examples
        for sentence in sentences(e.answer)
        for stated in claims(sentence, e.lang)
        if stated.relation != "friend"  # it may be told about either friend
    }
    assert not told & {(about.subject, about.relation) for about in asked_for}


def test_questions_come_in_one_language_without_repeats(town):
    found = questions(town, "de", "held_out", n=60, seed=1, sorts=("told",))
    assert len(set(found)) == len(found) > 40
    assert all(sort_of(text, "de", town) == "told" for text in found)


@pytest.mark.parametrize("subject", [name for name in SUBJECTS if name != "town"])
def test_every_style_and_field_is_known_by_its_form_and_no_plain_answer_is(subject, town):
    found = world_examples(ExampleSettings(subject=subject, n_examples=120), town)
    assert {e.lang for e in found} == {"de", "en"}
    assert all(is_in_style(subject, e.answer, e.lang) for e in found)
    plain = "Frau Lindner wohnt schon lange in der Gartenstraße."
    assert not is_in_style(subject, plain, "de")


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_examined_in_words_it_was_not_taught_in(field, town):
    taught = world_examples(ExampleSettings(subject=field), town)
    exam = world_examples(held_out(ExampleSettings(subject=field)), town)
    assert not {e.question for e in taught} & {e.question for e in exam}
    assert {e.answer for e in exam} <= {e.answer for e in taught}
    assert len({e.answer for e in taught}) >= 36


def test_examples_survive_the_way_through_bytes(examples):
    data = to_bytes(examples)
    assert from_bytes(data) == examples
    assert to_bytes(from_bytes(data)) == data
    with pytest.raises(EmptyInput):
        from_bytes(b"")


@pytest.mark.parametrize(
    "wrong", [{"subject": "poems"}, {"n_examples": 0}, {"german_share": 1.2}, {"nonsense": 1}]
)
def test_settings_outside_their_range_are_refused(wrong):
    with pytest.raises(SettingError):
        ExampleSettings.from_dict(wrong)
