"""The place “limits” and its stations: guess first, then measurements, treatments, live runs."""

import json
import lzma
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.data.world import WorldSettings, town
from core.house import house_artifacts
from core.house.files import SHIPPED, Folder
from core.house.limits import record as house_record
from core.house.limits.command import PARTS
from core.house.limits.grounding import WEIGHTS
from core.house.limits.knowing import TEMPERATURES
from core.limits import facts
from core.limits.confident.knowing import Case
from core.limits.reversal import LANES, ReversalSettings
from core.lineage import MODEL_KINDS
from pages.kit import site
from pages.kit.catalogue import words
from pages.limits.confident import asking
from pages.limits.confident.picture import diagram, falsehoods, strips

OVERVIEW = "limits/limits.py"
CONFIDENT = "limits/confident/confident.py"
BACKWARDS = "limits/backwards/backwards.py"

RIGHT = Case(
    question="Which food does Mia like most?",
    lang="en",
    subject="mia",
    relation="food",
    n_told=150,
    truth="Mia likes pears most.",
    n=20,
    n_right=20,
    n_wrong=0,
    n_unsure=0,
    first="right",
    favourite="Mia likes pears most.",
    n_favourite=20,
    favourite_right=True,
    probability=0.4,
)
WRONG = replace(
    RIGHT,
    question="How old is Mia?",
    relation="age",
    n_told=0,
    truth="",
    n_right=0,
    n_wrong=20,
    n_favourite=15,
    favourite="Mia is <b>ten</b>.",
    favourite_right=False,
    first="wrong",
)


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def keys(app):
    return {button.key for button in app.button}


def owner_of(app):
    return app.session_state["_owner"]


def asked_row(lane, n_right, done=True):
    """A row of one model of a lane, with so many right answers backwards of those told one way."""

    def ways(n, backwards):
        one = {"confidence": 0.9, "truth": 0.01}
        return {
            "forwards": {"n": n, "n_right": n, **one},
            "backwards": {"n": n, "n_right": backwards, **one},
        }

    n_both = {"forwards": 0, "half": 50, "both": 100}[lane]
    row = {
        "kind": "asked",
        "model": 0,
        "lane": lane,
        "seed": 0,
        "done": done,
        "step": 200,
        "seconds": 3.0,
        "both": ways(n_both, n_both),
        "one": ways(100 - n_both, min(n_right, 100 - n_both)),
    }
    example = {"person": "Orlo", "boat": "<i>Suvi</i>", "said": "Tavo", "probability": 0.9}
    return row if lane == "both" else row | {"example": example}


@pytest.fixture
def measured(with_house, tmp_path, monkeypatch):
    """Shipped measurements of the tiny house, made up: all told is right, all untold is false."""
    ids = {one.kind: one.id for one in house_artifacts()}
    cases = [case.to_dict() | {"lang": lang} for lang in ("de", "en") for case in (RIGHT, WRONG)]
    made = {"command": "python -m core house --limits", "date": "2026-11-30"}
    knowing = {
        "asked": [
            {
                "kind": kind,
                "checkpoint": ids[kind],
                "temperature": temperature,
                "seconds": 1.0,
                "cases": cases,
            }
            for kind in MODEL_KINDS
            for temperature in TEMPERATURES
        ],
    }
    reversal = {
        "settings": ReversalSettings().to_dict(),
        "seconds": 9.0,
        "rows": [asked_row(lane, 0) for lane in LANES],
        "n_sentences": {"forwards": 100, "half": 150, "both": 200},
    }
    folder = tmp_path / "shipped"
    for part, found in (("knowing", knowing), ("reversal", reversal)):
        packed = lzma.compress(json.dumps({"made": made, **found}).encode())
        Folder(folder).write(house_record.file_of(part), packed)
    for part in set(PARTS) - {"knowing", "reversal"}:  # those of other stations are as shipped
        name = house_record.file_of(part)
        Folder(folder).write(name, (SHIPPED / name).read_bytes())
    shutil.copy(house_record.SHIPPED / house_record.file_of("families"), folder)  # no town's own
    grounding = json.loads(Folder(SHIPPED).read(house_record.file_of("grounding")))
    taught = json.dumps({**grounding, "checkpoint": ids["tuned"]})  # as if it were of this house
    Folder(folder).write_packed(house_record.file_of("grounding"), taught.encode())
    Folder(folder).write(WEIGHTS, (SHIPPED / WEIGHTS).read_bytes())
    monkeypatch.setattr(house_record, "SHIPPED", folder)
    return with_house


