"""Who may ask, what every answer carries, and the cookie that says whose bench it is.

Off a room, only this machine is answered, by its own names: a web page elsewhere that points a name
of its own at this address (DNS rebinding) gets nothing. In a room with a token, the token is asked
for once, then kept in a cookie. Health checks and files without secrets are always answered.
"""

import hmac
import secrets
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.kit.catalogue import closest, words
from pages.kit.state import OWNER_COOKIE, OWNER_FORM

ROOM_COOKIE: Final = "glassbox_room"
OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
OPEN_TO_ALL: Final = ("/static/", "/assets/", "/_stcore/health", "/v1/")  # /v1 asks by itself
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
        app: what answers those who may ask.
        policy: the Content-Security-Policy of every page.
        room: whether other machines may ask.
        token: what they must show; empty for nothing.
    """

    def __init__(self, app: ASGIApp, policy: str, room: bool = False, token: str = "") -> None:
        self._app = app
        self._policy = policy
        self._room = room
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        cookies = cookie_parser(asked.get("cookie", ""))
        if not self._room and _host(asked) not in OWN_NAMES:
            await PlainTextResponse("This app is not open to the network.", 403)(
                scope, receive, send
            )
            return
        shown = self._shown(scope, asked, cookies)
        if not self._may_ask(scope["path"], shown):
            await _ask_for_token(asked)(scope, receive, send)
            return

        async def add_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), scope, cookies, shown)
            await send(message)

        await self._app(scope, receive, add_headers)

    def _shown(self, scope: Scope, asked: Headers, cookies: dict[str, str]) -> str:
        """The token that the request carries: in the URL, the cookie or as a bearer."""
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        bearer = asked.get("authorization", "").removeprefix("Bearer ")
        in_url: str | None = query.get("token", [None])[0]
        return in_url or str(cookies.get(ROOM_COOKIE) or bearer)

    def _may_ask(self, path: str, shown: str) -> bool:
        if not self._token or path.startswith(OPEN_TO_ALL):
            return True
        return hmac.compare_digest(shown.encode(), self._token.encode())

    def _complete(
        self, answer: MutableHeaders, scope: Scope, cookies: dict[str, str], shown: str
    ) -> None:
        for name, text in HEADERS.items():
            answer.setdefault(name, text)
        if not answer.get("content-type", "").startswith("text/html"):
            return
        answer.setdefault("Content-Security-Policy", self._policy)
        rest = f"Path=/; HttpOnly; SameSite=Strict; Max-Age={A_YEAR_S}"
        rest += "; Secure" if scope["scheme"] == "https" else ""
        if not OWNER_FORM.fullmatch(cookies.get(OWNER_COOKIE, "")):
            answer.append("Set-Cookie", f"{OWNER_COOKIE}={secrets.token_hex(16)}; {rest}")
        if self._token and cookies.get(ROOM_COOKIE) != shown:
            answer.append("Set-Cookie", f"{ROOM_COOKIE}={shown}; {rest}")


def _host(asked: Headers) -> str:
    """The name the request was sent to, without its port."""
    name = asked.get("host", "")
    return name[1:].split("]")[0] if name.startswith("[") else name.rsplit(":", 1)[0]


def _ask_for_token(asked: Headers) -> HTMLResponse:
    t = words(closest(asked.get("accept-language", "").split(",")[0]))
    return HTMLResponse(
        f'<!doctype html><html lang="{t.lang}"><meta charset="utf-8">'
        f"<title>{t('shell.brand')}</title><h1>{t('shell.brand')}</h1>"
        f"<p>{t('shell.room_closed')}</p></html>",
        status_code=401,
    )
