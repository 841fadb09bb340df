"""Step 6 for pictures: six stations, what each shows, and a file that proves its origin."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.pictures import Item, Scene, beside, paint, town_holdings
from core.postprocessing.pictures.caption_check import check_caption
from core.postprocessing.pictures.line import ORDER
from core.postprocessing.pictures.origin import verified
from core.postprocessing.pictures.picture_filter import FilterSettings
from pages.kit.catalogue import words
from pages.kit.components import picture_line as component
from pages.postprocessing.pictures import arriving, finishing
from pages.postprocessing.pictures.leaving import amplified, bound, busiest

QUICK = FilterSettings(n_pictures=60, n_steps=5)
FILE = "6_postprocessing.py"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """One for all tests: what one of them signs is kept and shown to the next."""
    return tmp_path_factory.mktemp("key")


@pytest.fixture(autouse=True)
def quick(monkeypatch, home) -> Iterator[None]:
    """Nothing is shipped, and the filter learns for a moment only."""
    monkeypatch.setattr(arriving, "house_painter", lambda: None)
    monkeypatch.setattr(finishing, "filter_settings", lambda: QUICK)
    monkeypatch.setattr("pages.postprocessing.pictures.stations.filter_settings", lambda: QUICK)
    monkeypatch.setattr("pages.postprocessing.pictures.learning.filter_settings", lambda: QUICK)
    monkeypatch.setattr("pages.postprocessing.pictures.learning.N_TRIAL", 8)
    monkeypatch.setattr(finishing, "N_EXAM", 20)
    monkeypatch.setenv("GLASSBOX_HOME", str(home))
    yield


@pytest.fixture
def sent(monkeypatch) -> list[dict[str, Any]]:
    """What the line's component is given, newest last."""
    given: list[dict[str, Any]] = []

    class Nothing:
        threshold = None

    def mount(name: str, key: str, data: dict[str, Any], *heard: str, **more: Any) -> Nothing:
        given.append(data)
        return Nothing()

    monkeypatch.setattr(component, "mount", mount)
    return given


