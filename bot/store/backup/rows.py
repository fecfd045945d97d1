"""Rows ↔ lines of JSON that mean the same to every database: ISO 8601 for days and moments, base64 for bytes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, MetaData, Table, inspect
from sqlmodel import SQLModel

from bot.store.backup.manifest import UnfitError

KINDS: Mapping[type, str] = {int: "int", str: "text", bool: "bool", bytes: "bytes", date: "date", datetime: "moment"}
"""By what a column's values are in Python, what the manifest calls them; moments are naive UTC, as they are kept."""
READ: Mapping[str, Callable[[str], Any] | None] = {
    "int": None,
    "text": None,
    "bool": None,
    "bytes": base64.b64decode,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
}
VERSION = "alembic_version"
PASSING = frozenset({VERSION, "lease"})
"""Not in a backup: the migration is in the manifest, and who is alive is true for a minute only."""


def tables(connection: Connection, *, passing: bool = False) -> list[Table]:
    """The tables of ours that the database has, at whatever migration: what others refer to comes first.

    With ``passing`` those too that no backup holds.
    """
    ours = {*SQLModel.metadata.tables, VERSION} - (frozenset() if passing else PASSING)
    there = [name for name in inspect(connection).get_table_names() if name in ours]
    metadata = MetaData()
    metadata.reflect(connection, only=there)
    return [table for table in metadata.sorted_tables if table.name in there]


def columns(table: Table) -> dict[str, str]:
    """The kind of each column."""
    return {column.name: KINDS[column.type.python_type] for column in table.columns}


def line(row: Iterable[object]) -> bytes:
    """A row as a line."""
    return orjson.dumps(tuple(row), default=_bytes, option=orjson.OPT_APPEND_NEWLINE)


def _bytes(value: object) -> str:
    return base64.b64encode(value).decode()  # type: ignore[arg-type] # anything else raises, as it should


def read(lines: Iterable[bytes], kinds: Sequence[str]) -> Iterator[list[Any]]:
    """The rows again.

    Raises:
        UnfitError: a line is not what it must be.
    """
    try:
        turned = [(at, turn) for at, kind in enumerate(kinds) if (turn := READ[kind]) is not None]
        for each in lines:
            row = orjson.loads(each)
            for at, turn in turned:
                if row[at] is not None:
                    row[at] = turn(row[at])
            yield row
    except (ValueError, KeyError, IndexError, TypeError) as why:
        message = "a row of it does not read; it is damaged: use another one"
        raise UnfitError(message) from why
