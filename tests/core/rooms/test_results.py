"""Results: every question counted once, curves without names, nothing taken for a formula."""

import csv
import io
from dataclasses import replace

import pytest

from core.rooms import room as acting
from core.rooms.rehearsal import rehearsal_key
from core.rooms.results import as_csv, gathered
from core.rooms.results.benches import _lot
from core.rooms.results.table import COLUMNS
from core.spreadsheet import BOM, to_csv
from core.store import RunRecord, Store
from tests.workshop import WORKSHOP

HOST, NAMES = "host", {"a": "Anna", "b": "Ben", "c": "Cleo"}


@pytest.fixture
def store(tmp_path):
    found = Store.at(tmp_path)
    yield found
    found.close()


@pytest.fixture
def held(store):
    """A room of three people and one simulated one, who vote, write, and put up a hand."""
    rooms = store.rooms
    room = acting.open_room(rooms, HOST, WORKSHOP).room
    acting.act(rooms, room, "to", 1)
    people = [acting.enter(rooms, room, c * 32, name, f"owner-{name}") for c, name in NAMES.items()]
    key = rehearsal_key(rooms, room)
    nobody = acting.enter(rooms, rooms.get(room.id), "d" * 32, "Sim", "owner-sim", key)
    for person, choice in zip([*people, nobody], ("same", "other", "other", "other"), strict=True):
        acting.vote(rooms, room, person.id, "step-2", choice, 1)
        acting.hold_hand(rooms, rooms.get(room.id), person.id, is_up=person.number != 2)
    acting.act(rooms, room, "reveal")
    acting.act(rooms, rooms.get(room.id), "to", 3)
    acting.say(rooms, room, people[0].id, "step-4", "k", "=HYPERLINK(1)")
    acting.say(rooms, room, people[1].id, "step-4", "k", "not for the projector")
    acting.act(rooms, rooms.get(room.id), "show", rooms.sayings(room.id)[0].key)
    return rooms.get(room.id)


def ran(store, owner, id_, program="pretraining", losses=(4.0, 2.5), loss="loss_nats"):
    """A run of somebody, which has reported these losses."""
    store.runs.start(RunRecord(id_, owner, program, {}, name=f"a run of {owner}"))
    store.runs.append(
        id_, [{"kind": "step", "step": n, loss: value} for n, value in enumerate(losses)]
    )


def table(store, room, lang="en"):
    text = as_csv(gathered(store, room), room, lang)
    assert text.startswith(BOM) and "\r\n" in text  # as Excel knows UTF-8, and RFC 4180
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))


def values(rows, part, **of):
    """What stands in the rows of a part."""
    return [
        row["value"]
        for row in rows
        if row["part"] == part and all(row[name] == value for name, value in of.items())
    ]


def test_votes_hands_and_people_are_counted_without_simulated_ones(store, held):
    found = gathered(store, held)
    by_key = {one.asked.key: one for one in found.questions}
    assert (found.n_people, found.n_simulated) == (3, 1)
    assert by_key["step-2"].counts == {"same": 1, "other": 2}
    assert by_key["step-4"].lines == ("=HYPERLINK(1)",)  # the other was not let through
    assert list(found.hands) == [0, 2, 0, 0]


def test_the_table_has_a_row_for_every_value_and_names_nobody(store, held):
    ran(store, "owner-Anna", "r1")
    rows = table(store, held, "de")
    assert list(rows[0]) == list(COLUMNS)
    option = "Zwei verschiedene Texte"
    assert values(rows, "votes", series=option) == ["2"]
    assert values(rows, "share", series=option) == ["0.666667"]
    assert values(rows, "outcome", series=option) == ["1"]
    assert values(rows, "hands", of="Es wird gelost", x="2") == ["2"]
    assert values(rows, "line") == ["'=HYPERLINK(1)"]  # no cell is a formula
    assert values(rows, "curve", of="bench 1, pretraining", x="1") == ["2.5"]
    told = str(rows)
    assert not any(name in told for name in (*NAMES.values(), "owner", "Sim"))


def test_curves_stand_for_benches_whose_numbers_say_nothing_of_people(store, held):
    for n, name in enumerate(NAMES.values()):
        ran(store, f"owner-{name}", f"r{n}", losses=(4.0, 3.0 - n / 10))
        ran(store, f"owner-{name}", f"t{n}", "fine_tuning", loss="loss")
    ran(store, "owner-sim", "rs")
    ran(store, "a stranger", "rx")
    ran(store, "owner-Anna", "short", "dpo", losses=(1.0,))  # no line yet
    lines = gathered(store, held).benches
    assert [(one.program, one.bench) for one in lines] == [
        *(("fine_tuning", n) for n in (1, 2, 3)),
        *(("pretraining", n) for n in (1, 2, 3)),
    ]
    assert sorted(one.points[-1][1] for one in lines[3:]) == [2.8, 2.9, 3.0]
    last = {one.bench: one.points[-1][1] for one in lines[3:]}
    orders = set()
    for k in range(12):  # in another room the same people have other numbers
        other = replace(held, id=f"room {k}")
        orders.add(tuple(sorted(NAMES.values(), key=lambda n: _lot(other, f"owner-{n}"))))
    assert len(orders) > 1 and len(last) == 3


def test_of_each_kind_the_latest_run_of_the_room_s_time_counts(store, held):
    ran(store, "owner-Ben", "first", losses=(4.0, 3.0))
    ran(store, "owner-Ben", "second", losses=(4.0, 1.0))
    (line,) = gathered(store, held).benches
    assert line.points[-1] == [1, 1.0]
    store.rooms.end(held.id)
    ended = store.rooms.get(held.id)
    ran(store, "owner-Ben", "at home", losses=(4.0, 0.1))
    (line,) = gathered(store, ended).benches
    assert line.points[-1] == [1, 1.0]


def test_what_the_room_trained_together_is_no_bench(store, held):
    acting.enter(store.rooms, held, "e" * 32, "", HOST)  # the host takes part, too
    ran(store, HOST, "lane")
    ran(store, HOST, "own")
    taste = {"reward": "lane", "aligned": "", "preferences": "p", "n_steps": 2}
    room = store.rooms.change(held.id, lambda now: {**now, "taste": taste})
    store.runs.append("own", [{"kind": "step", "step": 2, "loss_nats": 7.0}])
    assert [one.points[-1][1] for one in gathered(store, room).benches] == [7.0]


def test_a_cell_is_never_taken_for_a_formula_and_a_number_stays_one():
    text = to_csv(("a", "b"), [("=1+1", -3), ("+x", "a,b"), ("@x", 'say "x"')])
    assert text == 'a,b\r\n\'=1+1,-3\r\n\'+x,"a,b"\r\n\'@x,"say ""x"""\r\n'
