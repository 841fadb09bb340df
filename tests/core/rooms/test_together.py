"""What a room does together: clicks that train, sentences that become a corpus, a race."""

import csv
import io
import json
import time
from dataclasses import asdict
from html import escape

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.alignment.preferring.preferences import from_bytes
from core.api.rooms.routes import room_routes
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.text.bpe import train_bpe
from core.data.text.documents import Corpus
from core.data.world import WorldSettings, tell
from core.errors import RoomError, SettingError, TooFewChoices, UnderWay
from core.identity import OWNER_COOKIE, owner_of
from core.jobs.preparing import Order, keep, make
from core.lineage import KINDS
from core.modality import TEXT
from core.rooms import room as acting
from core.rooms.lessons import read_lesson
from core.rooms.rehearsal import rehearsal_key
from core.rooms.results import as_csv, gathered
from core.rooms.together import corpus, following, race
from core.rooms.together.pairs import clicks, for_person
from core.rooms.together.work import Together
from core.rooms.views import for_projector
from core.services import Services
from core.spreadsheet import BOM
from core.store import HOUSE, RunRecord, Store
from pages.kit.catalogue import words
from pages.room.results.page import as_html
from tests.small_models import small_config

LESSON = read_lesson(
    """
title = { en = "Together", de = "Zusammen" }
[[steps]]
title = { en = "Taste", de = "Geschmack" }
page = "preferring"
phone = "pairs"
[[steps]]
title = { en = "Words", de = "Worte" }
page = "data"
phone = "words"
[steps.question]
ask = { en = "Write a sentence.", de = "Schreib einen Satz." }
""",
    "together",
)
HOSTS = iter(f"{n:032x}" for n in range(1, 99))
PERSON = [f"{n:032x}" for n in range(1000, 1040)]


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """A real store and a real engine; the example model is tiny and untrained."""
    store = Store.at(tmp_path_factory.mktemp("together"))
    own = Services.of(store, n_slots=2)
    world = WorldSettings(n_documents=60)
    order = Order(world=world, n_vocab=400)
    kept = keep(store, HOUSE, order, make(order))
    encoder = train_bpe([one.text for one in tell(world)], 400)
    config = small_config(encoder.n_vocab)
    parents = [kept.dataset.id, kept.encoder.id]
    base = store.artifacts.keep(
        HOUSE, "checkpoint", checkpoint_bytes(Transformer(config, seed=1)), parents=parents
    )
    tuned = checkpoint_bytes(Transformer(config, seed=2))
    last = store.artifacts.keep(HOUSE, "tuned", tuned, parents=[base.id, kept.encoder.id])
    store.benches.put(HOUSE, "a", last.id, "tuned")
    own.engine.start()
    assert own.engine.wait_until_ready(300)
    yield own
    own.close()


@pytest.fixture
def host():
    return next(HOSTS)


@pytest.fixture
def room(services, host):
    opened = acting.open_room(services.store.rooms, owner_of(host), LESSON)
    acting.act(services.store.rooms, opened.room, "to", 0)
    yield services.store.rooms.get(opened.room.id)
    services.store.rooms.end(opened.room.id)


@pytest.fixture
def together(services):
    return Together(services)


def until(holds, timeout_s=120):
    deadline = time.monotonic() + timeout_s
    while not (found := holds()):
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.05)
    return found


def with_pairs(services, together, room, n=12):
    together.act(room, "make_pairs", {"n": n})
    until(lambda: together.view(room)["pairs"]["making"] is None)
    assert together.view(room)["pairs"]["error"] is None
    return services.store.rooms.questions(room.id, "pair")


def table(services, room, part):
    """The rows of one part of the results."""
    room = services.store.rooms.get(room.id)
    text = as_csv(gathered(services.store, room), room, "en").removeprefix(BOM)
    return [row for row in csv.DictReader(io.StringIO(text)) if row["part"] == part]


def click(services, room, cookie, choose, key=""):
    """One person goes through all pairs."""
    rooms, room = services.store.rooms, services.store.rooms.get(room.id)
    person = acting.enter(rooms, room, cookie, "", None, key)
    for seq, pair in enumerate(rooms.questions(room.id, "pair"), 1):
        acting.vote(rooms, room, person.id, pair.key, choose(pair), seq)
    return person