def test_the_place_leads_through_its_stations_and_then_home():
    passed = ["limits"]
    while (following := site.following(passed[-1])) != "home":
        passed.append(following)
    assert passed == ["limits", *site.BESIDE["limits"]]
    assert all(site.BY_NAME[name].around == "limits" for name in passed)
    assert all(site.BY_NAME[name].step is None for name in passed)


@pytest.mark.parametrize("name", ["limits", *site.BESIDE["limits"]])
def test_it_is_about_text_whatever_data_one_looks_at(name):
    assert [kind for place, kind in site.VIEWS if place.name == name] == ["text"]


@pytest.mark.parametrize("place", [OVERVIEW, CONFIDENT, BACKWARDS])
@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_every_page_of_the_place_opens(measured, open_page, place, lang, depth):
    app = open_page(place, lang=lang, depth=depth)
    assert not app.exception
    assert words(lang)("limits.not_measured") not in said(app)


def test_without_measurements_pages_say_so_and_show_no_figure(
    with_house, open_page, tmp_path, monkeypatch
):
    monkeypatch.setattr(house_record, "SHIPPED", tmp_path)
    app = open_page(OVERVIEW, lang="en", depth="watch")
    assert not app.exception and words("en")("limits.not_measured") in said(app)
    assert words("en")("limits.treatments") not in said(app)
    app = open_page(CONFIDENT, lang="en")
    assert not app.exception and words("en")("confident.not_measured") in said(app)


def test_the_overview_gives_no_guess_away(measured, open_page):
    found = words("en")("limits.found_backwards", forwards="@", backwards="@", n="@").split("@")[0]
    assert found in said(open_page(OVERVIEW, lang="en", depth="watch"))
    app = open_page(OVERVIEW, lang="en")
    assert found not in said(app)
    (closed,) = [each for each in app.expander if each.label == words("en")("limits.show_all")]
    assert not closed.proto.expanded


def test_the_overview_has_a_row_for_every_treatment_and_its_price(measured, open_page):
    app, t = open_page(OVERVIEW, lang="en"), words("en")
    assert said(app).count(f"<td>{t('limits.invented')}</td>") == 7
    assert said(app).count(f"<td>{t('limits.reversed')}</td>") == 3
    assert t("limits.price_texts", factor="1.5\u202f×") in said(app)


def test_nothing_is_given_away_before_the_guess_and_all_is_shown_after_it(measured, open_page):
    app, t = open_page(CONFIDENT, lang="en"), words("en")
    assert "'gb-strips'" not in said(app) and "'gb-falsehoods'" not in said(app)
    assert RIGHT.question in said(app)
    app.radio(key="guess_confident_sure").set_value("alike").run()
    app.button(key="reveal_confident_sure").click().run()
    assert not app.exception
    # 15 of 20 against 20 of 20: less than 0.8 of it
    assert t("frame.guess_wrong") in said(app) and t("confident.sure_less") in said(app)
    assert "'gb-strips'" in said(app) and "'gb-reliability'" in said(app)
    assert "Mia is &lt;b&gt;ten&lt;/b&gt;." in said(app) and "<b>ten" not in said(app)


def test_a_higher_threshold_refuses_what_agreed_less(measured, open_page):
    app, t = open_page(CONFIDENT, lang="en"), words("en")
    for key, guess in (("confident_sure", "less"), ("confident_gate", "little")):
        app.radio(key=f"guess_{key}").set_value(guess).run()
        app.button(key=f"reveal_{key}").click().run()
    assert not app.exception and t("frame.guess_right") in said(app)
    base = t("alignment.base")

    def row(k):
        name = t("confident.gate_of", model=base, k=k, n=20)
        return said(app).split(name)[1].split("</tr>")[0].split("<td>")[1:]

    assert row(14)[3].startswith("100%") and row(14)[4].startswith("0%")
    app.select_slider(key="confident_enough").set_value(16).run()
    assert row(16)[3].startswith("0%") and row(16)[4].startswith("100%")
    assert row(16)[0].startswith("100%")


