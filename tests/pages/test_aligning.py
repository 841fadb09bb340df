"""The station of aligning: it says what it starts from, begins runs, and shows what they said."""

from types import SimpleNamespace

import pytest

from core.alignment.comparing import Rate
from core.alignment.preferring.preferences import Preference, numbers_of, to_bytes
from core.alignment.text.asking import asked
from core.data.world import WorldSettings, town
from core.house import examined
from core.jobs.engine import Engine
from core.store import HOUSE, RunRecord
from pages.alignment.aligning import answers_side_by_side
from pages.alignment.aligning.starting_point import Grounds, at_hand, exam_settings
from pages.alignment.aligning.trials import outcome_of_clicks, outcome_of_cut
from pages.alignment.questions import N_SHOWN
from pages.kit import state
from pages.kit.catalogue import words
from pages.kit.numbers import share

PAGE = "alignment/aligning/aligning.py"
ANNA = "a" * 32


@pytest.fixture
def with_tuned(with_house):
    """The house's tiny model, taken for one that answers."""
    store = with_house.store
    lane = store.benches.of(HOUSE, "text").lanes["a"]
    parents = (lane["checkpoint"], lane["encoder"])
    data = store.artifacts.read(HOUSE, lane["checkpoint"])
    tuned = store.artifacts.keep(HOUSE, "tuned", data, parents=parents, settings={"by": "a test"})
    store.benches.put(HOUSE, "a", tuned.id, "tuned")
    return with_house, tuned


def with_choices(store, tuned):
    chosen = [
        Preference(f"Where is {n}?", "Gladly. There.", "There.", "a", "en", "rule:polite")
        for n in range(12)
    ]
    kept = store.artifacts.keep(
        HOUSE,
        "preferences",
        to_bytes(chosen),
        parents=(tuned.id,),
        numbers=numbers_of(chosen),
    )
    store.benches.put(HOUSE, "a", kept.id, "preferences")


def shown(app):
    return " ".join(block.proto.body for block in app.get("html"))


def test_without_a_model_that_answers_it_points_to_fine_tuning(open_page):
    app = open_page(PAGE)
    assert not app.exception
    assert "no model here yet that answers" in shown(app)


@pytest.mark.parametrize(
    ("locale", "start", "said"),
    [
        ("en-GB", "Start alignment", "the rule “polite” decides 30 pairs"),
        ("de-DE", "Alignment starten", "entscheidet die Regel „höflich“ über 30 Paare"),
    ],
)
def test_it_can_begin_at_once_and_says_that_a_rule_will_choose(
    open_page, with_tuned, locale, start, said
):
    app = open_page(PAGE, locale=locale)
    assert not app.exception
    assert app.button(key="align_start").label == start
    assert said in shown(app)


def test_it_says_whose_choices_it_learns_from_and_keeps_the_kl_weight_of_a_link(
    open_page, with_tuned
):
    with_choices(with_tuned[0].store, with_tuned[1])
    app = open_page(PAGE, kl_weight="0.3")
    assert "Learns from 12 preferences" in shown(app)
    assert app.session_state["kl_weight"] == 0.3


def test_ones_own_choices_are_measured_by_the_rule_they_follow_until_another_is_chosen(
    open_page, with_tuned
):
    services, tuned = with_tuned
    chosen = [
        Preference(f"Where is {n}?", "Gladly. There.", "There.", "a", "en") for n in range(12)
    ]
    kept = services.store.artifacts.keep(
        HOUSE,
        "preferences",
        to_bytes(chosen),
        parents=(tuned.id,),
        numbers=numbers_of(chosen) | {"follows": "brief"},
    )
    services.store.benches.put(HOUSE, "a", kept.id, "preferences")
    app = open_page(PAGE)
    assert "Measured by the rule" in [one.label for one in app.get("button_group")]
    assert app.session_state["align_rule"] == "brief"
    assert "follow the rule “brief” most" in shown(app)
    app.session_state["align_rule"] = "honest"
    app.run()
    assert app.session_state["align_rule"] == "honest"


