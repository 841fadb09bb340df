"""The routes of a room: who may do what, and what each who looks is sent."""

import json
import threading
import xml.etree.ElementTree as ElementTree

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from core.api.rooms import routes
from core.api.rooms.routes import room_routes
from core.api.rooms.streams import Streams
from core.identity import OWNER_COOKIE, owner_of
from core.jobs.engine import Engine
from core.jobs.writer import Writer
from core.rooms import room as acting
from core.services import Services
from core.store import RunRecord, Store
from tests.workshop import WORKSHOP

HOST, ANNA, BEN = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture
def services(tmp_path):
    store = Store.at(tmp_path)
    yield Services(store, Engine(store), Writer())
    store.close()


@pytest.fixture
def opened(services):
    found = acting.open_room(services.store.rooms, owner_of(HOST), WORKSHOP, "http://10.0.0.1:8501")
    acting.act(services.store.rooms, found.room, "to", 1)
    return found


@pytest.fixture
def app(services):
    return Starlette(routes=room_routes(lambda: services))


def client(app, cookie):
    return TestClient(app, cookies={OWNER_COOKIE: cookie}, base_url="http://10.0.0.1:8501")


def entered(app, opened, cookie, nickname=""):
    person = client(app, cookie)
    answer = person.post("/rooms/enter", json={"code": opened.room.code, "nickname": nickname})
    assert answer.status_code == 200, answer.text
    return person


def seen(services, opened, who, person=""):
    """What is sent first to somebody who looks."""
    return Streams(services)._maker(opened.room.id, who, "en", person)()


def test_who_knows_the_code_comes_in_and_votes(app, services, opened):
    anna = entered(app, opened, ANNA, "Anna")
    code = opened.room.code
    body = {"question": "step-2", "choice": "same", "seq": 1}
    for _ in range(2):
        assert anna.post(f"/rooms/{code}/vote", json=body).json() == body
    assert len(services.store.rooms.votes(opened.room.id)) == 1


def test_a_code_is_read_as_it_is_typed(app, opened):
    typed = f" {opened.room.code[:2].lower()} {opened.room.code[2:].lower()}"
    assert client(app, ANNA).post("/rooms/enter", json={"code": typed}).status_code == 200


def test_guessing_codes_is_slowed_down(app, opened):
    guesser = client(app, ANNA)
    tries = [
        guesser.post("/rooms/enter", json={"code": f"B{n:03}"}).status_code
        for n in range(routes.WRONG_PER_MINUTE + 2)
    ]
    assert tries == [404] * routes.WRONG_PER_MINUTE + [429] * 2
    right = guesser.post("/rooms/enter", json={"code": opened.room.code})
    assert right.status_code == 200  # whoever mistyped is not shut out


def test_only_the_facilitator_leads(app, opened):
    code = opened.room.code
    anna, ben = entered(app, opened, ANNA), client(app, BEN)
    for person in (anna, ben):
        assert person.post(f"/rooms/{code}/act", json={"what": "next"}).status_code == 403
        assert person.get(f"/rooms/{code}/live?as=lead").status_code == 403
    assert ben.post(f"/rooms/{code}/lead", json={"secret": "BBBBB-BBBBB"}).status_code == 403
    assert ben.post(f"/rooms/{code}/lead", json={"secret": opened.secret}).status_code == 200
    assert ben.post(f"/rooms/{code}/act", json={"what": "next"}).status_code == 200
    host = client(app, HOST)
    assert host.post(f"/rooms/{code}/act", json={"what": "pause", "value": True}).status_code == 200


def test_guessing_secrets_is_slowed_down(app, opened):
    guesser = client(app, BEN)
    address = f"/rooms/{opened.room.code}/lead"
    tries = [guesser.post(address, json={"secret": f"x{n}"}).status_code for n in range(22)]
    assert tries[:20] == [403] * 20 and tries[20:] == [429] * 2


def test_a_page_elsewhere_can_vote_for_nobody(app, opened):
    anna = entered(app, opened, ANNA)
    answer = anna.post(
        f"/rooms/{opened.room.code}/vote",
        json={"question": "step-2", "choice": "same", "seq": 1},
        headers={"Origin": "http://elsewhere.example"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"question": 3}', b'{"question": "step-2", "choice": "same", "seq": "1"}'],
)
def test_nonsense_is_refused(app, opened, body):
    anna = entered(app, opened, ANNA)
    answer = anna.post(
        f"/rooms/{opened.room.code}/vote",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400 and answer.json()["error"]["message"]


def test_a_browser_without_cookies_is_told_so(app, opened):
    answer = TestClient(app).post("/rooms/enter", json={"code": opened.room.code})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "no_cookie")


