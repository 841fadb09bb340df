"""“Looked up”: guesses first, own questions and notices, results of runs, what is shipped."""

import json
import lzma
from dataclasses import asdict

import pytest

from core.data.world import WorldSettings
from core.house import house_artifacts
from core.house.files import Folder
from core.house.limits import record as house_record
from core.house.limits.grounding import UNTAUGHT, UNTAUGHT_WAYS, WEIGHTS
from core.limits.grounding.exam import GROUPS, WAYS
from core.limits.grounding.program import GroundingSettings
from pages.kit.catalogue import words
from pages.limits.lookup import asking, notes

PAGE = "limits/lookup/lookup.py"
OVERVIEW = "limits/limits.py"
WORLD = asdict(WorldSettings(n_documents=120))


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def tally(n_right, n=100, unsure=0, past=0):
    return {
        "n": n,
        "n_found": n,
        "said": {"right": n_right, "wrong": n - n_right - unsure, "unsure": unsure, "beside": 0},
        "n_past": past,
        "n_cited": n,
        "n_supported": n_right,
        "n_sourced": n_right,
    }


def rows_of(model, ways, n_right, n_found=4):
    return [
        {
            "model": model,
            "way": way,
            "lang": lang,
            "group": group,
            "n_found": n_found,
            "tally": tally(*n_right[way]),
        }
        for way in ways
        for lang in ("de", "en")
        for group in GROUPS
    ]


TAUGHT = {
    "alone": (4, 100, 50),
    "given": (90,),
    "found": (75,),
    "missing": (0, 100, 80),
    "false": (95,),
}


@pytest.fixture
def measured(with_house, tmp_path, monkeypatch):
    """Shipped measurements of the tiny house, made up; its reader is the fine-tuned model."""
    chain = {one.kind: one for one in house_artifacts()}
    rows = rows_of(UNTAUGHT, UNTAUGHT_WAYS, {"alone": (4,), "given": (8,)})
    rows += [row for seed in "012" for row in rows_of(seed, WAYS, TAUGHT)]
    rows += [row for n in (1, 2, 3, 5) for row in rows_of("0", ("found",), TAUGHT, n)]
    found = {
        "made": {"command": "python -m core house --limits grounding", "date": "2026-11-30"},
        "checkpoint": chain["tuned"].id,
        "settings": GroundingSettings(world=WORLD).to_dict(),
        "seconds": 300.0,
        "rows": rows,
        "strange": {"n": 172, "n_right": 46},
        "n_tokens": {"alone": 8.0, "found": 60.0},
        "seconds_each": {"alone": 0.01, "found": 0.02},
    }
    folder = Folder(tmp_path / "shipped")
    packed = lzma.compress(json.dumps(found).encode())
    folder.write(house_record.file_of("grounding"), packed)
    folder.write(WEIGHTS, chain["tuned"].read())
    monkeypatch.setattr(house_record, "SHIPPED", folder.path)
    return with_house


def guessed(app, key="lookup_given", guess="most"):
    app.radio(key=f"guess_{key}").set_value(guess).run()
    return app.button(key=f"reveal_{key}").click().run()


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_opens(measured, open_page, lang, depth):
    app = open_page(PAGE, lang=lang, depth=depth)
    assert not app.exception
    assert ("'gb-ways'" in said(app)) == (depth == "watch")
    assert words(lang)("lookup.question") == app.title[0].value


