"""The page on safety: both filters, own labels that survive, tone and facts, in both languages."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.data.world import PROMPTS, WorldSettings, draw_town
from core.jobs.labelling import classifier_of, labelling_of
from core.languages import LANGS
from core.postprocessing.facts import check
from core.postprocessing.safety.labels import blind_spots
from core.postprocessing.safety.veiling import veiled
from core.postprocessing.safety.weighing import counts_at, house_classifier
from core.postprocessing.stages import Context, StageSetting, run_stages
from core.services import Services
from pages.kit.catalogue import words
from pages.kit.static import ASSETS
from pages.postprocessing import fact_check, toning
from pages.postprocessing.safety import learning, trials, weighed_text

PAGE = "postprocessing/safety/safety.py"
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script> Du W1chser!'
OpenPage = Callable[..., AppTest]


def sent(app: AppTest) -> dict[str, Any]:
    """What the stage's component is given."""
    for element in app.get("bidi_component"):
        data: dict[str, Any] = json.loads(element.proto.json or "{}")
        if "dots" in data:
            return data
    raise AssertionError("the component is not there")


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_shows_both_filters_in_both_languages(open_page: OpenPage, lang: str, depth: str):
    app = open_page(PAGE, lang=lang, depth=depth)
    assert not app.exception
    data = sent(app)
    assert data["threshold"] == 0.5
    assert len(data["dots"]) > 100
    assert "".join(piece["text"] for piece in data["pieces"]) == app.session_state["safety_text"]
    assert not [piece for piece in data["listed"] if piece["hit"]]  # the list misses it
    assert max(p["score"] or 0.0 for p in data["pieces"]) > 0.7  # the classifier does not
    assert data["sentence"]["text"] == PROMPTS[lang][0]
    assert 0.0 < data["sentence"]["score"] < 1.0


@pytest.mark.parametrize("lang", LANGS)
def test_the_travelling_sentence_is_weighed_with_a_click(open_page: OpenPage, lang: str):
    app = open_page(PAGE, lang=lang)
    app.button(key="weigh_3").click().run()
    assert app.session_state["safety_text"] == PROMPTS[lang][0]
    data = sent(app)
    assert data["sentence"] is None  # it is the text itself now
    assert data["pieces"][0]["text"] == PROMPTS[lang][0]


@pytest.mark.parametrize("lang", LANGS)
def test_of_the_first_example_the_classifier_marks_what_a_reader_would(lang: str):
    insult = {"de": "Obertrottel", "en": "fool"}[lang]
    text, classifier = words(lang)("safety.example_1"), house_classifier()
    (whole,) = [each for each in weighed_text.pieces(text, classifier) if each.score is not None]
    start, end = text.index(insult), text.index(insult) + len(insult)
    others = [*whole.evidence[:start], *whole.evidence[end:]]
    assert whole.evidence[start] > 2.0 * max(map(abs, others))


def test_a_word_is_marked_as_a_whole_or_not_at_all():
    assert weighed_text.of_words("ab, c", [1.0, -3.0, 5.0, 5.0, 0.5]) == [-2.0, -2.0, 0.0, 0.0, 0.5]


@pytest.mark.parametrize("lang", LANGS)
def test_the_second_example_is_harmless_and_trips_the_list(lang: str):
    text = words(lang)("safety.example_2")
    assert any(piece.hit for piece in weighed_text.listed(text, lang))
    assert weighed_text.score_of(text, house_classifier()) < 0.5


@pytest.mark.parametrize("lang", LANGS)
def test_vulgar_words_are_sent_hidden_beside_the_text_itself(lang: str):
    dots = weighed_text.dots(house_classifier(), lang)
    assert all(len(dot.veiled) == len(dot.text) for dot in dots)
    hidden = [dot for dot in dots if dot.veiled != dot.text]
    assert 5 < len(hidden) < len(dots) / 4
    for key in ("example_1", "example_2", "example_3"):
        assert veiled(words(lang)(f"safety.{key}")) == words(lang)(f"safety.{key}")


def test_an_own_label_moves_the_result_and_survives(open_page: OpenPage, services: Services):
    app = open_page(PAGE, lang="de")
    app.text_input(key="safety_text").set_value("Du Pfannkuchen.").run()
    before = sent(app)["pieces"][0]["score"]
    for text in ("Du Pfannkuchen!", "So ein Pfannkuchen!"):
        app.text_input(key="own_label_text").set_value(text)
        app.button(key="own_fine").click().run()
    assert sent(app)["pieces"][0]["score"] == before  # labelled, not learned yet
    app.button(key="train_classifier").click().run()
    assert not app.exception
    data = sent(app)
    assert data["pieces"][0]["score"] < before
    assert len(data["course"]) > 3
    assert [len(scores) for scores in data["course"]] == [len(data["dots"])] * len(data["course"])
    (owner,) = {app.session_state["_owner"]}
    assert labelling_of(services.store, owner).n_waiting == 0
    assert classifier_of(services.store, owner) is not None
    assert classifier_of(services.store, "b" * 32) is None


