"""Who is who: the cookie that a browser keeps, the owner that the store knows, and the API key.

Invariant: the store holds only hashes. Whoever reads it learns no cookie and no key, and whoever
learns a key learns no cookie. Importing this module is cheap: every request needs it.
"""

import hashlib
import hmac
import re
from typing import Final

OWNER_COOKIE: Final = "glassbox_owner"
COOKIE_FORM: Final = re.compile(r"[0-9a-f]{32}")  # 128 random bits
KEY_FORM: Final = re.compile(r"gb-[0-9a-f]{48}")


def owner_of(cookie: str) -> str:
    """The owner that a cookie proves: 64 hexadecimal digits, so nobody can claim to be the house.

    Args:
        cookie: its value, of COOKIE_FORM.
    """
    return _hashed("owner", cookie)


def api_key(cookie: str, salt: str) -> str:
    """The key that programs send in place of the cookie; the same each time, so it can be shown.

    Args:
        cookie: the visitor's.
        salt: random; another one gives another key.

    Returns:
        a text of KEY_FORM.
    """
    digest = hmac.new(cookie.encode(), b"glassbox key:" + salt.encode(), hashlib.sha256)
    return "gb-" + digest.hexdigest()[:48]


def hash_of_key(key: str) -> str:
    """What the store keeps of a key."""
    return _hashed("key", key)


def hash_of_room(token: str) -> str:
    """What the store keeps of the room in which a key was shown; empty without a token."""
    return _hashed("room of a key", token) if token else ""


def _hashed(what: str, secret: str) -> str:
    return hashlib.sha256(f"glassbox {what}:{secret}".encode()).hexdigest()
