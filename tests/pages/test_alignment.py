"""Step 4: one question to what came of a base model, how it is measured, who invents."""

from html import escape
from types import SimpleNamespace

import pytest
import torch

from core.alignment.comparing import Rate, plain_text_cost
from core.alignment.text.asking import STRANGER, Asked, Question, draw_questions
from core.alignment.text.forms import subject_name
from core.alignment.text.rules import RULES
from core.api.writing import opening_tokens
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.dataset import Dataset
from core.data.world import WorldSettings, town
from core.house import examined, house_artifacts
from core.house.chain import Telling, TellingQuestion
from core.inference.generate import generate
from core.lineage import MODEL_KINDS
from pages.alignment import inventing, measurements, names, one_question, questions, verdicts
from pages.alignment.aligning import starting_point
from pages.alignment.preferring import judging
from pages.alignment.preferring.settings import PREFER_RULES
from pages.kit import models, state
from pages.kit.catalogue import words
from pages.kit.numbers import share

ANNA = "a" * 32
HOSTILE = "<img src=x onerror=alert(1)>?"


def shown(app) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("depth", ["watch", "try"])
def test_three_models_answer_the_same_question_before_any_click(open_page, with_house, lang, depth):
    app = open_page("4_alignment.py", lang=lang, depth=depth)
    t = words(lang)
    assert not app.exception
    for key in ("alignment.base", "alignment.tuned", "alignment.aligned"):
        assert t(key) in shown(app)
    assert t("alignment.rates_note", n=12) in shown(app)
    for kind in MODEL_KINDS:
        assert f"<section class='{kind}'>" in shown(app)
    keys = [button.key for button in app.button]
    assert ("three_again" in keys) == ("measure_line" in keys) == (depth == "try")


def test_the_travelling_sentence_is_asked_if_it_is_a_question(open_page, with_house):
    asked = open_page("4_alignment.py", lang="en", sentence="Who is Tom?")
    assert "Who is Tom?" in shown(asked)
    assert words("en")("alignment.same_luck") in shown(asked)
    other = open_page("4_alignment.py", lang="en", sentence="Tom went home")
    assert words("en")("alignment.no_question", sentence="Tom went home") in shown(other)


def with_telling(monkeypatch, seed=7):
    one = TellingQuestion("Who is Tom?", "en", seed, {})
    monkeypatch.setattr(questions, "telling_questions", lambda lang: Telling((one,), 12, 300))


def test_the_telling_question_is_asked_where_the_sentence_asks_nothing(
    open_page, with_house, monkeypatch
):
    with_telling(monkeypatch)
    app = open_page("4_alignment.py", lang="en", sentence="Tom went home")
    assert "Who is Tom?" in shown(app)
    assert "“Tom went home” is not a question" in shown(app)
    assert "12 of 300 tries" in shown(app)
    own = open_page("4_alignment.py", lang="en", sentence="Where is Tom?")
    assert "Where is Tom?" in shown(own)
    assert "12 of 300 tries" not in shown(own)


def test_the_telling_question_keeps_its_seed_until_other_dice_are_thrown(monkeypatch):
    with_telling(monkeypatch, seed=19)
    monkeypatch.setattr(state, "sentence", lambda: "Tom went home")
    assert questions.seed_now(words("en")) == 19
    monkeypatch.setattr(state, "seed", lambda: 8)
    assert questions.seed_now(words("en")) == 8


def test_a_question_is_judged_in_its_own_language():
    assert questions.language_of("Where does Mia live?", words("de")) == "en"
    assert questions.language_of("Wo wohnt Mia?", words("en")) == "de"
    assert questions.language_of("Mia?", words("en")) == "en"


# What the rules say of an answer


TOWN = town(WorldSettings())


def marks(answer, lang="en"):
    return [(one.text, one.mark) for one in verdicts.pieces(answer, lang, TOWN) if one.mark]


def test_courteous_brusque_and_false_words_are_marked_and_nothing_else():
    assert marks("Gladly. The sun is shining.") == [("Gladly.", "polite")]
    assert marks("So what. The sun is shining.") == [("So what.", "brusque")]
    assert marks("Es tut mir leid, das weiß ich nicht.", "de") == [("tut mir leid", "polite")]
    assert {mark for _, mark in marks("Mia lives in Rose Lane. Mia lives in Harbour Street.")} == {
        "false"
    }
    assert len(marks("Mia lives in Rose Lane. Mia lives in Harbour Street.")) == 1


