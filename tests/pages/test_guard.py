"""Who may ask, what every answer carries, and the ownership cookie."""

import re

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit import net_util

from pages.kit import document
from pages.kit.guard import WRONG_TOKENS_PER_MINUTE, Guard


def client(room: bool = False, token: str = "", host: str = "http://127.0.0.1:8501") -> TestClient:
    async def page(_request):
        return HTMLResponse("<h1>page</h1>")

    async def data(_request):
        return JSONResponse({"some": "data"})

    async def stream(socket):
        await socket.accept()
        await socket.send_text("open")
        await socket.close()

    routes = [Route("/", page), Route("/data.json", data), WebSocketRoute("/stream", stream)]
    inner = Starlette(routes=routes)
    guarded = Guard(inner, policy=document.security_policy(), room=room, token=token)
    return TestClient(guarded, base_url=host)


def test_the_first_page_sets_an_ownership_cookie_that_scripts_cannot_read():
    cookie = client().get("/").headers["set-cookie"]
    assert re.match(r"glassbox_owner=[0-9a-f]{32}; ", cookie)
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie


def test_a_visitor_keeps_the_cookie_and_a_made_up_one_is_replaced():
    asking = client()
    asking.get("/")
    assert "set-cookie" not in asking.get("/").headers
    forged = client().get("/", headers={"cookie": "glassbox_owner=house"})
    assert re.match(r"glassbox_owner=[0-9a-f]{32}", forged.headers["set-cookie"])


def test_two_visitors_get_two_cookies():
    assert client().get("/").headers["set-cookie"] != client().get("/").headers["set-cookie"]


def test_data_sets_no_cookie_and_every_answer_is_guarded():
    answer = client().get("/data.json")
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_a_page_may_load_from_its_own_host_only():
    policy = client().get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy
    assert "http" not in policy and "*" not in policy and "unsafe-eval" not in policy


@pytest.mark.parametrize("host", ["http://localhost:8501", "http://[::1]:8501"])
def test_this_machine_is_answered_by_all_its_names(host: str):
    assert client(host=host).get("/").status_code == 200


def test_a_foreign_name_is_refused_unless_a_room_is_open():
    assert client(host="http://rebound.example").get("/").status_code == 403
    assert client(host="http://192.168.1.20:8501", room=True).get("/").status_code == 200


def test_a_room_with_a_token_opens_by_link_and_then_by_cookie():
    asking = client(room=True, token="birch")
    assert asking.get("/").status_code == 401
    assert asking.get("/?token=oak").status_code == 401
    assert asking.get("/?token=birch").status_code == 200
    assert asking.get("/").status_code == 200


def test_the_token_leaves_the_address_and_the_cookie_does_not_hold_it():
    asking = client(room=True, token="birch")
    answer = asking.get("/?lang=de&token=birch&depth=dig", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?lang=de&depth=dig"
    assert "birch" not in answer.headers["set-cookie"]


@pytest.mark.parametrize("token", ["50 € Eintritt", "a;b", " birch", 'say "hi"', "a%2Fb"])
def test_any_token_works_by_link_and_cookie(token: str):
    asking = client(room=True, token=token)
    assert asking.get("/", params={"token": token}).status_code == 200
    assert asking.get("/").status_code == 200


def test_a_link_below_an_open_folder_cannot_replace_the_cookie():
    asking = client(room=True, token="birch")
    asking.get("/?token=birch")
    assert "set-cookie" not in asking.get("/assets/none?token=oak").headers
    assert asking.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/_stcore/healthy", "/_stcore/health/x", "/staticx", "/v1x"])
def test_only_whole_open_paths_are_open(path: str):
    assert client(room=True, token="birch").get(path).status_code == 401


def test_the_way_on_never_names_another_host():
    asking = client(room=True, token="birch")
    answer = asking.get("/%2Fevil.example?token=birch", follow_redirects=False)
    assert answer.headers["location"] == "/evil.example"


def test_whoever_guesses_tokens_is_slowed_down_and_whoever_knows_it_is_not():
    asking = client(room=True, token="birch")
    tries = [asking.get(f"/?token=oak{n}").status_code for n in range(WRONG_TOKENS_PER_MINUTE + 5)]
    assert tries.count(401) == WRONG_TOKENS_PER_MINUTE and tries[-1] == 429
    assert asking.get("/?token=birch").status_code == 200


@pytest.mark.parametrize(
    ("origin", "opens"),
    [
        ("http://127.0.0.1:8501", True),
        (None, True),
        ("http://127.0.0.1:9999", False),
        ("http://evil.example", False),
        ("http://192.168.1.20:8501", False),
        ("null", False),
    ],
)
def test_a_web_socket_opens_for_pages_of_this_address_only(origin, opens, monkeypatch):
    def elsewhere() -> None:
        raise AssertionError("the machine's address is asked for elsewhere")

    monkeypatch.setattr(net_util, "get_external_ip", elsewhere)
    headers = {} if origin is None else {"origin": origin}
    asking, address = client(), "ws://127.0.0.1:8501/stream"
    if opens:
        with asking.websocket_connect(address, headers=headers) as socket:
            assert socket.receive_text() == "open"
        return
    with (
        pytest.raises(WebSocketDisconnect),
        asking.websocket_connect(address, headers=headers),
    ):
        pass


def test_a_program_shows_the_token_as_a_bearer():
    asking = client(room=True, token="birch")
    answer = asking.get("/data.json", headers={"authorization": "Bearer birch"})
    assert answer.json() == {"some": "data"}
