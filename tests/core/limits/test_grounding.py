"""Grounding: notices nobody read, lessons without the exam, citations checked, and the run."""

from dataclasses import asdict
from random import Random

import pytest

from core.alignment.text.asking import Asked, asked
from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import train_bpe
from core.data.world import WorldSettings, claims, draw_town
from core.errors import SettingError
from core.limits.facts import stated
from core.limits.grounding import exam
from core.limits.grounding.bm25 import words
from core.limits.grounding.board import board
from core.limits.grounding.citing import cited, is_supported, with_citation, with_passages
from core.limits.grounding.exam import FIRST_YEAR, WAYS, case, examined, replied, tallied
from core.limits.grounding.lessons import (
    MOST_PASSAGES,
    READ,
    UNSURE,
    invented,
    lessons,
    passages_for,
    strange,
)
from core.limits.grounding.program import GroundingProgram, GroundingSettings

WORLD = WorldSettings(n_documents=100, left_out_share=0.1)


@pytest.fixture(scope="module")
def town():
    return draw_town(WORLD)


@pytest.fixture(scope="module")
def some(town):
    return lessons(400, town, seed=1)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_notice_tells_its_fact_as_it_is_that_year(lang):
    year = board(5, lang)
    for fact, text in list(year.notices.items())[::5]:
        told = {(one.subject, one.relation) for one in claims(text, lang)}
        assert fact in told
        assert year.question(fact).truth == stated(fact, year.town.values(*fact), lang)


def test_another_year_is_another_town_of_the_same_people(town):
    year = board(FIRST_YEAR, "en")
    others = [fact for fact in year.facts if year.town.values(*fact) != town.values(*fact)]
    assert len(others) > 0.8 * len(year.facts)


def test_no_lesson_asks_for_what_the_exam_asks_for(some):
    for one in some:
        if one.manner in (READ, UNSURE) and "\n" in one.question:
            about = asked(one.question.split("\n")[-1], one.lang)
            assert about is None or not about.held_out  # None: with an invented name
    assert all(Asked(*fact).held_out for fact in exam.asked_for(board(FIRST_YEAR, "de")))


def test_the_cited_passage_of_a_lesson_says_what_is_answered(some):
    read = [one for one in some if one.manner == READ]
    assert len(read) > 100
    for one in read:
        *passages, question = one.question.split("\n")
        text, number = cited(one.answer)
        passage = passages[number - 1].removesuffix(f" [{number}]")
        if asked(question, one.lang) and claims(text, one.lang):
            assert is_supported(text, passage, one.lang), one
        assert len(passages) <= MOST_PASSAGES
    numbers = {cited(one.answer)[1] for one in read}
    assert numbers == set(range(1, MOST_PASSAGES + 1))


def test_without_the_right_notice_a_lesson_does_not_know(some):
    missing = [one for one in some if one.manner == UNSURE and "\n" in one.question]
    assert len(missing) > 20
    for one in missing:
        assert cited(one.answer)[1] is None


def test_some_lessons_have_words_that_no_text_has_and_the_answer_has_them_too(some):
    strange = 0
    for one in (each for each in some if each.manner == READ):
        text, number = cited(one.answer)
        passage = one.question.split("\n")[number - 1]
        strange += not claims(text, one.lang)
        assert set(words(text)) & set(words(passage)), one
    assert 0.2 < strange / len([one for one in some if one.manner == READ]) < 0.6
    new = {invented(Random(n)) for n in range(50)}
    assert len(new) > 45 and all(word.isalpha() for word in new)


def test_lessons_are_the_same_for_the_same_seed(town):
    assert lessons(30, town, 4) == lessons(30, town, 4) != lessons(30, town, 5)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_the_right_passage_stands_where_it_is_said_to_stand(n):
    year = board(3, "en")
    for place, fact in enumerate(year.facts[:40]):
        given = passages_for(year, fact, year.question(fact).text, n, Random(place))
        assert 1 <= len(given.texts) <= n
        if given.place is None:
            assert year.notices[fact] not in given.texts
        else:
            assert given.texts[given.place] == year.notices[fact]


def test_an_invented_word_stands_in_the_notice_and_nowhere_in_the_question():
    year, found = board(FIRST_YEAR, "en"), []
    for place, fact in enumerate(exam.asked_for(year)):
        if one := strange(year, fact, 4, Random(place)):
            prompt, word = one
            *passages, question = prompt.split("\n")
            assert any(word in passage for passage in passages) and word not in question
            found.append(word)
    assert len(found) > 15


def test_citations_are_written_and_read():
    asked_ = with_passages(["Mia sings.", "Ben sleeps."], "Who sings?")
    assert asked_ == "Mia sings. [1]\nBen sleeps. [2]\nWho sings?"
    assert with_passages([], "Who?") == "Who?"
    assert cited(with_citation("Mia sings.", 1)) == ("Mia sings.", 1)
    assert cited("Mia sings.") == ("Mia sings.", None)
    assert cited("[2]") == ("", 2)
    assert cited("See [2] there. ") == ("See [2] there.", None)


