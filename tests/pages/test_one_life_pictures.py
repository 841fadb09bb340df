"""One life for pictures: a fault of step 1, trained as a pair in step 3, measured in step 6."""

import json
from unittest.mock import patch

import pytest

from core.data.pictures.collecting.archive import from_bytes
from core.house.files import Folder
from core.house.pictures.lanes import make_lanes, picture_lanes
from core.house.pictures.recipe import LIVE
from core.modality import PICTURES
from core.postprocessing.pictures.caption_trials import Carried
from core.postprocessing.pictures.picture_filter import FilterSettings
from core.store import RunRecord
from pages.kit.catalogue import words
from pages.postprocessing.pictures import arriving, finishing, one_life
from pages.training.pictures import pairing
from tests.pages.short_in_place import at_once

QUICK = FilterSettings(n_pictures=60, n_steps=5)
DATA, TRAINING, LAST = "1_data.py", "3_training.py", "6_postprocessing.py"


@pytest.fixture(scope="session")
def lanes(tmp_path_factory):
    """Tiny lanes, made by the command that makes the shipped ones."""
    folder = Folder(tmp_path_factory.mktemp("lanes"))
    make_lanes(folder, is_quick=True, say=lambda line: None)
    return picture_lanes(folder)


@pytest.fixture(autouse=True)
def quick(monkeypatch, lanes):
    """The filter learns for a moment only, and the shipped lanes are the tiny ones."""
    monkeypatch.setattr(arriving, "house_painter", lambda: None)
    monkeypatch.setattr(finishing, "filter_settings", lambda: QUICK)
    monkeypatch.setattr("pages.postprocessing.pictures.stations.filter_settings", lambda: QUICK)
    monkeypatch.setattr("pages.postprocessing.pictures.learning.filter_settings", lambda: QUICK)
    monkeypatch.setattr("pages.postprocessing.pictures.learning.N_TRIAL", 8)
    monkeypatch.setattr(finishing, "N_EXAM", 20)
    monkeypatch.setattr(one_life, "picture_lanes", lambda: lanes)


def sent_to(app, name):
    """What the page sends to components of a name."""
    return [
        json.loads(element.proto.json)
        for element in app.get("bidi_component")
        if element.proto.component_name == f"glassbox_{name}"
    ]


def shown(app) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def opened(open_page, file, **url):
    app = open_page(file, modality="pictures", **url)
    assert not app.exception
    return app


@pytest.mark.parametrize("lang", ["de", "en"])
def test_step_1_says_where_a_fault_is_measured_and_offers_a_pair_where_there_is_one(
    open_page, lang
):
    app = opened(open_page, DATA, lang=lang)
    assert words(lang)("picture_life.thread") in shown(app)
    assert "life_wrong" not in {button.key for button in app.button}
    faulty = opened(open_page, DATA, lang=lang, book_wrong="0.3", book_skew="0.9")
    assert {"life_wrong", "life_skew"} <= {button.key for button in faulty.button}


def test_a_pair_of_books_differs_in_the_share_that_step_1_asks_for(open_page, services):
    app = opened(open_page, DATA, lang="en", book_wrong="0.3")
    app.button(key="life_wrong").click().run()
    assert not app.exception
    owner, store = app.session_state["_owner"], services.store
    bench = store.benches.of(owner, PICTURES)
    assert (bench.difference.setting, bench.difference.b) == ("wrong_caption_share", 0.3)
    books = [
        from_bytes(store.artifacts.read(owner, bench.lanes[lane]["corpus"])).settings
        for lane in "ab"
    ]
    assert books == [LIVE.book, LIVE.book.changed(wrong_caption_share=0.3)]
    assert bench.lanes["a"]["encoder"] == bench.lanes["b"]["encoder"]
    amiss = store.artifacts.get(owner, bench.lanes["b"]["corpus"]).numbers["n_wrong_captions"]
    assert amiss == pytest.approx(0.3 * LIVE.book.n_pictures, rel=0.1)
    training = app.switch_page(f"../{TRAINING}").run()
    assert not training.exception
    name = words("en")("training_pictures.lane_wrong", share="30 %")
    assert "train_unfork" in {button.key for button in training.button}
    assert name.replace(" ", "") in shown(training).replace(" ", "").replace(" ", "")


