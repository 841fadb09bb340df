"""The station “often”: guess, run, result; the floor, cleaning and wordings; own facts."""

import json
import lzma

import pytest

from core.house.files import Folder
from core.house.limits import record as house_record
from core.limits.often.telling import GROUPS, LANES, N_BINS, TellingSettings
from core.limits.often.wordings import KINDS, WordingSettings
from pages.kit.catalogue import words
from pages.limits.often import own, picture

OFTEN = "limits/often/often.py"
OVERVIEW = "limits/limits.py"


def tally(n, n_right, n_unsure=0, confidence=0.5):
    return {"n": n, "n_right": n_right, "n_unsure": n_unsure, "confidence": confidence}


def telling_row(lane, n_once, *, own=(), n_often=10):
    """A finished model that knows so many of 100 facts told once."""
    groups = {name: tally(10, 10) for name in GROUPS}
    groups |= {"never": tally(200, 4), "once": tally(100, n_once), "often": tally(10, n_often)}
    false = {
        "person": "<i>Orlo</i>",
        "relation": "home",
        "said": "Tavo",
        "truth": "Suvi",
        "n_told": 0,
        "probability": 0.97,
    }
    return {
        "kind": "asked",
        "model": 0,
        "lane": lane,
        "seed": 0,
        "done": True,
        "step": 120,
        "seconds": 3.0,
        "groups": groups,
        "own": list(own),
        "taught": tally(100, 0, 90),
        "untaught": tally(100, 2, 25),
        "asked": {"n": 1000, "n_wrong": 180, "n_unsure": 0, "n_new": 170},
        "written": {"n": 990, "n_wrong": 20, "n_unsure": 0},
        "singletons": 0.17,
        "missing": 0.18,
        "gap": 0.1,
        "bins": [[10, 5, 0.5]] * N_BINS,
        "falsehoods": [false],
        "n_sentences": 1000,
        "n_steps_taken": 120,
        "n_parameters": 1000,
    }


def wordings_row():
    asked = {str(kind): tally(90, 10 * kind, confidence=0.7) for kind in KINDS}
    recited = {str(kind): tally(90, 90) for kind in KINDS}
    place = {"kind": "asked", "model": 0, "seed": 0, "done": True, "step": 600, "seconds": 9.0}
    return {**place, "known": tally(360, 360), "asked": asked, "recited": recited}


@pytest.fixture
def measured(with_house, tmp_path, monkeypatch):
    """Shipped measurements, made up: cleaning costs what was told often."""
    rows = [telling_row(lane, 55, n_often=2 if lane == "passes" else 10) for lane in LANES]
    found = {
        "made": {"command": "python -m core house --limits telling", "date": "2026-11-30"},
        "settings": TellingSettings(lanes=LANES).to_dict(),
        "seconds": 90.0,
        "rows": rows,
        "wordings": {
            "settings": WordingSettings().to_dict(),
            "seconds": 60.0,
            "rows": [wordings_row()],
        },
    }
    folder = tmp_path / "shipped"
    packed = lzma.compress(json.dumps(found).encode())
    Folder(folder).write(house_record.file_of("telling"), packed)
    monkeypatch.setattr(house_record, "SHIPPED", folder)
    return with_house


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def keys(app):
    return {button.key for button in app.button}


def owner_of(app):
    return app.session_state["_owner"]


def revealed(app, key, guess):
    app.radio(key=f"guess_{key}").set_value(guess).run()
    return app.button(key=f"reveal_{key}").click().run()


def started(app, guess="all"):
    app.radio(key="often_guess").set_value(guess).run()
    return app.button(key="often_start").click().run()


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_it_opens_with_and_without_measurements(
    measured, open_page, lang, depth, tmp_path, monkeypatch
):
    app = open_page(OFTEN, lang=lang, depth=depth)
    assert not app.exception
    assert ("'gb-floor'" in said(app)) == ("'gb-tellings'" in said(app)) == (depth == "watch")
    monkeypatch.setattr(house_record, "SHIPPED", tmp_path / "nothing")
    app = open_page(OFTEN, lang=lang, depth=depth)
    assert not app.exception and "'gb-floor'" not in said(app)


