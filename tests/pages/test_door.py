"""The door of a workshop: shut by default, open to one network, and shut again."""

import asyncio
import os
import socket
import threading
import urllib.error
import urllib.request

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from core.api.room import ROOM_COOKIE, ROOM_TOKEN_VARIABLE, room_pass
from pages.kit.door import Door, networks
from pages.kit.guard import Guard

OTHER = "127.0.0.2"  # stands for this machine's address in a network


@pytest.fixture
def door(monkeypatch):
    """A door in front of a page, in a loop that runs."""
    monkeypatch.delenv(ROOM_TOKEN_VARIABLE, raising=False)

    async def page(_request):
        """A page."""
        return PlainTextResponse("inside")

    routes = [Route(path, page) for path in ("/", "/join", "/rooms/x")]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    found = Door()
    Guard(Starlette(routes=routes), policy="default-src 'self'", door=found)
    found.stand_in(loop)
    yield found
    found.close()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind((OTHER, 0))
        return probe.getsockname()[1]


def fetched(address, path="/", **headers):
    """Status and body, redirects not followed."""

    class Stay(urllib.request.HTTPRedirectHandler):
        """Go nowhere."""

        def redirect_request(self, *_args):
            """Refuse."""
            return None

    request = urllib.request.Request(address + path, headers=headers)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("location", "")


def test_whoever_comes_in_is_asked_for_the_code_first(door, port):
    address = door.open(OTHER, port)
    assert address == f"http://{OTHER}:{port}" and door.is_open
    assert fetched(address) == (303, "/join")
    assert fetched(address, "/join") == (200, "inside")
    assert fetched(address, "/rooms/x") == (200, "inside")
    cookie = f"{ROOM_COOKIE}={room_pass(door.token)}"
    assert fetched(address, Cookie=cookie) == (200, "inside")
    assert os.environ[ROOM_TOKEN_VARIABLE] == door.token


def test_another_name_for_this_machine_gets_nothing(door, port):
    address = door.open(OTHER, port)
    assert fetched(address, Host="rebound.example")[0] == 403
    assert fetched(address, "/join", Host="rebound.example")[0] == 403


def test_a_shut_door_answers_nobody_and_keeps_no_token(door, port):
    address = door.open(OTHER, port)
    token = door.token
    door.close()
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        for _ in range(50):
            fetched(address, "/join")
    assert not door.is_open and ROOM_TOKEN_VARIABLE not in os.environ
    door.open(OTHER, port)
    assert door.token != token


def test_a_port_that_somebody_holds_is_refused_and_nothing_is_open(door, port):
    with socket.create_server((OTHER, port)), pytest.raises(OSError):
        door.open(OTHER, port)
    assert not door.is_open


def test_this_machine_alone_needs_no_door(door):
    assert door.open("127.0.0.1", 8501) == "http://127.0.0.1:8501" and not door.is_open


def test_the_machine_itself_is_always_there_and_last():
    assert (networks()[-1].address, networks()[-1].kind) == ("127.0.0.1", "machine")
