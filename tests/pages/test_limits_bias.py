"""The station “bias”: guess, run and reveal; the curve; treatments; own words and sentences."""

import pytest

from core.house.limits.bias import bias
from core.house.limits.dominance import dominance
from core.limits.bias.measuring import answered, treatment
from core.limits.bias.pairs import PairsSettings
from core.limits.bias.price import SENTENCES, Price
from core.limits.bias.roles import RolesSettings
from pages.kit.catalogue import words
from pages.limits.bias import languages, own, showing, treatments

BIAS = "limits/bias/bias.py"


def said(app):
    return " ".join(each.proto.body for each in app.get("html"))


def keys(app):
    return {button.key for button in app.button}


def owner_of(app):
    return app.session_state["_owner"]


def started(app, guess="all"):
    app.radio(key="bias_guess").set_value(guess).run()
    return app.button(key="bias_start").click().run()


def finished_rows(lang):
    rows = bias(lang).of("none", 0.7)
    return [{"kind": "asked", "step": 200, "seconds": 3.0, **row} for row in rows]


def with_result(house, app, lang, rows=None):
    """The run that was started has ended with these rows."""
    (run,) = house.store.runs.of_owner(owner_of(app))
    house.store.runs.append(run.id, finished_rows(lang) if rows is None else rows)
    house.engine.stop(owner_of(app), run.id)
    house.store.runs.update(run.id, status="finished", step=600, seconds=9.0)
    return app.run()


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_it_opens_and_under_watch_nobody_is_asked(with_house, open_page, lang, depth):
    app, t = open_page(BIAS, lang=lang, depth=depth), words(lang)
    assert not app.exception
    assert (t("bias.two_languages") in said(app)) == (depth == "watch")
    assert ("bias_start" in keys(app)) == (depth != "watch")


def test_nothing_is_given_away_before_the_guess(with_house, open_page):
    app, t = open_page(BIAS, lang="en"), words("en")
    assert app.button(key="bias_start").disabled
    assert said(app).count("<figure>") == 1  # the texts' own hundred
    assert "The nurse " in said(app) and "'gb-treated'" not in said(app)
    assert t("frame.computed_now") not in said(app).split(t("bias.price"))[0]


def test_the_run_takes_the_visitors_skew_language_and_seeds(with_house, open_page):
    app = open_page(BIAS, lang="de", depth="dig")
    app.select_slider(key="bias_skew").set_value(85).run()
    app.select_slider(key="bias_seeds").set_value(2).run()
    assert "85 von 100" in app.radio(key="bias_guess").label
    app = started(app)
    (run,) = with_house.store.runs.of_owner(owner_of(app))
    settings = RolesSettings.from_dict(run.settings)
    assert (run.program, settings.skews, settings.n_seeds) == ("roles", (0.85,), 2)
    assert settings.lang == "de" and "bias_stop" in keys(app)
    app.button(key="bias_stop").click().run()
    assert words("de")("limits.stopped") in said(app)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_result_is_held_against_the_guess_and_opens_the_rest(with_house, open_page, lang):
    t = words(lang)
    app = with_result(with_house, started(open_page(BIAS, lang=lang), "same"), lang)
    assert not app.exception
    assert t("frame.guess_wrong") in said(app) and t("bias.guess_all") in said(app)
    assert said(app).count("<figure>") == 4
    assert t("bias.two_languages") in said(app) and t("bias.curve_yours") in said(app)
    assert t("bias.names") in said(app) and "'gb-treated'" not in said(app)
    assert t("bias.short_augmented") not in said(app)
    app.radio(key="guess_bias_augmented").set_value("half").run()
    app.button(key="reveal_bias_augmented").click().run()
    assert not app.exception and "'gb-treated'" in said(app)
    assert t("bias.short_augmented") in said(app)
    assert said(app).count('<th scope="row">') > 8
    app.radio(key="guess_bias_dominance").set_value("few").run()
    app.button(key="reveal_bias_dominance").click().run()
    assert not app.exception and t("bias.fertility") in said(app)


def test_models_that_read_the_other_language_are_not_put_on_this_curve(with_house, open_page):
    app = with_result(with_house, started(open_page(BIAS, lang="en")), "en")
    assert words("en")("bias.curve_yours") in said(app)
    app.session_state["lang"] = "de"
    app.run()
    if words("de")("bias.two_languages") in said(app):
        assert words("de")("bias.curve_yours") not in said(app)


