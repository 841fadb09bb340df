"""The alignment page for pictures: clicks that are kept, a rule that judges, a run, its price."""

import base64
import json

import pytest

from core.alignment.pictures.preferring import PicturePair, from_bytes
from core.alignment.pictures.rules import RULES
from core.alignment.pictures.settings import (
    LEAST_NOISE,
    SMALLEST_BETA,
    PictureDpoSettings,
    leash_of,
)
from core.data.pictures import Item, beside, paint
from core.data.pictures.collecting.files import png_of
from core.house.pictures.curves import house_curves
from core.modality import PICTURES
from core.store import RunRecord
from pages.alignment.pictures import choosing, showing, trials
from pages.alignment.pictures import ground as grounds
from pages.kit.catalogue import words
from pages.kit.components.ballot import Vote, Votes

PAGE = "4_alignment.py"
ITEMS = Item("apple", "red"), Item("house", "blue")
DAY, NIGHT = (paint(beside(*ITEMS, night)) for night in (False, True))


@pytest.fixture
def on(with_pictures):
    found = grounds.at_hand("anna")
    assert found is not None
    return found


def pair(n, a=DAY, b=NIGHT):
    caption = "on the left a red apple, on the right a blue house"
    return PicturePair(caption, "en", "sky", a, b, 16 * n, 16 * n + 1)


def sent_to(app, name):
    """What the page sends to a component."""
    for element in app.get("bidi_component"):
        if element.proto.component_name == f"glassbox_{name}":
            return json.loads(element.proto.json)
    return None


def choose(services, on, owner, choices):
    kept = [grounds.ballot(pair(n), choice, "you", on.model.id) for n, choice in enumerate(choices)]
    services.store.ballots.cast(owner, kept)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_without_a_model_that_draws_the_page_points_to_training(open_page, lang):
    app = open_page(PAGE, lang=lang, modality="pictures")
    assert not app.exception
    assert app.title[0].value == words(lang)("alignment_pictures.question")
    assert sent_to(app, "picture_ballot") is None


@pytest.mark.parametrize("lang", ["de", "en"])
def test_two_pictures_of_one_caption_are_shown(with_pictures, open_page, lang):
    app = open_page(PAGE, lang=lang, modality="pictures")
    assert not app.exception
    sent = sent_to(app, "picture_ballot")
    assert len(sent["pairs"]) >= choosing.N_AHEAD and sent["n"] == 0
    first = sent["pairs"][0]
    assert first["a"] != first["b"] and first["caption"]
    assert len({each["key"] for each in sent["pairs"]}) == len(sent["pairs"])
    assert {"picture_align_start", "picture_let_judge"} <= {button.key for button in app.button}


def test_who_only_watches_is_asked_nothing(with_pictures, open_page):
    app = open_page(PAGE, lang="en", modality="pictures", depth="watch")
    assert not app.exception
    assert "picture_align_start" not in {button.key for button in app.button}


def test_clicks_count_once_and_can_be_taken_back(with_pictures, on):
    shown = {grounds.key_of(pair(n)): pair(n) for n in range(3)}
    first, second, _ = shown
    said = Votes("m", (Vote(1, first, "a"), Vote(2, second, "b"), Vote(3, "unknown", "a")))
    assert choosing.take_votes(said, "anna", on, shown, 0) == 3
    assert choosing.take_votes(said, "anna", on, shown, 3) == 3  # repeated, not counted again
    kept = grounds.chosen("anna", on, "sky", 32)
    assert [one.choice for one in kept.own] == ["a", "b"] and not kept.by_rule
    assert (kept.own[1].better == NIGHT).all() and kept.keys == {first, second}
    bad = Votes("m", (Vote(4, "", ""), Vote(5, first, "both_bad")))
    assert choosing.take_votes(bad, "anna", on, shown, 3) == 5
    assert len(grounds.chosen("anna", on, "sky", 32).own) == 1
    assert not grounds.chosen("anna", on, "colour", 32).own  # each kind of captions on its own
    assert not grounds.chosen("ben", on, "sky", 32).own


