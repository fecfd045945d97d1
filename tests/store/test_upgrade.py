"""A database of an earlier release, full of facts, is brought up to date with every row in its place."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic import command
from sqlalchemy import Connection, text

from bot.store.database import Database
from bot.store.schema import alembic_config, migrate

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC).replace(tzinfo=None)
ROWS = (
    ("place", {"code": "JA", "name": "君安社区", "level": "community", "parent": None, "aliases": ""}),
    ("place", {"code": "23", "name": "星悦城一期", "level": "compound", "parent": "JA", "aliases": ""}),
    ("person", {"id": 1, "phone_hash": b"h", "phone": b"p", "name": b"n", "locale": "zh", "created_at": AT}),
    ("filing", {"id": 1, "person": 1, "day": "2026-11-24", "recorded_at": AT, "late": False, "source": "chat"}),
    ("case_", {"code": "F1124-01", "place": "23", "filing": 1, "opened_at": AT}),
    (
        "case_event",
        {
            "id": 1, "case": "F1124-01", "place": "23", "event": "found", "kind": "fever", "on": "2026-11-24",
            "recorded_at": AT, "source": "chat",
        },
    ),
)  # fmt: skip


def at_first(database: Database) -> None:
    """The tables of the first release, with a report and the case that it found."""

    def job(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, row in ROWS:
            columns = ", ".join(f'"{name}"' for name in row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({values})'), row)  # noqa: S608 - our own names

    database.write(job)


def test_every_row_stays_and_a_case_knows_its_reporter(empty: Database) -> None:
    """Cases of the first release belong to whoever filed the report, and their logs still refer to them."""
    at_first(empty)
    migrate(empty)
    with empty.read() as connection:
        assert connection.execute(text("SELECT code, person FROM case_")).all() == [("F1124-01", 1)]
        assert connection.execute(text("SELECT event, other FROM case_event")).all() == [("found", "")]
        if empty.sqlite:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
