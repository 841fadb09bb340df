"""What stands around every page: language, depth, ribbon, travelling sentence."""

import json

import pytest

from core.data.world import PROMPTS
from pages.kit import site
from pages.kit.catalogue import words


def ribbon_of(app):
    mounted = [c for c in app.get("bidi_component") if "chain" in c.proto.component_name]
    return json.loads(mounted[0].proto.json)


def test_the_first_visit_speaks_the_browsers_language(open_page):
    assert open_page(locale="de-DE").title[0].value == words("de")("home.question")
    assert open_page(locale="fr-FR").title[0].value == words("en")("home.question")


def test_a_link_says_more_than_the_browser(open_page):
    assert open_page(locale="de-DE", lang="en").title[0].value == words("en")("home.question")


def test_an_impossible_link_opens_all_the_same(open_page):
    app = open_page(lang="klingon", depth="<b>", temperature="hot", seed="99999999")
    assert not app.exception
    assert app.title[0].value == words("en")("home.question")


def test_changing_the_language_changes_page_url_and_starters(open_page):
    app = open_page(lang="en")
    app.segmented_control(key="lang").set_value("de").run()
    assert app.title[0].value == words("de")("home.question")
    assert app.query_params["lang"] == "de"
    assert app.text_input(key="sentence").value == PROMPTS["de"][0]


@pytest.mark.parametrize(("lang", "said"), [("de", "8\u202f000"), ("en", "8,000")])
def test_a_slider_writes_its_numbers_in_the_language_of_the_page(open_page, lang, said):
    app = open_page("1_data.py", lang=lang, locale="fr-CH", world_documents="8100")
    slider = app.select_slider(key="world_documents")
    assert said in slider.options and slider.value == 8000  # the nearest step
    share = "10\u202f%" if lang == "de" else "10%"
    assert share in app.select_slider(key="world_noise").options


def test_a_slider_keeps_its_number_in_another_language(open_page):
    app = open_page("1_data.py", lang="en")
    app.select_slider(key="world_documents").set_value(1500).run()
    app.segmented_control(key="lang").set_value("de").run()
    assert app.select_slider(key="world_documents").value == 1500
    assert app.query_params["world_documents"] == "1500"


def test_depth_survives_a_change_of_language(open_page):
    app = open_page(lang="en", depth="dig")
    app.segmented_control(key="lang").set_value("de").run()
    assert app.segmented_control(key="depth").value == "dig"
    assert app.query_params["depth"] == "dig"


def test_a_typed_sentence_travels_in_the_url_and_to_the_next_page(open_page):
    app = open_page(lang="de")
    app.text_input(key="sentence").set_value("Der Hund *bellte* <b>laut</b>").run()
    assert app.query_params["sentence"] == "Der Hund *bellte* <b>laut</b>"
    app.switch_page("../1_data.py").run()
    assert app.text_input(key="sentence").value == "Der Hund *bellte* <b>laut</b>"


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_page_that_needs_no_sentence_shows_none_and_hands_it_on(open_page, lang):
    app = open_page("room/room.py", lang=lang, sentence="Mia reads")
    assert "sentence" not in [each.key for each in app.text_input]
    assert app.query_params["sentence"] == "Mia reads"
    app.switch_page("../1_data.py").run()
    assert app.text_input(key="sentence").value == "Mia reads"
    app.switch_page("../path/path.py").run()
    app.run()
    assert "sentence" not in [each.key for each in app.text_input]
    app.switch_page("../1_data.py").run()
    assert app.text_input(key="sentence").value == "Mia reads"


def test_every_page_without_a_sentence_is_a_page():
    files = {place.words(modality) for place, modality in site.VIEWS}
    assert files >= site.WITHOUT_SENTENCE


def test_a_starter_is_picked_by_its_button(open_page):
    app = open_page(lang="de")
    app.button(key="gb_starter_3").click().run()
    assert app.text_input(key="sentence").value == PROMPTS["de"][2]
    assert app.button(key="gb_starter_3").disabled


def test_the_ribbon_links_all_six_steps_with_the_settings_in_force(open_page):
    data = ribbon_of(open_page("3_training.py", lang="de", depth="dig"))
    assert [step["href"].split("?")[0] for step in data["steps"]] == [
        "/data",
        "/architecture",
        "/training",
        "/alignment",
        "/inference",
        "/postprocessing",
    ]
    assert all("lang=de" in step["href"] and "depth=dig" in step["href"] for step in data["steps"])
    assert [step["name"] for step in data["steps"] if step["current"]] == ["training"]


def test_the_ribbon_shows_no_figure_where_nothing_was_made(open_page):
    assert {step["number"] for step in ribbon_of(open_page(lang="en"))["steps"]} == {"–"}


def test_the_ribbon_shows_the_benchs_own_numbers_and_whose_they_are(open_page, services):
    kept = services.store.artifacts.keep(
        "house", "corpus", b"texts", modality="text", numbers={"n_kept": 4812}
    )
    services.store.benches.put("house", "a", kept.id)
    step = ribbon_of(open_page(lang="de"))["steps"][0]
    assert (step["number"], step["whose"]) == ("4\u202f812 Texte", "house")