def shorter(pair):
    options = pair.texts["options"]
    return "a" if len(options["a"]) <= len(options["b"]) else "b"


def test_the_room_s_clicks_train_one_reward_model_and_one_aligned_model(
    services, together, room, host
):
    pairs = with_pairs(services, together, room)
    assert len(pairs) == 12 and len({one.texts["ask"] for one in pairs}) > 1
    assert all(one.texts["options"]["a"] != one.texts["options"]["b"] for one in pairs)
    for cookie in PERSON[:3]:
        click(services, room, cookie, shorter)
    click(services, room, PERSON[3], lambda pair: "ba"["ba".index(shorter(pair)) - 1])  # differs
    seen = Together(services).view(room)["pairs"]
    assert (seen["n_clicks"], seen["n_people"], seen["n_better"]) == (48, 4, 12)
    assert seen["agreement"]["share"] == pytest.approx(0.5)  # 3 of 6 couples, on every pair
    together.act(room, "train_taste", {"n_steps": 2})
    with pytest.raises(UnderWay):
        together.act(room, "train_taste", None)
    owner = owner_of(host)

    def trained():
        """What is seen once both are trained."""
        seen = together.view(services.store.rooms.get(room.id))["taste"]
        return seen if seen["aligned"] and seen["aligned"]["status"] == "finished" else None

    view = until(trained)
    assert (view["error"], view["reward"]["error"], view["aligned"]["error"]) == (None, None, None)
    assert view["reward"]["held_out"]["n"] == 12 and len(view["reward"]["loss"]) > 4
    assert len(view["aligned"]["loss"]) == 2
    assert {"question", "before", "now"} == set(view["aligned"]["answers"][0])
    json.dumps(view, allow_nan=False)
    told = table(services, room, "taste")
    (right,) = [float(row["value"]) for row in told if row["series"] == "held_out_accuracy"]
    assert right == pytest.approx(view["reward"]["held_out"]["accuracy"], abs=1e-6)
    polite = [row["x"] for row in told if row["series"] == "share_polite"]
    assert polite == ["0", "2"]  # before anything was learned, and at the end
    answers = table(services, room, "answer")
    assert [row["value"] for row in answers[:2]] == [
        view["aligned"]["answers"][0]["before"],
        view["aligned"]["answers"][0]["now"],
    ]
    assert not table(services, room, "curve")  # the room's own runs are nobody's bench
    for lang in ("de", "en"):
        page = as_html(
            gathered(services.store, services.store.rooms.get(room.id)), room, words(lang)
        )
        assert words(lang)("workshop.aligned_model") in page and page.count("<svg role") == 2
        assert escape(view["aligned"]["answers"][0]["now"]) in page and "<script" not in page
    bench = services.store.benches.view(owner, TEXT)["a"]
    assert all(bench[kind].whose == "yours" for kind in ("preferences", "reward", "aligned"))
    kept = bench["preferences"].artifact
    verdicts = from_bytes(services.store.artifacts.read(owner, kept.id))
    assert all(one.chosen == min((one.a, one.b), key=len) for one in verdicts if one.a != one.b)
    assert (kept.numbers["n_people"], kept.numbers["n_clicks"]) == (4, 48)
    assert len(services.store.ballots.of(owner, kept.parents[0])) == 12
    assert list(bench) == [kind for kind in KINDS if kind in bench]


def test_two_processes_begin_one_aligned_model(services, room, host, monkeypatch):
    run = RunRecord(f"reward {host}", owner_of(host), "reward", {}, status="finished")
    services.store.runs.start(run)
    about = {"reward": run.id, "aligned": "", "preferences": "p", "n_steps": 2}
    services.store.rooms.change(room.id, lambda now: {**now, "taste": about})
    begun = []

    def align(_services, one):
        """Takes a while, as the real one does."""
        time.sleep(0.2)
        begun.append(one.id)
        return "aligned"

    monkeypatch.setattr(following, "align", align)
    both = [following.Following(services, lambda *_: None) for _ in range(2)]
    for each in both:
        each.follow(room.id)
    until(lambda: not any(each._waiting for each in both), 10)
    assert begun == [room.id]
    assert acting.state_of(services.store.rooms.get(room.id)).taste["aligned"] == "aligned"


