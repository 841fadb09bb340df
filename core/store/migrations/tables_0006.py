"""The tables as schema version 6 had them. Frozen: the first revision creates what is missing."""

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

TABLES: Final = MetaData()

MOMENT: Final = DateTime(timezone=True)
LONG: Final = BigInteger().with_variant(Integer, "sqlite")
NAME: Final = String(64)


def _key(name: str, type_: TypeEngine[Any] = NAME, refers_to: str = "") -> Column[Any]:
    """A column of the primary key, perhaps one that refers to another table's."""
    keys = [ForeignKey(refers_to)] if refers_to else []
    return Column(name, type_, *keys, primary_key=True, nullable=False)


def _must(name: str, type_: TypeEngine[Any], refers_to: str = "") -> Column[Any]:
    """A column that always has a value."""
    return Column(name, type_, *([ForeignKey(refers_to)] if refers_to else []), nullable=False)


SCHEMA_VERSION: Final = Table(
    "schema_version", TABLES, Column("version", Integer, primary_key=True, autoincrement=False)
)
Table("blobs", TABLES, _key("id"), _must("n_bytes", LONG), _must("created_at", MOMENT))
Table(
    "holdings",
    TABLES,
    *(_key("owner"), _key("recipe"), _key("artifact_id", refers_to="blobs.id")),
    *(_must("seq", LONG), _must("kind", String(16)), _must("modality", String(16))),
    *(_must("parents", JSON()), _must("settings", JSON()), Column("seed", LONG)),
    *(_must("code_version", NAME), _must("numbers", JSON())),
    *(_must("created_at", MOMENT), _must("used_at", MOMENT)),
    Index("holdings_by_id", "owner", "artifact_id"),
)
BENCHES: Final = Table(
    "benches", TABLES, _key("owner"), Column("difference", JSON), _must("used_at", MOMENT)
)
BENCH_SLOTS: Final = Table(
    "bench_slots",
    TABLES,
    *(_key("owner", refers_to="benches.owner"), _key("lane", String(1)), _key("kind", String(16))),
    _must("artifact_id", NAME, "blobs.id"),
)
RUNS: Final = Table(
    "runs",
    TABLES,
    *(_key("id"), Column("seq", LONG, nullable=False, index=True)),
    Column("owner", NAME, nullable=False, index=True),
    *(_must("program", String(200)), _must("settings", JSON()), _must("lane", String(1))),
    *(_must("name", String(200)), Column("status", String(16), nullable=False, index=True)),
    *(_must("step", Integer()), _must("seconds", Double()), _must("n_rows", Integer())),
    *(Column("result", NAME), Column("error", JSON), _must("numbers", JSON())),
    *(_must("created_at", MOMENT), _must("updated_at", MOMENT)),
)
Table(
    "run_inputs",
    TABLES,
    *(_key("run_id", refers_to="runs.id"), _key("name"), _must("blob_id", NAME, "blobs.id")),
)
Table(
    "run_events",
    TABLES,
    Column("seq", LONG, primary_key=True, autoincrement=True),
    *(_must("run_id", NAME, "runs.id"), _must("owner", NAME)),
    *(_must("kind", String(32)), _must("data", JSON())),
    Index("events_by_run", "run_id", "seq"),
    Index("events_by_owner", "owner", "seq"),
    sqlite_autoincrement=True,
)
Table(
    "snapshots",
    TABLES,
    *(_key("run_id", refers_to="runs.id"), _must("content", NAME), _must("step", Integer())),
    *(_must("seconds", Double()), _must("saved_at", MOMENT)),
)
Table(
    "ballots",
    TABLES,
    *(_key("owner"), _key("key"), _must("seq", LONG), _must("model_id", NAME)),
    *(_must(name, Text()) for name in ("question", "a", "b")),
    *(_must("choice", String(16)), _must("lang", String(8)), _must("judge", NAME)),
    *(_must("seed_a", LONG), _must("seed_b", LONG), Column("again_of", NAME)),
    _must("created_at", MOMENT),
    Index("ballots_by_model", "owner", "model_id", "seq"),
)
Table(
    "envelopes",
    TABLES,
    *(_key("owner"), _key("id"), _must("data", JSON()), Column("delivery", JSON)),
    _must("created_at", MOMENT),
    Index("envelopes_by_time", "owner", "created_at"),
)
Table(
    "usage",
    TABLES,
    *(_key("owner"), _key("day", String(10))),
    *(_must(name, LONG) for name in ("n_answers", "n_held_back", "n_findings", "n_in", "n_out")),
    *(_must(name, Double()) for name in ("model_s", "stages_s", "cost", "watt_hours")),
)
Table(
    "api_keys",
    TABLES,
    *(_key("owner"), _must("salt", String(32))),
    Column("hash", NAME, nullable=False, unique=True),
    *(_must("room", NAME), _must("shown_at", MOMENT)),
)
Table(
    "belongings",
    TABLES,
    *(_key("owner"), _key("name"), _must("value", JSON()), _must("updated_at", MOMENT)),
)