def test_judged_pairs_are_not_shown_again_and_what_they_follow_is_said(
    with_pictures, on, open_page
):
    app = open_page(PAGE, lang="en", modality="pictures")
    owner, keys = app.session_state["_owner"], [
        each["key"] for each in sent_to(app, "picture_ballot")["pairs"]
    ]  # fmt: skip
    batch = grounds.batch(owner, on, "sky", "en", 7, 0)
    with_pictures.store.ballots.cast(owner, [grounds.ballot(batch[0], "a", "you", on.model.id)])
    choose(with_pictures, on, owner, "bbb")
    app = app.run()
    assert not app.exception
    sent = sent_to(app, "picture_ballot")
    assert sent["n"] == 4 and keys[0] not in {each["key"] for each in sent["pairs"]}
    html = " ".join(element.proto.body for element in app.get("html"))
    assert "by night" in html and "3 of 3" in html


def test_own_clicks_count_once_there_are_enough_of_them(with_pictures, on):
    rule = [grounds.ballot(pair(n), "a", "rule:day", on.model.id) for n in range(2)]
    with_pictures.store.ballots.cast("anna", rule)
    choose(with_pictures, on, "anna", "b" * 9)
    kept = grounds.chosen("anna", on, "sky", 32)
    assert {one.judge for one in kept.counting(10)} == {"rule:day"}
    more = [grounds.ballot(pair(n), "b", "you", on.model.id) for n in range(9, 12)]
    with_pictures.store.ballots.cast("anna", more)
    kept = grounds.chosen("anna", on, "sky", 32)
    assert len(kept.counting(10)) == 12 and {one.judge for one in kept.counting(10)} == {"you"}


def test_a_start_asks_for_a_run_on_the_visitors_clicks(with_pictures, on, open_page, monkeypatch):
    asked = []
    engine = with_pictures.engine
    monkeypatch.setattr(engine, "experiment", lambda *a, **k: asked.append(a) or [])
    app = open_page(PAGE, lang="en", modality="pictures", seed="4", kl_weight="0.2")
    owner = app.session_state["_owner"]
    choose(with_pictures, on, owner, "b" * 12)
    app = app.run()
    app.button(key="picture_align_start").click().run()
    assert not app.exception
    (plan,) = asked[0][1]
    assert plan.program == "picture_dpo" and plan.lane == "a"
    settings = PictureDpoSettings.from_dict(plan.settings)
    assert (settings.rule, settings.seed, settings.beta) == ("night", 4, 0.2)
    assert settings.kl_weight == pytest.approx(2.0) and settings.least_noise == 0.6
    said = from_bytes(with_pictures.store.artifacts.read(owner, plan.inputs["preferences"]))
    assert len(said) == 12 and {one.choice for one in said} == {"b"}
    slots = with_pictures.store.benches.view(owner, PICTURES)["a"]
    assert slots["preferences"].artifact.numbers["n_pairs"] == 12


def test_where_every_caption_is_a_plain_page_the_leash_on_those_is_looser():
    sky, distance = (leash_of(0.1, rule) for rule in ("night", "close"))
    assert sky["beta"] == distance["beta"] == 0.1
    assert distance["kl_weight"] == pytest.approx(sky["kl_weight"] / 20)
    assert leash_of(0.0, "night") == {"beta": SMALLEST_BETA, "kl_weight": 0.0}


def look(step, n_kept):
    pictures = [
        {"png": base64.b64encode(png_of(NIGHT if k < n_kept else DAY)).decode(), "caption": "c",
         "lang": "en", "seed": k, "left_open": "sky" if k < 12 else "", "kept": k < n_kept,
         "met": True}
        for k in range(16)
    ]  # fmt: skip
    return {"kind": "pictures", "step": step, "size": 32, "pictures": pictures}