def test_a_host_who_began_something_else_is_waited_for(services, room, host, monkeypatch):
    run = RunRecord(f"reward {host}", owner_of(host), "reward", {}, status="finished")
    services.store.runs.start(run)
    about = {"reward": run.id, "aligned": "", "preferences": "p", "n_steps": 2}
    services.store.rooms.change(room.id, lambda now: {**now, "taste": about})
    monkeypatch.setattr(following, "CLAIM_S", 0.0)
    tries = []

    def align(*_):
        """Twice there is something else."""
        tries.append(1)
        if len(tries) < 3:
            raise UnderWay("1 run is still going on", names=["other"])
        return "aligned"

    monkeypatch.setattr(following, "align", align)
    waits = following.Following(services, lambda *_: None)
    waits.follow(room.id)
    until(lambda: not waits._waiting, 10)
    assert len(tries) == 3


def test_too_few_clicks_train_nothing_and_say_how_many_are_missing(services, together, room):
    with pytest.raises(TooFewChoices) as none:
        together.act(room, "train_taste", None)
    assert none.value.values == {"n": 0, "needed": 10}
    with_pairs(services, together, room)
    click(services, room, PERSON[0], lambda pair: "both_bad")
    seen = Together(services).view(room)["pairs"]
    assert (seen["n_better"], seen["n_both_bad"], seen["needed"]) == (0, 12, 10)
    assert seen["agreement"] is None  # one person agrees with nobody
    with pytest.raises(TooFewChoices):
        together.act(room, "train_taste", None)
    click(services, room, PERSON[1], shorter)
    assert Together(services).view(room)["pairs"]["n_divided"] == 12


def test_everybody_meets_the_pairs_in_an_order_of_their_own(services, together, room):
    pairs = with_pairs(services, together, room)
    votes = services.store.rooms.votes_of(room.id, "x")
    met = {person: for_person(pairs, votes, person)[1] for person in PERSON}
    assert len({one["key"] for one in met.values()}) > 4
    assert len({one["answers"][0]["key"] for one in met.values()}) == 2  # and on both sides
    assert met == {person: for_person(pairs, votes, person)[1] for person in PERSON}


def test_simulated_people_count_only_while_nobody_else_has_chosen(services, together, room):
    with_pairs(services, together, room, 3)
    rooms = services.store.rooms
    click(services, room, PERSON[0], shorter, rehearsal_key(rooms, room))
    assert clicks(rooms, room).n_simulated == clicks(rooms, room).n_people == 1
    assert Together(services).view(room)["pairs"]["n_simulated"] == 1
    real = click(services, room, PERSON[1], lambda pair: "both_bad")
    found = clicks(rooms, room)
    assert not found.n_simulated and {vote.person for vote in found.votes} == {real.id}


def test_a_corpus_and_a_race_of_simulated_people_say_so(services, together, room):
    rooms = services.store.rooms
    key = rehearsal_key(rooms, room)
    acting.act(rooms, room, "to", 1)
    room = rooms.get(room.id)
    texts = [one.text[:270] for one in tell(WorldSettings(n_documents=60))][30:58]
    everybody = [acting.enter(rooms, room, cookie, "", None, key) for cookie in PERSON[:2]]
    for n, text in enumerate(texts):
        acting.say(rooms, room, everybody[n % 2].id, "step-2", f"k{n}", text)
    for one in rooms.sayings(room.id):
        rooms.hide(room.id, one.key, is_hidden=False)
    seen = for_projector(rooms, room, "en", 0)["n_simulated"]
    assert seen == {"people": 2, "votes": 0, "sayings": 2}
    together.act(room, "make_corpus", None)
    made = until(
        lambda: (v := together.view(rooms.get(room.id))["corpus"]) and not v["making"] and v
    )
    assert (made["n_lines"], made["n_people"], made["n_simulated"]) == (28, 2, 2)
    together.act(room, "ask_race", {"setting": "optimizer"})
    room = rooms.get(room.id)
    acting.vote(rooms, room, everybody[0].id, "race-1", "v1", 1)
    assert together.view(room)["race"]["n_simulated"] == 1
    real = acting.enter(rooms, room, PERSON[9], "")
    acting.vote(rooms, room, real.id, "race-1", "v2", 1)
    race_now = together.view(room)["race"]
    assert race_now["n_simulated"] == 0
    assert [lane["key"] for lane in race_now["lanes"]] == ["v2"]
    assert for_projector(rooms, room, "en", 0)["n_simulated"]["votes"] == 1


