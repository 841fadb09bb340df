"""What the web process is started with."""

import ipaddress

import pytest

from pages.kit import process


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
