"""Belongings: a user's things that are not part of the chain, such as their own labels.

Invariant: there is one value for each owner and name, and only its owner ever sees it.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.store.database import Database, now_utc
from core.store.tables import BelongingRow

DRAFT: Final = "draft:"
"""Prefix of names for text that somebody has typed but not yet submitted."""


class Belongings:
    """The part of the store that keeps things by name.

    Args:
        database: where rows are stored.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_away(self, owner: str, name: str, value: Any) -> None:
        """Store a value under a name, replacing the previous one.

        Args:
            owner: whose it is.
            name: at most 64 characters.
            value: anything JSON can hold.
        """
        with self._database.writing() as session:
            row = session.get(BelongingRow, (owner, name)) or BelongingRow(owner=owner, name=name)
            row.value, row.updated_at = value, now_utc()
            session.add(row)

    def take_out(self, owner: str, name: str) -> Any:
        """The value under a name; None if there is none."""
        with self._database.reading() as session:
            row = session.get(BelongingRow, (owner, name))
            return None if row is None else row.value


def forget_belongings(session: Session, before: datetime, drafts_before: datetime) -> None:
    """Forget what has not been stored since `before`, and drafts not since `drafts_before`."""
    session.execute(delete(BelongingRow).where(BelongingRow.updated_at < before))
    draft = BelongingRow.name.startswith(DRAFT)
    session.execute(delete(BelongingRow).where(draft, BelongingRow.updated_at < drafts_before))
