"""“Pattern or rule”: guesses first, results of runs, own sums, and what is shipped."""

import json
import lzma

import pytest

from core.house.files import Folder
from core.house.limits import record as house_record
from core.limits.rule.adding import AddingProgram, AddingSettings, Written
from core.limits.rule.grokking import GrokkingProgram, GrokkingSettings, courses
from core.limits.rule.sums import KINDS, Question, question_of
from pages.kit.catalogue import words
from pages.limits.rule import asking, modulo

PAGE = "limits/rule/rule.py"
OVERVIEW = "limits/limits.py"


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def owner_of(app):
    return app.session_state["_owner"]


def found(n_right, n=100, n_written=1200):
    return {"n": n, "n_right": n_right, "n_written": n_written}


def asked(lane, new, longer, done=True):
    """A row of one model: so many new and longer sums right, and all of another kind wrong."""
    right = {"seen": new, "new": new, "longer": longer}
    return {
        "kind": "asked",
        "model": 0,
        "lane": lane,
        "seed": 0,
        "done": done,
        "step": 600,
        "seconds": 9.0,
        "within": 600,
        "kinds": {kind: found(right.get(kind, 0)) for kind in KINDS},
        "examples": {kind: [["1+2=", "<i>9</i>", 3]] for kind in KINDS},
        "training_s": 9.0,
        "n_texts": 100,
        "n_characters": 2400,
    }


def looked(lane, n_right):
    return {
        "kind": "looked",
        "model": 0,
        "lane": lane,
        "seed": 0,
        "done": False,
        "step": 60,
        "seconds": 1.0,
        "within": 60,
        **found(n_right, 60),
    }


def along(lane, others, model):
    """Rows of a model on the clock: told sums known at once, the others as given."""
    return [
        {
            "kind": "looked",
            "model": model,
            "lane": lane,
            "seed": 0,
            "done": place == len(others) - 1,
            "step": 600 * (place + 1),
            "seconds": 5.0,
            "within": 600 * (place + 1),
            "told": [100, 100],
            "others": [100, n_right],
            "weight_norm": 30.0,
        }
        for place, n_right in enumerate(others)
    ]


CLOCK = [*along("decay", (20, 100, 100), 0), *along("plain", (20, 20, 30), 1)]


@pytest.fixture
def measured(with_house, tmp_path, monkeypatch):
    """Shipped measurements, made up: steps know new sums, nobody longer ones."""
    made = {"command": "python -m core house --limits", "date": "2026-11-30"}
    rows = [
        *(asked(lane, new, 0) for lane, new in (("steps", 100), ("answer", 50), ("varied", 70))),
        *(looked(lane, 10) for lane in ("steps", "answer", "varied")),
    ]
    adding = {"settings": AddingSettings(n_seeds=3).to_dict(), "rows": rows}
    grokking = {"settings": GrokkingSettings().to_dict(), "seconds": 50.0, "rows": CLOCK}
    folder = tmp_path / "shipped"
    for part, content in (("adding", adding), ("grokking", grokking)):
        packed = lzma.compress(json.dumps({"made": made, **content}).encode())
        Folder(folder).write(house_record.file_of(part), packed)
    monkeypatch.setattr(house_record, "SHIPPED", folder)
    return with_house


def started(app, guess):
    app.radio(key="rule_guess").set_value(guess).run()
    return app.button(key="rule_start").click().run()


def finished(room, app, rows, program="adding"):
    """End the visitor's run with these rows."""
    (run,) = [each for each in room.store.runs.of_owner(owner_of(app)) if each.program == program]
    room.store.runs.append(run.id, rows)
    room.engine.stop(owner_of(app), run.id)
    room.store.runs.update(run.id, status="finished", step=1200, seconds=9.0)
    return app.run()


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_opens(measured, open_page, lang, depth):
    app = open_page(PAGE, lang=lang, depth=depth)
    assert not app.exception
    assert ("'gb-ladder'" in said(app)) == (depth == "watch")


def test_it_opens_without_measurements(with_house, open_page, tmp_path, monkeypatch):
    monkeypatch.setattr(house_record, "SHIPPED", tmp_path)
    for depth in ("watch", "try"):
        app = open_page(PAGE, lang="en", depth=depth)
        assert not app.exception and "'gb-ladder'" not in said(app)


