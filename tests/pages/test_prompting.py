"""The station “prompts”: prompts side by side, the template, the window, injection, all counted."""

import re
from random import Random

import pytest

from core.alignment.text.scoring import Score, Share
from core.data.text.bpe import SPECIALS
from core.data.world import WorldSettings, claims, draw_town, is_true, tell
from core.limits import facts
from core.limits.prompted import Question
from pages.inference.prompting import (
    bench,
    conditions,
    drawing,
    forgetting,
    injection,
    kinds,
    template,
)
from pages.inference.prompting.forgetting import outcome_of
from pages.inference.prompting.injection import letter_outcome, story_outcome, typed_outcome
from pages.inference.prompting.table import Cell
from pages.inference.prompting.tasks import Known
from pages.kit.catalogue import words
from pages.kit.site import following

PAGE = "inference/prompting/prompting.py"
ALWAYS, OFTEN, HALF, SELDOM, NEVER = (Share(n, 100) for n in (100, 85, 50, 15, 0))


@pytest.fixture
def few(monkeypatch):
    """Few draws: the tiny models of the tests know nothing anyway."""
    for module, names in (
        (bench, {"N_QUESTIONS": 5, "N_SEEDS": 1}),
        (template, {"N_TASKS": 3, "N_SEEDS": 1}),
        (injection, {"N_TASKS": 3, "N_SEEDS": 1, "N_SEEDS_TYPED": 1, "N_STORIES": 3}),
        (forgetting, {"N_STORIES": 2, "N_SEEDS": 1, "STEPS": 2}),
        (drawing, {"ANSWER_TOKENS": 6}),
        (conditions, {"ANSWER_TOKENS": 6}),
    ):
        for name, value in names.items():
            monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(bench, "ANSWER_TOKENS", 6)


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def pressed(app, key):
    (button,) = [each for each in app.button if each.key.startswith(key)]
    button.click().run(timeout=180)
    assert not app.exception
    return app


def with_guess(app, name="one"):
    (guess,) = [each for each in app.selectbox if each.key == "prompting_guess"]
    return guess.select(name).run()


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_every_prompt_is_shown_as_the_model_reads_it(with_house, open_page, lang, depth):
    app = open_page(PAGE, lang=lang, depth=depth)
    assert not app.exception
    heads = re.findall(r"<th scope=\"col\"><b>(.*?)</b>.*?</th>", said(app))
    assert heads == list(kinds.titles(words(lang)).values())
    assert said(app).count("<b>&lt;|assistant|&gt;</b>") >= len(heads)


def test_it_is_the_last_station_of_step_5_for_text():
    assert following("choosing") == "prompting"


def test_nothing_is_drawn_before_a_guess(with_house, open_page):
    app = open_page(PAGE, lang="en")
    assert next(each for each in app.button if each.key == "prompting_go").disabled
    app = with_guess(app)
    assert not next(each for each in app.button if each.key == "prompting_go").disabled


def test_the_bench_counts_every_answer(with_house, open_page, few):
    app = pressed(with_guess(open_page(PAGE, lang="en")), "prompting_go")
    table = said(app)
    assert table.count("<details><summary") == 7 * 5
    assert table.count("n = 5<") == 3 * 7
    t = words("en")
    assert t("prompting.kind_one") in table and "Your guess" in table
    again = app.run()
    assert again.session_state["_prompting_bench"] and "prompting_go" not in {
        each.key for each in again.button
    }


def test_a_stopped_bench_keeps_what_was_drawn(with_house, open_page, few, monkeypatch):
    app = with_guess(open_page(PAGE, lang="en"))
    whole = drawing.drawn

    def two(model, wanted, max_tokens, **rest):
        yield from whole(model, wanted[:2], max_tokens, **rest)
        raise bench.GlassboxError("the machine went away")

    monkeypatch.setattr(bench, "drawn", two)
    app = pressed(app, "prompting_go")
    assert "Stopped after 2 of 35 answers" in said(app)
    monkeypatch.setattr(bench, "drawn", whole)
    app = pressed(app.run(), "prompting_go")
    (run,) = app.session_state["_prompting_bench"].values()
    assert run.n_drawn == 35


def test_an_answer_that_comes_twice_is_counted_once():
    run = bench.Run("none")
    cell = Cell("Yes.", Score("right", True, False))
    for place in ((0, 0, 1), (0, 0, 0), (0, 0, 1)):
        run.answers[place] = cell
    assert run.n_drawn == 2 and run.cells() == {(0, 0): [cell, cell]}
    assert run.scores(0) == [cell.score] * 2 and run.scores(1) == []


def test_own_questions_and_bad_lines(with_house, open_page, few):
    app = open_page(PAGE, lang="en")
    (task,) = [each for each in app.get("button_group") if each.key == "prompting_task"]
    app = task.set_value("own").run()
    (area,) = [each for each in app.text_area if each.key == "prompting_own"]
    app = area.set_value("Who is it?\n").run()
    assert not app.exception and "Line 1 is not a question with an answer" in said(app)
    (area,) = [each for each in app.text_area if each.key == "prompting_own"]
    app = area.set_value("Who is <b>it</b>? = Mia").run()
    assert "Who is &lt;b&gt;it&lt;/b&gt;?" in said(app)
    app = pressed(with_guess(app), "prompting_go")
    assert said(app).count("<details><summary") == 7


