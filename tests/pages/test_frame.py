"""The reusable pieces of a page: predict then reveal, recheck, errors, the hood."""

import json
from html import escape

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import GlassboxError, NotText, SettingError, TooShort
from core.modality import TEXT
from pages.kit import hood, site
from pages.kit.catalogue import words
from pages.kit.parts import computed_now, illustration, precomputed, published
from pages.kit.recheck import Recheck


def bodies(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def a_prediction() -> None:
    import streamlit as st

    from pages.kit.catalogue import words
    from pages.kit.prediction import Measured, predict

    def measure() -> Measured:
        st.session_state["measured"] = st.session_state.get("measured", 0) + 1
        return Measured("falls", "1.31 < 2")

    options = {"falls": "It falls", "rises": "It rises"}
    predict("loss", words("en"), question="What happens?", options=options, measure=measure)


def test_nothing_is_measured_before_somebody_has_guessed():
    app = AppTest.from_function(a_prediction, default_timeout=30).run()
    assert app.button(key="reveal_loss").disabled
    assert "measured" not in app.session_state


def test_the_guess_is_kept_beside_the_measurement():
    app = AppTest.from_function(a_prediction, default_timeout=30).run()
    app.radio(key="guess_loss").set_value("rises").run()
    app.button(key="reveal_loss").click().run()
    assert not app.exception
    shown = bodies(app)
    assert "It rises" in shown and "It falls" in shown and "1.31 &lt; 2" in shown
    assert words("en")("frame.guess_wrong") in shown
    app.run()
    assert app.session_state["measured"] == 1
    app.button(key="again_loss").click().run()
    assert app.radio(key="guess_loss").value is None


def test_a_number_is_rechecked_up_to_rounding():
    assert Recheck([], "", by_torch=0.41270001, by_numpy=0.4127).same
    assert not Recheck([], "", by_torch=0.42, by_numpy=0.41).same
    assert Recheck([], "", by_torch=0.0, by_numpy=0.0).same


def a_recheck() -> None:
    from pages.kit.catalogue import words
    from pages.kit.recheck import Recheck, recheckable

    def compute() -> Recheck:
        return Recheck([("logit <b>", "1,5")], "exp(x) / Σ exp(x)", 0.25, 0.25)

    recheckable("p", words("de"), value="0,25", label="p(„Markt“)", compute=compute)


def test_a_click_on_a_number_shows_both_ways():
    app = AppTest.from_function(a_recheck, default_timeout=30).run()
    app.button(key="recheck_p").click().run()
    shown = bodies(app)
    assert shown.count("0,250000") == 2
    assert words("de")("frame.recheck_same") in shown
    assert "logit &lt;b&gt;" in shown


def an_error(error, lang):  # AppTest runs the source alone: no names from outside
    from pages.kit.catalogue import words
    from pages.kit.parts import show_error

    show_error(error, words(lang))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (TooShort("short", n=3, needed=20, unit="Zeichen"), "bleiben nur 3 Token"),
        (NotText("binary", name="<img src=x>"), "&lt;img src=x&gt;"),
        (SettingError("top_p", 1.4, "must lie in (0, 1]"), "top_p kann nicht 1,40 sein"),
        (NotText("binary without its name"), "Mit dieser Eingabe"),
        (GlassboxError("anything else"), "Etwas Unerwartetes ist schiefgegangen"),
    ],
)
def test_an_error_is_told_in_the_visitors_language(error: GlassboxError, sentence: str):
    app = AppTest.from_function(an_error, args=(error, "de"), default_timeout=30).run()
    assert sentence in bodies(app)


def a_hood() -> None:
    from core.store.workbench import forked
    from pages.kit.catalogue import words
    from pages.kit.hood import source, under_the_hood

    t = words("en")
    if under_the_hood(t):
        source(t, forked, formula="a = b", paper="Nobody 2020")


def test_the_hood_sends_nothing_until_it_is_opened():
    app = AppTest.from_function(a_hood, default_timeout=30).run()
    assert not app.exception and not app.code


