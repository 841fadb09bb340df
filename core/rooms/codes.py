"""A room's code, which everybody sees, and the facilitator's secret, which nobody else does.

Invariant: neither can be guessed at a useful rate: the code opens a room only for as long as it
lasts and behind a limit of tries, the secret has 48 random bits.
"""

import hashlib
import hmac
import secrets
from typing import Final

CODE_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""Consonants alone spell no word in any language, and none is taken for another or for a digit."""

CODE_LENGTH: Final = 4
SECRET_SIGNS: Final = "23456789BCDFGHJKLMNPQRSTVWXZ"
"""What a secret is made of: 28 signs that are easily told apart."""

SECRET_GROUPS: Final = (5, 5)


def new_code(taken: set[str]) -> str:
    """A code that no open room has.

    Args:
        taken: the codes of open rooms; far fewer than there are codes.
    """
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if code not in taken:
            return code


def as_code(typed: str) -> str:
    """What somebody typed, as a code: capitals, without the blanks and hyphens people put in."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[: 2 * CODE_LENGTH]


def new_secret() -> str:
    """A facilitator's secret: two groups of five signs, some 48 random bits."""
    return "-".join("".join(secrets.choice(SECRET_SIGNS) for _ in range(n)) for n in SECRET_GROUPS)


def hash_of_secret(room_id: str, secret: str) -> str:
    """What the store keeps of a secret; blanks, hyphens and small letters make no difference."""
    plain = "".join(sign for sign in secret.upper() if sign.isalnum())
    return hashlib.sha256(f"glassbox lead:{room_id}:{plain}".encode()).hexdigest()


def is_secret(room_id: str, secret: str, known_hash: str) -> bool:
    """Whether it is the secret with that hash; takes equally long for every wrong one."""
    return hmac.compare_digest(hash_of_secret(room_id, secret), known_hash)


def person_of(room_id: str, cookie: str) -> str:
    """Who a cookie is in a room: 64 hexadecimal digits, another in every room."""
    return hashlib.sha256(f"glassbox person:{room_id}:{cookie}".encode()).hexdigest()
