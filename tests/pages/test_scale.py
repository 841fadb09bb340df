"""The station “in scale”: true areas, figures with sources, this machine timed, both languages."""

import json

import pytest

from core.architecture.speed import Speed
from core.architecture.text.published_sizes import MEASURES, published_models
from core.services import services as the_services
from core.store import HOUSE
from pages.architecture.scale import machine, saying, sizes
from pages.architecture.scale.sizes import Sized
from pages.kit.catalogue import words
from pages.kit.site import following

PAGE = "architecture/scale/scale.py"


def sent_by(app):
    (found,) = [
        json.loads(each.proto.json)
        for each in app.get("bidi_component")
        if each.proto.component_name.endswith("_scale_zoom")
    ]
    return found


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def a_model(key, parameters, whose=None):
    return Sized(key, key, whose, {"parameters": parameters})


def test_it_is_the_last_station_of_step_2_for_text():
    assert following("scale") == "training"


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_drawn_from_the_figures(with_house, open_page, lang, depth, measure):
    app = open_page(PAGE, lang=lang, depth=depth, scale_measure=measure)
    assert not app.exception
    sent = sent_by(app)
    areas = {square["key"]: square["value"] for square in sent["squares"]}
    known = {one.key: one.figure(measure) for one in published_models()}
    assert {key: areas[key] for key in areas if key not in ("house", "yours")} == {
        key: figure.value for key, figure in known.items() if figure
    }
    assert list(areas.values()) == sorted(areas.values())
    assert [stop["value"] for stop in sent["stops"]] == sorted(
        stop["value"] for stop in sent["stops"]
    )
    assert set(areas.values()) >= {stop["value"] for stop in sent["stops"]}
    assert sent["guesses"] == (depth != "watch") and sent["play"] == (depth == "watch")


def test_our_own_figures_come_from_the_store(with_house, open_page):
    checkpoint = the_services().store.benches.of(HOUSE, "text").lanes["a"]["checkpoint"]
    numbers = the_services().store.artifacts.get(HOUSE, checkpoint).numbers
    found = {}
    for measure in MEASURES:
        squares = sent_by(open_page(PAGE, lang="en", scale_measure=measure))["squares"]
        found[measure] = next(one["value"] for one in squares if one["whose"] == "house")
    assert found["parameters"] == numbers["n_parameters"]
    assert found["tokens"] == numbers["n_tokens"]
    assert found["flops"] == 6 * found["parameters"] * found["tokens"]
    assert 0 < found["hours"] < 1  # a tiny model, made for these tests


def test_every_row_has_its_source_and_says_how_it_is_known(with_house, open_page):
    shown = said(open_page(PAGE, lang="en", scale_measure="flops"))
    assert "arXiv:2407.21783, section 1" in shown and "(2024-07)" in shown
    assert "computed: 6 · N · D" in shown and "3.14 × 10²³ FLOPs" in shown
    assert "Not published: its maker says so" in shown


def test_what_would_mislead_alone_stands_beside_its_figure(with_house, open_page):
    assert "37 billion of them compute each token" in said(open_page(PAGE, lang="en"))
    shown = said(open_page(PAGE, lang="en", scale_measure="hours"))
    assert "GPU: H800; US$ 5.576 million" in shown and "an ordinary processor" in shown


def test_without_an_example_model_there_is_nothing_to_guess(open_page):
    app = open_page(PAGE, lang="en")
    assert not app.exception and not sent_by(app)["guesses"]
    assert words("en")("scale.none") in said(app)


def test_models_of_nearly_one_size_share_a_stop_but_ours_never_do():
    found = [a_model("a", 70e9), a_model("b", 70e9), a_model("c", 100e9)]
    found += [a_model("own", 70e9, "yours"), a_model("none", 1.0)]
    found[-1].values.clear()
    groups = [[one.key for one in group] for group in sizes.stops(found, "parameters")]
    assert groups == [["a", "b"], ["own"], ["c"]]


def test_this_machine_is_timed_and_its_years_follow(with_house, open_page, monkeypatch):
    speed = Speed((1e11, 2e11, 4e11), 2)
    monkeypatch.setattr(machine, "measured_speed", lambda dtype: speed)
    monkeypatch.setattr(machine, "memory_bytes", lambda: 16_000_000_000)
    app = open_page(PAGE, lang="en")
    (guess,) = [each for each in app.radio if each.key == "guess_scale_machine"]
    guess.set_value("millions").run()
    (button,) = [each for each in app.button if each.key == "reveal_scale_machine"]
    button.click().run()
    assert not app.exception
    shown = said(app)
    assert "200 billion operations a second" in shown and "100 to 400; threads: 2" in shown
    assert "it would take 6 million years" in shown  # 3.8e25 / 2e11 seconds
    assert "810\u202fGB" in shown and "51 × · does not fit" in shown  # 405 billion at two bytes
    assert "14\u202fGB" in shown and "fits" in shown


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [(1.0, "years"), (5e3 * saying.YEAR_S, "thousands"), (2e6 * saying.YEAR_S, "millions")],
)
def test_the_answers_leave_no_gap(seconds, outcome):
    assert machine.outcome_of(seconds) == outcome


@pytest.mark.parametrize(
    ("n", "en", "de"),
    [
        (57.2, "57.2", "57,2"),
        (171_517, "171,517", "171\u202f517"),
        (7e9, "7 billion", "7 Mrd."),
        (1.5e9, "1.5 billion", "1,5 Mrd."),
        (15.6e12, "15.6 trillion", "15,6 Bio."),
        (999_999_999, "1 billion", "1 Mrd."),
        (3.8e25, "3.8 × 10²⁵", "3,8 × 10²⁵"),
    ],
)
def test_large_numbers_have_no_more_digits_than_they_deserve(n, en, de):
    digits = 6 if n == 171_517 else 3
    assert saying.count(n, words("en"), digits) == en
    assert saying.count(n, words("de"), digits) == de


@pytest.mark.parametrize(
    ("n_sheets", "height"),
    [(1, "0.1 mm"), (500, "5 cm"), (1.7e5, "17 m"), (5.9e10, "5,900 km")],
)
def test_a_stack_of_paper_has_its_height(n_sheets, height):
    assert saying.stack(n_sheets, words("en")) == height


@pytest.mark.parametrize(
    ("seconds", "en"),
    [(90, "1.5 minutes"), (7200, "2.0 hours"), (30 * 86400, "30 days"), (1e15, "32 million years")],
)
def test_a_span_of_time_is_said_in_one_unit(seconds, en):
    assert saying.span(seconds, words("en")) == en
