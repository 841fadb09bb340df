"""Turns the cookies that databases before schema version 5 held into the owners they prove."""

from sqlalchemy import Connection, Table, delete, insert, literal, select, update

from core.identity import COOKIE_FORM, owner_of
from core.store.tables import Base, BenchRow


def hash_owners(connection: Connection) -> int:
    """Replace every cookie by its hash, within the caller's transaction.

    Args:
        connection: to a database in which cookies are owners.

    Returns:
        how many different ones there were.
    """
    tables = [table for table in Base.metadata.sorted_tables if "owner" in table.c]
    cookies = {
        owner
        for table in tables
        for owner in connection.scalars(select(table.c.owner).distinct())
        if COOKIE_FORM.fullmatch(owner)
    }
    for cookie in cookies:
        _move_bench(connection, cookie)
        for table in tables:
            if table is not BenchRow.__table__:
                _rename(connection, table, cookie)
        connection.execute(delete(BenchRow).where(BenchRow.owner == cookie))
    return len(cookies)


def _move_bench(connection: Connection, cookie: str) -> None:
    """Copy a bench to its owner, so that its slots always refer to one that exists."""
    benches = BenchRow.__table__
    others = [column for column in benches.c if column.name != "owner"]
    copied = select(literal(owner_of(cookie)), *others).where(benches.c.owner == cookie)
    names = ["owner", *(column.name for column in others)]
    connection.execute(insert(BenchRow).from_select(names, copied))


def _rename(connection: Connection, table: Table, cookie: str) -> None:
    renamed = update(table).where(table.c.owner == cookie).values(owner=owner_of(cookie))
    connection.execute(renamed)