def test_an_ended_room_says_so(app, services, opened):
    anna = entered(app, opened, ANNA)
    services.store.rooms.end(opened.room.id)
    body = {"question": "step-2", "choice": "same", "seq": 1}
    answer = anna.post(f"/rooms/{opened.room.code}/vote", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ended")


def test_the_facilitator_sees_who_did_what_and_a_phone_only_itself(app, services, opened):
    anna = entered(app, opened, ANNA, "Anna")
    entered(app, opened, BEN, "Ben")
    anna.post(f"/rooms/{opened.room.code}/me", json={"has_hand_up": True})
    people = {one["nickname"]: one for one in seen(services, opened, "lead")["people"]}
    assert people["Anna"]["has_hand_up"] and not people["Ben"]["has_hand_up"]
    mine = seen(services, opened, "phone", acting.person_of(opened.room.id, ANNA))
    assert mine["you"]["nickname"] == "Anna" and "Ben" not in json.dumps(mine)


def test_the_grid_shows_the_course_of_the_latest_run(app, services, opened):
    entered(app, opened, ANNA, "Anna")
    runs = services.store.runs
    runs.start(RunRecord("r1", owner_of(ANNA), "m:P", {}, name="training"))
    runs.update("r1", status="running", step=40, numbers={"loss": 2.5})
    runs.append("r1", [{"kind": "sample", "text": "Once  upon\na time", "prompt": "secret"}])
    (anna,) = seen(services, opened, "lead")["people"]
    assert anna["run"]["value"] == 2.5 and anna["run"]["sample"] == "Once upon a time"
    assert "secret" not in json.dumps(anna)


def test_a_bench_on_the_projector_shows_its_curve(app, services, opened):
    entered(app, opened, ANNA, "Anna")
    person = acting.person_of(opened.room.id, ANNA)
    runs = services.store.runs
    runs.start(RunRecord("r1", owner_of(ANNA), "m:P", {}, name="training"))
    rows = [{"kind": "step", "step": n, "loss_nats": 5.0 / n} for n in range(1, 400)]
    runs.append("r1", rows)
    services.store.rooms.about(opened.room.id, person, shows=True)
    acting.act(services.store.rooms, opened.room, "spotlight", person)
    run = seen(services, opened, "projector")["spotlight"]["run"]
    assert run["points"][0] == (1, 5.0) and 100 < len(run["points"]) <= 300


def test_the_code_is_drawn_as_a_picture_that_browsers_read(app, opened):
    picture = client(app, ANNA).get(f"/rooms/{opened.room.code}/join.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    root = ElementTree.fromstring(picture.text)
    assert root.tag.endswith("svg") and "viewBox" in root.attrib


def test_with_an_old_secret_nobody_leads_and_whoever_looked_with_it_is_sent_out(
    app, services, opened
):
    import asyncio

    rooms, room, code = services.store.rooms, opened.room, opened.room.code
    second = client(app, BEN)
    assert second.post(f"/rooms/{code}/lead", json={"secret": opened.secret}).is_success
    assert second.post(f"/rooms/{code}/act", json={"what": "next"}).is_success
    cookies = {"cookie": "; ".join(f"{name}={value}" for name, value in second.cookies.items())}
    host = {"cookie": f"{OWNER_COOKIE}={HOST}"}

    async def views_until_sent_out(headers):
        """What a facilitator's device is sent, if the secret changes after the first view."""
        streams, found = Streams(services), []
        may_look = lambda room: routes.is_lead(Headers(headers), room)  # noqa: E731
        async for sent in streams.stream(room.id, "lead", "en", may_look=may_look):
            if sent.startswith(b"data:"):
                found.append(sent)
                if len(found) == 1:
                    changed.append(await asyncio.to_thread(acting.another_secret, rooms, room))
                if len(found) == 2:
                    break
        streams.close()
        return len(found)

    changed = []
    assert asyncio.run(asyncio.wait_for(views_until_sent_out(cookies), 20)) == 1
    assert asyncio.run(asyncio.wait_for(views_until_sent_out(host), 20)) == 2  # who opened it stays
    refused = second.post(f"/rooms/{code}/act", json={"what": "next"})
    assert refused.status_code == 403 and "not_facilitator" in refused.text
    assert second.get(f"/rooms/{code}/may?as=lead").status_code == 403
    assert second.post(f"/rooms/{code}/lead", json={"secret": changed[0]}).status_code == 403
    assert second.post(f"/rooms/{code}/lead", json={"secret": changed[-1]}).is_success
    assert second.get(f"/rooms/{code}/may?as=lead").is_success


def test_a_change_made_elsewhere_is_told(services, opened, tmp_path, monkeypatch):
    """As by another web process: this one's store is told nothing, and looks."""
    import asyncio

    services.store.rooms.is_alone = False
    other = Store.at(tmp_path)

    async def until_told():
        """The steps of the first two views."""
        streams = Streams(services)
        found = []
        async for sent in streams.stream(opened.room.id, "projector", "en"):
            if sent.startswith(b"data:"):
                found.append(json.loads(sent[5:])["at"])
                if len(found) == 1:
                    step = threading.Thread(
                        target=acting.act, args=(other.rooms, opened.room, "to", 2)
                    )
                    step.start()
                if found[-1] == 2:
                    break
        streams.close()
        return found

    assert asyncio.run(asyncio.wait_for(until_told(), 20))[-1] == 2
    other.close()
