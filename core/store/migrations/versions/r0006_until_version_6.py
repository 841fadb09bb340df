"""All that happened until schema version 6: tables were added, owners hashed, programs named."""

import sqlalchemy as sa
from alembic import op

from core.store.migrations import cookies
from core.store.migrations.programs import name_programs
from core.store.migrations.tables_0006 import RUNS, SCHEMA_VERSION, TABLES

revision = "0006"
down_revision = None


def upgrade() -> None:
    """Bring a database of schema version 1 to 6 to version 6."""
    connection = op.get_bind()
    found = 6
    if sa.inspect(connection).has_table(SCHEMA_VERSION.name):
        found = connection.scalar(sa.select(SCHEMA_VERSION.c.version)) or found
    TABLES.create_all(connection)
    if found < 5:
        cookies.hash_owners(connection, TABLES)
    if found < 6:
        name_programs(connection, RUNS)
