"""The live stream, with threads and with asyncio."""

import asyncio
import threading
from typing import Any

import pytest

from core.jobs import events
from core.jobs.events import EventStream, Mailbox, course


def stored_rows(owner: str, after_seq: int) -> list[dict[str, Any]]:
    return [{"seq": seq} for seq in range(1, 6) if seq > after_seq]


def test_letters_arrive_in_order_and_the_end_is_the_end():
    box: Mailbox[int] = Mailbox()
    box.put(1, 2)
    box.put(3)
    box.close()
    box.put(4)
    assert list(box) == [1, 2, 3]


def test_an_error_comes_after_what_was_delivered_before_it():
    box: Mailbox[int] = Mailbox()
    box.put(1)
    box.close(ValueError("the end"))
    letters = iter(box)
    assert next(letters) == 1
    with pytest.raises(ValueError, match="the end"):
        next(letters)


def test_taking_with_a_time_limit_gives_nothing_when_nothing_comes():
    box: Mailbox[int] = Mailbox()
    assert box.take(0.0) == [] and not box.closed


def test_a_thread_that_waits_is_woken():
    box: Mailbox[int] = Mailbox()
    heard: list[int] = []
    reader = threading.Thread(target=lambda: heard.extend(box))
    reader.start()
    for n in range(100):
        box.put(n)
    box.close()
    reader.join(10)
    assert heard == list(range(100))


def test_asyncio_hears_what_a_thread_delivers():
    async def hear() -> list[int]:
        box: Mailbox[int] = Mailbox()
        threading.Thread(target=lambda: [*map(box.put, range(100)), box.close()]).start()
        return [n async for n in box]

    assert asyncio.run(hear()) == list(range(100))


def test_asyncio_may_stop_waiting_and_come_back():
    async def wait() -> list[int]:
        box: Mailbox[int] = Mailbox()
        assert await box.take_async(0.001) == []
        box.put(7)
        return await box.take_async(0.001)

    assert asyncio.run(wait()) == [7]


def test_a_listener_hears_only_its_own_owner():
    stream = EventStream(stored_rows)
    anna, ben = stream.listen("anna"), stream.listen("ben")
    stream.publish("anna", [{"seq": 1}])
    assert anna.take(0) == [{"seq": 1}] and ben.take(0) == []


def test_a_returning_listener_gets_what_it_missed_from_the_ring_or_the_store():
    stream = EventStream(stored_rows)
    assert stream.listen("anna", after_seq=3).take(0) == [{"seq": 4}, {"seq": 5}]
    stream.publish("anna", [{"seq": 5, "new": True}, {"seq": 6}, {"kind": "place"}])
    assert stream.listen("anna", after_seq=5).take(0) == [{"seq": 6}]
    assert stream.listen("anna", after_seq=2).take(0)[0] == {"seq": 3}


def test_a_listener_that_falls_behind_is_closed_and_not_skipped(monkeypatch: Any):
    box: Mailbox[int] = Mailbox(limit=2)
    box.put(1)
    box.put(2, 3)
    assert box.closed and list(box) == [1, 2, 3]


def test_a_closed_listener_is_forgotten():
    stream = EventStream(stored_rows)
    box = stream.listen("anna")
    box.close()
    stream.publish("anna", [{"seq": 1}])
    assert box.take(0) == [] and stream._listeners["anna"] == []


def test_only_so_many_rings_are_kept(monkeypatch: Any):
    monkeypatch.setattr(events, "N_RINGS", 2)
    stream = EventStream(stored_rows)
    for owner in ("anna", "ben", "cleo"):
        stream.publish(owner, [{"seq": 1}])
    assert list(stream._rings) == ["ben", "cleo"]


def test_what_was_computed_twice_after_a_loss_appears_once():
    step = [{"kind": "step", "step": n} for n in range(5)]
    saved = {"kind": "engine", "event": "snapshot"}
    lost = {"kind": "engine", "event": "worker_lost"}
    resumed = {"kind": "engine", "event": "resumed"}
    rows = [step[1], saved, step[2], step[3], lost, resumed, step[2], step[3], step[4]]
    assert course(rows) == [step[1], saved, lost, resumed, step[2], step[3], step[4]]
    assert course([step[1], step[2], lost, resumed, step[1]]) == [lost, resumed, step[1]]
