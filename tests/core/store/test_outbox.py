"""Envelopes and counters: who owns them, and that they add up."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import NotFound
from core.store import Usage
from core.store.outbox import ENVELOPES_PER_OWNER
from core.store.retention import ENVELOPE_DAYS

ANNA, BEN = "a" * 32, "b" * 32
ONE = Usage(n_answers=1, n_findings=2, n_in=30, n_out=40, model_s=0.5, stages_s=0.25, cost=0.125)


def test_an_envelope_is_read_by_its_owner_alone(store):
    store.outbox.keep(ANNA, {"id": "env-1", "text": "Hallo"}, ONE)
    assert store.outbox.get(ANNA, "env-1") == {"id": "env-1", "text": "Hallo", "delivery": None}
    for owner in (BEN, ""):
        with pytest.raises(NotFound):
            store.outbox.get(owner, "env-1")
        assert store.outbox.latest(owner) == []


def test_without_an_owner_only_the_counters_are_kept(store):
    store.outbox.keep("", {"id": "env-1"}, ONE)
    assert store.outbox.latest("") == []
    assert store.outbox.usage("")[0].n_answers == 1


def test_counters_of_a_day_add_up_for_each_owner_apart(store):
    for number in range(3):
        store.outbox.keep(ANNA, {"id": f"env-{number}"}, ONE)
    store.outbox.keep(BEN, {"id": "env-9"}, ONE)
    (day,) = store.outbox.usage(ANNA)
    assert day.day == datetime.now(UTC).date().isoformat()
    assert (day.n_answers, day.n_findings, day.n_in, day.n_out) == (3, 6, 90, 120)
    assert (day.model_s, day.stages_s, day.cost) == (1.5, 0.75, 0.375)
    assert sum(store.outbox.usage(ANNA), Usage()).n_in == 90
    assert store.outbox.usage(BEN)[0].n_answers == 1


def test_a_delivery_is_recorded_with_the_envelope(store):
    store.outbox.keep(ANNA, {"id": "env-1"}, ONE)
    store.outbox.note_delivery(ANNA, "env-1", {"state": "delivered"})
    store.outbox.note_delivery(BEN, "env-1", {"state": "failed"})
    assert store.outbox.get(ANNA, "env-1")["delivery"] == {"state": "delivered"}


def test_of_many_envelopes_the_newest_are_kept(store):
    for number in range(ENVELOPES_PER_OWNER + 2):
        store.outbox.keep(ANNA, {"id": f"env-{number}"}, ONE)
    kept = store.outbox.latest(ANNA, n=1000)
    assert len(kept) == ENVELOPES_PER_OWNER
    assert kept[0]["id"] == f"env-{ENVELOPES_PER_OWNER + 1}"
    assert store.outbox.usage(ANNA)[0].n_answers == ENVELOPES_PER_OWNER + 2


def test_old_envelopes_are_forgotten_and_their_counters_stay(store):
    store.outbox.keep(ANNA, {"id": "env-1"}, ONE)
    store.sweep(datetime.now(UTC) + timedelta(days=ENVELOPE_DAYS - 1))
    assert len(store.outbox.latest(ANNA)) == 1
    store.sweep(datetime.now(UTC) + timedelta(days=ENVELOPE_DAYS + 1))
    assert store.outbox.latest(ANNA) == []
    assert store.outbox.usage(ANNA)[0].n_answers == 1
