"""A bench for each kind of data: until here every owner had one, and it was of text."""

import sqlalchemy as sa
from alembic import op

from core.store.migrations.tables_0006 import BENCH_SLOTS, BENCHES

revision = "0007"
down_revision = "0006"

NAME = sa.String(64)
KIND = sa.String(16)


def upgrade() -> None:
    """Make the tables anew, since no database changes a primary key in place, and refill them."""
    connection = op.get_bind()
    text = {"modality": "text"}
    benches = [{**row, **text} for row in connection.execute(sa.select(BENCHES)).mappings()]
    slots = [{**row, **text} for row in connection.execute(sa.select(BENCH_SLOTS)).mappings()]
    op.drop_table(BENCH_SLOTS.name)
    op.drop_table(BENCHES.name)
    op.bulk_insert(
        op.create_table(
            "benches",
            sa.Column("owner", NAME, primary_key=True),
            sa.Column("modality", KIND, primary_key=True),
            sa.Column("difference", sa.JSON),
            sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        ),
        benches,
    )
    op.bulk_insert(
        op.create_table(
            "bench_slots",
            sa.Column("owner", NAME, primary_key=True),
            sa.Column("modality", KIND, primary_key=True),
            sa.Column("lane", sa.String(1), primary_key=True),
            sa.Column("kind", KIND, primary_key=True),
            sa.Column("artifact_id", NAME, sa.ForeignKey("blobs.id"), nullable=False),
            sa.ForeignKeyConstraint(["owner", "modality"], ["benches.owner", "benches.modality"]),
        ),
        slots,
    )
