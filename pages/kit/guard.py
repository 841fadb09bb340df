"""Access control: who may connect, what every response carries, and the cookie of the bench.

Web sockets are opened only to pages of this exact address: Streamlit would ask the internet for
the machine's own address before refusing a foreign one.

Without a room, only this machine gets answers, under its own names: a web page elsewhere that
points a name of its own at this address (DNS rebinding) gets nothing. In a room with a token, the
token is requested once: a cookie that represents it is set, and the browser is redirected to the
address without it. Guessing is slowed down. Health checks and files without secrets are always
served.

While a room's door is open, this machine itself needs no token; others get it by typing a code.
"""

import hmac
import secrets
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.rate import Rate
from core.api.room import ROOM_COOKIE, room_pass, shows_token
from core.identity import COOKIE_FORM, OWNER_COOKIE
from pages.kit.catalogue import closest, words
from pages.kit.door import DOOR, Door

OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
OWN_ADDRESSES: Final = frozenset({"127.0.0.1", "::1"})
OPEN_FOLDERS: Final = ("/static/", "/assets/", "/v1/", "/rooms/", "/j/", "/lead/")
"""/v1 and /rooms check access themselves; the others are the pages that ask for it."""

OPEN_PATHS: Final = ("/_stcore/health", "/join")
WRONG_TOKENS_PER_MINUTE: Final = 20  # from one address
A_YEAR_S: Final = 365 * 24 * 3600

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware in front of everything.

    Args:
        app: the app behind it, for permitted requests.
        policy: the Content-Security-Policy of every page.
        room: whether other machines may connect.
        token: the token they must present; empty for none.
        clock: a monotonic clock, in seconds.
        door: may open the process to a network while it runs.
    """

    def __init__(
        self,
        app: ASGIApp,
        policy: str,
        room: bool = False,
        token: str = "",
        clock: Callable[[], float] = time.monotonic,
        door: Door = DOOR,
    ) -> None:
        door.hang(self)
        self._door = door
        self._app = app
        self._policy = policy
        self._room = room
        self._token = token
        self._wrong = Rate(WRONG_TOKENS_PER_MINUTE, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        if not self._room and _host(asked) not in {*OWN_NAMES, self._door.address}:
            refused = PlainTextResponse("This app is not open to the network.", 403)
            await _answer(refused, scope, receive, send)
            return
        if scope["type"] == "websocket" and not _same_origin(asked):
            await send({"type": "websocket.close", "code": 1008})
            return
        stopped = self._stopped(scope, asked)
        if stopped is not None:
            await _answer(stopped, scope, receive, send)
            return

        async def add_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), scope, asked)
            await send(message)

        await self._app(scope, receive, add_headers)

    def _stopped(self, scope: Scope, asked: Headers) -> Response | None:
        """The response if a room with a token refuses the request; None if it may proceed."""
        path, token = scope["path"], self._token or self._door.token
        if not token or path.startswith(OPEN_FOLDERS) or path in OPEN_PATHS:
            return None
        if not self._token and _is_own(scope, asked):  # the laptop that opened its door
            return None
        in_url = _token_in_url(scope)
        if in_url is None and shows_token(asked, token):
            return None
        if in_url is not None and hmac.compare_digest(in_url.encode(), token.encode()):
            onward = RedirectResponse(_without_token(scope), status_code=303)
            onward.headers.append("Set-Cookie", f"{ROOM_COOKIE}={room_pass(token)}; {_kept(scope)}")
            return onward
        tried = in_url is not None or "authorization" in asked
        if tried and not self._wrong.admits((scope.get("client") or ("",))[0]):
            return PlainTextResponse("Too many wrong tokens.", 429, {"Retry-After": "60"})
        if self._door.is_open:
            return RedirectResponse("/join", status_code=303)
        return _ask_for_token(asked)

    def _complete(self, answer: MutableHeaders, scope: Scope, asked: Headers) -> None:
        for name, text in HEADERS.items():
            answer.setdefault(name, text)
        if not answer.get("content-type", "").startswith("text/html"):
            return
        answer.setdefault("Content-Security-Policy", self._policy)
        cookies = cookie_parser(asked.get("cookie", ""))
        if not COOKIE_FORM.fullmatch(cookies.get(OWNER_COOKIE, "")):
            answer.append("Set-Cookie", f"{OWNER_COOKIE}={secrets.token_hex(16)}; {_kept(scope)}")


async def _answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a response; for a web socket request, close the socket instead."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await response(scope, receive, send)


def _kept(scope: Scope) -> str:
    """The attributes of our cookies: how long and where they are kept."""
    rest = f"Path=/; HttpOnly; SameSite=Strict; Max-Age={A_YEAR_S}"
    return rest + ("; Secure" if scope["scheme"] in ("https", "wss") else "")


def _token_in_url(scope: Scope) -> str | None:
    """The token in a link, or None if it has none."""
    query = scope.get("query_string", b"").decode("latin-1")
    found = parse_qs(query, keep_blank_values=True).get("token")
    return found[0] if found else None


def _without_token(scope: Scope) -> str:
    """The same address without the token, which must not stay in the address bar or history."""
    query = scope.get("query_string", b"").decode("latin-1")
    rest = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "token"]
    path = "/" + str(scope["path"]).lstrip("/")  # two slashes would name another host
    return path + (f"?{urlencode(rest)}" if rest else "")


def _same_origin(asked: Headers) -> bool:
    """Whether a web socket is requested by a page of the same address it connects to.

    Programs other than browsers send no Origin, and have no visitor's cookies to misuse.
    """
    origin = asked.get("origin")
    return origin is None or urlsplit(origin).netloc == asked.get("host", "")


def _host(asked: Headers) -> str:
    """The host name the request was sent to, without the port."""
    name = asked.get("host", "")
    return name[1:].split("]")[0] if name.startswith("[") else name.rsplit(":", 1)[0]


def _is_own(scope: Scope, asked: Headers) -> bool:
    """Whether this machine itself asks, under its own name: nobody else can send from there."""
    address = (scope.get("client") or ("",))[0]
    return address in OWN_ADDRESSES and _host(asked) in OWN_NAMES


def _ask_for_token(asked: Headers) -> HTMLResponse:
    t = words(closest(asked.get("accept-language", "").split(",")[0]))
    return HTMLResponse(
        f'<!doctype html><html lang="{t.lang}"><meta charset="utf-8">'
        f"<title>{t('shell.brand')}</title><h1>{t('shell.brand')}</h1>"
        f"<p>{t('shell.room_closed')}</p></html>",
        status_code=401,
    )