def test_the_open_hood_shows_the_running_source():
    app = AppTest.from_function(a_hood, default_timeout=30)
    app.query_params["depth"] = "dig"
    app.run()
    assert "def forked(" in app.code[0].value
    assert "core/store/workbench.py:" in bodies(app)


def test_code_of_a_file_that_was_changed_since_is_not_shown_as_the_running_one(monkeypatch):
    monkeypatch.setattr(hood, "STARTED", 0.0)
    app = AppTest.from_function(a_hood, default_timeout=30)
    app.query_params["depth"] = "dig"
    app.run()
    assert not app.exception and not app.code
    assert "workbench.py has been changed" in bodies(app)


def a_decorated_function() -> None:
    from core.alignment.comparing import probability_shift
    from pages.kit.catalogue import words
    from pages.kit.hood import source, under_the_hood

    t = words("en")
    if under_the_hood(t):
        source(t, probability_shift)


def test_of_a_decorated_function_the_hood_names_the_file_it_was_written_in():
    app = AppTest.from_function(a_decorated_function, default_timeout=30)
    app.query_params["depth"] = "dig"
    app.run()
    assert not app.exception
    assert "core/alignment/comparing.py:" in bodies(app)


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("home", "data"),
        ("data", "architecture"),
        ("training", "alignment"),
        ("alignment", "tuning"),
        ("tuning", "preferring"),
        ("preferring", "aligning"),
        ("aligning", "inference"),
        ("postprocessing", "safety"),
        ("form", "marking"),
        ("marking", "sending"),
        ("sending", "journey"),
        ("journey", "home"),
    ],
)
def test_an_overview_leads_to_its_first_station_and_the_last_station_to_the_next_step(
    name, leads_to
):
    assert site.following(name) == leads_to


@pytest.mark.parametrize("name", site.STATIONS[TEXT])
def test_following_from_an_overview_passes_through_every_station(name):
    passed = [name]
    while site.BY_NAME[following := site.following(passed[-1])].step == name:
        passed.append(following)
    assert passed == [name, *site.STATIONS[TEXT][name]]


@pytest.mark.parametrize("step", site.STATIONS[TEXT])
def test_head_and_foot_of_an_overview_lead_to_the_same_station(open_page, step):
    app, t = open_page(site.BY_NAME[step].file, lang="en"), words("en")
    assert not app.exception
    station = t(f"shell.{site.STATIONS[TEXT][step][0]}")
    (ribbon,) = (
        one.proto
        for one in app.get("bidi_component")
        if one.proto.component_name == "glassbox_chain"
    )
    assert json.loads(ribbon.json)["next"]["label"] == t("shell.next", place=station)
    feet = [link.proto.label for link in app.get("page_link")]
    assert t("frame.next", step=station) in feet


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_foot_of_a_page_leads_to_all_three_rooms(open_page, lang):
    t = words(lang)
    ways = {"path": str(t("home.evening")), "room": str(t("home.group"))}
    for file, here in (("scale", ""), ("path", "path"), ("room", "room")):
        app = open_page(site.BY_NAME[file].file, lang=lang)
        labels = [link.proto.label for link in app.get("page_link")]
        for name, label in ways.items():  # in the head, and but for the room itself at the foot
            assert labels.count(label) == (1 if name == here else 2), (file, name, labels)
        assert bodies(app).count(f"/show?lesson=ten&amp;lang={lang}") == 2


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_badge_says_in_a_sentence_what_it_means(lang):
    t = words(lang)
    badges = {
        computed_now(t): t("frame.why_now"),
        precomputed(t, "python -m core house", "1. 2."): t("frame.why_precomputed"),
        published(t, "A, 2024", "A, arXiv:1"): t("frame.why_published"),
        illustration(t): t("frame.why_illustration"),
    }
    for badge, why in badges.items():  # a disclosure: by mouse, by key, by tap, read aloud
        assert badge.html.startswith("<details") and f"<p>{escape(why)}</p>" in badge.html
        assert f'<summary data-why="{escape(why)}">' in badge.html
    assert "<code>python -m core house</code>" in precomputed(t, "python -m core house", "1.").html
    assert "<b>" not in computed_now(t, "<b>").html
