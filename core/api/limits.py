"""Who may ask how much: origin, content type, size, rate, and texts at a time.

Invariant: a request that is refused here has cost the server nothing but reading it.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.errors import ApiError
from core.api.rate import Rate
from core.api.room import api_key_sent, room_token, shows_token
from core.identity import hash_of_room
from core.services import Services

MAX_BODY_BYTES: Final = 256_000
MAX_FORM_BYTES: Final = 4_000_000  # of a form with pictures
FORM_PATHS: Final = ("/images/edits",)  # how the addresses end that take a form; all else is JSON
MAX_PROMPT_CHARS: Final = 50_000
MAX_TOKENS: Final = 1_000  # written in one request
MAX_CHOICES: Final = 4  # texts written in one request
REQUESTS_PER_MINUTE: Final = 120  # of one address
TEXTS_AT_ONCE: Final = 8  # of one owner
TEXTS_AT_AN_ADDRESS: Final = 32  # of all owners behind one address


class Gate:
    """ASGI middleware that lets through what keeps to the limits.

    Args:
        app: what is behind it.
        per_minute: requests that write something, of one address; None: any number.
        asks_token: whether the room token, if there is one, must be shown.
        services: gives the store, which knows the API keys shown in this room; they count as the
            token. None: no key does.
        clock: seconds that never run backwards.
    """

    def __init__(
        self,
        app: ASGIApp,
        per_minute: int | None = None,
        asks_token: bool = False,
        services: Callable[[], Services] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._asks_token = asks_token
        self._services = services
        self._rate = Rate(per_minute, clock) if per_minute else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            _check_origin(headers)
            if self._asks_token:
                await run_in_threadpool(self._check_token, headers)
            if scope["method"] in ("POST", "PUT", "PATCH"):
                takes_form = scope["path"].endswith(FORM_PATHS)
                _check_type(headers, takes_form)
                if self._rate and not self._rate.admits((scope.get("client") or ("",))[0]):
                    message = f"More than {self._rate.per_minute} requests a minute."
                    raise ApiError(429, message, "rate_limit_exceeded")
                limit = MAX_FORM_BYTES if takes_form else MAX_BODY_BYTES
                receive = _replay(await _read(receive, headers, limit), receive)
        except ApiError as error:
            await error.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check_token(self, headers: Headers) -> None:
        token = room_token()
        if not token or shows_token(headers, token):
            return
        key = api_key_sent(headers)
        if key is None or self._services is None:
            message = "This room asks for its token, or for your key, as the API key."
        elif self._services().store.keys.owner_of(key, hash_of_room(token)) is None:
            message = "This API key is not valid in this room; the page Inference shows yours."
        else:
            return
        raise ApiError(401, message, "invalid_api_key")


class Desk:
    """How many texts, or streams, everybody has under way: by owner and by address.

    Anybody can make up a cookie, nobody an address. Counting and taking are one step, so that a
    burst of requests finds no more places than there are.

    Args:
        at_once: of one owner.
        at_an_address: of one address, behind which a whole room may sit.
        what: are counted, for the message.
    """

    def __init__(
        self,
        at_once: int = TEXTS_AT_ONCE,
        at_an_address: int = TEXTS_AT_AN_ADDRESS,
        what: str = "texts",
    ) -> None:
        self._limits = {"owner": at_once, "address": at_an_address}
        self._what = what
        self._under_way: Counter[tuple[str, str]] = Counter()

    def seat(self, owner: str, request: Request, n: int = 1) -> Callable[[], None]:
        """Take places.

        Args:
            owner: who asks; empty for nobody, who is counted by address alone.
            request: comes from an address.
            n: places.

        Returns:
            a function that gives the places back; a second call of it does nothing.

        Raises:
            ApiError: too many are taken already.
        """
        address = request.client.host if request.client else ""
        counted = [("address", address), *([("owner", owner)] if owner else [])]
        for kind, name in counted:
            if self._under_way[kind, name] + n > self._limits[kind]:
                message = (
                    f"More than {self._limits[kind]} {self._what} are under way for this {kind}."
                )
                raise ApiError(429, message, "rate_limit_exceeded")
        self._under_way.update(dict.fromkeys(counted, n))
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            if not given_back:
                given_back = True
                self._under_way.subtract(dict.fromkeys(counted, n))
                for each in counted:
                    if not self._under_way[each]:
                        del self._under_way[each]

        return give_back


class SeatedResponse(StreamingResponse):
    """A stream that gives its places back when it is over, also if nobody ever read it.

    Args:
        content, **about: as for a StreamingResponse.
        give_back: what `Desk.seat` returned.
    """

    def __init__(self, content: Any, give_back: Callable[[], None], **about: Any) -> None:
        super().__init__(content, **about)
        self._give_back = give_back

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._give_back()
            close = getattr(self.body_iterator, "aclose", None)
            if close is not None:  # nobody reads on: let the model stop at once
                await close()


def _check_origin(headers: Headers) -> None:
    """A page of another site must not use this server through a visitor's browser."""
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        raise ApiError(403, "Requests from pages of other sites are refused.", "foreign_origin")


def _check_type(headers: Headers, takes_form: bool) -> None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if takes_form:
        if media_type != "multipart/form-data":
            message = "The body must be a form (Content-Type: multipart/form-data)."
            raise ApiError(415, message, "not_a_form")
    elif media_type != "application/json":
        raise ApiError(415, "The body must be JSON (Content-Type: application/json).", "not_json")


async def _read(receive: Receive, headers: Headers, limit: int) -> bytes:
    """The whole body, unless it is longer than the limit."""
    too_large = ApiError(413, f"The body is larger than {limit} bytes.", "request_too_large")
    declared = headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        raise too_large
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
        if len(body) > limit:
            raise too_large
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give a body once more; after it whatever the server still has to say."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
