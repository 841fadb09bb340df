"""Ballots: stored once, seen only by their owner, undone, safe across a kill."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import NotFound
from core.store import HOUSE, Ballot, Store
from core.store.retention import BALLOT_DAYS


def model_of(store: Store, owner: str = "anna", data: bytes = b"weights") -> str:
    return store.artifacts.keep(owner, "tuned", data, modality="text").id


def ballot(model_id: str, n: int = 0, **changes) -> Ballot:
    first = Ballot(f"key {n}", model_id, f"Wer ist {n}?", "Mia.", "Gern. Mia.", "b", "de")
    return replace(first, **changes)


def without_time(ballots: list[Ballot]) -> list[Ballot]:
    return [replace(one, created_at="") for one in ballots]


def test_choices_come_back_as_they_were_made_in_their_order(store):
    model = model_of(store)
    made = [
        ballot(model, 0, seed_a=4, seed_b=3),
        ballot(model, 1, choice="both_bad", judge="rule:polite"),
        ballot(model, 2, question="<b>„Ö\n\t𝄞", again_of="key 0", choice="a"),
    ]
    assert store.ballots.cast("anna", made) == 3
    assert without_time(store.ballots.of("anna", model)) == made


def test_the_same_choice_submitted_twice_is_one_choice(store):
    model = model_of(store)
    assert store.ballots.cast("anna", [ballot(model), ballot(model, choice="a")]) == 1
    assert store.ballots.cast("anna", [ballot(model), ballot(model, 1)]) == 1
    assert [one.choice for one in store.ballots.of("anna", model)] == ["b", "b"]


def test_nobody_sees_or_takes_back_the_choices_of_another(store):
    model = model_of(store, HOUSE)
    store.ballots.cast("anna", [ballot(model)])
    assert store.ballots.of("ben", model) == []
    assert store.ballots.take_back("ben", model) is None
    assert store.ballots.discard("ben", model, "you") == 0
    assert len(store.ballots.of("anna", model)) == 1


def test_nobody_votes_on_a_model_that_is_not_theirs(store):
    secret = model_of(store, "anna")
    with pytest.raises(NotFound):
        store.ballots.cast("ben", [ballot(secret)])
    assert store.ballots.of("ben", secret) == []


def test_undo_takes_back_the_newest_choice_of_that_judge_only(store):
    model = model_of(store)
    rule = ballot(model, 2, judge="rule:brief")
    store.ballots.cast("anna", [ballot(model, 0), ballot(model, 1), rule])
    taken = store.ballots.take_back("anna", model)
    assert taken is not None and taken.key == "key 1"
    assert [one.key for one in store.ballots.of("anna", model)] == ["key 0", "key 2"]
    assert store.ballots.discard("anna", model, "rule:brief") == 1
    store.ballots.take_back("anna", model)
    assert store.ballots.take_back("anna", model) is None
    store.ballots.cast("anna", [ballot(model, 1)])  # an undone choice can be made again
    assert len(store.ballots.of("anna", model)) == 1


def test_undo_knows_the_first_pass_from_the_second(store):
    model = model_of(store)
    store.ballots.cast("anna", [ballot(model, 0), ballot(model, 1, again_of="key 0")])
    assert store.ballots.take_back("anna", model).key == "key 0"
    assert store.ballots.take_back("anna", model) is None
    assert store.ballots.take_back("anna", model, again=True).key == "key 1"


def test_an_invalid_choice_is_refused():
    with pytest.raises(ValueError, match="neither"):
        Ballot("key", "model", "?", "a", "b", "neither", "de")  # type: ignore[arg-type]


CASTS_AND_DIES = """
import os, signal, sys
from core.store import Ballot, Store
from pathlib import Path
store = Store.at(Path(sys.argv[1]))
model = store.artifacts.keep("anna", "tuned", b"weights", modality="text").id
store.ballots.cast("anna", [Ballot("key", model, "Wer?", "Mia.", "Tom.", "a", "de")])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_choice_survives_kill_9(tmp_path):
    died = subprocess.run([sys.executable, "-c", CASTS_AND_DIES, str(tmp_path)], check=False)
    assert died.returncode == -signal.SIGKILL
    store = Store.at(tmp_path)
    [model] = store.artifacts.of_kind("anna", "tuned")
    assert [one.choice for one in store.ballots.of("anna", model.id)] == ["a"]
    store.close()


def test_choices_and_their_model_are_kept_for_their_time_and_no_longer(store):
    model = model_of(store)
    store.ballots.cast("anna", [ballot(model)])
    store.ballots.cast("ben", [ballot(model_of(store, "ben", b"other"))])
    now = datetime.now(UTC)
    store.sweep(now + timedelta(days=BALLOT_DAYS - 1))
    assert len(store.ballots.of("anna", model)) == 1
    assert (
        store.artifacts.read("anna", model) == b"weights"
    )  # otherwise the choices could no longer be used
    store.sweep(now + timedelta(days=BALLOT_DAYS + 1))
    assert store.ballots.of("anna", model) == []
    with pytest.raises(NotFound):
        store.artifacts.read("anna", model)
