"""Rooms: until here a workshop left no trace in the database."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

HASH = sa.String(64)
LONG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _must(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _key(name: str, of: str | None = None) -> sa.Column[Any]:
    if of is None:
        return sa.Column(name, HASH, primary_key=True)
    return sa.Column(name, sa.String(32), sa.ForeignKey(of), primary_key=True)


def upgrade() -> None:
    """Make the six tables; nothing that is there changes."""
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(32), primary_key=True),
        _must("code", sa.String(8)),
        _must("host", HASH),
        _must("lead", HASH),
        *(_must(name, sa.JSON()) for name in ("lesson", "state")),
        *(_must(name, LONG) for name in ("version", "n_said")),
        *(_must(name, MOMENT) for name in ("created_at", "used_at")),
        sa.Column("ended_at", MOMENT),
    )
    for name in ("code", "host"):
        op.create_index(f"ix_rooms_{name}", "rooms", [name])
    op.create_table(
        "room_people",
        _key("room_id", "rooms.id"),
        _key("person"),
        _must("number", sa.Integer()),
        _must("nickname", sa.String(40)),
        sa.Column("owner", HASH),
        *(_must(name, sa.Boolean()) for name in ("has_hand_up", "shows", "is_simulated")),
        _must("joined_at", MOMENT),
    )
    op.create_table(
        "room_questions",
        _key("room_id", "rooms.id"),
        _key("key"),
        _must("n", sa.Integer()),
        _must("kind", sa.String(16)),
        _must("texts", sa.JSON()),
        sa.Column("measured", sa.JSON()),
        _must("opened_at", MOMENT),
        sa.Column("closed_at", MOMENT),
    )
    op.create_table(
        "room_votes",
        _key("room_id", "rooms.id"),
        *(_key(name) for name in ("question", "person")),
        _must("choice", HASH),
        _must("seq", LONG),
        _must("cast_at", MOMENT),
    )
    op.create_table(
        "room_sayings",
        _key("room_id", "rooms.id"),
        _key("key"),
        *(_must(name, HASH) for name in ("question", "person")),
        _must("text", sa.Text()),
        _must("is_hidden", sa.Boolean()),
        _must("said_at", MOMENT),
    )
    op.create_table(
        "room_here",
        _key("room_id", "rooms.id"),
        sa.Column("process", sa.String(32), primary_key=True),
        _must("people", sa.JSON()),
        _must("seen_at", MOMENT),
    )
