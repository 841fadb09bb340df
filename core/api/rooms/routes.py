"""The routes of a room.

    POST /rooms/enter               {"code", "nickname"?}           come in, or back
    GET  /rooms/{code}/live         ?as=phone|projector|lead        see streams.py
    GET  /rooms/{code}/may          ?as=…                           whether one may look so
    POST /rooms/{code}/vote         {"question", "choice", "seq"}   -> the vote that counts, and the
                                    next pair where it was on a pair of answers
    POST /rooms/{code}/say          {"question", "key", "text"}
    POST /rooms/{code}/me           {"has_hand_up"?, "shows"?}
    POST /rooms/{code}/lead         {"secret"}                      become the facilitator
    POST /rooms/{code}/act          {"what", "value"?}              what the facilitator presses;
                                    see core.rooms.room.ACTIONS and core.rooms.together.work
    POST /rooms/{code}/rehearse     {"people", "minutes"?}          simulated people; 0: none
    GET  /rooms/{code}/join.svg     the QR code of the address that lets people in
    GET  /rooms/{code}/results.csv  all of it, a row a value; facilitator only
    GET  /rooms/{code}/wifi.svg     the QR code that lets a phone into the Wi-Fi; facilitator only

Who somebody is, is in their cookie alone. Sending anything twice changes nothing.
"""

import io
import json
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, cast, get_args
from urllib.parse import quote

import segno
from segno.helpers import make_wifi_data
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.api.errors import ApiError, as_api_error
from core.api.limits import Desk, Gate, SeatedResponse
from core.api.live import end_with_the_server
from core.api.rate import Rate
from core.api.room import ROOM_COOKIE, room_pass, room_token
from core.api.rooms.streams import As, Streams, anybody
from core.errors import GlassboxError, NotFound, RoomError
from core.identity import COOKIE_FORM, OWNER_COOKIE, owner_of
from core.languages import LANGS, Lang
from core.rooms import room as acting
from core.rooms.codes import as_code, person_of
from core.rooms.results import as_csv, gathered
from core.services import Services
from core.store.rooms import Person, RoomRecord

WRONG_PER_MINUTE: Final = 20  # codes, and secrets, from one address
WRONG_OF_ALL_PER_MINUTE: Final = 120  # from all addresses together
SENT_PER_MINUTE: Final = 3_000  # by one address: a room of sixty, each clicking every 1.2 s
STREAMS_OF_ONE: Final = 12
STREAMS_AT_AN_ADDRESS: Final = 300
LEAD_COOKIE: Final = "glassbox_lead_"
A_DAY_S: Final = 24 * 3600
SVG: Final = "image/svg+xml"

Body = Mapping[str, Any]