def test_phones_choose_over_http_and_are_handed_the_next_pair(services, together, room, host):
    with_pairs(services, together, room, 3)
    app = Starlette(routes=room_routes(lambda: services))
    phone = TestClient(app, cookies={OWNER_COOKIE: PERSON[5]})
    phone.post("/rooms/enter", json={"code": room.code})
    pairs = services.store.rooms.questions(room.id, "pair")
    person = acting.person_of(room.id, PERSON[5])
    pair, seq = for_person(pairs, {}, person)[1], 0
    while pair is not None:
        seq += 1
        assert (pair["n"], pair["of"]) == (seq, 3)
        body = {"question": pair["key"], "choice": pair["answers"][0]["key"], "seq": seq}
        again = [phone.post(f"/rooms/{room.code}/vote", json=body).json() for _ in range(2)]
        assert again[0] == again[1]  # an answer that got lost
        pair = again[0]["pair"]
    assert again[0]["pairs"] == {"n_done": 3, "n": 3}
    assert len(services.store.rooms.votes_on(room.id, "pair")) == 3
    lead = TestClient(app, cookies={OWNER_COOKIE: host})
    missing = lead.post(f"/rooms/{room.code}/act", json={"what": "train_taste"})
    assert missing.json()["error"]["code"] == "too_few_choices"
    assert phone.post(f"/rooms/{room.code}/act", json={"what": "make_pairs"}).status_code == 403


def test_results_hold_the_pairs_in_the_table_only(services, together, room):
    with_pairs(services, together, room, 2)
    click(services, room, PERSON[0], shorter)
    found = gathered(services.store, room)
    assert found.questions == [] and len(found.pairs) == 2
    told = table(services, room, "pair_votes")
    assert len(told) == 6 and sum(int(row["value"]) for row in told) == 2
    assert [row["value"] for row in table(services, room, "clicks")][:2] == ["2", "1"]


def test_shown_sentences_become_the_host_s_corpus(services, together, room, host):
    rooms = services.store.rooms
    acting.act(rooms, room, "to", 1)
    room = rooms.get(room.id)
    texts = [one.text[:270] for one in tell(WorldSettings(n_documents=60))][:30]
    for n, text in enumerate(texts):
        person = acting.enter(rooms, room, PERSON[n], "Somebody")
        acting.say(rooms, room, person.id, "step-2", "k", text)
    with pytest.raises(RoomError, match="nothing shown"):
        together.act(room, "make_corpus", None)
    said = rooms.sayings(room.id, "step-2")
    for one in said[:-1]:
        rooms.hide(room.id, one.key, is_hidden=False)
    assert together.act(room, "make_corpus", None) == {"question": "step-2", "n_lines": 29}
    view = until(
        lambda: (v := together.view(rooms.get(room.id))["corpus"]) and not v["making"] and v
    )
    assert view["error"] is None and view["n_lines"] == 29 and view["n_train_tokens"] > 1000
    slots = services.store.benches.view(owner_of(host), TEXT)["a"]
    assert slots["corpus"].whose == slots["dataset"].whose == "yours"
    read = Corpus.from_bytes(
        services.store.artifacts.read(owner_of(host), slots["corpus"].artifact.id)
    )
    assert said[-1].text not in {one.text for one in read}
    assert "Somebody" not in str(read)


def test_too_short_a_corpus_is_said_to_be(services, together, room):
    rooms = services.store.rooms
    acting.act(rooms, room, "to", 1)
    person = acting.enter(rooms, room, PERSON[0], "")
    acting.say(rooms, rooms.get(room.id), person.id, "step-2", "k", "Just one line.")
    rooms.hide(room.id, rooms.sayings(room.id)[0].key, is_hidden=False)
    together.act(room, "make_corpus", {"question": "step-2"})
    error = until(lambda: (v := together.view(room)["corpus"]) and v["error"])
    assert error["code"] == "too_short" and error["needed"] > error["n"]


