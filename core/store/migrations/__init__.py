"""Brings an older database to today's tables, one revision after the other, with Alembic.

A new database is created from core.store.tables at once and is said to be at the last revision; a
test holds the two ways against each other.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection

FOLDER: Final = Path(__file__).parent


def migrate(connection: Connection) -> None:
    """Run what is missing, within the caller's transaction: all of it takes effect, or nothing."""
    from alembic import command  # only where there is something to do: it takes a while to load
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
