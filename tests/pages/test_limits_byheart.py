"""The station “byheart”: guess, run, result; treatments, sizes, quotations, rights; own secrets."""

import pytest

from core.house.limits import record as house_record
from core.limits.byheart.memorising import MemorisingProgram, MemorisingSettings
from pages.kit.catalogue import words
from pages.limits.byheart import picture

BYHEART = "limits/byheart/byheart.py"
OWN = "Der <b>Pin</b> ist 4711."


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def owner_of(app):
    return app.session_state["_owner"]


def revealed(app, key, guess):
    app.radio(key=f"guess_{key}").set_value(guess).run()
    return app.button(key=f"reveal_{key}").click().run()


def started(app, guess="one"):
    app.radio(key="byheart_guess").set_value(guess).run()
    return app.button(key="byheart_start").click().run()


@pytest.fixture(scope="module")
def rows():
    """Of one model that really learned a little, with an own secret among the others."""
    settings = MemorisingSettings(
        n_seeds=1, n_each=1, n_steps_each=8, n_batch=8, n_channels=16, own=OWN, own_copies=2
    )
    program, found = MemorisingProgram({}, settings.to_dict()), []
    while not program.finished:
        found += [row for row in program.advance() if row["kind"] == "asked"]
    return found


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_it_opens_with_and_without_measurements(
    with_house, open_page, lang, depth, tmp_path, monkeypatch
):
    app, t = open_page(BYHEART, lang=lang, depth=depth), words(lang)
    assert not app.exception
    assert ("'gb-quoted'" in said(app)) == (depth == "watch")
    assert t("byheart.law_gema_source") in said(app)
    monkeypatch.setattr(house_record, "SHIPPED", tmp_path / "nothing")
    app = open_page(BYHEART, lang=lang, depth=depth)
    assert not app.exception and "'gb-quoted'" not in said(app)


def test_nothing_starts_without_a_guess_and_an_own_secret_is_planted(with_house, open_page):
    app, t = open_page(BYHEART, lang="en"), words("en")
    assert app.button(key="byheart_start").disabled
    app.text_input(key="byheart_own").set_value(OWN).run()
    app = started(app)
    assert not app.exception
    (run,) = with_house.store.runs.of_owner(owner_of(app))
    settings = MemorisingSettings.from_dict(run.settings)
    assert (run.program, settings.own, settings.own_copies) == ("memorising", OWN, 16)
    assert all(OWN not in str(value) for value in app.query_params.values())
    app.button(key="byheart_stop").click().run()
    assert t("limits.stopped") in said(app)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("kein Geheimnis", "own_no_number"),
        ("PIN 1234 und 5678", "own_several"),
        ("PIN 12", "own_short"),
        ("PIN 123456789", "own_long_number"),
        ("1234", "own_first"),
        ("🔑" * 200 + " 1234", "own_long"),
    ],
)
def test_a_sentence_that_cannot_be_used_is_said_so_and_kept(with_house, open_page, typed, why):
    app, t = open_page(BYHEART, lang="de"), words("de")
    app.text_input(key="byheart_own").set_value(typed).run()
    assert not app.exception
    values = {name: "" for name in t.placeholders(f"byheart.{why}")}
    assert t(f"byheart.{why}", **values)[:17] in said(app)
    assert app.text_input(key="byheart_own").value == typed
    app = started(app)
    (run,) = with_house.store.runs.of_owner(owner_of(app))
    assert MemorisingSettings.from_dict(run.settings).own == ""


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_result_is_held_against_the_guess_and_own_words_are_data(
    with_house, open_page, lang, rows
):
    app, t = started(open_page(BYHEART, lang=lang)), words(lang)
    (run,) = with_house.store.runs.of_owner(owner_of(app))
    with_house.store.runs.append(run.id, rows)
    with_house.engine.stop(owner_of(app), run.id)
    with_house.store.runs.update(run.id, status="finished", step=240, seconds=20.0)
    app.run()
    assert not app.exception
    assert t("frame.guess_wrong") in said(app) and t("byheart.guess_never") in said(app)
    assert "&lt; b &gt; Pin" in said(app) and "<b>Pin" not in said(app)
    assert "'gb-quoted'" in said(app) and t("byheart.own_result") in said(app)


def test_guesses_about_cleaning_and_size_are_held_against_what_is_shipped(with_house, open_page):
    app, t = open_page(BYHEART, lang="en"), words("en")
    assert t("byheart.lane_near") not in said(app)
    app = revealed(app, "byheart_cleaning", "none")
    assert not app.exception and t("frame.guess_wrong") in said(app)
    assert t("byheart.lane_near") in said(app) and t("byheart.stopping") in said(app)
    app = revealed(app, "byheart_size", "more")
    assert not app.exception and "'gb-quoted'" in said(app)


def test_a_copied_stretch_is_marked_and_everything_written_is_escaped():
    row = {
        "kind": "part",
        "words": ["<i>", "Mia", "went", "home", "."],
        "run": [1, 4],
        "source": ["Then", "Mia", "went", "home", "!"],
        "n_copies": 3,
    }
    drawn = picture.quoted([row], words("en"))
    assert "&lt;i&gt; <mark>Mia went home</mark>." in drawn and "Then Mia went home!" in drawn
    assert words("en")("byheart.source_part", n="3") in drawn
