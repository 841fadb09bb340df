"""What is remembered for a moment: asked once, and never older than what was written here."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from core.errors import NotFound
from core.store import Store
from core.store.remembering import remembering


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach a database meanwhile."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        if statement.startswith("SELECT"):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def keep(store: Store, name: str) -> str:
    return store.artifacts.keep("anna", "corpus", name.encode(), modality="text").id


def test_the_same_question_is_asked_once_and_again_after_every_write(store: Store):
    first = keep(store, "first")
    store.benches.put("anna", "a", first)
    with remembering(), statements() as asked:
        assert store.benches.view("anna", "text")["a"]["corpus"].artifact.id == first
        n_once = len(asked)
        assert store.benches.view("anna", "text")["a"]["corpus"].artifact.id == first
        assert store.artifacts.of_kind("anna", "corpus") == store.artifacts.of_kind(
            "anna", "corpus"
        )
        assert len(asked) == n_once + 1

        second = keep(store, "second")
        assert len(store.artifacts.of_kind("anna", "corpus")) == 2
        store.benches.put("anna", "a", second)
        assert store.benches.of("anna", "text").lanes["a"]["corpus"] == second
        assert store.benches.view("anna", "text")["a"]["corpus"].artifact.id == second
        assert store.benches.view("ben", "text")["a"] == {}


def test_what_another_thread_writes_is_seen_at_once(store: Store):
    with remembering():
        assert store.benches.of("anna", "text").lanes["a"] == {}
        place = threading.Thread(
            target=lambda: store.benches.put("anna", "a", keep(store, "there"))
        )
        place.start()
        place.join()
        assert store.benches.of("anna", "text").lanes["a"]


def test_nothing_is_remembered_afterwards_nor_elsewhere_nor_of_what_failed(store: Store):
    id_ = keep(store, "one")
    elsewhere = []
    with remembering():
        store.artifacts.get("anna", id_)
        with pytest.raises(NotFound):
            store.artifacts.get("ben", id_)
        with pytest.raises(NotFound):
            store.artifacts.get("ben", id_)
        with statements() as asked:
            there = threading.Thread(
                target=lambda: elsewhere.append(store.artifacts.get("anna", id_))
            )
            there.start()
            there.join()
        assert asked and elsewhere
    with statements() as asked:
        store.artifacts.get("anna", id_)
    assert asked


def test_a_list_that_somebody_changes_is_whole_for_the_next(store: Store):
    keep(store, "one")
    with remembering():
        store.artifacts.of_kind("anna", "corpus").clear()
        assert len(store.artifacts.of_kind("anna", "corpus")) == 1
