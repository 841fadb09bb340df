"""Turns the cookies that databases before schema version 5 held into the owners they prove."""

from sqlalchemy import Connection, MetaData, Table, delete, insert, literal, select, update

from core.identity import COOKIE_FORM, owner_of


def hash_owners(connection: Connection, tables: MetaData) -> int:
    """Replace every cookie by its hash, within the caller's transaction.

    Args:
        connection: to a database in which cookies are owners.
        tables: all of that database.

    Returns:
        how many different ones there were.
    """
    owned = [table for table in tables.sorted_tables if "owner" in table.c]
    benches = tables.tables["benches"]
    cookies = {
        owner
        for table in owned
        for owner in connection.scalars(select(table.c.owner).distinct())
        if COOKIE_FORM.fullmatch(owner)
    }
    for cookie in cookies:
        _move_bench(connection, benches, cookie)
        for table in owned:
            if table is not benches:
                _rename(connection, table, cookie)
        connection.execute(delete(benches).where(benches.c.owner == cookie))
    return len(cookies)


def _move_bench(connection: Connection, benches: Table, cookie: str) -> None:
    """Copy a bench to its owner, so that its slots always refer to one that exists."""
    others = [column for column in benches.c if column.name != "owner"]
    copied = select(literal(owner_of(cookie)), *others).where(benches.c.owner == cookie)
    names = ["owner", *(column.name for column in others)]
    connection.execute(insert(benches).from_select(names, copied))


def _rename(connection: Connection, table: Table, cookie: str) -> None:
    renamed = update(table).where(table.c.owner == cookie).values(owner=owner_of(cookie))
    connection.execute(renamed)