@pytest.fixture
def asked(services, monkeypatch):
    """What the engine is asked for."""
    found = []
    monkeypatch.setattr(services.engine, "experiment", lambda *a, **k: found.append(a) or [])
    return found


@pytest.mark.parametrize(("pair", "setting"), [("wrong", "wrong_caption_share"),
                                               ("skew", "colour_skew")])  # fmt: skip
def test_a_start_trains_both_books_with_one_seed(open_page, services, asked, pair, setting):
    app = opened(open_page, TRAINING, lang="en", picture_pair=pair, seed="4")
    app.button(key="train_start").click().run()
    assert not app.exception
    owner, plans = asked[0]
    assert [plan.lane for plan in plans] == ["a", "b"]
    assert plans[0].settings == plans[1].settings and plans[0].settings["seed"] == 4
    books = [services.store.artifacts.get(owner, plan.inputs["corpus"]).settings["book"]
             for plan in plans]  # fmt: skip
    changed = {key for key in books[0] if books[0][key] != books[1][key]}
    assert changed == {setting} and plans[0].inputs["design"] == plans[1].inputs["design"]
    assert plans[0].name != plans[1].name


@pytest.mark.parametrize(("pair", "setting", "both"), [("rate", "learning_rate", (0.02, 0.2)),
                                                       ("objective", "objective",
                                                        ("velocity", "noise"))])  # fmt: skip
def test_a_pair_of_trainings_reads_one_book(open_page, services, asked, pair, setting, both):
    app = opened(open_page, TRAINING, lang="de", picture_pair=pair)
    app.button(key="train_start").click().run()
    assert not app.exception
    owner, (one, two) = asked[0]
    assert one.inputs == two.inputs
    changed = {key for key in one.settings if one.settings[key] != two.settings[key]}
    assert setting in changed <= {setting, "embedding_learning_rate"}
    assert (one.settings[setting], two.settings[setting]) == both
    assert services.store.benches.of(owner, PICTURES).difference.setting == setting


def test_after_a_pair_one_run_is_one_lane_again(open_page, services, asked):
    app = opened(open_page, TRAINING, lang="en", picture_pair="rate")
    app.button(key="train_start").click().run()
    again = opened(open_page, TRAINING, lang="en")
    again.session_state["_owner"] = app.session_state["_owner"]
    again.session_state.pop(
        "_training_begun", None
    ) if "_training_begun" in again.session_state else None
    again.button(key="train_start").click().run()
    assert len(asked[-1][1]) == 1
    assert not services.store.benches.of(asked[-1][0], PICTURES).is_pair


@pytest.fixture
def with_pair(open_page, services):
    """A page whose visitor has two finished runs on books that differ in their captions."""
    app = opened(open_page, TRAINING, lang="en")
    owner = app.session_state["_owner"]
    with patch.object(pairing.state, "owner", lambda: owner):
        pairing.fork_book("wrong_caption_share")
    settings = LIVE.training.changed(n_steps=600).to_dict()
    for lane, right in (("a", 0.9), ("b", 0.6)):
        record = RunRecord(lane, owner, "denoising", settings, lane=lane, name=f"lane {lane}")
        services.store.runs.start(record, {})
        services.store.runs.update(lane, status="finished", step=600)
        shares = dict.fromkeys(("things", "colours", "sides", "sky", "whole"), right)
        exam = {"kind": "evaluation", "step": 600, "n_judged": 32, "n_unseen": 32,
                "unseen_share": right, **{f"{k}_share": v for k, v in shares.items()}}  # fmt: skip
        services.store.runs.append(lane, [exam])
    return app