def test_it_opens_without_measurements_and_for_another_example(
    with_house, open_page, tmp_path, monkeypatch
):
    for folder in (tmp_path, None):  # nothing shipped; something shipped for another model
        if folder:
            monkeypatch.setattr(house_record, "SHIPPED", folder)
        app = open_page(PAGE, lang="en")
        assert not app.exception
        assert words("en")("lookup.not_measured") in said(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_guess_opens_the_rest_and_everything_is_measured(measured, open_page, lang):
    app, t = guessed(open_page(PAGE, lang=lang)), words(lang)
    assert not app.exception
    assert t("frame.guess_wrong") in said(app) and t("lookup.given_few") in said(app)
    assert "'gb-lookup'" in said(app) and "'gb-ways'" in said(app)
    for key, option in (("lookup_missing", "silent"), ("lookup_false", "most")):
        app = guessed(app, key, option)
        assert not app.exception
        assert t(f"lookup.{key.removeprefix('lookup_')}_{option}") in said(app)
    assert said(app).count(f"· {t('frame.guess_right')}") == 2


@pytest.mark.parametrize("way", ["found", "missing", "false", "alone"])
def test_what_is_put_before_the_models_is_what_was_chosen(measured, open_page, way):
    app = guessed(open_page(PAGE, lang="en", lookup_given=way))
    assert not app.exception
    assert ("[1]" in said(app)) == (way != "alone")


@pytest.mark.parametrize(
    "question",
    ["Wo wohnt Mia?", "<img src=x onerror=alert(1)>", "😀" * 40, "x" * 160, "?", "' OR 1=1 --",
     "مرحبا", "What is the capital of France?", "[1] [2] [3]", "Mia " * 40],
)  # fmt: skip
def test_any_question_is_asked_and_stays_text(measured, open_page, question):
    app = guessed(open_page(PAGE, lang="en", lookup_question=question))
    assert not app.exception
    assert "<img" not in said(app)


def test_own_notices_are_searched_first_and_stay_text(measured, open_page):
    app = guessed(open_page(PAGE, lang="en", depth="dig", lookup_question="Where does Zorbo live?"))
    app.text_area(key="lookup_notes").set_value("Zorbo lives in <b>Kalfi</b> Lane.\n\n!!!").run()
    assert not app.exception
    assert "Zorbo lives in &lt;b&gt;Kalfi" in said(app)
    assert "“!!!”" in said(app)  # says which line is not used


def test_notices_that_cannot_be_used_are_left_out():
    usable, unusable = notes.read("\n".join(["Mia sings.", "", "Mia sings.", "…", "x" * 121]))
    assert usable == ["Mia sings."] and unusable == ["…", "x" * 121]
    usable, unusable = notes.read("\n".join(f"Notice {n}." for n in range(20)))
    assert len(usable) == notes.MOST_NOTES and len(unusable) == 20 - notes.MOST_NOTES


def test_a_notice_of_ones_own_takes_the_place_of_the_one_about_the_same(measured):
    question = "What is Mr Fink’s job?"
    before = asking.searched(question, [], "found", 5, "en")
    assert before.fact is not None
    old = asking.this_year("en").notices[before.fact]
    after = asking.searched(question, ["Mr Fink works as a baker."], "found", 5, "en")
    assert old in before.passages and old not in after.passages
    assert "Mr Fink works as a baker." in after.passages
    assert after.fact is None  # what is so this year no longer decides


def test_long_notices_that_leave_no_room_are_said(measured):
    long = [f"Zorbo {'lives ' * 15}{n}" for n in range(6)]
    search = asking.searched("Where does Zorbo live?", long, "found", 5, "en")
    assert search.n_left > 0
    assert len(search.passages) == len(search.hits) == 5 - search.n_left
    assert words("en")("lookup.no_room", n=search.n_left) in asking.found(search, words("en"))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_falsified_notice_is_marked_and_the_right_one_is_gone(measured, lang):
    year = asking.this_year(lang)
    for question in asking.examples(lang):
        found = asking.searched(question, [], "found", 5, lang)
        right = year.notices[found.fact]
        false = asking.searched(question, [], "false", 5, lang)
        missing = asking.searched(question, [], "missing", 5, lang)
        assert right not in missing.passages
        if right in found.passages and false.replaced is not None:
            assert right not in false.passages
            assert words(lang)("lookup.replaced") in asking.found(false, words(lang))


def test_a_run_is_guessed_started_shown_and_found_again(measured, open_page):
    app = guessed(open_page(PAGE, lang="en", lookup_steps="100"))
    assert app.button(key="lookup_start").disabled
    app.radio(key="lookup_guess").set_value("most").run()
    app = app.button(key="lookup_start").click().run()
    assert not app.exception
    owner = app.session_state["_owner"]
    (run,) = [each for each in measured.store.runs.of_owner(owner) if each.program == "grounding"]
    asked = [
        {"kind": "asked", "step": step, "seconds": 1.0, "way": way, "lang": lang,
         "tally": tally(n_right, 30, 10 if way == "missing" else 0)}
        for step, n_right in ((0, 3), (100, 20))
        for way in ("alone", "given", "missing")
        for lang in ("de", "en")
    ]  # fmt: skip
    measured.store.runs.append(run.id, asked)
    measured.engine.stop(owner, run.id)
    measured.store.runs.update(run.id, status="finished", step=100, seconds=9.0)
    app = app.run()
    t = words("en")
    assert not app.exception
    assert t("frame.guess_right") in said(app) and "67%" in said(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_overview_tells_what_looking_up_does(measured, open_page, lang):
    app, t = open_page(OVERVIEW, lang=lang), words(lang)
    assert not app.exception
    assert t("limits.taught_missing") in said(app)