def test_the_most_wanted_settings_race(services, together, room, host):
    rooms = services.store.rooms
    key = together.act(room, "ask_race", {"setting": "learning_rate", "values": [0.001, 0.02, 5.0]})
    room = rooms.get(room.id)
    assert key == {"question": "race-1"}
    with pytest.raises(RoomError, match="no votes"):
        together.act(room, "run_race", None)
    for n, choice in enumerate(["v3", "v2", "v3"]):
        person = acting.enter(rooms, room, PERSON[n], "")
        acting.vote(rooms, room, person.id, "race-1", choice, 1)
    before = services.store.benches.of(owner_of(host), TEXT)
    runs = together.act(room, "run_race", {"n_steps": 6})["runs"]
    assert list(runs) == ["v3", "v2"]
    until(lambda: all(
        services.store.runs.get(id_, owner_of(host)).is_finished for id_ in runs.values()
    ))  # fmt: skip
    view = Together(services).view(rooms.get(room.id))["race"]
    first, second = view["lanes"]
    assert (first["value"], first["n_votes"], second["n_votes"]) == (5.0, 2, 1)
    assert second["status"] == "finished" and second["points"][-1][0] == 6
    assert first["points"][0] == second["points"][0]  # the same data, the same first weights
    assert first["points"][-1] != second["points"][-1]
    assert services.store.benches.of(owner_of(host), TEXT) == before  # trials
    json.dumps(view, allow_nan=False)
    told = table(services, room, "race")
    assert {row["series"] for row in told} == {"5", "0.02"}
    assert len(told) == len(first["points"]) + len(second["points"])
    now = rooms.get(room.id)
    page = as_html(gathered(services.store, now), now, words("de"))
    assert "0,02" in page and words("de")("workshop.race_title") in page
    assert acting.state_of(rooms.get(room.id)).question == "race-1"
    with pytest.raises(RoomError, match="closed"):
        acting.vote(rooms, room, person.id, "race-1", "v1", 2)


@pytest.mark.parametrize(
    ("what", "value", "error"),
    [
        ("make_pairs", {"n": 0}, RoomError),
        ("make_pairs", {"n": 61}, RoomError),
        ("make_pairs", [1], RoomError),
        ("ask_race", {"setting": "seed"}, RoomError),
        ("ask_race", {"values": [1.0]}, RoomError),
        ("ask_race", {"values": [1.0, 1.0]}, RoomError),
        ("ask_race", {"values": [1.0, -1.0]}, SettingError),
        ("ask_race", {"setting": "n_batch", "values": [8, 10**6]}, SettingError),
        ("ask_race", {"setting": "optimizer", "values": ["adamw", "sgd"]}, SettingError),
        ("run_race", {"n_steps": True}, RoomError),
    ],
)
def test_what_makes_no_sense_is_refused(together, room, what, value, error):
    together_state = acting.state_of(room)
    if what == "run_race":
        together.act(room, "ask_race", None)
        room = together._rooms.get(room.id)
        together_state = acting.state_of(room)
    with pytest.raises(error):
        together.act(room, what, value)
    assert acting.state_of(together._rooms.get(room.id)) == together_state


def test_a_room_that_has_ended_begins_nothing(services, together, room):
    pairs = with_pairs(services, together, room, 3)
    services.store.rooms.end(room.id)
    room = services.store.rooms.get(room.id)
    for what in together.actions:
        with pytest.raises(RoomError, match="ended"):
            together.act(room, what, None)
    assert len(pairs) == 3 and together.view(room)["pairs"]["n"] == 3


def test_pairs_that_are_drawn_when_the_room_ends_are_dropped(services, together, room):
    together.act(room, "make_pairs", {"n": 3})
    services.store.rooms.end(room.id)
    ended = services.store.rooms.get(room.id)
    until(lambda: not together._drawing)
    assert together.view(ended)["pairs"] is None or together.view(ended)["pairs"]["error"]


def test_settings_that_race_are_offered_in_both_languages():
    texts = race.race_texts("learning_rate")
    assert texts["options"]["v1"] == {"en": "0.001", "de": "0,001"}
    assert set(texts["options"]) == set(texts["race"]["values"])
    assert asdict(corpus.ORDER.cleaning)["duplicates"]
