"""A town to be backed up, and what of it must come back: on either database."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from bot.store import keycheck
from bot.store.backup import saving, writing
from bot.store.backup.loading import _count_on
from bot.store.backup.manifest import Manifest
from bot.store.backup.reading import opened
from bot.store.backup.restoring import Restored, restore_into
from bot.store.backup.rows import PASSING
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.tables import named
from tests import town
from tests.town import KEYRING, NOW, RULES

SECRET = "a secret of the tests, long enough to be one"


def settle(database: Database) -> None:
    """The town's people and reports, in tables that were migrated."""
    database.write(town._fill)
    if not database.sqlite:  # the town numbers its rows itself
        for name in ("person", "filing"):
            database.write(partial(_count_on, table=named(name)))
    database.write(lambda connection: keycheck.confirm(connection, KEYRING))


def store(database: Database, folder: Path) -> MediaStore:
    """The pictures of a database."""
    return MediaStore(folder / "media", KEYRING, database, lambda: NOW)


def save(database: Database, path: Path, folder: Path, keyring: Keyring = KEYRING) -> Manifest:
    """A backup, as the command makes it."""
    return saving.save(path, lambda file: writing.write(database, keyring, folder / "media", lambda: NOW, file))


def restore(database: Database, path: Path, folder: Path, **how: Any) -> Restored:  # noqa: ANN401 - as ``restore_into`` has it
    """A backup brought back."""
    how = {"now": NOW} | how
    with opened(path, how.pop("keyring", KEYRING)) as backup:
        return restore_into(database, backup, store(database, folder), [RULES], **how)


def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a backup holds, as the program sees them."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in SQLModel.metadata.sorted_tables
        if table.name not in PASSING
    }


def rows(database: Database, *without: str) -> dict[str, list[tuple[Any, ...]]]:
    """The same, apart from what a restore itself writes down."""
    with database.read() as connection:
        return {name: found for name, found in everything(connection).items() if name not in {"audit", *without}}