def shown(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def opened(open_page, **url: str) -> AppTest:
    app = open_page(FILE, modality="pictures", **{"picture_threshold": "0.98", **url})
    assert not app.exception
    return app


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_opens_with_its_question_and_six_stations(open_page, sent, lang):
    app, t = opened(open_page, lang=lang), words(lang)
    assert app.title[0].value == t("postprocessing_pictures.question")
    assert [stage["key"] for stage in sent[-1]["stages"]] == list(ORDER)
    assert not any(stage["empty"] for stage in sent[-1]["stages"])
    assert t("postprocessing_pictures.by_the_book") in shown(app)
    assert t("postprocessing_pictures.found") in shown(app)


def test_every_word_of_the_caption_is_kept_by_the_books_own_picture(open_page, sent):
    opened(open_page, lang="de")
    pieces = sent[-1]["stages"][1]["pieces"]
    assert {piece["kind"] for piece in pieces if piece["kind"]} == {"kept"}
    whole = "".join(piece["text"] for piece in pieces)
    assert whole == "links ein roter Hund, rechts ein blaues Haus, bei Nacht"


@pytest.mark.parametrize("source", ["mistake", "lone"])
def test_what_is_otherwise_is_said_and_opened_first(open_page, sent, source):
    opened(open_page, lang="en", line_source=source)
    check = sent[-1]["stages"][1]
    assert check["outcome"] == "marked"
    assert any(piece["kind"] == "broken" for piece in check["pieces"])
    assert sent[-1]["chosen"] == "caption"


def test_a_refused_wish_reaches_no_station_behind_and_makes_no_file(open_page, sent):
    app = opened(open_page, lang="en", caption="a blue cat, at night")
    assert sent[-1]["chosen"] == "prompt"
    assert [stage["empty"] for stage in sent[-1]["stages"]] == [False, *[True] * 5]
    assert not app.get("download_button")


def test_a_picture_above_the_threshold_makes_no_file(open_page, sent):
    app = opened(open_page, lang="en", picture_threshold="0.02")
    assert words("en")("postprocessing_pictures.held_file") in shown(app)
    assert not app.get("download_button")


@pytest.mark.parametrize("format", ["jpeg", "svg"])
def test_every_format_can_be_taken_home_and_proves_its_origin(open_page, sent, format):
    app = opened(open_page, lang="en", picture_format=format)
    assert app.get("download_button")
    found = finishing.finished(
        "on the left a red dog, on the right a blue house, at night",
        *("drawn", 7),
        finishing.LineSettings(filter="mark", threshold=0.98, format=format),
        QUICK,
        arriving.Hand(None),
    )
    assert verified(found.file).verdict == "intact"
    assert sent[-1]["stages"][-1]["kind"] == format.upper()


def test_a_caption_is_data_and_never_markup(open_page, sent):
    app = opened(open_page, lang="en", caption="<img src=x onerror=alert(1)> a red ball")
    assert "<img src=x" not in shown(app)
    assert sent[-1]["stages"][0]["said"].startswith("<img src=x")


def test_what_the_book_cannot_draw_is_drawn_by_chance_and_said(open_page, sent):
    app = opened(open_page, lang="en", caption="no dog")
    assert words("en")("postprocessing_pictures.by_chance") in shown(app)
    assert words("en")("postprocessing_pictures.problem_negation") in sent[-1]["stages"][0]["lines"]


def test_watching_it_asks_nothing_and_plays(open_page, sent):
    app = opened(open_page, depth="watch", lang="en")
    assert sent[-1]["plays"]
    assert not app.radio


def test_the_attacks_are_measured(open_page, sent):
    app, t = opened(open_page, lang="en", picture_attack="turned"), words("en")
    assert t("postprocessing_pictures.found") in shown(app)  # a quarter and half a degree
    app.select_slider(key="attack_level_turned").set_value(4).run()
    assert not app.exception
    assert t("postprocessing_pictures.not_found") in shown(app)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "scene",
    [
        beside(Item("apple", "red"), Item("house", "blue")),
        Scene((Item("apple", "red"),), "row", 3),
        Scene((Item("apple", "red"),)),
        Scene((Item("cat", "red"), Item("cat", "red")), "above"),
    ],
)
def test_a_mistake_is_one(scene, seed):
    assert arriving.mistaken(scene, Random(seed)).unowned() != scene.unowned()


def test_the_picture_of_a_lone_animal_is_what_no_caption_asked_for():
    drawn = arriving.arrived("a red ball, by day", "lone", 3, arriving.Hand(None))
    found = check_caption(drawn.picture, "a red ball, by day", town_holdings(1))
    assert found.reading.scene is not None
    assert found.reading.scene.night


def test_bounds_are_written_as_powers_rounded_up():
    t = words("en")
    assert [bound(log, t) for log in (0.0, -1.0, -3.2, -86.9)] == ["1", "0.10", "10⁻³", "10⁻⁸⁶"]


def test_the_difference_is_grey_where_nothing_changed():
    same = np.full((4, 4, 3), 90, np.uint8)
    other = same.copy()
    other[0, 0] += 2
    found = amplified(same, other)
    assert found[0, 0] == 128 + 40
    assert (found[1:] == 128).all()


def test_the_busiest_quarter_holds_the_thing():
    top, left = busiest(paint(Scene((Item("house", "red"),))))
    assert top >= 8
    assert 4 <= left <= 12


def test_under_the_hood_the_running_source_is_shown(open_page, sent):
    app = opened(open_page, depth="dig", lang="en")
    code = " ".join(each.value for each in app.code)
    for name in ("def embed", "def fits_of", "class FilterNet", "def mosaic", "def finish"):
        assert name in code