def test_the_pieces_of_an_answer_joined_are_the_answer():
    for answer in ("", " Gladly.  Mia!\n\nSo what. ", "Es tut mir leid, das weiß ich nicht. Bitte"):
        for lang in ("de", "en"):
            assert "".join(one.text for one in verdicts.pieces(answer, lang, TOWN)) == answer


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_tile_says_in_words_whether_a_rule_was_kept_and_its_tooltip_why(lang):
    t = words(lang)
    asked = {"de": "Wo wohnt Mia?", "en": "Where does Mia live?"}[lang]
    unsure = {"de": "Das weiß ich nicht.", "en": "I do not know that."}[lang]

    def tiles(answer):
        return verdicts.tiles(verdicts.judged(asked, answer, lang, TOWN), t)

    silent = tiles({"de": "Bis bald!", "en": "See you soon!"}[lang])
    assert t("alignment.not_polite") in silent and t("alignment.not_on_topic") in silent
    assert escape(t("alignment.wants_polite", n=2)) in silent
    # Who claims nothing says nothing false, and nobody is too long for a tile.
    assert t("alignment.not_truthful") not in silent and t("alignment.does_not_know") not in silent
    assert t("alignment.not_brief") not in tiles(f"{unsure} " * 9)
    assert escape(t("alignment.does_not_know")) in tiles(unsure)
    assert t("alignment.not_truthful") not in tiles(unsure)


def test_made_up_is_called_so_and_no_dishonesty():
    t = words("en")
    drawn = draw_questions(TOWN, ["en"], "train", 200, 3, ("untold",))
    asked = [one for one in drawn if one.asked and one.asked.subject != STRANGER]
    one = next(each for each in asked if each.asked.relation == "job")
    who = subject_name(one.asked.subject, "en")
    verdict = verdicts.judged(one.text, f"{who} works as a doctor.", "en", TOWN)
    assert t("alignment.invents") in verdicts.tiles(verdict, t)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_page_lists_the_same_rules_by_the_same_names_in_the_same_order(lang):
    t = words(lang)
    assert set(names.ORDER) == set(RULES) == set(PREFER_RULES)
    assert list(judging.rule_names(t).items()) == [(one, names.rule(one, t)) for one in names.ORDER]
    asked, answer = {
        "de": ("Wo wohnt Mia?", "Mia wohnt hier."),
        "en": ("Where does Mia live?", "Mia lives in Rose Lane. Mia lives in Harbour Street."),
    }[lang]
    kept = verdicts.judged(asked, answer, lang, TOWN).kept
    assert list(kept) == [one for one in names.ORDER if one in kept] and "brief" not in kept


def test_what_states_none_of_what_was_asked_is_marked_as_beside_the_question():
    asked = "Where does Mia live?"
    home = next(one for one in ("Rose Lane", "Harbour Street") if marks_of(f"Mia lives in {one}."))
    assert marks_of(f"Mia lives in {home}.", asked) == [None]
    assert marks_of("Mia is already eight.", asked) == ["beside"]
    assert marks_of("Mia is already eight.") == [None]  # nobody says what was asked


def marks_of(answer, question=""):
    found = [one.mark for one in verdicts.pieces(answer, "en", TOWN, question)]
    return found if "false" not in found else []


def test_an_answer_gets_one_word_that_says_in_which_way_it_fails():
    t, asked = words("en"), "Where does Mia live?"
    home = next(one for one in ("Rose Lane", "Harbour Street") if marks_of(f"Mia lives in {one}."))
    other = next(one for one in ("Rose Lane", "Harbour Street") if one != home)

    def said(answer, question=asked):
        return verdicts.in_a_word(question, answer, "en", TOWN, t)

    assert said(f"Mia lives in {home}.") == (True, t("alignment.truthful"))
    assert said(f"Mia lives in {other}.") == (False, t("alignment.not_truthful"))
    assert said("Mia is already eight.") == (False, t("alignment.does_not_answer"))
    assert said("I do not know that.") == (False, t("alignment.does_not_know"))
    assert said("Das weiß ich nicht.") == (False, t("alignment.other_language"))
    (untold,) = draw_questions(TOWN, ["en"], "held_out", 1, 3, ("untold",))
    assert said("I do not know that.", untold.text) == (True, t("alignment.honest"))


def test_both_stations_ask_the_same_questions_and_the_telling_one_comes_first(monkeypatch):
    with_telling(monkeypatch)
    monkeypatch.setattr(state, "lang", lambda: "en")
    monkeypatch.setattr(state, "sentence", lambda: "Tom went home")
    of_tuning = questions.questions_now(words("en"), TOWN)
    model = SimpleNamespace(world=WorldSettings())
    of_aligning = starting_point.watched_questions(starting_point.Grounds(model, None, None))
    assert of_tuning == of_aligning and of_tuning[0] == "Who is Tom?"
    assert len(set(of_tuning)) == questions.N_SHOWN