def test_contradicting_and_empty_labels_are_said(open_page: OpenPage):
    app = open_page(PAGE, lang="en")
    app.button(key="own_rude").click().run()
    assert words("en")("error.empty_input").split(".")[0] in html(app)
    for key in ("own_rude", "own_fine"):
        app.text_input(key="own_label_text").set_value("oh well")
        app.button(key=key).click().run()
    assert "rude once and harmless once" in html(app)
    app.button(key="train_classifier").click().run()
    assert not app.exception


def test_hostile_text_is_shown_as_text(open_page: OpenPage):
    app = open_page(PAGE, lang="de")
    app.text_input(key="safety_text").set_value(HOSTILE).run()
    app.text_input(key="own_label_text").set_value(HOSTILE)
    app.button(key="own_rude").click().run()
    app.text_area(key="tone_text").set_value(HOSTILE).run()
    assert not app.exception
    assert "<script>" not in html(app)
    assert "<img" not in html(app)


def test_an_empty_text_is_no_mistake(open_page: OpenPage):
    app = open_page(PAGE, lang="de")
    app.text_input(key="safety_text").set_value("").run()
    assert not app.exception
    assert sent(app)["pieces"] == []


COUNT = """
import { pathToFileURL } from "node:url"
const { countsAt, runsOf } = await import(pathToFileURL(process.argv[1]).href)
const { dots, thresholds, text, evidence } = JSON.parse(process.argv[2])
const counts = thresholds.map((threshold) => countsAt(threshold, dots))
console.log(JSON.stringify({ counts, runs: runsOf(text, evidence) }))
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the browser's code")
def test_the_browser_counts_as_core_does():
    dots = weighed_text.dots(house_classifier(), "de")
    thresholds = [0.0, 0.3, 0.5, dots[0].score, 1.0]
    asked = {
        "dots": [asdict(dot) for dot in dots],
        "thresholds": thresholds,
        "text": "ab🦉d",
        "evidence": [1.0, 0.9, -0.3, 0.01],
    }
    command = ["node", "--input-type=module", "-e", COUNT, str(ASSETS / "threshold.js")]
    run = subprocess.run([*command, json.dumps(asked)], capture_output=True, text=True, check=True)
    found = json.loads(run.stdout)
    for threshold, theirs in zip(thresholds, found["counts"], strict=True):
        ours = counts_at(threshold, [d.score for d in dots], [d.rude for d in dots])
        assert (theirs["hits"], theirs["misses"]) == (ours.hits, ours.misses)
        assert (theirs["alarms"], theirs["passed"]) == (ours.false_alarms, ours.passed)
        assert (theirs["precision"], theirs["recall"]) == (ours.precision, ours.recall)
    assert found["runs"] == [
        {"mark": "for2", "text": "ab"},
        {"mark": "off1", "text": "🦉"},
        {"mark": "", "text": "d"},
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_pieces_give_the_text_again(lang: str):
    for spot in blind_spots(lang):
        text = f" {spot.text}\n\n{spot.text} "
        assert "".join(p.text for p in weighed_text.pieces(text, house_classifier())) == text
        assert "".join(p.text for p in weighed_text.listed(text, lang)) == text


@pytest.mark.parametrize("lang", LANGS)
def test_the_experiments_are_measured(lang: str):
    t, classifier = words(lang), house_classifier()
    assert trials.two_thresholds(classifier, t).outcome == "trade"
    assert trials.name_and_dialect(classifier, t).outcome in ("names", "dialect", "both", "none")


@pytest.mark.parametrize("lang", LANGS)
def test_what_changed_in_tone_is_marked_and_nothing_else(lang: str):
    t = words(lang)
    text = t("safety.tone_start")
    answer = run_stages(text, toning.line("formal", 400), Context(lang))
    shown = toning.marked(text, answer, t)
    assert "<ins>" in shown
    left = re.sub(r"<del>.*?</del>", "", shown, flags=re.DOTALL)
    assert unescape(re.sub(r"<[^>]+>", "", left)).split() == answer.text.split()
    assert dict(answer.steps)["tone"].notes["n_unsure"] >= 1


def test_verdicts_are_counted_by_sentence():
    town = draw_town(WorldSettings())
    said = [("?", answer, check(answer, "de", town)) for answer in ("Hm. Ja.", "")]
    assert fact_check.counted(said) == {"unknown": 2}
    assert fact_check.claims_of(said) == set()


def test_the_stages_are_registered_and_run_in_order():
    names = ("words", "classifier", "tone", "shorten", "facts")
    line = [StageSetting(n, settings={"threshold": 0.9} if n == names[1] else {}) for n in names]
    answer = run_stages("Kannst du mir helfen? Es regnet.", line, Context("de"))
    assert [name for name, _ in answer.steps] == [setting.name for setting in line]
    assert answer.text == "Können Sie mir helfen? Es regnet."


def test_the_course_is_cut_by_language():
    n = {lang: len(weighed_text.dots(house_classifier(), lang)) for lang in ("de", "en")}
    course = learning._by_language([[0.5] * sum(n.values())], house_classifier())
    assert {lang: len(rows[0]) for lang, rows in course.items()} == n
