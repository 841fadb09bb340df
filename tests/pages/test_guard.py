"""Who may ask, what every answer carries, and the ownership cookie."""

import re

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.kit import document
from pages.kit.guard import Guard


def client(room: bool = False, token: str = "", host: str = "http://127.0.0.1:8501") -> TestClient:
    async def page(_request):
        return HTMLResponse("<h1>page</h1>")

    async def data(_request):
        return JSONResponse({"some": "data"})

    inner = Starlette(routes=[Route("/", page), Route("/data.json", data)])
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


def test_a_program_shows_the_token_as_a_bearer():
    asking = client(room=True, token="birch")
    answer = asking.get("/data.json", headers={"authorization": "Bearer birch"})
    assert answer.json() == {"some": "data"}