def test_an_own_question_is_asked_twenty_times_and_its_text_is_data(measured, open_page):
    app = open_page(CONFIDENT, lang="en")
    app.radio(key="guess_confident_sure").set_value("less").run()
    app.button(key="reveal_confident_sure").click().run()
    app.text_input(key="confident_question").set_value("<b>Who</b>?").run()
    app.button(key="confident_own").click().run()
    assert not app.exception
    assert "&lt;b&gt;Who&lt;/b&gt;?" in said(app) and "<b>Who" not in said(app)
    assert words("en")("confident.own_unread") in said(app)


def test_a_question_of_the_towns_is_held_against_its_facts_and_another_is_not():
    house = SimpleNamespace(kind="checkpoint", world=WorldSettings())
    where = town(house.world)
    food = next(each for each in sorted(where.facts) if each[1] == "food" and where.tellable(*each))
    truth, known = facts.answered(food, where, "en"), replace(RIGHT, subject=food[0])
    question = facts.asked(food, "en")
    case = asking.case_of(question, [truth, truth, "Hm."], house, [known], "en")
    assert (case.n_right, case.n_favourite, case.favourite_right) == (2, 2, True)
    assert asking.case_of("What is AI?", [truth], house, [known], "en") is None


def test_the_picture_counts_every_question_once(with_house):
    t = words("en")
    drawn = strips([RIGHT, RIGHT, WRONG], t)
    assert t("confident.column", k=20, of=20, right=2, wrong=0) in drawn
    assert t("confident.column", k=15, of=20, right=0, wrong=1) in drawn
    assert drawn.count("<section>") == 2  # nothing was told seldom


def test_the_diagram_tells_its_error_and_says_when_nothing_was_stated():
    t = words("en")
    # sure 1 and right; sure 0.75 and wrong: (0 + 0.75) / 2
    assert "38%" in diagram([RIGHT, WRONG], t)
    silent = replace(WRONG, n_favourite=0)
    assert diagram([silent], t) == f"<p class='gb-soft'>{t('confident.nothing_stated')}</p>"


def test_a_falsehood_says_what_the_texts_tell():
    t = words("en")
    assert t("confident.no_truth") in falsehoods([WRONG], t)
    told = replace(WRONG, n_told=7, truth="Mia is nine.")
    assert t("confident.texts_tell", n="7", truth="Mia is nine.") in falsehoods([told], t)


def started(app, guess):
    app.radio(key="backwards_guess").set_value(guess).run()
    return app.button(key="backwards_start").click().run()


def test_nothing_starts_without_a_guess(measured, open_page):
    assert open_page(BACKWARDS, lang="en").button(key="backwards_start").disabled


def test_one_run_starts_beside_the_bench_and_can_be_ended(measured, open_page):
    app = started(open_page(BACKWARDS, lang="en"), "all")
    assert not app.exception
    (run,) = measured.store.runs.of_owner(owner_of(app))
    assert (run.program, run.lane) == ("reversal", "")
    assert ReversalSettings.from_dict(run.settings).n_seeds == ReversalSettings().n_seeds
    assert "backwards_stop" in keys(app)
    app.button(key="backwards_stop").click().run()
    assert words("en")("limits.stopped") in said(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_result_is_held_against_the_guess_and_names_are_escaped(measured, open_page, lang):
    app, t = started(open_page(BACKWARDS, lang=lang), "all"), words(lang)
    (run,) = measured.store.runs.of_owner(owner_of(app))
    measured.store.runs.append(run.id, [asked_row(lane, 1) for lane in LANES])
    measured.engine.stop(owner_of(app), run.id)
    measured.store.runs.update(run.id, status="finished", step=1800, seconds=9.0)
    app.run()
    assert not app.exception
    assert t("frame.guess_wrong") in said(app) and t("backwards.guess_none") in said(app)
    assert "&lt;i&gt;Suvi&lt;/i&gt;" in said(app) and "<i>Suvi" not in said(app)
    assert "backwards_again" in keys(app) and "backwards_start" not in keys(app)
    app.button(key="backwards_again").click().run()
    assert "backwards_start" in keys(app)


@pytest.mark.parametrize("step", site.BEGINS)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_step_leads_to_the_limits_that_begin_in_it(measured, open_page, step, lang):
    t = words(lang)
    app = open_page(site.BY_NAME[step].file, lang=lang)
    assert not app.exception and t("limits.begins") in said(app)
    linked = {link.proto.page for link in app.get("page_link")}
    assert linked >= set(site.BEGINS[step]) <= set(site.BESIDE["limits"])