def test_a_pair_stands_side_by_side_with_what_each_can_do(with_pair):
    app = with_pair.run()
    assert not app.exception
    assert len(sent_to(app, "learning_pictures")) == len(sent_to(app, "skills")) == 2
    (table,) = sent_to(app, "lanes")
    assert table["names"] == ["lane a", "lane b"]
    assert (table["rows"][0]["a"], table["rows"][0]["b"]) == (0.9, 0.6)
    assert words("en")("training_pictures.pair_goes_on") in shown(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_step_6_shows_the_shipped_pair_from_its_book_to_its_pictures(open_page, lanes, lang):
    app = opened(open_page, LAST, lang=lang)
    table = sent_to(app, "lanes")[-1]
    clean, wrong = lanes.lanes["clean"], lanes.lanes["wrong"]
    n, of = wrong.counted["n_wrong_captions"], wrong.counted["n_pictures"]
    assert table["rows"][0]["b"] == pytest.approx(n / of)
    assert table["rows"][1]["b"] == wrong.carried["book"][3.0].share
    assert table["rows"][2]["a"] == clean.carried["book"][1.0].share
    assert words(lang)("picture_life.title") in shown(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_ones_own_pair_is_drawn_and_checked_when_asked_for(
    open_page, services, lanes, monkeypatch, lang
):
    app = opened(open_page, LAST, lang=lang)
    owner, store = app.session_state["_owner"], services.store
    with patch.object(pairing.state, "owner", lambda: owner):
        pairing.fork_book("wrong_caption_share")
    for lane, name in (("a", "clean"), ("b", "wrong")):
        slots = store.benches.of(owner, PICTURES).lanes[lane]
        parents = [slots["encoder"], slots["corpus"]]
        weights = lanes.lanes[name].files[0]
        made = store.artifacts.keep(owner, "checkpoint", weights, parents=parents, seed=ord(lane))
        store.benches.put(owner, lane, made.id, "checkpoint")
    monkeypatch.setattr(one_life, "N_MEASURED", 3)
    monkeypatch.setattr(services.engine, "short", at_once)
    app.run()
    assert not app.exception
    app.button(key="measure_life").click().run()
    assert not app.exception
    table = sent_to(app, "lanes")[-1]
    assert [row["a"] is not None for row in table["rows"][:3]] == [True] * 3
    assert table["rows"][0]["a"] == 0.0 and table["rows"][0]["b"] > 0.1
    assert "measure_life" not in {button.key for button in app.button}


def test_of_red_apples_the_rare_ones_are_asked_for_too(monkeypatch):
    monkeypatch.setattr(one_life, "note", lambda text: None)
    monkeypatch.setattr(one_life.site, "href", lambda name: "/")
    tables = []
    monkeypatch.setattr(one_life, "lanes", lambda rows, t, **how: tables.append(rows))
    counted = {"n_pictures": 100.0, "n_apples": 50.0, "n_red_apples": 10.0}
    found = {ask: {3.0: Carried(40, n, {}), 1.0: Carried(40, n, {})}
             for ask, n in (("rare", 8), ("book", 30))}  # fmt: skip
    pair = [one_life.Lived("a", None, counted, found),
            one_life.Lived("b", None, {**counted, "n_red_apples": 45.0}, found)]  # fmt: skip
    one_life._table(words("en"), pair, "skew")
    (rows,) = tables
    assert (rows[0].a, rows[0].b) == (0.2, 0.9)
    assert [row.a for row in rows[1:5]] == [0.2, 0.2, 0.75, 0.75]
    assert [row.a for row in rows[5:]] == [None, None]  # of no word it was told


def test_the_visitors_caption_is_drawn_by_both_from_the_same_noise(open_page):
    app = opened(open_page, LAST, lang="en", life_of="wrong")
    before = len(sent_to(app, "picture_wall"))
    app.button(key="draw_shipped_wrong").click().run()
    assert not app.exception
    walls = sent_to(app, "picture_wall")[before:]
    assert len(walls) == 2 and all(len(wall["notes"]) == 8 for wall in walls)


def test_a_caption_that_cannot_be_checked_is_not_drawn_by_both(open_page):
    app = opened(open_page, LAST, lang="en", life_of="wrong", caption="a dragon")
    assert "draw_shipped_wrong" not in {button.key for button in app.button}


@pytest.mark.parametrize(
    ("guided", "unguided", "key"),
    [((90, 60), (90, 60), "parted_both"), ((90, 60), (90, 88), "parted_guided"),
     ((90, 89), (90, 60), "parted_unguided"), ((90, 89), (90, 88), "not_parted")],
)  # fmt: skip
def test_a_difference_is_claimed_only_where_intervals_part(guided, unguided, key):
    pair = [
        one_life.Lived("", None, {}, {"book": {3.0: Carried(100, guided[lane], {}),
                                               1.0: Carried(100, unguided[lane], {})}})
        for lane in (0, 1)
    ]  # fmt: skip
    t = words("de")
    assert one_life._verdict(t, pair, "book") == t(f"picture_life.{key}")
