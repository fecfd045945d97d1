"""The audit log's chain, on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from bot.store import audit
from bot.store.database import Database

NOW = datetime(2026, 11, 24, 7, 0, 0, 123456, tzinfo=UTC)


def append(database: Database, number: int) -> None:
    """One row."""
    database.write(lambda connection: audit.record(connection, NOW, "cli", "test", f"row {number}", "详情"))


def verified(database: Database) -> int | None:
    """What the check of the chain says."""
    with database.read() as connection:
        return audit.verify(connection)


@pytest.mark.parametrize("column", ["actor", "action", "subject", "detail", "at", "digest"])
def test_a_changed_row_is_found(database: Database, column: str) -> None:
    """Whatever is changed in a row, the chain breaks there."""
    for number in range(4):
        append(database, number)
    assert verified(database) is None
    values = {"at": datetime(2026, 11, 25), "digest": b"0" * 32}  # noqa: DTZ001 - as the column keeps it
    with database.engine.begin() as connection:
        change = text(f"UPDATE audit SET {column} = :value WHERE id = 2")  # noqa: S608 - a name from the list above
        connection.execute(change, {"value": values.get(column, "x")})
    assert verified(database) == 2


def test_a_row_taken_out_is_found(database: Database) -> None:
    """The row after the gap does not follow."""
    for number in range(4):
        append(database, number)
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE id = 2"))
    assert verified(database) == 3


def test_writers_at_once_do_not_fork_the_chain(database: Database) -> None:
    """Two processes' writers append one after another, each to the row before."""
    second = Database(database.engine.url.render_as_string(hide_password=False))

    def many(writer: Database) -> None:
        for number in range(20):
            append(writer, number)

    try:
        threads = [threading.Thread(target=many, args=(writer,)) for writer in (database, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        second.close()
    with database.read() as connection:
        assert count(connection) == 40
        assert audit.verify(connection) is None


def count(connection: Connection) -> int:
    """How many rows the log has."""
    return int(connection.execute(text("SELECT count(*) FROM audit")).scalar_one())