def test_a_source_supports_what_it_says_in_whatever_words_of_the_town():
    assert is_supported(
        "Mrs Berger lives in Mill Lane.", "As far as I know, Mrs Berger lives in Mill Lane.", "en"
    )
    assert not is_supported(
        "Mrs Berger lives in Mill Lane.", "Mrs Berger lives in Rose Lane.", "en"
    )
    assert not is_supported("Mrs Berger lives in Mill Lane.", "Mrs Kaya lives in Mill Lane.", "en")
    assert is_supported("Zorbo lives in Kalfi Lane.", "Zorbo lives in Kalfi Lane.", "en")
    assert not is_supported("Zorbo lives in Kalfi Lane.", "Zorbo lives in Dran Lane.", "en")
    assert not is_supported("", "Mia sings.", "en") and not is_supported("Mia sings.", "", "en")


def test_each_way_puts_before_the_question_what_it_says():
    year = board(FIRST_YEAR, "en")
    fact = exam.asked_for(year)[0]
    right = year.notices[fact]
    given = {way: case(year, fact, way) for way in WAYS}
    assert given["alone"].passages == () and given["alone"].place is None
    assert given["given"].passages[given["given"].place] == right
    assert right not in given["missing"].passages
    assert right not in given["false"].passages
    false = given["false"].passages[given["false"].place]
    assert {(one.subject, one.relation) for one in claims(false, "en")} >= {fact}
    assert all(len(one.passages) <= 4 for one in given.values())


def test_an_answer_is_held_against_the_notices_and_against_the_past(town):
    year = board(FIRST_YEAR, "en")
    fact = next(
        each
        for each in exam.asked_for(year)
        if town.tellable(*each) and town.values(*each) != year.town.values(*each)
    )
    one = case(year, fact, "given")
    now, past = (stated(fact, which.values(*fact), "en") for which in (year.town, town))
    right = replied(one, with_citation(now, one.place + 1), year, town)
    assert (right.said, right.past, right.supported) == ("right", False, True)
    assert right.source == one.place + 1
    old = replied(one, with_citation(past, one.place + 1), year, town)
    assert (old.said, old.past, old.supported) == ("wrong", True, False)
    elsewhere = replied(one, f"{now} [9]", year, town)
    assert not elsewhere.supported and elsewhere.source == one.place + 1
    assert replied(one, f"{past} [1]", year, town).source is None
    assert replied(one, "I do not know that.", year, town).said == "unsure"
    assert replied(one, "", year, town).said == "beside"


def test_what_simply_copies_the_right_notice_is_right_everywhere_and_cites_rightly():
    """A reader made of rules: it answers with the passage whose claim fits the question."""

    def ask(prompts):
        found = []
        for prompt in prompts:
            *passages, question = prompt.split("\n")
            about = asked(question, "en")
            answer = "I do not know that."
            for number, passage in enumerate(passages, start=1):
                text = passage.removesuffix(f" [{number}]")
                if any(
                    (one.subject, one.relation) == (about.subject, about.relation)
                    for one in claims(text, "en")
                ):
                    answer = with_citation(text, number)
            found.append(answer)
        return found

    year = board(FIRST_YEAR, "en")
    found = {way: tallied(examined(ask, year, way, WORLD)) for way in WAYS}
    for way in ("given", "false"):
        assert found[way].n_right == found[way].n == found[way].n_supported > 10
    assert found["found"].n_right == found["found"].n_found < found["found"].n
    for way in ("alone", "missing"):
        assert found[way].said["unsure"] == found[way].n and found[way].n_cited == 0


@pytest.fixture(scope="module")
def inputs():
    texts = [one.question + " " + one.answer for one in lessons(60, draw_town(WORLD), 0)]
    encoder = train_bpe(texts, 500)
    config = ModelConfig(
        n_vocab=encoder.n_vocab, n_context=128, n_layers=1, n_heads=2, n_kv_heads=2,
        n_channels=32, n_hidden=64,
    )  # fmt: skip
    return {"model": checkpoint_bytes(Transformer(config, seed=0)), "encoder": encoder.to_bytes()}


FEW = GroundingSettings(
    world=asdict(WORLD), n_steps=4, n_batch=2, n_lessons=20, ask_every=2, ways=("given",)
).to_dict()


def test_a_run_asks_before_between_and_after_and_gives_back_a_model(inputs):
    program, rows = GroundingProgram(inputs, FEW), []
    while not program.finished:
        rows += program.advance()
    asked_ = [row for row in rows if row["kind"] == "asked"]
    assert [row["step"] for row in asked_] == [0, 0, 2, 2, 4, 4]
    assert {row["lang"] for row in asked_} == {"de", "en"}
    model, about = read_checkpoint(program.result())
    assert about["step"] == 4 and model.config.n_context == 128


def test_a_run_goes_on_bit_for_bit_from_a_snapshot(inputs):
    whole, broken = GroundingProgram(inputs, FEW), GroundingProgram(inputs, FEW)
    while broken.step < 3:
        broken.advance()
    again = GroundingProgram(inputs, FEW, broken.snapshot())
    for program in (whole, again):
        while not program.finished:
            program.advance()
    assert whole.result() == again.result()


@pytest.mark.parametrize("bad", [{"n_steps": 0}, {"n_found": 6}, {"n_lessons": 3}, {"colour": 1}])
def test_settings_that_are_none_are_refused(bad):
    with pytest.raises(SettingError):
        GroundingSettings.from_dict({**FEW, **bad})
