"""Results: every question counted once, nobody named, nothing taken for a formula."""

import csv
import io

import pytest

from core.rooms import room as acting
from core.rooms.results import as_csv, counted
from core.store import Store
from tests.workshop import WORKSHOP


@pytest.fixture
def held(tmp_path):
    store = Store.at(tmp_path)
    room = acting.open_room(store.rooms, "host", WORKSHOP).room
    acting.act(store.rooms, room, "to", 1)
    people = [acting.enter(store.rooms, room, c * 32, f"Name{c}") for c in "abc"]
    for person, choice in zip(people, ("same", "other", "other"), strict=True):
        acting.vote(store.rooms, room, person.id, "step-2", choice, 1)
    acting.act(store.rooms, room, "reveal")
    acting.act(store.rooms, store.rooms.get(room.id), "to", 3)
    acting.say(store.rooms, room, people[0].id, "step-4", "k", "=HYPERLINK(1)")
    acting.say(store.rooms, room, people[1].id, "step-4", "k", "not for the projector")
    shown = store.rooms.sayings(room.id)[0]
    acting.act(store.rooms, store.rooms.get(room.id), "show", shown.key)
    yield store.rooms, store.rooms.get(room.id)
    store.close()


def test_votes_are_counted_and_lines_that_were_not_shown_left_out(held):
    n_people, questions = counted(*held)
    by_key = {one.asked.key: one for one in questions}
    assert n_people == 3
    assert by_key["step-2"].counts == {"same": 1, "other": 2}
    assert by_key["step-4"].lines == ("=HYPERLINK(1)",)


def test_the_table_has_a_row_for_every_option_and_names_nobody(held):
    text = as_csv(*held, "de")
    rows = list(csv.DictReader(io.StringIO(text)))
    other = next(row for row in rows if row["option"] == "other")
    assert (other["votes"], other["share"], other["is_true"]) == ("2", "0.6667", "true")
    assert other["text"] == "Zwei verschiedene Texte" and "Name" not in text


def test_no_cell_is_a_formula(held):
    rows = list(csv.DictReader(io.StringIO(as_csv(*held, "en"))))
    assert [row["text"] for row in rows if row["kind"] == "line"] == ["'=HYPERLINK(1)"]
