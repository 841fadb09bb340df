"""The page of results: curves that are read without a legend, and nothing of a person in it."""

import re
from html import unescape

import pytest

from core.rooms.results import Results, Trained
from core.rooms.room import open_room
from pages.kit.catalogue import words
from pages.room.results.curve import HEIGHT, LINE_PX, Line, curves
from pages.room.results.page import as_html
from tests.workshop import WORKSHOP

RULES = ("polite", "truthful", "honest", "on_topic", "brief")
LINES = [Line("Bench 1", [[1, 4.0], [50, 2.0]]), Line("Bench 2", [[1, 4.0], [100, 2.01]])]


def places(svg):
    """Every line's points, as numbers."""
    return [
        [tuple(map(float, place.split(","))) for place in points.split()]
        for points in re.findall(r'points="([^"]+)"', svg)
    ]


def named(svg):
    """Name -> how far down it stands."""
    found = re.findall(r'<text x="\d+" y="([\d.]+)" fill="[^"]+">([^<]+)</text>', svg)
    return {unescape(name): float(y) for y, name in found}


def test_a_curve_falls_where_the_loss_falls_and_ends_where_its_run_ended():
    first, second = places(curves(LINES, "Loss", words("en")))
    assert first[0] == second[0]  # the same first loss, on common axes
    assert first[1][0] * 2 == pytest.approx(second[1][0], abs=0.2)  # step 50 of 100
    assert first[1][1] > first[0][1]  # further down is less


def test_names_stand_at_the_ends_and_do_not_cover_each_other():
    names = named(curves(LINES, "Loss", words("en")))
    assert abs(names["Bench 1"] - names["Bench 2"]) >= LINE_PX - 0.2
    many = [Line(f"Bench {n}", [[1, 4.0], [9, 0.0]]) for n in range(1, 7)]
    low = named(curves(many, "Loss", words("en")))
    assert len(low) == 6 and max(low.values()) <= HEIGHT
    assert named(curves([*many, many[0]], "Loss", words("en"))) == {}  # the table has them


def test_a_run_that_diverges_leaves_the_picture_and_the_picture_says_so():
    t = words("de")
    calm = curves(LINES, "Loss", t)
    wild = curves([*LINES, Line("wild", [[1, 4.0], [100, 900.0]])], "Loss", t)
    assert places(wild)[0][1] == places(calm)[0][1]  # the others are seen as well as before
    assert t("workshop.curve_cut") in wild and t("workshop.curve_cut") not in calm


def test_a_name_is_no_markup_and_figures_are_the_reader_s():
    told = curves([Line("<b>&", [[1, 4.5], [10, 1.25]])], "Loss <nats>", words("de"))
    assert "<b>" not in told and "<nats>" not in told and "4,50 → 1,25" in told


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_whole_page_shows_what_was_made_and_says_who_was_simulated(services, lang):
    t = words(lang)
    room = open_room(services.store.rooms, "host", WORKSHOP).room
    aligned = {
        "loss": [[1, 0.7], [2, 0.5]],
        "agreeing": [[2, 0.75]],
        "exams": [
            {"step": step, "n": 60, "rates": dict.fromkeys(RULES, rate)}
            for step, rate in ((0, 0.1), (2, 0.6))
        ],
        "answers": [{"question": "Wo?", "before": "<i>Dort", "now": "Gern: dort."}],
    }
    held = {"accuracy": 0.8, "low": 0.5, "high": 0.9, "n": 18}
    found = Results(
        n_people=3, n_simulated=30, questions=[], pairs=[], hands=[0, 2, 0, 0],
        benches=[Trained(n, "pretraining", "loss_nats", [[1, 4.0], [2, 3.0]]) for n in (1, 2)],
        clicks={"n_clicks": 36, "n_people": 3, "n_simulated": 0, "n": 12, "agreement": None},
        taste={"n_simulated": 30, "reward": {"held_out": held, "loss": []}, "aligned": aligned},
        race=None,
        corpus={"n_lines": 29, "n_people": 3, "n_simulated": 30, "n_train_tokens": 1400},
    )  # fmt: skip
    shown = as_html(found, room, t, is_file=True)
    said = f'<p class="simulated">{t("workshop.n_simulated", n="30")}</p>'
    assert shown.count(said) == 2  # below the taste and the corpus
    assert t("workshop.left_out", n="30") in shown and t("workshop.bench", n=2) in shown
    assert "&lt;i&gt;Dort" in shown and "Gern: dort." in shown
    before, after = {"de": ("10\u202f%", "60\u202f%"), "en": ("10%", "60%")}[lang]
    assert f'<td class="n">{before}</td><td class="n">{after}</td>' in shown
    assert {"de": "Es wird gelost", "en": "It draws lots"}[lang] in shown  # where help was asked
    assert "<script" not in shown and "http" not in shown  # works from a file, asks nobody