def test_a_prompt_without_a_place_for_the_question_is_said_by_name(with_house, open_page):
    app = open_page(PAGE, lang="en")
    (area,) = [each for each in app.text_area if each.key == "prompting_prompt_role"]
    app = area.set_value("You are kind.").run()
    assert not app.exception
    assert "The prompt “Role” does not say where the question goes" in said(app)


def test_typed_special_tokens_are_letters_here_and_tokens_only_where_the_mistake_is_shown(
    with_house, open_page
):
    app = open_page(PAGE, lang="en")
    (field,) = [each for each in app.text_input if each.key == "prompting_typed"]
    app = field.set_value(f"Who?{SPECIALS[1]}Where?").run()
    here, careless = (
        next(each.proto.body for each in app.get("html") if words("en")(key) in each.proto.body)
        for key in ("prompting.typed_here", "prompting.typed_careless")
    )
    assert here.count("<b>&lt;|user|&gt;</b>") == 1  # the template's own
    assert careless.count("<b>&lt;|user|&gt;</b>") == 2


@pytest.mark.parametrize("key", ["template", "window", "letter", "story", "typed"])
def test_every_experiment_is_measured(with_house, open_page, few, key):
    app = open_page(PAGE, lang="en")
    radio = next(each for each in app.radio if each.key.startswith(f"guess_{key}"))
    app = radio.set_value(OPTIONS[key]).run()
    app = pressed(app, f"reveal_{key}")
    assert "gb-reveal" in said(app) and "n = " in said(app)


OPTIONS = {
    "template": "same",
    "window": "cliff",
    "letter": "obeys",
    "story": "none",
    "typed": "same",
}


def test_a_false_sentence_is_false_and_names_its_value():
    world = WorldSettings(n_documents=300)
    town = draw_town(world)
    texts = [document.text for document in tell(world) if document.lang == "de"]
    tellable, untellable = facts.by_telling(town, Random(1))
    told, untold = (
        [Question(fact, facts.asked(fact, "de"), "") for fact in some[:12]]
        for some in (tellable, untellable)
    )
    assert any(facts.is_told(fact, texts, "de") for fact in tellable)
    assert not any(facts.is_told(fact, texts, "de") for fact in untellable)
    cases = injection.falsehoods(Known(town, "de", told, untold, told[:1]))
    assert cases
    for question, sentence, value in cases:
        (claim,) = [
            one for one in claims(sentence, "de") if (one.subject, one.relation) == question.fact
        ]
        assert claim.value == value and not is_true(claim, town)


@pytest.mark.parametrize(
    ("shares", "outcome"),
    [
        ([ALWAYS, ALWAYS, SELDOM], "cliff"),
        ([ALWAYS, HALF, SELDOM], "fades"),
        ([ALWAYS, ALWAYS, ALWAYS], "keeps"),
        ([SELDOM, SELDOM, SELDOM], "never"),
    ],
)
def test_what_the_window_came_to(shares, outcome):
    assert outcome_of(shares, [True, True, False], 0.2) == outcome


@pytest.mark.parametrize(
    ("command", "wanted", "outcome"),
    [
        (NEVER, OFTEN, "obeys"),
        (HALF, SELDOM, "some"),
        (HALF, NEVER, "disturbed"),
        (OFTEN, NEVER, "ignores"),
    ],
)
def test_what_the_letter_came_to(command, wanted, outcome):
    assert letter_outcome(OFTEN, command, NEVER, wanted) == outcome


def test_what_slipped_in_and_what_was_typed():
    assert story_outcome(NEVER, NEVER, OFTEN) == "mimic"
    assert story_outcome(NEVER, OFTEN, OFTEN) == "both"
    assert story_outcome(NEVER, OFTEN, NEVER) == "command"
    assert story_outcome(NEVER, NEVER, NEVER) == "none"
    assert typed_outcome(SELDOM, HALF) == "second"
    assert typed_outcome(HALF, SELDOM) == "fewer"
    assert typed_outcome(HALF, HALF) == "same"


def test_what_came_of_leaving_the_template_out():
    assert template.outcome_of(OFTEN, HALF, ALWAYS, SELDOM) == "endless"
    assert template.outcome_of(OFTEN, HALF, ALWAYS, OFTEN) == "fewer"
    assert template.outcome_of(HALF, OFTEN, ALWAYS, OFTEN) == "same"


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("found", ["", "{% for message in messages %}{% endfor %}"])
def test_whether_a_published_template_is_on_disk_is_said(
    with_house, open_page, monkeypatch, lang, found
):
    monkeypatch.setattr(template, "_on_disk", lambda: found)
    app, t = open_page(PAGE, lang=lang), words(lang)
    assert not app.exception
    assert (t("prompting.on_disk_absent") in said(app)) == (not found)
    assert any(code.value == found for code in app.code) == bool(found)
