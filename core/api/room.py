"""A room's token: what everybody must show who comes from elsewhere, and how it is shown.

Importing this module is cheap: it stands in front of every request.
"""

import hashlib
import hmac
import os
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from core.identity import KEY_FORM

ROOM_TOKEN_VARIABLE: Final = "GLASSBOX_ROOM_TOKEN"
ROOM_COOKIE: Final = "glassbox_room"


def room_pass(token: str) -> str:
    """What the cookie of somebody who has shown the room token holds: 64 hexadecimal digits.

    Any token fits into a cookie this way, and the cookie does not give the token away.
    """
    return hashlib.sha256(b"glassbox room:" + token.encode()).hexdigest()


def shows_token(headers: Headers, token: str) -> bool:
    """Whether a request carries the room token as its API key, or the cookie that stands for it.

    Args:
        headers: of the request.
        token: of the room.
    """
    cookie = cookie_parser(headers.get("cookie", "")).get(ROOM_COOKIE, "")
    bearer = headers.get("authorization", "").removeprefix("Bearer ")
    # Clients write letters beyond ASCII as UTF-8, which arrives here read as Latin-1.
    keys = {bearer, bearer.strip(), bearer.encode("latin-1", "replace").decode("utf-8", "replace")}
    has_cookie = hmac.compare_digest(cookie.encode(), room_pass(token).encode())
    return has_cookie or any(hmac.compare_digest(key.encode(), token.encode()) for key in keys)


def api_key_sent(headers: Headers) -> str | None:
    """The key of a bench that a request carries; None for any other text in its place."""
    key = headers.get("authorization", "").removeprefix("Bearer ").strip()
    return key if KEY_FORM.fullmatch(key) else None


def room_token() -> str:
    """What everybody must show who comes from elsewhere; empty where no room is open."""
    return os.environ.get(ROOM_TOKEN_VARIABLE, "")
