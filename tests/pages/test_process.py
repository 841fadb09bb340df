"""What the web process is started with."""

import html
import ipaddress
import socket

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import Corrupted, DamagedDatabase, DiskFull, GlassboxError, ReadOnly
from pages.kit import process
from pages.kit.catalogue import words


def test_off_a_room_nothing_is_opened(monkeypatch):
    monkeypatch.delenv("GLASSBOX_ROOM", raising=False)
    monkeypatch.delenv("STREAMLIT_SERVER_PORT", raising=False)
    assert process.run_config() == {}


def test_a_room_is_open_to_the_network_and_says_under_which_address(monkeypatch):
    monkeypatch.setenv("GLASSBOX_ROOM", "1")
    found = process.run_config()
    assert found["server.address"] == "0.0.0.0"
    assert ipaddress.ip_address(found["browser.serverAddress"]).version == 4


@pytest.mark.parametrize("room", ["", "1"])
def test_the_port_of_the_environment_is_taken(room, monkeypatch):
    monkeypatch.setenv("GLASSBOX_ROOM", room)
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "9123")
    assert process.run_config()["server.port"] == 9123


def test_the_machine_finds_its_address_without_asking_anybody(monkeypatch):
    def sent(*_args: object) -> None:
        raise AssertionError("a packet was sent")

    monkeypatch.setattr("socket.socket.connect", sent)
    assert process.network_address()


def telling():
    import streamlit as st

    from core import errors
    from pages.kit import process

    error = getattr(errors, st.session_state["kind"])("/home/anna: refused")
    process.tell_visitor(error)


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
@pytest.mark.parametrize(
    "kind", [DiskFull, ReadOnly, DamagedDatabase, Corrupted, GlassboxError], ids=lambda k: k.key
)
def test_a_page_that_cannot_reach_what_is_stored_says_why_and_promises_nothing(kind, locale):
    app = AppTest.from_function(telling, default_timeout=30)
    app.context = {"locale": locale}
    app.session_state["kind"] = kind.__name__
    app.run()
    shown = " ".join(each.proto.body for each in app.get("html"))
    assert words(locale[:2])(f"error.{kind.key}") in html.unescape(shown)
    for untrue in ("nicht verloren", "noch da", "still there", "not lost", "/home/anna"):
        assert untrue not in shown


def test_a_port_that_is_taken_is_told_with_what_to_do(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv(process.PORT_VARIABLE, str(other.getsockname()[1]))
        with pytest.raises(SystemExit, match=r"is taken: .*choose another port"):
            process.run_config()
    assert process.run_config()["server.port"]
