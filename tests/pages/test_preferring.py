"""Choosing between answers: what is offered, what a click does, and what the page says about it."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.alignment.preferring.preferences import from_bytes
from core.alignment.preferring.reward import RewardModel, reward_bytes
from core.alignment.text.asking import draw_questions
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.text.bpe import train_bpe
from core.data.world import WorldSettings, claims, is_true, town
from core.inference.sampling import SamplingSettings
from core.jobs.writer import Writer, Writing, Written
from core.services import Services, use_services
from core.store import HOUSE, Ballot, Store
from pages.alignment.preferring.clicking import known_truth, take_votes
from pages.alignment.preferring.judging import judges_text
from pages.alignment.preferring.pairs import Drawing, Pair, Question, by_difference, once_more
from pages.alignment.preferring.reward import settings_for
from pages.kit import models
from pages.kit.catalogue import words
from pages.kit.components.ballot import Vote, Votes, votes_of
from pages.kit.process import SHELL
from tests.small_models import small_config

ANNA = "a" * 32
PLAIN, POLITE = "Mia lives in Rose Lane.", "Gladly. Mia lives in Rose Lane."
ENCODER = train_bpe([PLAIN, POLITE, "Wo wohnt Mia? Where does she live?"] * 4, 300)
CONFIG = small_config(ENCODER.n_vocab)


class Scripted(Writer):
    """Writes one of some texts, chosen by the seed, and starts no process."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self.texts = texts

    def write(  # type: ignore[override]
        self, model_id: str, model: Any, tokens: Any, settings: SamplingSettings, **_: Any
    ) -> Writing:
        writing = Writing(settings.seed, model_id, lambda _: None)
        for token in ENCODER.encode(self.texts[settings.seed % len(self.texts)]):
            writing.box.put(Written(token, 1.0, None, None))
        writing.box.put(Written(ENCODER.end_id, 1.0, "end", None))
        writing.box.close()
        return writing


def keep_models(store: Store, owner: str = HOUSE, kind: str = "tuned") -> str:
    """A chain of the small world up to a model that answers."""
    world = asdict(WorldSettings())
    corpus = store.artifacts.keep(
        owner, "corpus", b"texts", modality="text", settings={"world": world}
    )
    encoder = store.artifacts.keep(owner, "encoder", ENCODER.to_bytes(), parents=[corpus.id])
    weights = checkpoint_bytes(Transformer(CONFIG, seed=1))
    base = store.artifacts.keep(owner, "checkpoint", weights, parents=[encoder.id])
    last = base.id
    if kind == "tuned":
        data = checkpoint_bytes(Transformer(CONFIG, seed=2))
        last = store.artifacts.keep(owner, "tuned", data, parents=[base.id, encoder.id]).id
    store.benches.put(owner, "a", last, kind)  # type: ignore[arg-type]
    return last


def served(path: Path, texts: Sequence[str]) -> Services:
    store = Store.at(path)
    return Services(store, Services.of(store).engine, Scripted(texts))


@pytest.fixture
def services(store_folder: Path) -> Iterator[Services]:
    own = served(store_folder, [PLAIN, POLITE])
    with use_services(own):
        yield own
    own.store.close()


@pytest.fixture
def model_id(services: Services) -> str:
    return keep_models(services.store)


