"""The station “jump or slope”: both rulers, the law, and a word of one's own."""

import pytest

from core.architecture.transformer import Transformer
from core.limits.slope.emergence import LADDER, N_LETTERS, Code, Judged, design, encoded, size_of
from core.limits.slope.scaling import Band, Law
from pages.kit.catalogue import words
from pages.limits.slope import law, own
from pages.limits.slope.showing import outcome_of

SLOPE = "limits/slope/slope.py"


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def keys(app):
    return {button.key for button in app.button}


def judged_row(turn, n_right):
    return {
        "kind": "judged",
        "model": turn,
        "done": True,
        "channels": LADDER[turn],
        "seed": 0,
        "n_parameters": size_of(LADDER[turn]),
        "n_tokens": 1000,
        "n": 400,
        "whole": [n_right] * N_LETTERS,
        "letters": [n_right] * N_LETTERS,
        "loss_nats": 1.0,
        "step": 200,
        "seconds": 3.0,
    }


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_page_opens(with_house, open_page, lang, depth):
    app = open_page(SLOPE, lang=lang, depth=depth)
    assert not app.exception
    assert ("slope_start" in keys(app)) == (depth != "watch")


def test_nothing_starts_and_nothing_large_is_shown_without_a_guess(with_house, open_page):
    app, t = open_page(SLOPE, lang="en"), words("en")
    assert app.button(key="slope_start").disabled
    assert app.button(key="slope_next_start").disabled
    assert t("slope.length") not in said(app) and t("slope.own_first") in said(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_result_is_held_against_the_guess_and_the_jump_can_be_moved(
    with_house, open_page, lang
):
    app, t = open_page(SLOPE, lang=lang), words(lang)
    app.radio(key="slope_guess").set_value("few").run()
    app.button(key="slope_start").click().run()
    owner = app.session_state["_owner"]
    (run,) = with_house.store.runs.of_owner(owner)
    assert run.program == "sizes"
    rows = [judged_row(turn, 75 * turn) for turn in range(len(LADDER))]
    with_house.store.runs.append(run.id, rows)
    with_house.engine.stop(owner, run.id)
    with_house.store.runs.update(run.id, status="finished", step=1200, seconds=9.0)
    app.run()
    assert not app.exception
    assert t("frame.guess_wrong") in said(app) and t("slope.guess_most") in said(app)
    assert t("slope.length") in said(app)
    app.select_slider(key="slope_k").set_value(1).run()
    assert not app.exception and "k = 1" in said(app)


def test_the_measurement_decides_which_guess_was_right():
    def largest(n):
        return Judged(100, (100,) * 7 + (n,), (100,) * 8, 0.1)

    assert [outcome_of(largest(n)) for n in (9, 10, 49, 50)] == ["few", "some", "some", "most"]
    found = Band(Law(0.0, 1.0, 0.0), (1.0, 2.0), (0.5, 0.3), (1.5, 0.6))
    assert [law.outcome_of(x, found) for x in (0.2, 0.4, 0.7)] == ["below", "within", "above"]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    "typed", ["", "   ", "ä", "zwei wörter", "<b>x</b>", "🙂", "привет", "donaudampf", "a" * 90]
)
def test_what_is_no_word_gets_a_sentence(typed, lang):
    assert own.refused(typed, words(lang))


def test_an_own_word_is_answered_by_every_size_and_foreign_text_is_escaped():
    t = words("en")
    assert own.refused(" Katze ", t) == ""
    models = {n: Transformer(design(n), seed=0).eval() for n in LADDER[:2]}
    drawn = own.answers("katze", models, t)
    assert encoded(Code.drawn(1), "katze") in drawn and drawn.count("<tr>") == 3
    assert "<" in own.refused("<b>", t)  # a plain sentence; it is escaped where it is shown