class RoomRoutes:
    """What the routes share.

    Args:
        services: gives the store; called with each request, not before.
        clock: seconds that never run backwards.
    """

    def __init__(
        self, services: Callable[[], Services], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._services = services
        self._wrong = Rate(WRONG_PER_MINUTE, clock)
        self._wrong_of_all = Rate(WRONG_OF_ALL_PER_MINUTE, clock)
        self._desk = Desk(STREAMS_OF_ONE, STREAMS_AT_AN_ADDRESS, "streams")
        self._making = threading.Lock()
        self._streams: Streams | None = None

    @property
    def streams(self) -> Streams:
        """The streams of this process, made when first asked for, from whichever thread."""
        with self._making:
            if self._streams is None:
                self._streams = Streams(self._services())
            return self._streams

    async def enter(self, request: Request) -> Response:
        """Let somebody in who knows the code."""
        body = await _body(request)
        room, person = await run_in_threadpool(self._enter, request, body)
        answer = JSONResponse({"code": room.code, "number": person.number})
        if token := room_token():
            kept = f"Path=/; HttpOnly; SameSite=Strict; Max-Age={A_DAY_S}"
            answer.headers.append("Set-Cookie", f"{ROOM_COOKIE}={room_pass(token)}; {kept}")
        return answer

    def _enter(self, request: Request, body: Body) -> tuple[RoomRecord, Person]:
        rooms, cookie = self._services().store.rooms, _cookie(request.headers)
        code = as_code(_text(body, "code"))
        room = rooms.by_code(code)
        if room is None:
            self._count_wrong(request)
            raise NotFound("there is no such room")
        nickname = str(body.get("nickname") or "")[:200]
        rehearsal = str(body.get("rehearsal") or "")[:100]
        return room, acting.enter(rooms, room, cookie, nickname, owner_of(cookie), rehearsal)

    async def may(self, request: Request) -> Response:
        """Whether somebody may look so; a stream that is refused cannot say why."""
        who, room = await self._looking(request)
        return JSONResponse({"as": who, "code": room.code})

    async def _looking(self, request: Request) -> tuple[As, RoomRecord]:
        """As whom somebody looks at which room."""
        who = request.query_params.get("as", "phone")
        if who not in get_args(As):
            raise ApiError(400, "as must be phone, projector or lead", "invalid_value", "as")
        room = await run_in_threadpool(self._room, request)
        if who != "phone":
            self._must_lead(request, room)
        _cookie(request.headers)
        return cast(As, who), room

    async def live(self, request: Request) -> Response:
        """The stream of a room."""
        who, room = await self._looking(request)
        cookie = _cookie(request.headers)
        lang = _lang(request)
        person = person_of(room.id, cookie) if who == "phone" else ""
        give_back = self._desk.seat(owner_of(cookie), request)
        end_with_the_server(self.streams.close)
        may_look = anybody if who == "phone" else partial(is_lead, request.headers)
        frames = self.streams.stream(room.id, who, lang, person, may_look)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return SeatedResponse(frames, give_back, media_type="text/event-stream", headers=headers)

    async def vote(self, request: Request) -> Response:
        """Take a vote; what is answered is what counts."""
        body = await _body(request)

        def taken() -> dict[str, Any]:
            """The vote that is kept."""
            rooms, room = self._services().store.rooms, self._room(request)
            person = person_of(room.id, _cookie(request.headers))
            seq = body.get("seq")
            if not isinstance(seq, int):
                raise RoomError("no_count")
            question, choice = _text(body, "question"), _text(body, "choice")
            kept = acting.vote(rooms, room, person, question, choice, seq)
            found = {"question": kept.question, "choice": kept.choice, "seq": kept.seq}
            is_pair = question.startswith("pair-")
            return found | self.streams.pair_of(room, person) if is_pair else found

        return JSONResponse(await run_in_threadpool(taken))

    async def say(self, request: Request) -> Response:
        """Take words."""
        body = await _body(request)

        def taken() -> None:
            """Keep them."""
            rooms, room = self._services().store.rooms, self._room(request)
            person = person_of(room.id, _cookie(request.headers))
            texts = [_text(body, name, 4_000) for name in ("question", "key", "text")]
            acting.say(rooms, room, person, *texts)

        await run_in_threadpool(taken)
        return JSONResponse({})

    async def me(self, request: Request) -> Response:
        """Note what somebody says about themselves."""
        body = await _body(request)
        changes = {
            name: body[name]
            for name in ("has_hand_up", "shows")
            if isinstance(body.get(name), bool)
        }

        def noted() -> None:
            """Keep it."""
            rooms, room = self._services().store.rooms, self._room(request)
            person = person_of(room.id, _cookie(request.headers))
            if "has_hand_up" in changes:
                acting.hold_hand(rooms, room, person, is_up=changes["has_hand_up"])
            if "shows" in changes:
                rooms.about(room.id, person, shows=changes["shows"])

        await run_in_threadpool(noted)
        return JSONResponse(changes)

    async def lead(self, request: Request) -> Response:
        """Make somebody the facilitator who knows the secret."""
        body = await _body(request)
        room = await run_in_threadpool(self._room, request)
        secret = _text(body, "secret", 100)
        if not acting.leads(room, secret):
            self._count_wrong(request)
            raise ApiError(403, "That is not this room's secret.", "wrong_secret", "secret")
        answer = JSONResponse({"code": room.code})
        kept = f"Path=/; HttpOnly; SameSite=Strict; Max-Age={A_DAY_S}"
        name = LEAD_COOKIE + room.code
        answer.headers.append("Set-Cookie", f"{name}={quote(secret.strip(), safe='')}; {kept}")
        if token := room_token():
            answer.headers.append("Set-Cookie", f"{ROOM_COOKIE}={room_pass(token)}; {kept}")
        return answer

    async def act(self, request: Request) -> Response:
        """Do what the facilitator pressed."""
        body = await _body(request)

        def done() -> dict[str, Any]:
            """Do it."""
            rooms, room = self._services().store.rooms, self._room(request)
            self._must_lead(request, room)
            what, value = _text(body, "what"), body.get("value")
            if what in self.streams.together.actions:
                return self.streams.together.act(room, what, value)
            acting.act(rooms, room, what, value)
            return {}

        return JSONResponse(await run_in_threadpool(done))

    async def rehearse(self, request: Request) -> Response:
        """Let simulated people in, or let them go."""
        body = await _body(request)

        def done() -> dict[str, Any]:
            """How it goes."""
            room = self._room(request)
            self._must_lead(request, room)
            port = (request.scope.get("server") or ("", 80))[1]
            people, minutes = body.get("people"), body.get("minutes", 10)
            address = f"http://127.0.0.1:{port}"  # its Host is this machine's own name, always
            return self.streams.rehearsals.set(room, people, minutes, address)

        end_with_the_server(self.streams.close)
        return JSONResponse(await run_in_threadpool(done))

    async def results(self, request: Request) -> Response:
        """What the room came to, as a table."""
        room = await run_in_threadpool(self._room, request)
        self._must_lead(request, room)
        lang = _lang(request)

        def told() -> str:
            """Its text."""
            return as_csv(gathered(self._services().store, room), room, lang)

        text = await run_in_threadpool(told)
        name = {"Content-Disposition": f"attachment; filename=workshop-{room.code}.csv"}
        return Response(text, media_type="text/csv; charset=utf-8", headers=name)

    async def join(self, request: Request) -> Response:
        """The QR code of the room's address; it holds nothing that is not written beside it."""
        room = await run_in_threadpool(self._room, request)
        return Response(qr_svg(join_address(room)), media_type=SVG)

    async def wifi(self, request: Request) -> Response:
        """The QR code that lets a phone into the room's Wi-Fi."""
        room = await run_in_threadpool(self._room, request)
        self._must_lead(request, room)
        state = acting.state_of(room)
        if not state.wifi:
            raise NotFound("no Wi-Fi was named")
        return Response(qr_svg(wifi_text(state.wifi, state.wifi_password)), media_type=SVG)

    def _room(self, request: Request) -> RoomRecord:
        """The room that the address names."""
        found = self._services().store.rooms.by_code(as_code(request.path_params["code"]))
        if found is None:
            self._count_wrong(request)
            raise NotFound("there is no such room")
        return found

    def _must_lead(self, request: Request, room: RoomRecord) -> None:
        if not is_lead(request.headers, room):
            self._count_wrong(request)
            raise ApiError(403, "Only the facilitator may do this.", "not_facilitator")

    def _count_wrong(self, request: Request) -> None:
        """Slow down whoever guesses."""
        address = request.client.host if request.client else ""
        if not self._wrong.admits(address) or not self._wrong_of_all.admits("all"):
            raise ApiError(429, "Too many wrong codes. Wait a minute.", "rate_limit_exceeded")


def is_lead(headers: Headers, room: RoomRecord) -> bool:
    """Whether who asks opened the room, or has shown its secret."""
    cookies = cookie_parser(headers.get("cookie", ""))
    own = cookies.get(OWNER_COOKIE, "")
    if COOKIE_FORM.fullmatch(own) and owner_of(own) == room.host:
        return True
    return acting.leads(room, cookies.get(LEAD_COOKIE + room.code, ""))


def join_address(room: RoomRecord) -> str:
    """The address that lets people in, as its QR code holds it."""
    return f"{acting.state_of(room).address}/j/{room.code}"


def wifi_text(name: str, password: str) -> str:
    """What a QR code holds that lets a phone into a Wi-Fi, in the form that phones read."""
    kind = "WPA" if password else None
    return str(make_wifi_data(ssid=name, password=password or None, security=kind))


def qr_svg(text: str) -> bytes:
    """A QR code as an SVG picture: black on white, with its quiet zone, in any size."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", dark="#000", light="#fff", border=3, xmldecl=False, omitsize=True
    )
    return out.getvalue()


def room_routes(services: Callable[[], Services]) -> list[Route]:
    """The routes of all rooms.

    Args:
        services: gives the store; called with each request, not before.
    """
    of = RoomRoutes(services)
    gate = [Middleware(Gate, per_minute=SENT_PER_MINUTE)]
    posts = {
        "/rooms/enter": of.enter,
        "/rooms/{code}/vote": of.vote,
        "/rooms/{code}/say": of.say,
        "/rooms/{code}/me": of.me,
        "/rooms/{code}/lead": of.lead,
        "/rooms/{code}/act": of.act,
        "/rooms/{code}/rehearse": of.rehearse,
    }
    gets = {
        "/rooms/{code}/live": of.live,
        "/rooms/{code}/may": of.may,
        "/rooms/{code}/join.svg": of.join,
        "/rooms/{code}/wifi.svg": of.wifi,
        "/rooms/{code}/results.csv": of.results,
    }
    return [
        *(Route(path, _told(do), methods=["POST"], middleware=gate) for path, do in posts.items()),
        *(Route(path, _told(do), methods=["GET"], middleware=gate) for path, do in gets.items()),
    ]


def _told(do: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """A route whose errors are answered as all others are."""

    async def answer(request: Request) -> Response:
        """Answer, whatever happens."""
        try:
            return await do(request)  # type: ignore[no-any-return]
        except (ApiError, GlassboxError) as error:
            told = as_api_error(error)
            if isinstance(error, RoomError):
                told.body["error"]["code"] = error.reason
            return told.response()

    return answer


def _lang(request: Request) -> Lang:
    asked = request.query_params.get("lang")
    return next((each for each in LANGS if each == asked), "en")


async def _body(request: Request) -> Body:
    try:
        found = json.loads(await request.body())
    except ValueError as error:
        raise ApiError(400, "The body is not valid JSON.", "invalid_json") from error
    if not isinstance(found, dict):
        raise ApiError(400, "The body must be a JSON object.", "invalid_json")
    return found


def _text(body: Body, name: str, most: int = 100) -> str:
    value = body.get(name)
    if not isinstance(value, str) or len(value) > most:
        raise ApiError(400, f"{name} must be a text", "invalid_value", name)
    return value


def _cookie(headers: Headers) -> str:
    """The cookie that says who asks.

    Raises:
        ApiError: there is none; a browser that refuses cookies cannot take part.
    """
    cookie = cookie_parser(headers.get("cookie", "")).get(OWNER_COOKIE, "")
    if not COOKIE_FORM.fullmatch(cookie):
        raise ApiError(401, "This browser sends no cookie.", "no_cookie")
    return cookie
