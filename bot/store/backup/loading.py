"""A backup is put into a database, in the caller's transaction: the tables of its time, then migrated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Table, func, insert, inspect, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.store import schema
from bot.store.backup import rows
from bot.store.backup.manifest import UnfitError
from bot.store.backup.reading import Backup
from bot.store.tables import named

ROWS = 2000
TELLING = ("place", "person", "inbox", "audit")
"""Where all of these have no row nothing was begun."""


def empty(connection: Connection) -> bool:
    """Whether there is nothing in the database that could be lost."""
    there = inspect(connection).get_table_names()
    return not any(
        connection.execute(select(text("1")).select_from(named(name)).limit(1)).first()
        for name in TELLING
        if name in there
    )


def refuse_newer(backup: Backup) -> None:
    """See that this program knows the backup's tables.

    Raises:
        UnfitError: it was made by a newer one.
    """
    known, migration = schema.revisions(), backup.manifest.migration
    if migration not in known:
        newer = f"its tables are at {migration}, this program knows {known[-1]}"
        message = f"it was made by a newer wuyi ({newer}); upgrade the program"
        raise UnfitError(message)


def load(connection: Connection, backup: Backup) -> None:
    """Put the backup in the place of what is there; at the end the tables are those of this program.

    Raises:
        UnfitError: it is of a newer program, or its rows do not fit together.
    """
    refuse_newer(backup)
    _clear(connection)
    schema.upgrade(connection, backup.manifest.migration)
    sqlite = connection.dialect.name == "sqlite"
    try:
        if sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # a place may stand before the one above it
        for table in _known(connection, backup):
            known = backup.manifest.tables[table.name]
            count = (_insert if sqlite else _copy)(connection, table, list(known.columns), backup.rows(table.name))
            if count != known.rows:
                message = f"{table.name} has {count} rows instead of {known.rows}; it is damaged: use another one"
                raise UnfitError(message)
        if sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=OFF")
    except (OperationalError, psycopg.OperationalError):  # the server, or the disk
        raise
    except (SQLAlchemyError, psycopg.Error) as why:  # its text may hold what was said
        message = f"its rows do not fit into the database ({type(why).__name__}); use another one"
        raise UnfitError(message) from why
    if backup.manifest.migration != schema.revisions()[-1]:
        schema.upgrade(connection)


def _clear(connection: Connection) -> None:
    for table in reversed(rows.tables(connection, passing=True)):
        table.drop(connection)


def _known(connection: Connection, backup: Backup) -> list[Table]:
    """The tables that are there now, which must be those of the backup, to the column."""
    there = rows.tables(connection)
    if {table.name: rows.columns(table) for table in there} != {
        name: each.columns for name, each in backup.manifest.tables.items()
    }:
        message = "its tables are not those of its release; it was damaged or changed: use another one"
        raise UnfitError(message)
    return there


def _insert(connection: Connection, table: Table, columns: list[str], found: Iterator[list[Any]]) -> int:
    count = 0
    statement = insert(table)
    while some := list(islice(found, ROWS)):
        connection.execute(statement, [dict(zip(columns, row, strict=True)) for row in some])
        count += len(some)
    return count


def _copy(connection: Connection, table: Table, columns: list[str], found: Iterator[list[Any]]) -> int:
    """One COPY is one statement, after which a place may stand before the one above it; and it is quick."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quote, columns))
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    count = 0
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN".encode()) as copy:
        for row in found:
            copy.write_row(row)
            count += 1
    if "id" in columns:
        _count_on(connection, table)
    return count


def _count_on(connection: Connection, table: Table) -> None:
    """Let the next number follow the last one."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(table.name)
    sequence = connection.scalar(select(func.pg_get_serial_sequence(quoted, "id")))
    last = connection.scalar(select(func.max(table.c.id)))
    if sequence is not None and last is not None:
        connection.execute(select(func.setval(sequence, last)))