@pytest.mark.parametrize(
    ("skew", "greedy", "outcome"),
    [(0.7, 1.0, "all"), (0.7, 0.72, "same"), (0.7, 0.9, "more"), (0.7, 0.5, "fewer"),
     (0.95, 1.0, "all")],
)  # fmt: skip
def test_the_outcome_is_what_was_measured(skew, greedy, outcome):
    assert showing.outcome_of(skew, greedy) == outcome


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_treatment_has_what_it_leaves_and_what_it_costs(lang):
    t, shipped = words(lang), bias(lang)
    drawn = treatments.tabulated(shipped, t)
    rows = drawn.split("<tr>")[2:]
    assert len(rows) == 8 and all(row.count("<td>") == 7 for row in rows)
    assert t("bias.filter_greedy") in drawn
    tuned, none = treatment(shipped.of("tuned")), treatment(shipped.of("none"))
    assert tuned.loss_named > none.loss_named  # what the small set does not hold is forgotten
    assert treatment(shipped.of("augmented")).n_texts == 2 * none.n_texts


@pytest.mark.parametrize("lang", ["de", "en"])
def test_what_is_shipped_amplifies_when_greedy(lang):
    rows = bias(lang).of("none", 0.7)
    assert answered(rows, 0.0).low > 0.7
    warm = answered(rows, 1.0)
    assert abs(warm.value - 0.7) < 0.05


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ({"bias_first": "he", "bias_second": "He"}, "same"),
        ({"bias_first": "<b>x</b>"}, "sign"),
        ({"bias_first": "🙂"}, "sign"),
        ({"bias_first": "x" * 55}, "long"),
        ({"bias_roles": "pilot, pilot"}, "twice"),
        ({"bias_roles": "pilot 99"}, "share"),
        ({"bias_roles": "a,b,c,d,e,f,g"}, "many"),
        ({"bias_roles": ",,"}, "none"),
    ],
)
def test_a_bad_pair_is_told_and_nothing_is_lost(with_house, open_page, typed, key):
    app = open_page(BIAS, lang="en")
    for name, text in typed.items():
        app.text_input(key=name).set_value(text).run()
    assert not app.exception
    assert 'role="alert"' in said(app) and "<b>x" not in said(app)
    assert "bias_own_start" not in keys(app)
    for name, text in typed.items():
        assert app.text_input(key=name).value == text
    assert own.told(key, "x", words("en"))


def test_an_own_pair_is_learned_in_any_script(with_house, open_page):
    app = open_page(BIAS, lang="en")
    app.text_input(key="bias_first").set_value("она").run()
    app.text_input(key="bias_second").set_value("он").run()
    app.text_input(key="bias_roles").set_value("пилот, врач 80").run()
    app.radio(key="bias_own_guess").set_value("more").run()
    app.button(key="bias_own_start").click().run()
    assert not app.exception
    (run,) = with_house.store.runs.of_owner(owner_of(app))
    settings = PairsSettings.from_dict(run.settings)
    assert (settings.roles, settings.shares) == (("пилот", "врач"), (0.3, 0.8))
    rows = [
        {"kind": "paired", "model": k, "done": True, "lane": lane, "seed": k // 2, "step": 9,
         "seconds": 1.0, "first": {"пилот": [first] * 4, "врач": [0.8] * 4}}
        for k, (lane, first) in enumerate([("none", 0.3), ("augmented", 0.5)] * 3)
    ]  # fmt: skip
    app = with_result(with_house, app, "en", rows)
    assert not app.exception and words("en")("frame.guess_right") in said(app)
    assert "она" in said(app) and "врач" in said(app)


def test_an_own_sentence_is_counted_and_escaped(with_house, open_page):
    app = open_page(BIAS, lang="en")
    assert said(app).count("dir='auto'") == len(SENTENCES)
    app.text_input(key="bias_sentence").set_value("<i>नमस्ते</i> 🙂").run()
    assert not app.exception and said(app).count("dir='auto'") == len(SENTENCES) + 1
    assert "&lt;i&gt;नमस्ते&lt;/i&gt;" in said(app) and "<i>न" not in said(app)


def test_the_longest_bar_is_the_dearest_sentence():
    t = words("en")
    prices = {lang: Price(4, 8, {"example": 10 if lang == "en" else 40}) for lang in ("en", "de")}
    drawn = languages.priced(prices, "example", None, "", t)
    assert drawn.index("longest:0.250") < drawn.index("longest:1.000") and "4.0" in drawn


def test_with_few_texts_in_a_language_less_of_it_is_grammatical():
    found = dominance()
    rare, even = found.of("de", 0.05), found.of("de", 0.5)
    assert len(rare) == len(even) == found.n_seeds >= 3
    assert languages.outcome_of(rare, even) in ("less", "few")
    assert languages.outcome_of(even, even) == "alike"
    fertile = {share: found.of("de", share)[0].tokens_per_word for share in (0.05, 0.5)}
    assert fertile[0.05] > fertile[0.5]