def test_nothing_starts_without_a_guess_and_a_run_can_be_ended(measured, open_page):
    app = open_page(OFTEN, lang="en")
    assert app.button(key="often_start").disabled
    app = started(app)
    assert not app.exception
    (run,) = measured.store.runs.of_owner(owner_of(app))
    settings = TellingSettings.from_dict(run.settings)
    assert (run.program, run.lane) == ("telling", "")
    assert settings.own == ("Ada; Lisbon; 1", "Ben; Oslo; 12", "Cleo; Nairobi; 0")
    app.button(key="often_stop").click().run()
    assert words("en")("limits.stopped") in said(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_result_is_held_against_the_guess_and_own_names_are_data(measured, open_page, lang):
    app, t = started(open_page(OFTEN, lang=lang)), words(lang)
    (run,) = measured.store.runs.of_owner(owner_of(app))
    answer = {"person": "<b>Ada</b>", "place": "Oslo", "n_told": 3, "said": "Rom", "right": False}
    rows = [
        telling_row(lane, 55, own=[answer | {"probability": 0.25}])
        for lane in ("told", "cleaned", "passes", "short")
    ]
    measured.store.runs.append(run.id, rows)
    measured.engine.stop(owner_of(app), run.id)
    measured.store.runs.update(run.id, status="finished", step=900, seconds=20.0)
    app.run()
    assert not app.exception
    assert t("frame.guess_wrong") in said(app) and t("often.guess_some") in said(app)
    assert "'gb-tellings'" in said(app)
    assert "&lt;b&gt;Ada&lt;/b&gt;" in said(app) and "<b>Ada" not in said(app)
    assert "&lt;i&gt;Orlo&lt;/i&gt;" in said(app) and "<i>Orlo" not in said(app)
    assert t("often.right_of", k="0", n="1") in said(app)
    app.button(key="often_again").click().run()
    assert "often_start" in keys(app)


def test_bad_lines_are_named_and_the_others_used(measured, open_page):
    app, t = open_page(OFTEN, lang="en"), words("en")
    typed = (
        "Mia; Rom; 2\n<b>x</b>\nZoe; Rom; -1\n李雷; 北京; 5\nmia; Bonn; 1\n" + "y" * 31 + "; A; 1"
    )
    app.text_area(key="often_own").set_value(typed).run()
    assert not app.exception
    for why in ("often.own_parts", "often.own_twice"):
        assert t(why).replace("’", "’") in said(app)
    assert t("often.own_count", most="50") in said(app) and t("often.own_long", n="30") in said(app)
    assert "&lt;b&gt;x&lt;/b&gt;" in said(app) and "<b>x" not in said(app)
    assert app.text_area(key="often_own").value == typed
    app = started(app)
    (run,) = measured.store.runs.of_owner(owner_of(app))
    assert run.settings["own"] == ["Mia; Rom; 2", "李雷; 北京; 5"]


@pytest.mark.parametrize("typed", ["", "   \n", "😀" * 5000])
def test_nothing_or_far_too_much_is_said(measured, open_page, typed):
    app = open_page(OFTEN, lang="en")
    app.text_area(key="often_own").set_value(typed).run()
    assert not app.exception
    t = words("en")
    if typed.strip():
        assert t("often.own_unused") in said(app)
    else:
        assert t("often.own_none") in " ".join([said(app), *(m.value for m in app.markdown)])


@pytest.mark.parametrize(
    ("key", "right"),
    [("often_floor", "about"), ("often_cleaning", "less"), ("often_wordings", "half")],
)
def test_an_expectation_is_decided_by_what_was_measured(measured, open_page, key, right):
    app, t = open_page(OFTEN, lang="en"), words("en")
    assert "<table>" not in said(app) and "'gb-floor'" not in said(app)
    app = revealed(app, key, right)
    assert not app.exception and t("frame.guess_right") in said(app)


def test_cleaning_shows_every_treatment_with_its_price(measured, open_page):
    app, t = revealed(open_page(OFTEN, lang="en"), "often_cleaning", "same"), words("en")
    assert t("frame.guess_wrong") in said(app)
    for lane in LANES:
        assert picture.lane_name(lane, t) in said(app)


def test_wordings_can_be_trained_again_after_the_first_guess(measured, open_page):
    app = open_page(OFTEN, lang="en")
    assert "often_wordings_start" not in keys(app)
    app = revealed(app, "often_wordings", "half")
    app.radio(key="often_wordings_guess").set_value("much").run()
    app.button(key="often_wordings_start").click().run()
    assert not app.exception
    (run,) = measured.store.runs.of_owner(owner_of(app))
    assert run.program == "wordings"
    measured.store.runs.append(run.id, [wordings_row()])
    measured.engine.stop(owner_of(app), run.id)
    measured.store.runs.update(run.id, status="finished", step=600, seconds=9.0)
    app.run()
    assert not app.exception and words("en")("often.sure_much") in said(app)


def test_the_terms_of_the_bound_are_shown_to_those_who_dig(measured, open_page):
    app = revealed(open_page(OFTEN, lang="en", depth="dig"), "often_floor", "more")
    text = " ".join([said(app), *(each.value for each in app.markdown)])
    assert "242%" in text or "243%" in text  # (35 + 6 ln 1000) / √1000 = 2.417


def test_the_overview_has_a_row_for_every_treatment(measured, open_page):
    app, t = open_page(OVERVIEW, lang="en"), words("en")
    assert not app.exception
    assert said(app).count(f"<td>{t('limits.once_right')}</td>") == len(LANES) - 1


def test_a_column_shows_share_interval_and_confidence():
    t = words("en")
    groups = {name: picture.Tally() for name in GROUPS}
    groups["once"] = picture.Tally(100, 55, 0, 0.4)
    drawn = picture.columns(groups, "x", t)
    assert drawn.count("<section>") == 1
    assert "height:55.0%" in drawn and "bottom:40.0%" in drawn
    assert "55%" in drawn and "n = 100" in drawn


def test_bars_share_one_scale_and_the_first_draws_the_line():
    t = words("en")
    wrong = picture.wrong_bar("wrong", picture.Tally(100, 60, 0))
    drawn = picture.bars([picture.Bar("counted", 0.2, None, "counted"), wrong], t)
    top = wrong.span[1]
    assert drawn.count(f"left:{100 * 0.2 / top:.1f}%") == 2
    assert wrong.value == pytest.approx(0.4)


def test_no_own_facts_no_table():
    assert own.answers([telling_row("told", 55)], ["told"], words("en")) == ""