def exam(step, rate, plain):
    row = {"kind": "exam", "step": step, "n_judged": 48, "n_plain": 48, "rate": rate,
           "met_share": 0.9, "plain_share": plain}  # fmt: skip
    for name in ("rate", "met", "plain"):
        share = row["rate" if name == "rate" else f"{name}_share"]
        row |= {f"{name}_low": max(0.0, share - 0.1), f"{name}_high": min(1.0, share + 0.1)}
    return row


@pytest.fixture
def with_run(with_pictures, open_page):
    app = open_page(PAGE, lang="en", modality="pictures")
    owner = app.session_state["_owner"]
    settings = PictureDpoSettings().to_dict()
    record = RunRecord("run", owner, "picture_dpo", settings, lane="a", name="pairs")
    with_pictures.store.runs.start(record, {"model": b"m"})
    with_pictures.store.runs.update("run", status="running", step=40)
    rows = [look(0, 1), exam(0, 0.1, 0.98), look(20, 6), look(40, 10), exam(40, 0.85, 0.96)]
    with_pictures.store.runs.append("run", rows)
    return app


def test_a_run_shows_the_same_sixteen_before_and_now_and_its_exam(with_run):
    app = with_run.run()
    assert not app.exception
    walls = sent_to(app, "before_now")
    assert sum(one["kept"] for one in walls["before"]) == 1
    assert sum(one["kept"] for one in walls["now"]) == 10 and walls["step"] == 40
    assert walls["run"] == "run" and walls["after"] > 0
    moved = sent_to(app, "moved_shares")
    assert [row["rate"] for row in moved["exams"]] == [0.1, 0.85]
    assert [each["name"] for each in moved["shares"]] == ["rate", "met_share", "plain_share"]
    assert {"picture_align_pause", "picture_align_stop"} <= {button.key for button in app.button}
    assert "picture_let_judge" not in {button.key for button in app.button}


def test_a_finished_run_says_what_it_brought_and_what_it_cost(with_run, with_pictures):
    with_pictures.store.runs.update("run", status="finished", step=40)
    app = with_run.run()
    assert sent_to(app, "before_now")["run"] is None
    html = " ".join(element.proto.body for element in app.get("html"))
    assert "+75 percentage points" in html and "−2 points in complete captions" in html
    assert "10% → 85%" in html.replace("\u202f", "")


def test_every_rule_has_a_name_and_every_kind_of_caption_a_rule(with_pictures):
    for lang in ("de", "en"):
        assert set(choosing.rule_names(words(lang))) == set(RULES)
    assert all(grounds.rules_for(kind) for kind in LEAST_NOISE)


def test_the_outcome_of_the_leash_is_read_off_its_exams():
    tight = {"rate": 0.8, "plain_share": 0.95}
    assert trials.outcome({"rate": 0.9, "plain_share": 0.3}, tight) == "forgets"
    assert trials.outcome({"rate": 0.3, "plain_share": 0.95}, tight) == "less"
    assert trials.outcome({"rate": 0.8, "plain_share": 0.9}, tight) == "same"
    assert [showing._signed(n) for n in (3, 0, -3)] == ["+3", "±0", "−3"]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_leash_is_shown_over_all_its_values_with_its_badge(with_pictures, open_page, lang):
    app = open_page(PAGE, lang=lang, modality="pictures")
    assert not app.exception
    figure = sent_to(app, "figure")
    shown = house_curves()
    assert [trace["name"] for trace in figure["fig"]["data"]] == [
        words(lang)("alignment_pictures.curve_rate"),
        words(lang)("alignment_pictures.curve_met"),
        words(lang)("alignment_pictures.curve_plain"),
    ]
    rates = [100 * row["rate"] for row in shown.leashes[1:]]
    assert list(figure["fig"]["data"][0]["y"]) == pytest.approx(rates)
    html = " ".join(element.proto.body for element in app.get("html"))
    assert "python -m core house --pictures alignment" in html
