"""The fact check: true, false, true but never told, and what cannot be checked."""

import random

import pytest

from core.data.world import Town, WorldSettings, claims, sentences, tell_one, told_claims
from core.data.world.facts import draw_town
from core.errors import SettingError
from core.languages import LANGS
from core.postprocessing.facts import FactsStage, check
from core.postprocessing.sentences import sentence_spans
from core.postprocessing.stages import Context


@pytest.fixture(scope="module")
def town() -> Town:
    return draw_town(WorldSettings(left_out_share=0.3))


def answers(town: Town, lang: str) -> list[str]:
    """Sentences that the town itself tells, each stating a fact."""
    told = [tell_one(town, lang, random.Random(i), "questions").text for i in range(30)]
    return [s for text in told for s in sentences(text) if claims(s, lang)]


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_town_tells_is_true_and_was_told(town: Town, lang: str):
    found = [check(sentence, lang, town)[0].verdict for sentence in answers(town, lang)]
    assert set(found) == {"true"}


@pytest.mark.parametrize("lang", LANGS)
def test_another_town_makes_most_of_it_false(town: Town, lang: str):
    other = draw_town(WorldSettings(seed=99))
    found = [check(sentence, lang, other)[0].verdict for sentence in answers(town, lang)]
    assert found.count("false") > len(found) / 2


def test_a_true_sentence_that_no_text_may_state_was_never_told(town: Town):
    everything_told = draw_town(WorldSettings())
    found = [check(s, "de", town)[0].verdict for s in answers(everything_told, "de")]
    assert {"untold", "true"} <= set(found)
    assert "false" not in found  # the facts are the same, but fewer are told


def test_what_was_told_may_be_counted_in_the_very_texts(town: Town):
    sentence, *others = dict.fromkeys(answers(town, "de"))
    told = told_claims([sentence], "de")
    assert check(sentence, "de", town, told)[0].verdict == "true"
    assert check(others[0], "de", town, told)[0].verdict == "untold"


@pytest.mark.parametrize("lang", LANGS)
def test_every_sentence_of_a_story_has_its_place(town: Town, lang: str):
    for i in range(20):
        text = tell_one(town, lang, random.Random(i)).text
        judged = check(text, lang, town)
        assert [text[one.start : one.end] for one in judged] == sentences(text)


def test_what_the_grammar_does_not_know_is_not_checkable(town: Town):
    for text in ("Mia ist eigentlich ein Roboter.", "<b>Mia</b>", "42", "Mia wohnt"):
        assert [one.verdict for one in check(text, "de", town)] == ["unknown"]
    assert check("", "de", town) == []


def lie(town: Town) -> tuple[str, str]:
    """One sentence that is true here and one that is false."""
    other = draw_town(WorldSettings(seed=99))
    false = next(s for s in answers(other, "de") if check(s, "de", town)[0].verdict == "false")
    return answers(town, "de")[0], false


def test_false_sentences_are_marked_removed_or_keep_the_answer_back(town: Town):
    true, false = lie(town)
    text, context = f"{true} {false} Es regnet.", Context("de", town=town)
    marked = FactsStage({}).apply(text, context)
    assert (marked.text, [f.kind for f in marked.findings]) == (text, ["true", "false"])
    assert FactsStage({"action": "remove"}).apply(text, context).text == f"{true} Es regnet."
    held = FactsStage({"action": "hold"}).apply(text, context)
    assert (held.text, held.held_back) == ("", True)


def test_an_answer_that_was_nothing_but_false_is_held_back(town: Town):
    _, false = lie(town)
    step = FactsStage({"action": "remove"}).apply(false, Context("de", town=town))
    assert (step.text, step.held_back) == ("", True)


def test_without_a_town_nothing_is_judged():
    step = FactsStage({"action": "hold"}).apply("Mia wohnt im Rosenweg.", Context("de"))
    assert (step.held_back, step.notes["checked"]) == (False, False)


def test_an_unknown_action_is_refused():
    with pytest.raises(SettingError):
        FactsStage({"action": "believe"})


def test_spans_and_the_worlds_own_sentences_agree(town: Town):
    text = tell_one(town, "de", random.Random(3), "dialogue").text
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences(text)