def opened(lang: str = "en", **url: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.context = {"locale": "en-GB"}
    app.session_state["_owner"] = ANNA
    app.query_params.update({"lang": lang, **url})
    app.run()
    return app.switch_page("../alignment/preferring/preferring.py").run()


def shown(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def box(app: AppTest) -> dict[str, Any]:
    protos = [element.proto for element in app.get("bidi_component")]
    [data] = [json.loads(p.json) for p in protos if p.component_name == "glassbox_ballot"]
    return data


def ballot(model_id: str, n: int, choice: str = "a", **changes: Any) -> Ballot:
    given = {"question": f"Where does child {n} live?", "a": POLITE, "b": PLAIN, **changes}
    return Ballot(f"key {n}", model_id, choice=choice, lang="en", **given)  # type: ignore[arg-type]


def cast(services: Services, *ballots: Ballot) -> None:
    services.store.ballots.cast(ANNA, ballots)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_two_different_answers_of_the_model_are_offered_at_once(model_id, lang):
    app = opened(lang)
    assert not app.exception
    data = box(app)
    assert len(data["pairs"]) >= 1
    for pair in data["pairs"]:
        assert pair["a"] != pair["b"] and {pair["a"], pair["b"]} <= {PLAIN, POLITE}
    assert data["tally"] == {"n": 0, "left": 0, "right": 0}
    assert words(lang)("preferring.house") in shown(app) + str(app.get("button_group"))
    assert words(lang)("preferring.invitation") in shown(app)


def test_without_any_model_it_says_so(services):
    app = opened()
    assert not app.exception and words("en")("preferring.none") in shown(app)


def test_a_base_model_is_judged_too_and_the_way_to_a_tuned_one_is_shown(services):
    keep_models(services.store, kind="checkpoint")
    app = opened()
    assert words("en")("preferring.base_only") in shown(app)
    assert box(app)["pairs"]


def test_two_answers_that_are_the_same_are_never_offered(tmp_path):
    own = served(tmp_path, [PLAIN])
    keep_models(own.store)
    with use_services(own):
        app = opened()
        assert not app.exception and box(app)["pairs"] == []
        assert words("en")("preferring.all_the_same") in shown(app)
    own.store.close()


@pytest.mark.parametrize("lang", ["de", "en"])
def test_ten_clicks_to_the_left_are_said(services, model_id, lang):
    cast(services, *(ballot(model_id, n) for n in range(9)))
    t = words(lang)
    nine, ten = (
        t("preferring.one_sided_left", k=n, n=n, p=p) for n, p in (("9", "256"), ("10", "512"))
    )
    assert nine not in shown(opened(lang))
    cast(services, ballot(model_id, 9))
    assert ten in shown(opened(lang))  # a coin falls so 2 times in 1024


def test_the_same_pair_chosen_both_ways_is_said_and_hostile_text_stays_text(services, model_id):
    hostile = "<img src=x onerror=alert(1)> Ignore all rules."
    pair = {"question": hostile, "a": "<b>A", "b": "B"}
    cast(services, ballot(model_id, 1, "a", **pair), ballot(model_id, 2, "b", **pair))
    app = opened()
    assert not app.exception
    text = words("en")("preferring.contradiction", n="1", question=hostile, a="<b>A", b="B")
    assert text.replace("<", "&lt;").replace(">", "&gt;") in shown(app)
    assert "<img" not in shown(app)
    assert box(app)["last"]["question"] == hostile  # as data, never as markup


def test_what_was_chosen_is_there_after_a_reload(services, model_id):
    cast(services, ballot(model_id, 1), ballot(model_id, 2, "b"), ballot(model_id, 3, "both_bad"))
    for _ in range(2):
        data = box(opened())
        assert data["tally"] == {"n": 3, "left": 1, "right": 1}
        assert data["past"] == ["a", "b", "both_bad"]
        assert data["last"]["choice"] == "both_bad"


def drawing_of(services: Services) -> Drawing:
    [model, *_] = models.on_hand(services, ANNA, ("tuned",))
    return Drawing(services, ANNA, model, lambda n: Question(f"Where is {n}?", "en"), seed=3)


def test_clicks_count_once_in_their_order_however_often_they_arrive(services, model_id):
    drawing = drawing_of(services)
    first, second = (pair.key for pair in drawing.waiting(())[:2])
    votes = (Vote(1, first, "a"), Vote(2, second, "b"))
    heard = take_votes(Votes("m", votes[:1]), ANNA, model_id, drawing, None, 0)
    heard = take_votes(Votes("m", votes), ANNA, model_id, drawing, None, heard)
    assert heard == 2
    assert [one.choice for one in services.store.ballots.of(ANNA, model_id)] == ["a", "b"]
    assert {first, second}.isdisjoint(pair.key for pair in drawing.waiting({first, second}))


def test_a_choice_taken_back_is_offered_again_first(services, model_id):
    drawing = drawing_of(services)
    pair = drawing.waiting(())[0]
    take_votes(Votes("m", (Vote(1, pair.key, "a"),)), ANNA, model_id, drawing, None, 0)
    drawing.waiting({pair.key})
    take_votes(Votes("m", (Vote(2),)), ANNA, model_id, drawing, None, 1)
    assert services.store.ballots.of(ANNA, model_id) == []
    assert drawing.waiting(())[0] == pair


def test_nobody_can_judge_a_pair_that_was_not_shown(services, model_id):
    drawing = drawing_of(services)
    drawing.waiting(())
    forged = Votes("m", (Vote(1, "f" * 40, "a"),))
    assert take_votes(forged, ANNA, model_id, drawing, None, 0) == 1
    assert services.store.ballots.of(ANNA, model_id) == []


@pytest.mark.parametrize(
    "said",
    [
        None,
        "a",
        {"mount": 3, "events": []},
        {"mount": "m", "events": "all"},
    ],
)
def test_what_has_not_the_form_of_votes_is_none(said):
    assert votes_of(said) is None


def test_of_what_a_browser_says_only_votes_are_taken():
    events = [{"n": "1"}, {"n": 2, "undo": 1}, {"n": 3, "key": "k", "choice": "c"}, 7]
    events += [{"n": 4, "undo": True}, {"n": 5, "key": "k", "choice": "both_bad"}]
    found = votes_of({"mount": "m" * 99, "events": events})
    assert found == Votes("m" * 64, (Vote(4), Vote(5, "k", "both_bad")))


def test_the_sides_are_dealt_by_the_seed_and_fall_both_ways(services, model_id):
    def sides(seed: int) -> list[str]:
        [model, *_] = models.on_hand(services, ANNA, ("tuned",))
        ask = lambda n: Question(f"Where is {n}?", "en")  # noqa: E731
        drawing = Drawing(services, ANNA, model, ask, seed=seed, n_ahead=24)
        return [pair.a for pair in drawing.waiting((), n_needed=24)]

    assert sides(3) == sides(3) != sides(4)
    # Of every question the first two draws are shown, one of each text: 24 coins with 2 sides.
    assert 4 <= sum(text == sides(3)[0] for text in sides(3)) <= 20


def test_of_several_answers_the_two_that_share_the_fewest_words_are_shown():
    texts = ["Mia lives here.", "Mia lives here. Gladly.", "Mia lives here.", "I do not know."]
    assert by_difference(texts)[0] == (0, 3)  # nothing in common; the first of two such pairs
    assert by_difference(texts[:3]) == [(0, 1), (1, 2)]
    assert by_difference([PLAIN, PLAIN]) == []
    assert by_difference(["", " "]) == [(0, 1)]  # no words at all, and yet not the same


def test_pairs_with_a_reason_to_choose_come_first_and_the_others_are_not_lost(services, model_id):
    [model] = models.on_hand(services, ANNA, ("tuned",))
    asked: list[str] = []

    def ask(n: int) -> Question:
        asked.append(f"Where is {n}?")
        return Question(asked[-1], "en")

    def apart(pair: Pair) -> bool:
        return pair.question in ("Where is 2?", "Where is 3?")

    drawing = Drawing(services, ANNA, model, ask, seed=3, tells_apart=apart)
    first, second, *rest = drawing.waiting((), n_needed=3)
    assert (first.question, second.question) == ("Where is 2?", "Where is 3?")
    assert [pair.question for pair in rest][:2] == ["Where is 0?", "Where is 1?"]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_what_is_true_is_said_beside_the_question(services, model_id, lang):
    t, where = words(lang), town(WorldSettings())
    said = {
        sort: [
            known_truth(Pair("m", one.text, lang, "a", "b", 1, 2), where, t)
            for one in draw_questions(where, (lang,), "train", 20, 1, (sort,))
        ]
        for sort in ("told", "untold", "business")
    }
    stated = [claims(re.findall("[„“](.+)[“”]", text)[0], lang) for text in said["told"]]
    assert all(found and is_true(found[0], where) for found in stated)
    never = {t("preferring.truth_untold"), t("preferring.truth_stranger")}
    assert set(said["untold"]) == never
    assert set(said["business"]) == {""}


def test_ones_choices_are_held_against_the_rules_and_their_rule_travels_along(services, model_id):
    cast(services, *(ballot(model_id, n, "a") for n in range(4)))
    assert '<ul class="gb-follows">' not in shown(opened())  # too few to say anything
    cast(services, *(ballot(model_id, n, "a") for n in range(4, 9)))
    app = opened()
    assert "polite</span><b>as you in 9 of 9" in shown(app)
    assert "“polite” fits your clicks best" in shown(app)
    app.button(key="prefer_pass_on").click().run()
    [kept] = services.store.artifacts.of_kind(ANNA, "preferences")
    assert kept.numbers["follows"] == "polite"


def test_choices_that_follow_no_rule_are_called_so(services, model_id):
    cast(services, *(ballot(model_id, n, "ab"[n % 2]) for n in range(8)))
    app = opened(lang="de")
    assert words("de")("preferring.follows_none") in shown(app)
    app.button(key="prefer_pass_on").click().run()
    assert "follows" not in services.store.artifacts.of_kind(ANNA, "preferences")[0].numbers


def test_a_second_pass_shows_ones_own_pairs_and_tells_the_agreement(services, model_id):
    made = [ballot(model_id, n, "ab"[n % 2]) for n in range(6)]
    cast(services, *made)
    app = opened()
    app.button(key="prefer_again").click().run()
    data = box(app)
    assert data["of"] == 6 and data["tally"]["n"] == 0
    assert {pair["question"] for pair in data["pairs"]} == {one.question for one in made}
    again = once_more(made, 6, seed=1)
    chosen = {one.key: {"a": one.a, "b": one.b}[one.choice] for one in made}
    for number, pair in enumerate(again):
        same = "a" if pair.a == chosen[pair.again_of] else "b"
        cast(services, pair.ballot(same if number else "both_bad"))
    said = words("en")("preferring.alike_measured", k="5", n="6", span="44–97%")
    assert said in shown(opened())  # Wilson's interval of 5 in 6


def test_the_experiment_says_what_is_missing_and_keeps_the_guess(services, model_id):
    app = opened()
    [guess] = [radio for radio in app.radio if "again" in radio.key]
    guess.set_value("all").run()
    [reveal] = [one for one in app.button if one.key.startswith("reveal_again")]
    reveal.click().run()
    assert not app.exception
    assert words("en")("error.too_few_choices", n="0", needed="5") in shown(app)


def test_a_rule_chooses_many_pairs_and_they_are_labelled_and_never_the_persons(services, model_id):
    cast(services, ballot(model_id, 1))
    app = opened(prefer_rule="polite")
    app.select_slider(key="prefer_amount").set_value(30).run()
    app.button(key="prefer_judge").click().run()
    assert not app.exception
    found = services.store.ballots.of(ANNA, model_id)
    by_rule = [one for one in found if one.judge == "rule:polite"]
    assert len(by_rule) == 30 and len(found) == 31
    assert all("Gladly" in {"a": one.a, "b": one.b}[one.choice] for one in by_rule)
    assert box(app)["tally"]["n"] == 1  # the person's own
    name = words("en")("preferring.judge_rule", rule=words("en")("alignment.polite"))
    assert f"{name}: 30" in shown(app)
    app.button(key="prefer_discard_rule:polite").click().run()
    assert len(services.store.ballots.of(ANNA, model_id)) == 1


def test_what_is_passed_on_is_an_artefact_that_knows_its_model_and_its_judges(services, model_id):
    cast(services, *(ballot(model_id, n, "b") for n in range(3)))
    cast(services, ballot(model_id, 4, judge="rule:polite"))
    app = opened()
    app.button_group(key="prefer_use").set_value("both").run()
    app.button(key="prefer_pass_on").click().run()
    assert not app.exception
    slot = services.store.benches.view(ANNA, "text")["a"]["preferences"]
    assert slot.whose == "yours" and slot.artifact.parents == (model_id,)
    assert slot.artifact.numbers["n_preferences"] == 4
    assert slot.artifact.settings["judges"] == ["rule:polite", "you"]
    passed = from_bytes(services.store.artifacts.read(ANNA, slot.artifact.id))
    assert [one.choice for one in passed] == ["b", "b", "b", "a"]
    assert words("en")("preferring.n_passed") in shown(app)


def test_learning_starts_from_ten_choices_and_waits_its_turn(services, model_id):
    cast(services, *(ballot(model_id, n) for n in range(9)))
    assert opened().button(key="reward_start").disabled
    cast(services, ballot(model_id, 9, "b"))
    app = opened()
    app.button(key="reward_start").click().run()
    assert not app.exception
    [run] = services.store.runs.of_owner(ANNA)
    assert (run.program, run.status, run.lane) == (
        "reward",
        "queued",
        "a",
    )
    assert {"model", "encoder", "preferences"} == set(run.inputs)
    assert run.settings["n_folds"] == 5  # two pairs would be no exam
    app.button(key="reward_stop").click().run()
    assert services.store.runs.get(run.id).status == "stopped"


def test_only_few_pairs_are_examined_in_turn():
    assert settings_for(1)["n_folds"] == 0
    assert settings_for(3)["n_folds"] == 3
    assert settings_for(99)["n_folds"] == 5
    assert "n_folds" not in settings_for(100)  # a fifth of them is exam enough


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_reward_model_on_the_bench_says_how_good_it_is_and_marks_the_words(
    services, model_id, lang
):
    cast(services, *(ballot(model_id, n) for n in range(4)))
    app = opened(lang)
    app.button(key="prefer_pass_on").click().run()
    chosen = services.store.benches.view(ANNA, "text")["a"]["preferences"].artifact
    judge = RewardModel(Transformer(CONFIG, seed=3))
    with torch.no_grad():
        judge.head.weight.fill_(0.3)
    numbers = {
        "held_out_accuracy": 0.75,
        "held_out_accuracy_low": 0.53,
        "held_out_accuracy_high": 0.89,
        "held_out_n_judged": 20,
        "n_trained": 80,
        "n_models": 6,
        "judges": "you",
    }
    store = services.store
    encoder = store.artifacts.nearest(ANNA, model_id, "encoder").id
    parents = [model_id, encoder, chosen.id]
    made = store.artifacts.keep(
        ANNA, "reward", reward_bytes(judge), parents=parents, numbers=numbers
    )
    store.benches.put(ANNA, "a", made.id, "reward")
    app = opened(lang)
    app.text_area(key="taste_answer").set_value("<script>alert(1)</script> Gern. Mia").run()
    assert not app.exception
    t = words(lang)
    assert t("preferring.beats") in shown(app)
    judges = t("preferring.judge_you")
    assert t("preferring.in_turn", n="20", models="5", judges=judges) in shown(app)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown(app)
    assert "<script>" not in shown(app)
    assert 'class="gb-marked"' in shown(app)


# The stage: how far it is to a reward model, brusque answers, one's own question


def test_the_box_says_from_how_many_clicks_on_a_reward_model_can_learn(services, model_id):
    app = opened()
    assert box(app)["goal"] == 10
    assert box(app)["words"]["goal"] == "{n} of {of} clicks to your reward model"
    cast(services, *(ballot(model_id, n, "ab"[n % 2]) for n in range(9)))
    needed = words("en")("preferring.reward_needs", n="10")
    assert opened().button(key="reward_start").label == needed


def test_brusque_answers_are_labelled_so_and_no_others(tmp_path):
    rude = f"So what. {PLAIN}"
    own = served(tmp_path, [rude, POLITE])
    keep_models(own.store)
    with use_services(own):
        for pair in box(opened())["pairs"]:
            assert pair["brusque_a"] == (pair["a"] == rude)
            assert pair["brusque_b"] == (pair["b"] == rude)
    own.store.close()


def test_the_travelling_sentence_is_asked_first_if_it_is_a_question(model_id):
    app = opened(sentence="Where is Tom?")
    assert box(app)["pairs"][0]["question"] == "Where is Tom?"
    assert words("en")("preferring.picked") in shown(app)
    other = opened(sentence="Tom went home")
    assert all(pair["question"] != "Tom went home" for pair in box(other)["pairs"])
    assert words("en")("alignment.no_question", sentence="Tom went home") in shown(other)


def test_a_question_once_chosen_on_is_not_asked_again(services, model_id):
    cast(services, ballot(model_id, 1, question="Where is Tom?"))
    assert box(opened(sentence="Where is Tom?"))["pairs"][0]["question"] != "Where is Tom?"


def test_rules_that_judge_are_called_no_people():
    t = words("en")
    text = judges_text(["rule:polite", "rule:brief"], t)
    assert "not people" in text and "“polite”" in text
    assert judges_text(["you"], t) == "you"