def test_without_a_run_it_shows_what_aligning_did_to_the_model_that_is_there(open_page, with_tuned):
    store, tuned = with_tuned[0].store, with_tuned[1]
    numbers = {"rate_polite_before": 0.38, "rate_polite": 0.61}
    aligned = store.artifacts.keep(
        HOUSE,
        "aligned",
        store.artifacts.read(HOUSE, tuned.id),
        parents=(tuned.id,),
        numbers=numbers,
    )
    assert "There is no aligned model here yet" in shown(open_page(PAGE, depth="watch"))
    store.benches.put(HOUSE, "a", aligned.id, "aligned")
    app = open_page(PAGE, depth="watch")
    assert not app.exception
    assert "How often answers kept a rule" in shown(app)
    assert "<span>38%</span> → <b>61%</b>" in shown(app)
    assert "no aligned model" not in shown(app)


def test_of_the_example_model_the_same_shares_are_shown_as_on_the_overview(open_page, with_house):
    app = open_page(PAGE)
    assert not app.exception
    rates = examined()["rates"]
    before, after = (Rate(**rates[kind]["polite"]).share for kind in ("tuned", "aligned"))
    written = f"<span>{share(before, 'en')}</span> → <b>{share(after, 'en')}</b>"
    assert written in shown(app)
    assert f"Of {Rate(**rates['aligned']['polite']).n} answers" in shown(app)


def test_ones_own_question_comes_first_among_those_that_are_watched(monkeypatch):
    both = Grounds(SimpleNamespace(world=WorldSettings(german_share=0.5)), None, None)
    monkeypatch.setattr(state, "lang", lambda: "en")
    monkeypatch.setattr(state, "sentence", lambda: "Where is <b>Tom</b>?")
    found = exam_settings(both, "polite")["watched"]
    assert found[0] == "Where is <b>Tom</b>?" and len(found) == N_SHOWN
    monkeypatch.setattr(state, "sentence", lambda: "Tom went home")
    assert "Tom went home" not in exam_settings(both, "polite")["watched"]


def test_answers_side_by_side_carry_the_marks_of_the_judge_and_stay_text():
    where = town(WorldSettings())
    t = words("en")
    cell = answers_side_by_side.cell("Where does Mia live?", "Gladly. <b>x</b>", where, t)
    assert "<mark class='polite'>Gladly.<i>polite</i></mark>" in cell and "<b>x" not in cell
    other = answers_side_by_side.cell("Where does Mia live?", "Das weiß ich nicht.", where, t)
    assert t("alignment.other_language") in other


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_answers_that_are_shown_are_to_questions_in_the_visitors_language(monkeypatch, lang):
    monkeypatch.setattr(state, "lang", lambda: lang)
    both = Grounds(SimpleNamespace(world=WorldSettings(german_share=0.5)), None, None)
    found = exam_settings(both, "polite")["watched"]
    assert len(found) == N_SHOWN
    assert all(asked(one, lang) for one in found)
    german = Grounds(SimpleNamespace(world=WorldSettings(german_share=1.0)), None, None)
    assert all(asked(one, "de") for one in exam_settings(german, "polite")["watched"])


def test_a_run_learns_from_ones_own_choices_and_from_no_model_of_others(with_house, monkeypatch):
    store = with_house.store
    monkeypatch.setattr(state, "owner", lambda: ANNA)
    shipped = at_hand()
    assert shipped.preferences.id in shipped.reward.parents
    assert "reward" not in shipped.inputs()  # or its choices would count as what the model learned
    mine = store.artifacts.keep(ANNA, "preferences", to_bytes([]), parents=(shipped.model.id,))
    store.benches.put(ANNA, "a", mine.id, "preferences")
    found = at_hand()
    assert found.preferences.id == mine.id
    assert found.reward is None


@pytest.mark.parametrize("status", ["running", "finished"])
@pytest.mark.parametrize(
    ("way", "settings"),
    [("dpo", {"beta": 0.1}), ("grpo", {"kl_weight": 0.1, "reward": "model"})],
)
def test_a_run_is_shown_with_its_controls_while_it_goes_on_and_after(
    open_page, with_house, way, settings, status
):
    app = open_page(PAGE, align_way=way, align_reward="model")
    store, owner = with_house.store, app.session_state["_owner"]
    asked = {"n_steps": 4, "rule": "polite", "langs": ["en"], **settings}
    run = RunRecord("r", owner, way, asked, status=status, step=4)
    store.runs.start(run)
    measured = {"kl": 0.1, "entropy": 0.3, "length": 9.0, "reward": 1.0, "loss_nats": 0.6}
    judged = {"rate_low": 0.1, "rate_high": 0.9, "n_judged": 9, "grammatical_share": 0.9}
    rows = [
        {"kind": kind, "step": step, "seconds": 1.0, "rate": step / 8, **measured, **judged}
        for step in (0, 4)
        for kind in ("step", "exam")
    ]
    store.runs.append("r", rows)
    app.run()
    assert not app.exception
    assert ("Before, 0%" in shown(app)) == (status == "finished")


