"""A room keeps what its people send exactly once, whatever happens on the way."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core.api.rooms.benches import Benches
from core.errors import NotFound, RoomError
from core.rooms import room as acting
from core.rooms.addresses import move
from core.rooms.codes import CODE_LETTERS, as_code, new_code, new_secret
from core.rooms.views import for_lead, for_phone, for_projector, question_of
from core.services import Services
from core.store import RunRecord, Store
from core.store.rooms import Hand
from tests.workshop import WORKSHOP

ANNA, BEN = "a" * 32, "b" * 32


@pytest.fixture
def store(tmp_path):
    found = Store.at(tmp_path)
    yield found
    found.close()


@pytest.fixture
def rooms(store):
    return store.rooms


@pytest.fixture
def opened(rooms):
    return acting.open_room(rooms, "host", WORKSHOP, "http://10.0.0.1:8501", "de")


@pytest.fixture
def asking(rooms, opened):
    """The room at its second step, whose question has a right answer."""
    acting.act(rooms, opened.room, "to", 1)
    return rooms.get(opened.room.id)


def entered(rooms, room, cookie, nickname=""):
    return acting.enter(rooms, room, cookie, nickname)


def test_a_code_spells_no_word_and_is_read_as_people_type_it():
    code = new_code(set())
    assert len(code) == 4 and set(code) <= set(CODE_LETTERS)
    assert not set("AEIOUY01") & set(CODE_LETTERS)
    assert as_code(" bc-df ") == "BCDF"


@pytest.mark.parametrize(
    ("address", "only_here"),
    [
        ("http://127.0.0.1:8501", True),
        ("http://localhost:8501", True),
        ("http://192.168.1.5:8501", False),
        ("", False),
    ],
)
def test_the_projector_knows_whether_phones_reach_the_room(store, opened, address, only_here):
    room = move(store.rooms, opened.room, address, ("", ""))
    assert for_projector(store.rooms, room, "en", 0)["only_here"] is only_here


def test_a_secret_is_known_however_it_is_typed(opened):
    assert acting.leads(opened.room, opened.secret)
    assert acting.leads(opened.room, opened.secret.lower().replace("-", " "))
    assert not acting.leads(opened.room, new_secret()) and not acting.leads(opened.room, "")


def test_a_host_has_one_room_open_at_a_time(rooms, opened):
    with pytest.raises(RoomError, match="has room"):
        acting.open_room(rooms, "host", WORKSHOP)
    rooms.end(opened.room.id)
    assert acting.open_room(rooms, "host", WORKSHOP).room.id != opened.room.id


def test_who_comes_back_keeps_number_and_vote(rooms, asking):
    anna = entered(rooms, asking, ANNA, "Anna")
    acting.vote(rooms, asking, anna.id, "step-2", "same", 1)
    entered(rooms, asking, BEN, "Anna")
    again = entered(rooms, asking, ANNA)
    assert (again.number, again.nickname) == (1, "Anna")
    view = for_phone(
        rooms.get(asking.id),
        question_of(rooms, asking),
        "de",
        again,
        rooms.votes_of(asking.id, again.id),
    )
    assert view["you"]["choice"] == "same" and view["you"]["seq"] == 1


def test_forty_people_may_have_one_nickname(rooms, asking):
    people = [entered(rooms, asking, f"{n:032x}", "Kim") for n in range(40)]
    assert [person.number for person in people] == list(range(1, 41))


def test_a_nickname_is_cut_and_holds_nothing_invisible(rooms, asking):
    person = entered(rooms, asking, ANNA, "\u202e<b>" + "x" * 90 + "\x00")
    assert person.nickname == "<b>" + "x" * 21


def sent(person):
    """Votes of one person as they leave the phone: the choice and its own count."""
    return some.lists(some.sampled_from(["same", "other"]), min_size=1, max_size=5).map(
        lambda choices: [(person, choice, n) for n, choice in enumerate(choices, 1)]
    )


@some.composite
def deliveries(draw):
    """What arrives of it: every message at least once, some twice, in any order."""
    messages = [*draw(sent(ANNA)), *draw(sent(BEN))]
    again = draw(some.lists(some.sampled_from(messages), max_size=8))
    return messages, draw(some.permutations([*messages, *again]))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deliveries())
def test_votes_count_once_whatever_is_cut_repeated_or_late(rooms, delivered):
    messages, arriving = delivered
    room = acting.open_room(rooms, f"host-{id(arriving)}", WORKSHOP).room
    acting.act(rooms, room, "to", 1)
    people = {cookie: entered(rooms, room, cookie).id for cookie in (ANNA, BEN)}
    for cookie, choice, seq in arriving:
        acting.vote(rooms, room, people[cookie], "step-2", choice, seq)
    last = {person: choice for person, choice, _ in messages}  # the last that each has sent
    kept = {vote.person: vote.choice for vote in rooms.votes(room.id)}
    assert kept == {people[cookie]: choice for cookie, choice in last.items()}
    rooms.end(room.id)


def test_a_vote_after_the_end_is_refused_but_one_sent_again_is_not(rooms, asking):
    anna = entered(rooms, asking, ANNA)
    acting.vote(rooms, asking, anna.id, "step-2", "same", 1)
    acting.act(rooms, asking, "close")
    assert acting.vote(rooms, asking, anna.id, "step-2", "same", 1).choice == "same"
    with pytest.raises(RoomError, match="closed"):
        acting.vote(rooms, asking, anna.id, "step-2", "other", 2)
    assert [vote.choice for vote in rooms.votes(asking.id)] == ["same"]


@pytest.mark.parametrize(("choice", "seq"), [("third", 1), ("same", -1), ("same", 2**60)])
def test_a_vote_for_nothing_is_refused(rooms, asking, choice, seq):
    anna = entered(rooms, asking, ANNA)
    with pytest.raises(RoomError):
        acting.vote(rooms, asking, anna.id, "step-2", choice, seq)


def test_a_stranger_cannot_vote(rooms, asking):
    with pytest.raises(NotFound):
        acting.vote(rooms, asking, "nobody", "step-2", "same", 1)


def test_words_sent_twice_are_kept_once_and_wait_for_the_facilitator(rooms, opened):
    acting.act(rooms, opened.room, "to", 3)
    room = rooms.get(opened.room.id)
    anna = entered(rooms, room, ANNA, "Anna")
    for _ in range(3):
        acting.say(rooms, room, anna.id, "step-4", "k1", "That it <i>draws</i> lots")
    assert for_projector(rooms, room, "en", 1)["sayings"] == []
    (said,) = for_lead(rooms, room, "en", {})["sayings"]
    assert said["text"] == "That it <i>draws</i> lots" and said["nickname"] == "Anna"
    acting.act(rooms, room, "show", said["key"])
    assert for_projector(rooms, room, "en", 1)["sayings"] == ["That it <i>draws</i> lots"]


def test_votes_stay_hidden_until_the_reveal_and_names_always(rooms, asking):
    anna = entered(rooms, asking, ANNA, "Anna")
    acting.vote(rooms, asking, anna.id, "step-2", "same", 1)
    before = for_projector(rooms, asking, "en", 1)
    assert before["tally"] is None and before["n_votes"] == 1 and "Anna" not in str(before)
    acting.act(rooms, asking, "reveal")
    after = for_projector(rooms, rooms.get(asking.id), "en", 1)
    assert after["tally"] == {"same": 1} and after["question"]["outcome"] == "other"


def test_a_phone_learns_the_answer_with_the_reveal_alone(rooms, asking):
    assert '"right"' not in str(for_projector(rooms, asking, "en", 1)).replace("'", '"')


def test_what_a_page_measures_is_asked_for_and_then_shown(rooms, opened):
    texts = {"ask": "How many?", "options": {"few": "Few", "many": "Many"}, "measured_by": "x"}
    acting.ask(rooms, opened.room, "page-x", "vote", texts)
    acting.act(rooms, rooms.get(opened.room.id), "reveal")
    asked = for_projector(rooms, rooms.get(opened.room.id), "de", 0)
    assert asked["reveal"] == "page-x" and asked["question"]["waits"]
    acting.reveal(rooms, opened.room, "page-x", {"outcome": "many", "text": "It is 12."})
    found = for_projector(rooms, rooms.get(opened.room.id), "de", 0)
    assert found["question"]["outcome"] == "many" and found["question"]["measured"] == "It is 12."


def test_a_bench_is_shown_only_after_a_yes(rooms, asking):
    anna = entered(rooms, asking, ANNA)
    with pytest.raises(RoomError, match="not allowed"):
        acting.act(rooms, asking, "spotlight", anna.id)
    rooms.about(asking.id, anna.id, shows=True)
    acting.act(rooms, asking, "spotlight", anna.id)
    assert for_projector(rooms, rooms.get(asking.id), "en", 1)["spotlight"]["number"] == 1


def test_the_grid_tells_the_latest_run_of_somebody(store, rooms, asking):
    anna = acting.enter(rooms, asking, ANNA, "", "owner")
    for name, loss in (("first", 4.0), ("second", 2.0)):
        store.runs.start(RunRecord(name, "owner", "pretraining", {}, name=name))
        store.runs.append(name, [{"kind": "step", "step": n, "loss_nats": loss} for n in (1, 2)])
    benches = Benches(Services(store, None, None))
    assert benches.of([anna])[anna.id]["name"] == "second"
    assert benches.shown(anna)["points"] == [(1, 2.0), (2, 2.0)]


def test_a_hand_counts_once_each_time_it_goes_up_and_the_projector_never_learns_whose(
    rooms, asking
):
    anna, ben = entered(rooms, asking, ANNA, "Anna"), entered(rooms, asking, BEN)
    for is_up in (True, True, False, True):  # sent twice, taken back, up again
        acting.hold_hand(rooms, asking, anna.id, is_up=is_up)
    acting.act(rooms, asking, "next")
    room = rooms.get(asking.id)
    acting.hold_hand(rooms, room, ben.id, is_up=True)
    assert rooms.hands(room.id) == [Hand(anna.id, 1), Hand(anna.id, 1), Hand(ben.id, 2)]
    assert [one["has_hand_up"] for one in for_lead(rooms, room, "en", {})["people"]] == [True, True]
    assert "hand" not in str(for_projector(rooms, room, "en", 2))
    before = rooms.get(room.id).version
    acting.act(rooms, room, "lower_hand", anna.id)
    assert rooms.get(room.id).version > before  # or Anna's phone would go on saying that it is up
    assert not rooms.person(room.id, anna.id).has_hand_up
    rooms.send_away(room.id, anna.id)
    assert rooms.hands(room.id) == [Hand(ben.id, 2)]


@pytest.mark.parametrize(
    ("what", "value"),
    [("to", 99), ("to", "one"), ("to", True), ("pause", "yes"), ("timer", -1), ("dance", None),
     ("pace", "fast"), ("spotlight", "x" * 99), ("lang", "fr")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_changes_nothing(rooms, opened, what, value):
    before = rooms.get(opened.room.id)
    with pytest.raises(RoomError):
        acting.act(rooms, opened.room, what, value)
    assert rooms.get(opened.room.id).state == before.state


def test_a_room_comes_back_as_it_was(rooms, asking, tmp_path):
    anna = entered(rooms, asking, ANNA, "Anna")
    acting.vote(rooms, asking, anna.id, "step-2", "other", 1)
    other = Store.at(tmp_path)  # as after a server that was killed
    again = other.rooms.by_code(asking.code)
    assert acting.state_of(again) == acting.state_of(asking)
    assert other.rooms.votes(again.id) == rooms.votes(asking.id)
    other.close()


def test_an_ended_room_takes_nothing_more(rooms, asking):
    anna = entered(rooms, asking, ANNA)
    acting.act(rooms, asking, "end")
    for late in (
        lambda: entered(rooms, asking, BEN),
        lambda: acting.vote(rooms, asking, anna.id, "step-2", "same", 9),
        lambda: acting.act(rooms, asking, "next"),
    ):
        with pytest.raises(RoomError, match="ended"):
            late()
    assert rooms.by_code(asking.code).ended_at is not None
