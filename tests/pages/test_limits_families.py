"""The station “four families”: guess, run, result; rules that are edited; borders."""

import pytest

from core.jobs.programs import FAMILIES as PROGRAM
from core.limits.families.makers import FAMILIES
from core.limits.families.program import FamiliesSettings
from pages.kit.catalogue import words
from pages.limits.families.columns import Column, marked
from pages.limits.families.showing import least_surprised

PAGE = "limits/families/families.py"
BITS = {"ngrams": 0.4, "recurrent": 0.3, "transformer": 0.301}


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def keys(app):
    return {button.key for button in app.button}


def family_row(family, done=True):
    """A row of one family, made up."""
    return {
        "kind": "family",
        "model": FAMILIES.index(family) - 1,
        "family": family,
        "seed": 7,
        "done": done,
        "step": 400,
        "seconds": 20.0,
        "training_s": 10.0,
        "n_tokens": 409_600,
        "bits_per_byte": BITS[family],
        "n_parameters": 500_000,
        "n_bytes": 2_000_000,
        "prompt": "Mia",
        "text": " <b>lives</b> here.",
        "run": "",
        "n_judged": 1,
        "ungrammatical": [[0, 22]],
        "untrue": [],
        "verbatim": {"n": 100, "n_hits": 20},
        "grammatical": {"n": 100, "n_hits": 50},
        "true": {"n": 10, "n_hits": 5},
        "sentence_s": 0.01,
        "answers": {
            sort: {"n": 40, "n_right": 2, "n_wrong": 8} for sort in ("plain", "reworded", "untold")
        },
    }


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_station_opens(with_house, open_page, lang, depth):
    app = open_page(PAGE, lang=lang, depth=depth)
    assert not app.exception
    assert words(lang)("families.how_recurrent") in said(app)


def test_nothing_is_measured_or_started_before_the_guess(with_house, open_page):
    app, t = open_page(PAGE, lang="en"), words("en")
    assert app.button(key="families_start").disabled
    assert said(app).count(t("families.not_yet")) == 3
    assert t("families.measures") not in said(app)


def started(app, guess):
    app.radio(key="families_guess").set_value(guess).run()
    return app.button(key="families_start").click().run()


def test_a_run_starts_with_the_visitors_sentence_and_can_be_ended(with_house, open_page):
    app = started(open_page(PAGE, lang="en", sentence="Mia and the goat"), "ngrams")
    assert not app.exception
    (run,) = with_house.store.runs.of_owner(app.session_state["_owner"])
    settings = FamiliesSettings.from_dict(run.settings)
    assert (run.program, run.lane) == (PROGRAM, "")
    assert (settings.prompt, settings.lang, settings.seed) == ("Mia and the goat", "en", 7)
    assert settings.world is not None
    app.button(key="families_stop").click().run()
    assert not app.exception and words("en")("limits.stopped") in said(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_result_is_held_against_the_guess_and_texts_are_escaped(with_house, open_page, lang):
    app, t = started(open_page(PAGE, lang=lang, sentence="Mia"), "ngrams"), words(lang)
    owner = app.session_state["_owner"]
    (run,) = with_house.store.runs.of_owner(owner)
    with_house.store.runs.append(run.id, [family_row(each) for each in FAMILIES])
    with_house.engine.stop(owner, run.id)
    with_house.store.runs.update(run.id, status="finished", step=800, seconds=20.0)
    app.run()
    assert not app.exception
    assert t("frame.guess_wrong") in said(app) and t("families.guess_networks") in said(app)
    assert "&lt;b&gt;lives&lt;/b&gt;" in said(app) and "<b>lives" not in said(app)
    assert t("families.is_ungrammatical") in said(app)
    assert t("families.measures") in said(app) and t("families.undefined") in said(app)
    assert "families_again" in keys(app) and "families_start" not in keys(app)


def rules_field(app, lang="en"):
    return app.text_area(key=f"families_rules_{lang}")


def test_an_edited_rule_answers_at_once_and_can_be_taken_back(with_house, open_page):
    app, t = open_page(PAGE, lang="en"), words("en")
    before = rules_field(app).value
    rules_field(app).set_value("IF goat THEN The <i>goat</i> is here.").run()
    app.text_input(key="families_question").set_value("Where is the goat?").run()
    assert not app.exception
    assert "The &lt;i&gt;goat&lt;/i&gt; is here." in said(app) and "<i>goat" not in said(app)
    app.text_input(key="families_question").set_value("Where is <u>Mia</u>?").run()
    assert t("families.own_silent", question="Where is &lt;u&gt;Mia&lt;/u&gt;?") in said(app)
    app.button(key="families_restore").click().run()
    assert rules_field(app).value == before


@pytest.mark.parametrize(
    "text", ["IF", "🎉 <script>x</script>", "ПРИВЕТ", "x" * 3000, "", "IF a THEN b\n" * 300]
)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_what_is_no_rule_gets_a_sentence_and_stays_in_the_field(with_house, open_page, lang, text):
    app, t = open_page(PAGE, lang=lang), words(lang)
    rules_field(app, lang).set_value(text).run()
    assert not app.exception
    assert rules_field(app, lang).value == text
    assert (t("families.refused") in said(app)) == bool(text)
    assert "<script>" not in said(app)


def test_borders_are_guessed_first_and_follow_the_sentence_and_the_slider(with_house, open_page):
    app, t = open_page(PAGE, lang="en"), words("en")
    assert "class='gb-panels'" not in said(app)
    app.radio(key="guess_families_new").set_value("alike").run()
    app.button(key="reveal_families_new").click().run()
    assert not app.exception and said(app).count("<figure>") == 3
    assert said(app).count("class='own'") == 4  # in three panels and in the legend
    app.select_slider(key="families_points").set_value(64).run()
    panel = t("families.panel", name=t("families.tree"), n="64")
    assert not app.exception and panel in said(app)


@pytest.mark.parametrize(
    ("bits", "outcome"),
    [
        ((0.4, 0.3, 0.31), "networks"),
        ((0.4, 0.3, 0.32), "recurrent"),
        ((0.4, 0.35, 0.3), "transformer"),
        ((0.3, 0.31, 0.31), "ngrams"),
        ((0.305, 0.3, 0.4), "recurrent"),
    ],
)
def test_the_measurement_decides_which_guess_was_right(bits, outcome):
    rows = [
        family_row(family) | {"bits_per_byte": each}
        for family, each in zip(FAMILIES, bits, strict=True)
    ]
    assert least_surprised(rows) == outcome


def test_marks_stand_where_the_judge_put_them():
    t = words("en")
    text = " lives in the very old mill. No he not."
    column = Column(
        "ngrams",
        "Mia",
        text,
        {"untrue": [[0, 31]], "ungrammatical": [[32, 42]]},
        run="in the very old mill.",
    )
    drawn = marked(column, t)
    assert drawn.startswith("<mark class='given untrue'>Mia</mark>")
    assert "<mark class='copied untrue'>in the very old mill.</mark>" in drawn
    assert f"<small>{t('families.is_false')}</small>" in drawn
    assert drawn.endswith(f"<small>{t('families.is_ungrammatical')}</small>")
