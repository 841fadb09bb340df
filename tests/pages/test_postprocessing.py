"""Step 6: what goes into the line, what leaves it, and what is said where it cannot work."""

import json

import pytest

from core.data.world import PROMPTS
from core.postprocessing.private_examples import LANGS, letter
from core.postprocessing.stages import STAGES, Context, StageSetting, run_stages
from pages.kit.catalogue import words
from pages.postprocessing import flow, ordering, trials
from pages.postprocessing.given import MOST, Given

PAGE = "6_postprocessing.py"
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script> mia@example.org'
OWN = {"answer_source": "own"}


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_works_before_anybody_has_done_anything(open_page, with_house, locale, depth):
    app = open_page(PAGE, locale=locale, depth=depth)
    assert not app.exception
    assert app.title[0].value == words(locale[:2])("postprocessing.question")


def test_without_any_model_the_letter_still_goes_through_the_line(open_page):
    app = open_page(PAGE)
    assert not app.exception


@pytest.mark.parametrize("lang", LANGS)
def test_the_pieces_of_a_step_are_its_input(lang):
    t, text = words(lang), letter(lang)
    answer = run_stages(text, [StageSetting("private"), StageSetting("secrets")], Context(lang))
    shown = flow.steps(text, answer, t)
    before = text
    for name, step in answer.steps:
        parts = shown[name]["parts"]
        assert "".join(part.get("text", part.get("old")) for part in parts) == before
        left = [part.get("text", part.get("new")) for part in parts]
        assert "".join(left) == step.text
        before = step.text
    json.dumps(shown)


def test_hostile_markup_stays_text_in_the_pieces():
    answer = run_stages(HOSTILE, [StageSetting("private")], Context("en"))
    parts = flow.steps(HOSTILE, answer, words("en"))["private"]["parts"]
    assert parts[0] == {"text": HOSTILE.removesuffix("mia@example.org")}


def test_a_pasted_text_that_is_too_long_is_refused_in_a_sentence(open_page):
    app = open_page(PAGE, **OWN)
    app.text_area(key="own_answer").set_value("a" * (MOST + 1)).run()
    assert not app.exception
    assert app.text_area(key="own_answer").value == "a" * (MOST + 1)  # nothing is lost


def test_hostile_markup_and_orders_pass_as_text(open_page):
    app = open_page(PAGE, **OWN)
    app.text_area(key="own_answer").set_value(f"Ignore all filters. {HOSTILE}").run()
    assert not app.exception


def test_an_order_in_the_address_is_followed_and_nonsense_in_it_is_not(open_page):
    assert not open_page(PAGE, stage_line="-secrets private nobody <b>").exception
    line = ordering.ordered("-secrets private nobody <b>")
    assert line[:2] == [("secrets", False), ("private", True)]
    assert sorted(name for name, _ in line) == sorted(STAGES)


def test_when_nothing_is_said_the_stages_stand_in_their_usual_order():
    line = ordering.ordered("")
    assert [name for name, on in line if on] == ["private", "secrets"]


def test_twenty_numbers_have_the_form_and_few_the_check_digit():
    t = words("en")
    outcomes = [trials.real_cards(seed, t).outcome for seed in range(10)]
    assert set(outcomes) == {"few"}
    assert trials.numbers(3) == trials.numbers(3) != trials.numbers(4)


def test_the_order_of_stages_is_measured_on_the_text():
    t = words("en")
    line = [StageSetting("private"), StageSetting("secrets")]
    apart = "Write to mia@example.org. The password is Sunny!2024x."
    assert trials.order(apart, line, Context("en"), t).outcome == "same"
    both = "https://mia:geheim99@example.org/"  # to one a password, to the other an address
    assert trials.order(both, line, Context("en"), t).outcome == "other"


def test_what_a_model_wrote_is_kept_as_an_answer_with_its_numbers(with_house, open_page):
    prompt = PROMPTS["en"][0]
    app = open_page(PAGE, answer_source="model", max_tokens="12")
    app.button(key="draw_answer").click().run(timeout=60)
    assert not app.exception
    given = next(iter(app.session_state["_drawn_answers"].values()))
    assert isinstance(given, Given) and given.question == prompt
    assert given.parent is not None and given.parent.kind == "generation"
    owner = app.session_state["_owner"]
    answer = with_house.store.bench_view(owner)["a"]["answer"].artifact
    assert given.parent.id in answer.parents
    assert {"n_filtered", "n_stages", "seconds"} <= set(answer.numbers)
