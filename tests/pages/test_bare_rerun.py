"""A client may send no widget states at all, as after a lost connection: every page stands it."""

import logging

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from core.languages import LANGS
from pages.kit import site
from pages.kit.catalogue import words
from pages.postprocessing import drawing

HARMLESS = "missing ScriptRunContext"  # said because there is no server around the test
# Widget states know no language: every view in one, every language on half of the views.
VIEWS = [(*view, LANGS[number % len(LANGS)]) for number, view in enumerate(site.VIEWS)]
NAMES = [f"{place.name}-{kind}-{lang}" for place, kind, lang in VIEWS]
ELSEWHERE = site.BY_NAME["glossary"], site.BY_NAME["safety"]


@pytest.mark.parametrize(("place", "kind", "lang"), VIEWS, ids=NAMES)
def test_a_page_stands_reruns_without_widget_states(
    with_house, open_page, caplog, place, kind, lang
):
    app = open_page("" if place.name == "home" else place.file, lang=lang, modality=kind)
    for each in list(drawing._shelf.values()):  # what is written in the background
        assert each.over.wait(100)
    assert not app.run().exception
    caplog.clear()
    app._run(WidgetStates())
    assert not app.exception
    elsewhere = ELSEWHERE[place is ELSEWHERE[0]]
    for there in (elsewhere, place):  # away, where its widgets are forgotten, and back
        app.switch_page(f"../{there.file}")
        app._run(WidgetStates())
        assert not app.exception
        assert app.title[0].value == words(lang)(f"{there.words(kind)}.question")
    told = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert [each for each in told if HARMLESS not in each] == []
