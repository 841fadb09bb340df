"""Belongings: one value per owner and name, forgotten when nobody has touched it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.jobs.labelling import Labelling, classifier_of, keep_labelling, labelling_of
from core.postprocessing.safety.labels import Labelled
from core.store import DRAFT, Store
from core.store.retention import BENCH_DAYS, DRAFT_DAYS

ANNA, BEN = "a" * 32, "b" * 32
OWN = (Labelled("Du Pfannkuchen!", "rude", "de"), Labelled("Na ja", "fine", "de"))


def test_a_value_is_kept_replaced_and_seen_by_its_owner_alone(tmp_path: Path):
    store = Store.at(tmp_path)
    assert store.belongings.take_out(ANNA, "labels") is None
    store.belongings.put_away(ANNA, "labels", {"a": [1, "ü"]})
    store.belongings.put_away(ANNA, "labels", {"a": [2]})
    assert store.belongings.take_out(ANNA, "labels") == {"a": [2]}
    assert store.belongings.take_out(BEN, "labels") is None
    store.close()


def test_what_nobody_touches_is_forgotten_in_the_end(tmp_path: Path):
    store = Store.at(tmp_path)
    store.belongings.put_away(ANNA, "labels", 1)
    store.sweep(datetime.now(UTC) + timedelta(days=BENCH_DAYS - 1))
    assert store.belongings.take_out(ANNA, "labels") == 1
    store.sweep(datetime.now(UTC) + timedelta(days=BENCH_DAYS + 1))
    assert store.belongings.take_out(ANNA, "labels") is None
    store.close()


def test_a_draft_is_forgotten_sooner_than_what_was_made(tmp_path: Path):
    store = Store.at(tmp_path)
    store.belongings.put_away(ANNA, "labels", 1)
    store.belongings.put_away(ANNA, DRAFT + "data_text", "Es war einmal")
    store.sweep(datetime.now(UTC) + timedelta(days=DRAFT_DAYS - 1))
    assert store.belongings.take_out(ANNA, DRAFT + "data_text") == "Es war einmal"
    store.sweep(datetime.now(UTC) + timedelta(days=DRAFT_DAYS + 1))
    assert store.belongings.take_out(ANNA, DRAFT + "data_text") is None
    assert store.belongings.take_out(ANNA, "labels") == 1
    store.close()


def test_labels_and_their_classifier_survive_the_end_of_the_process(tmp_path: Path):
    store = Store.at(tmp_path)
    assert classifier_of(store, ANNA) is None
    keep_labelling(store, ANNA, Labelling(OWN, OWN, seed=3))
    store.close()
    again = Store.at(tmp_path)
    found = labelling_of(again, ANNA)
    assert (found.own, found.learned, found.seed, found.n_waiting) == (OWN, OWN, 3, 0)
    theirs = classifier_of(again, ANNA)
    assert theirs is not None
    assert (theirs.n_own, theirs.settings.seed) == (2, 3)
    assert theirs.scores([OWN[0].text])[0] > 0.5
    assert classifier_of(again, BEN) is None
    again.close()


def test_labels_that_were_not_learned_yet_wait(tmp_path: Path):
    store = Store.at(tmp_path)
    keep_labelling(store, ANNA, Labelling(OWN))
    assert labelling_of(store, ANNA).n_waiting == 2
    assert classifier_of(store, ANNA) is None
    store.close()
