"""The show: its lessons, its figures, its document, the decisions and the report."""

import json
import re

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core.languages import LANGS
from core.rooms.lessons import read_lesson, shipped
from pages.decisions.five import five
from pages.kit import document, site, state
from pages.kit.catalogue import words
from pages.show import measured, player, report

SHOWS = tuple(player.LESSONS.values())


@pytest.fixture(scope="module")
def client() -> TestClient:
    routes = [Route(path, document.made_by(module)) for path, module in site.DOCUMENTS.items()]
    return TestClient(Starlette(routes=routes))


@pytest.mark.parametrize("name", SHOWS)
def test_a_show_names_pages_settings_and_figures_that_there_are(name):
    source = shipped(name).source
    lesson = read_lesson(source, name, pages=site.BY_NAME, settings=state.SETTINGS)
    assert lesson.auto and sum(step.seconds for step in lesson.steps) == 60 * lesson.minutes
    for step in lesson.steps:
        for key, given in step.settings.items():
            assert str(state.SETTINGS[key].admit(given)) == given, (key, given)
        for lang in LANGS:
            line = measured.line(step.measured[lang], lang) if step.measured else None
            assert line is None or "{" not in line.text


@pytest.mark.parametrize("name", SHOWS)
def test_a_caption_holds_no_figure_that_is_not_read_from_a_record(name):
    for step in shipped(name).steps:
        for lang in LANGS:
            written = step.title[lang] + step.say[lang] + step.measured.get(lang, "")
            assert not re.findall(r"\d", written.replace("Llama 3.1 405B", "")), written


@pytest.mark.parametrize("name", SHOWS)
def test_a_caption_is_short_enough_for_two_lines_of_a_projector(name):
    longest = max(len(step.say[lang]) for step in shipped(name).steps for lang in LANGS)
    assert longest <= 200


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("record", measured.RECORDS, ids=lambda one: one.name)
def test_a_record_gives_exactly_the_figures_it_promises(record, lang):
    found = record.read(lang)
    assert set(found) == set(record.names) and all(found.values())
    assert record.badge(words(lang)).text and record.place in site.BY_NAME


def test_a_figure_belongs_to_one_record_alone():
    names = [name for one in measured.RECORDS for name in one.names]
    assert len(names) == len(set(names))


def test_a_line_brings_the_badges_of_all_its_figures():
    line = measured.line("{polite_before}, {other_hours}", "en")
    assert len(line.badges) == 2 and "Llama Team" in line.badges[1].text
    with pytest.raises(KeyError):
        measured.line("{made_up}", "en")


def test_a_line_is_left_out_where_its_record_is_missing(monkeypatch):
    monkeypatch.setattr(measured, "examined", dict)
    assert measured.line("{polite_before}", "de") is None


@pytest.mark.parametrize("lang", LANGS)
def test_the_show_is_one_document_with_all_beats_in_both_languages(client, lang):
    answer = client.get(f"/show?lesson=ten&lang={lang}")
    assert answer.status_code == 200 and f'<html lang="{lang}">' in answer.text
    found = json.loads(re.search(r'id="show-data">(.*?)</script>', answer.text, re.S)[1])
    assert found["titles"][lang] in answer.text
    assert len(found["beats"]) == len(shipped("show_ten").steps)
    for beat in found["beats"]:
        assert beat["path"].startswith("/") and beat["settings"]["depth"] in state.DEPTHS
        for said in beat["said"].values():
            assert (
                said["heading"] and said["say"] and bool(said["measured"]) == bool(said["badges"])
            )


def test_the_show_loads_nothing_from_elsewhere_and_no_script_inline(client):
    text = client.get("/show?lang=de").text
    assert re.findall(r"(?:src|href)=\"(?!/)", text) == []
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", text) == []


def test_an_unknown_lesson_is_the_short_one_in_the_browsers_language(client):
    text = client.get("/show?lesson=x", headers={"accept-language": "de-AT,de"}).text
    assert shipped("show_three").title["de"] in text


def test_home_and_the_beginning_of_the_tour_lead_to_the_show(open_page):
    ways = {
        "0_home.py": ({}, ["three", "ten"]),
        "1_data.py": ({"tour": "True", "depth": "watch"}, ["three", "three", "ten"]),
        "3_training.py": ({"tour": "True", "depth": "watch"}, ["three", "ten"]),
    }
    for file, (url, lessons) in ways.items():
        app = open_page(file, lang="de", **url)
        drawn = " ".join(each.proto.body for each in app.get("html"))
        found = re.findall(r'href="/show\?lesson=(\w+)&amp;lang=de"', drawn)
        assert found == [
            "three",
            "ten",
            *lessons,
        ]  # behind the doors in the head, then on the page and at its foot


@pytest.mark.parametrize("lang", LANGS)
def test_every_decision_has_a_measurement_a_source_with_its_year_and_options(lang):
    for one in five(words(lang)):
        assert one.measured and one.badge and one.published
        assert re.search(r"\b20\d\d\b", one.source), one.source
        assert len(one.options) >= 3 and set(one.places) <= set(site.BY_NAME)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_decisions_shows_all_five_and_hands_out_the_report(open_page, lang):
    t = words(lang)
    app = open_page("decisions/decisions.py", lang=lang)
    assert not app.exception
    said = " ".join(each.proto.body for each in app.get("html"))
    for one in five(t):
        assert said.count(one.sentence) >= 2 and one.source in said
    assert [each.proto.label for each in app.get("download_button")] == [t("decisions.download")]


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_has_every_figure_every_decision_and_no_script(client, services, lang):
    text = client.get(f"/report?lang={lang}").text
    t = words(lang)
    assert all(one.sentence in text for one in five(t))
    assert text.count('scope="row"') == 9 and text.count("<article>") == 5
    assert "<script" not in text and "url(" not in text
    shown = re.sub(r"<[^>]*>", " ", text.partition("<body>")[2])
    assert "(/byheart)" in shown and "FILE" not in shown and "testserver" not in shown
    assert shown.count("python -m core house --limits bias") == 1
    assert t("report.yours") not in text


def test_the_report_speaks_of_ones_own_models_where_there_are_any(services):
    owner, t = "a" * 64, words("en")
    store = services.store
    kept = store.artifacts.keep(owner, "corpus", b"text", modality="text", numbers={"n_kept": 12})
    store.benches.put(owner, "a", kept.id)
    text = report.html("en", owner, "http://here")
    assert t("report.yours") in text and t("shell.n_documents", n="12") in text
    assert t("report.yours") not in report.html("en", "b" * 64, "http://here")
