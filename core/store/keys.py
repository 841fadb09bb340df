"""API keys: at most one for each owner, kept as a hash.

Invariant: a key that was replaced or revoked never works again, nor does one in a room whose token
has changed since the key was shown there.
"""

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.identity import hash_of_key
from core.store.database import Database, now_utc
from core.store.tables import KeyRow


class Keys:
    """The part of the store that knows whose key is whose.

    Args:
        database: where rows are stored.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(
        self, owner: str, key_of: Callable[[str], str], room: str = "", *, new: bool = False
    ) -> str:
        """The owner's key, made if there is none.

        Args:
            owner: whose key.
            key_of: makes the key from a random salt; the same salt must give the same key.
            room: `hash_of_room` of the token that the owner has shown.
            new: replace the key; the one before stops working.

        Returns:
            the key, of which only a hash is kept.
        """
        with self._database.writing() as session:
            row = session.get(KeyRow, owner)
            if row is None or new:
                row = row or KeyRow(owner=owner)
                row.salt = secrets.token_hex(16)
            key = key_of(row.salt)
            row.hash, row.room, row.shown_at = hash_of_key(key), room, now_utc()
            session.add(row)
        return key

    def revoke(self, owner: str) -> None:
        """Let the owner's key stop working; the next one is another one."""
        with self._database.writing() as session:
            session.execute(delete(KeyRow).where(KeyRow.owner == owner))

    def owner_of(self, key: str, room: str = "") -> str | None:
        """Whose key it is; None if it is nobody's or no longer.

        Args:
            key: what was sent.
            room: `hash_of_room` of the token in force; empty: none, and every key is valid.
        """
        with self._database.reading() as session:
            row = session.scalar(select(KeyRow).where(KeyRow.hash == hash_of_key(key)))
            return row.owner if row is not None and room in ("", row.room) else None


def forget_keys(session: Session, before: datetime) -> None:
    """Forget keys not shown since a given moment."""
    session.execute(delete(KeyRow).where(KeyRow.shown_at < before))