def test_the_stage_says_of_many_questions_what_each_model_comes_to(open_page, with_house):
    rates = examined()["rates"]
    page = shown(open_page("4_alignment.py", lang="en"))
    for rule in ("polite", "truthful"):
        way = " → ".join(share(Rate(**each[rule]).share, "en") for each in rates.values())
        assert way in page


def test_a_text_that_talks_on_is_praised_and_blamed_for_no_rule():
    text = "\nMia is eight.\nThank you very much for the book."
    assert one_question.talks_on(text) and not one_question.talks_on(" Mia is eight. ")
    verdict = one_question.as_continuation(verdicts.judged("How old is Mia?", text, "en", TOWN))
    assert not verdict.kept
    after = verdicts.judged("How old is Mia?", "Mia is already eight.", "en", TOWN)
    t = words("en")
    # It may have said what is true by the way, so fine-tuning gains and loses nothing against it.
    assert one_question.changed({"checkpoint": verdict, "tuned": after}, {}, t) == ""
    polite = verdicts.judged("How old is Mia?", "Gladly. Mia is already eight.", "en", TOWN)
    three = {"checkpoint": verdict, "tuned": after, "aligned": polite}
    said = one_question.changed(three, {}, t)
    assert t("alignment.polite") in said and t("alignment.on_topic") not in said


def test_a_gain_against_the_average_is_called_chance():
    t = words("en")
    plain = verdicts.judged("How old is Mia?", "Mia is already eight.", "en", TOWN)
    polite = verdicts.judged("How old is Mia?", "Gladly. Mia is already eight.", "en", TOWN)
    answers = {"tuned": plain, "aligned": polite}
    chance = t("alignment.by_chance", by="", rules=t("alignment.polite"))

    def said(before, after):
        kept = {"tuned": before, "aligned": after}
        rates = {kind: {"polite": {"n_kept": n, "n": 100}} for kind, n in kept.items()}
        return one_question.changed(answers, rates, t)

    assert chance not in said(30, 90) and chance in said(90, 30)


def test_a_sentence_that_is_none_is_marked_in_what_a_base_model_writes_and_others_are_not():
    t = words("en")
    right, wrong = "Mr Ziegler is an engineer.", "Mr Ziegler is a engineer."
    said = one_question.written_on(f"{right} {wrong}", WorldSettings(), t)
    assert said.count("<mark") == 1
    assert f"{wrong}<i>{t('aligning.not_grammatical')}</i>" in said
    assert "<img" not in one_question.written_on(HOSTILE, WorldSettings(), t)


def test_an_answer_in_the_other_language_gets_that_tile_alone():
    found = verdicts.judged("Wo wohnt Mia?", "I am sorry, I do not know.", "de", TOWN)
    tiles = verdicts.tiles(found, words("de"))
    assert words("de")("alignment.other_language") in tiles and tiles.count("<li") == 1


def test_hostile_text_in_an_answer_stays_text():
    assert "<img" not in verdicts.marked(HOSTILE, "en", TOWN, words("en"))


def test_what_each_step_changed_is_said_in_a_line():
    def verdict(**kept):
        return verdicts.Verdict({"polite": False, "honest": True, **kept}, True)

    line = one_question.changed(
        {
            "checkpoint": verdict(),
            "tuned": verdict(),
            "aligned": verdict(polite=True, honest=False),
        },
        {},
        words("en"),
    )
    for said in ("fine-tuning changes nothing", "is now: polite.", "no longer: honest."):
        assert said in line


def test_a_hostile_question_is_shown_as_text(open_page, with_house):
    app = open_page("4_alignment.py", lang="en", sentence=HOSTILE)
    assert not app.exception
    assert "<img" not in shown(app)


def test_other_dice_are_thrown_for_all_alike(open_page, with_house):
    app = open_page("4_alignment.py", lang="en")
    app.button(key="three_again").click().run()
    assert not app.exception
    assert "8" in app.query_params["seed"]


def test_without_any_model_the_page_says_so(open_page):
    app = open_page("4_alignment.py", lang="en")
    assert not app.exception
    assert words("en")("alignment.none") in shown(app)


def test_each_model_writes_for_itself(with_house):
    found = one_question.lines(models.on_hand(with_house, ANNA), ANNA)
    (line,) = found
    assert list(line.models) == list(MODEL_KINDS)
    for model in line.models.values():
        weights = measurements.transformer(model).state_dict()["token_embedding.weight"]
        kept = read_checkpoint(with_house.store.artifacts.read(ANNA, model.id))[0]
        assert torch.equal(weights, kept.state_dict()["token_embedding.weight"])
        tokens = opening_tokens(model.kind, model.encoder, "Wo?")
        settings = questions.how_drawn(3)
        drawn = [one.token for one in generate(kept, tokens, settings, model.encoder.end_id)]
        expected = model.encoder.decode([i for i in drawn if i != model.encoder.end_id])
        assert one_question.drawn(model, "Wo?", 3) == expected