def test_watching_shows_no_controls(open_page, with_tuned):
    app = open_page(PAGE, depth="watch")
    assert not app.exception
    assert not [button for button in app.button if button.key == "align_start"]


def test_a_reward_by_choices_is_offered_only_where_there_is_a_model_of_them(open_page, with_tuned):
    app = open_page(PAGE, align_way="grpo", align_reward="model")
    assert not app.exception
    assert app.session_state["align_reward"] == "rule"


def exam(reward, grammatical):
    return {"reward": reward, "grammatical_share": grammatical}


def test_a_score_that_rises_while_the_text_rots_is_told_from_one_that_helps():
    assert outcome_of_cut(exam(0, 0.8), exam(3, 0.3)) == "rots"
    assert outcome_of_cut(exam(0, 0.8), exam(3, 0.8)) == "better"
    assert outcome_of_cut(exam(0, 0.8), exam(-1, 0.1)) == "nothing"


def test_few_and_many_clicks_are_compared_by_what_can_be_noticed():
    assert outcome_of_clicks(0.5, 0.55) == "same"
    assert outcome_of_clicks(0.5, 0.8) == "more"
    assert outcome_of_clicks(0.8, 0.5) == "fewer"


@pytest.mark.parametrize("lang", ["de", "en"])
def test_before_a_run_there_is_one_choice_in_plain_words_and_one_button(
    open_page, with_house, lang
):
    app, t = open_page(PAGE, lang=lang), words(lang)
    assert not app.exception
    way = app.radio(key="align_way")
    assert way.options == [t("aligning.dpo"), t("aligning.grpo")]
    assert list(way.proto.captions) == [t("aligning.dpo_term"), t("aligning.grpo_term")]
    primary = [one for one in app.main.button if one.proto.type == "primary"]
    assert [one.key for one in primary] == ["align_start"]
    (more,) = [one for one in app.expander if one.label == t("aligning.more")]
    assert not more.proto.expanded
    assert [one.key for one in more.select_slider] == ["kl_weight"]
    assert t("aligning.happens_dpo", n=str(at_hand_pairs(with_house))) in shown(app)
    app.radio(key="align_way").set_value("grpo").run()
    assert t("aligning.happens_rule", rule=t("alignment.polite")) in shown(app)
    assert "grpo" in app.query_params["align_way"]


def at_hand_pairs(services):
    lane = services.store.benches.of(HOUSE, "text").lanes["a"]
    kept = services.store.artifacts.get(HOUSE, lane["preferences"], "preferences")
    return int(kept.numbers["n_pairs"])


@pytest.mark.parametrize("way", ["dpo", "grpo"])
def test_the_way_chosen_before_a_run_is_still_chosen_after_it_has_ended(open_page, with_house, way):
    app = open_page(PAGE, align_way=way)
    store, owner = with_house.store, app.session_state["_owner"]
    asked = {"n_steps": 4, "rule": "polite", "langs": ["en"], "beta": 0.1}
    store.runs.start(RunRecord("r", owner, way, asked, status="running", step=1))
    app.run()
    assert not [one for one in app.radio if one.key == "align_way"]
    assert {"align_pause", "align_stop"} <= {button.key for button in app.button}
    store.runs.update("r", status="stopped")
    app.run()
    assert app.radio(key="align_way").value == way


def test_where_another_run_is_in_the_way_a_link_leads_to_the_page_that_can_stop_it(
    open_page, with_house, monkeypatch
):
    app = open_page(PAGE, lang="en")
    program = "fine_tuning"
    going = RunRecord("t", app.session_state["_owner"], program, {}, status="running")
    monkeypatch.setattr(Engine, "under_way", lambda self, owner: [going])
    app.button(key="align_start").click().run()
    assert not app.exception
    t = words("en")
    labels = [link.proto.label for link in app.get("page_link")]
    assert t("alignment.to_run", place=t("shell.tuning")) in labels
