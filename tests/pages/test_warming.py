"""The warm-up opens every page, as a browser would ask for it, and can be ended at any time."""

import asyncio
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.kit import site, warming
from pages.kit.process import Walk
from pages.kit.warming import opening, order, visit_everything


class Opened:
    """Stands for Streamlit's runtime: notes what is opened, and answers after a moment."""

    def __init__(self, answers: bool = True) -> None:
        self.clients: dict[str, Any] = {}
        self.asked: list[tuple[str, str]] = []
        self.answers = answers

    def connect_session(self, client: Any, _user: dict[str, str]) -> str:
        name = f"session {len(self.asked)}"
        self.clients[name] = client
        return name

    def handle_backmsg(self, session: str, message: BackMsg) -> None:
        asked = message.rerun_script
        self.asked.append((asked.page_name, asked.query_string))
        if self.answers:
            begun, finished = ForwardMsg(), ForwardMsg()
            begun.delta.SetInParent()
            finished.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
            self.clients[session].write_forward_msg(begun)
            self.clients[session].write_forward_msg(finished)

    def close_session(self, session: str) -> None:
        del self.clients[session]


def test_every_place_is_opened_once_and_none_twice():
    assert sorted(order()) == sorted((place.name, kind) for place, kind in site.VIEWS)


def test_all_pages_are_opened_in_both_languages_and_no_session_stays():
    runtime: Any = Opened()
    assert asyncio.run(visit_everything(runtime)) == 2 * len(site.VIEWS)
    assert len(set(runtime.asked)) == 2 * len(site.VIEWS)
    assert ("", "lang=de") in runtime.asked and ("safety", "lang=en") in runtime.asked
    assert runtime.clients == {}


def test_a_page_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(warming, "LONGEST_S", 0.001)
    runtime: Any = Opened(answers=False)
    assert asyncio.run(visit_everything(runtime)) == 0
    assert runtime.clients == {}


def test_home_has_no_name_in_its_address():
    assert opening("home", "de").rerun_script.page_name == ""
    assert opening("data", "de").rerun_script.page_name == "data"


def test_a_process_that_ends_does_not_wait_for_pages(monkeypatch: pytest.MonkeyPatch):
    runtime: Any = Opened(answers=False)
    monkeypatch.setattr("pages.kit.process.Runtime", FakeRuntime(runtime))

    async def life() -> None:
        walk = Walk(asyncio.get_running_loop())
        walking = asyncio.create_task(asyncio.to_thread(walk.take))
        while not runtime.asked:
            await asyncio.sleep(0.001)
        walk.end()
        await asyncio.wait_for(walking, 5.0)

    asyncio.run(life())
    assert runtime.clients == {}


class FakeRuntime:
    """The class with the one runtime of a process."""

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime

    def exists(self) -> bool:
        return True

    def instance(self) -> Any:
        return self._runtime