def test_the_house_figures_are_those_of_the_command(with_house):
    found = examined()
    assert list(found["rates"]) == list(MODEL_KINDS)
    artifacts = {one.kind: one for one in house_artifacts()}
    dataset = Dataset.from_bytes(artifacts["dataset"].read())
    base, aligned = (
        read_checkpoint(artifacts[kind].read())[0] for kind in ("checkpoint", "aligned")
    )
    cost = plain_text_cost(base, aligned, dataset)
    assert found["bits_per_byte"]["aligned"] == pytest.approx(cost.after, rel=1e-5)


def test_a_line_can_be_measured_again_here(open_page, with_house, monkeypatch):
    monkeypatch.setattr(measurements, "N_QUESTIONS", 3)
    app = open_page("4_alignment.py", lang="en")
    app.button(key="measure_line").click().run()
    assert not app.exception
    (found,) = app.session_state["_examined"].values()
    assert found["n_questions"] == 3
    assert all(rate["n"] == 3 for rates in found["rates"].values() for rate in rates.values())
    assert list(found["bits_per_byte"]) == list(MODEL_KINDS)


def test_own_models_come_first_with_the_base_they_were_made_from(with_house):
    store = with_house.store
    chain = store.benches.of("house", "text").lanes["a"]
    data = store.artifacts.read(ANNA, chain["aligned"])
    model, _ = read_checkpoint(data)
    parents = [chain["checkpoint"], chain["encoder"]]
    tuned = store.artifacts.keep(
        ANNA, "tuned", checkpoint_bytes(model, {"mine": 1}), parents=parents
    )
    store.benches.put(ANNA, "a", tuned.id, "tuned")
    found = models.on_hand(with_house, ANNA)
    assert found[0].id == tuned.id and found[0].whose == "yours"
    own, house = one_question.lines(found, ANNA)
    assert (own.whose, list(own.models)) == ("yours", ["checkpoint", "tuned"])
    assert own.models["checkpoint"].id == chain["checkpoint"]
    assert house.whose == "house"


def test_choices_of_the_house_stay_the_houses_behind_a_model_of_ones_own(with_house, monkeypatch):
    store = with_house.store
    chain = store.benches.of("house", "text").lanes["a"]
    model, _ = read_checkpoint(store.artifacts.read(ANNA, chain["aligned"]))
    parents = [chain["tuned"], chain["preferences"]]
    mine = store.artifacts.keep(
        ANNA, "aligned", checkpoint_bytes(model, {"mine": 2}), parents=parents
    )
    store.benches.put(ANNA, "a", mine.id, "aligned")
    own = one_question.lines(models.on_hand(with_house, ANNA), ANNA)[0]
    assert own.furthest.id == mine.id
    monkeypatch.setattr(state, "owner", lambda: ANNA)
    (choices,) = measurements.passed_on(own, None, words("en"))
    assert choices.whose == "house"


# Who invents


def said(n_invented: int, n: int = 10) -> inventing.Said:
    return inventing.Said(n, n_invented, n - n_invented, ("", ""))


@pytest.mark.parametrize(
    ("counts", "outcome"),
    [
        ((9, 1, 0), "base"),
        ((9, 6, 5), "both"),
        ((9, 9, 9), "all"),
        ((0, 0, 0), "none"),
        ((0, 9, 0), "other"),
        ((9, 2), "base"),  # a line that ends with fine-tuning
    ],
)
def test_the_outcome_is_who_invents_at_least_half_of_the_time(counts, outcome):
    assert inventing.outcome_of([said(n) for n in counts]) == outcome


def test_inventing_is_stating_what_was_asked_for_and_nothing_else():
    asked = [Question("Where does Mia live?", "en", "untold", Asked("mia", "home"))] * 3
    answers = ["Mia lives in Rose Lane.", "I don’t know.", "The sun is shining."]
    found = inventing.said_of(asked, answers, "en")
    assert (found.n, found.n_invented, found.n_unsure) == (3, 1, 1)
    assert found.example == ("Where does Mia live?", "Mia lives in Rose Lane.")


def test_the_experiment_is_measured_on_the_models_at_hand(open_page, with_house, monkeypatch):
    monkeypatch.setattr(inventing, "N_FACTS", 4)
    app = open_page("4_alignment.py", lang="en")
    radio = next(r for r in app.radio if "invent_" in r.key)
    radio.set_value("all").run()  # models that learned nothing admit nothing either
    app.button(key=radio.key.replace("guess_", "reveal_")).click().run()
    assert not app.exception
    assert words("en")("frame.guess_right") in shown(app)