def test_nothing_starts_without_a_guess_and_the_texts_are_shown_first(measured, open_page):
    app = open_page(PAGE, lang="en")
    assert app.button(key="rule_start").disabled
    assert app.button(key="rule_modulo_start").disabled
    assert "'gb-sums'" in said(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_result_is_held_against_the_guess_and_texts_are_escaped(measured, open_page, lang):
    app, t = started(open_page(PAGE, lang=lang), "all"), words(lang)
    app = finished(measured, app, [asked("steps", 100, 1), asked("answer", 50, 0)])
    assert not app.exception
    assert t("frame.guess_wrong") in said(app) and t("rule.guess_none") in said(app)
    assert "&lt;i&gt;9" in said(app) and "<i>9" not in said(app)
    # The other model is what the next guess is about.
    (drawn,) = [
        each.proto.body for each in app.get("html") if "<div class='gb-ladder'>" in each.proto.body
    ]
    assert "track steps" in drawn and "track answer" not in drawn


def test_the_price_of_the_steps_comes_after_the_second_guess(measured, open_page):
    app, t = started(open_page(PAGE, lang="en"), "none"), words("en")
    app = finished(measured, app, [asked("steps", 100, 1), asked("answer", 50, 0)])
    assert t("frame.guess_right") in said(app) and t("rule.per_answer") not in said(app)
    app.radio(key="guess_rule_answer").set_value("some").run()
    app.button(key="reveal_rule_answer").click().run()
    assert not app.exception
    assert t("rule.per_answer") in said(app) and t("rule.lane_answer") in said(app)
    app.radio(key="guess_rule_varied").set_value("all").run()
    app.button(key="reveal_rule_varied").click().run()
    assert not app.exception and t("frame.guess_wrong") in said(app)


def test_both_clocks_are_held_against_the_guess(measured, open_page):
    app, t = open_page(PAGE, lang="en"), words("en")
    assert "'gb-modulo'" not in said(app)  # nor what is shipped, which would give it away
    app.radio(key="rule_modulo_guess").set_value("later").run()
    app.button(key="rule_modulo_start").click().run()
    app = finished(measured, app, CLOCK, program="grokking")
    assert not app.exception
    assert t("frame.guess_right") in said(app) and t("rule.modulo_later") in said(app)
    assert "'gb-modulo'" in said(app)


def test_what_comes_to_the_rule_first_is_decided_by_the_measurement():
    assert modulo.outcome_of(courses(CLOCK)) == "later"
    turned = [*along("decay", (20, 20, 20), 0), *along("plain", (20, 99, 99), 1)]
    assert modulo.outcome_of(courses(turned)) == "sooner"
    equal = [*along("decay", (99, 99, 99), 0), *along("plain", (99, 99, 99), 1)]
    assert modulo.outcome_of(courses(equal)) == "alike"
    neither = [*along("decay", (20, 20, 20), 0), *along("plain", (20, 20, 20), 1)]
    assert modulo.outcome_of(courses(neither)) is None
    assert modulo.outcome_of(courses(along("decay", (99, 99, 99), 0))) is None


def test_a_clock_says_when_it_knew_what(measured, open_page):
    t = words("en")
    drawn = modulo.panels(courses(CLOCK), 1800, t)
    assert drawn.count("role='img'") == 2 and t("rule.modulo_never") in drawn


def test_own_sums_wait_for_trained_models(measured, open_page):
    assert words("en")("rule.own_first") in said(open_page(PAGE, lang="en"))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_an_own_sum_is_answered_by_every_model_and_a_bad_one_is_told(measured, open_page, lang):
    app, t = started(open_page(PAGE, lang=lang), "all"), words(lang)
    (run,) = measured.store.runs.of_owner(owner_of(app))
    settings = AddingSettings.from_dict(run.settings)
    untrained = AddingProgram({}, settings.to_dict())
    models = {lane: untrained.trainer.model for lane, _ in settings.models}
    question = question_of("12 + 30")
    drawn = asking.answers(question, models, t)
    assert t("rule.lane_steps") in drawn and t("rule.lane_answer") in drawn and "= 42" in drawn
    for text in ("", "1+" * 40, "<b>1</b>", "🙂", "hallo"):
        assert asking.unread(question_of(text), t)


def test_an_answer_without_end_is_none():
    t = words("en")
    one = Written("15,12,8:825", (0.9,) * 11, False)
    drawn = asking._answer("steps", Question("457+368=", (457, 368)), one, t)
    assert t("rule.not_ended") in drawn and f"<b>{t('rule.end')}</b>" not in drawn


def test_the_clock_program_gives_what_the_page_reads():
    program, rows = GrokkingProgram({}, {"modulus": 5, "n_steps_each": 2, "evaluate_every": 1}), []
    while not program.finished:
        rows += [row for row in program.advance() if row["kind"] == "looked"]
    assert modulo.panels(courses(rows), 2, words("de")).count("<figure>") == 2


def test_the_overview_has_the_claim_and_its_treatments(measured, open_page):
    app, t = open_page(OVERVIEW, lang="en"), words("en")
    assert not app.exception
    assert t("limits.claim_rule") in said(app)
    assert said(app).count(f"<td>{t('limits.rule_longer')}</td>") == 2
