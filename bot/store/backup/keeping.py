"""Backups that are kept: each is noted down, and of those that the bot makes every night the last few stay."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DatabaseError

from bot.store import audit, house
from bot.store.backup import saving, writing
from bot.store.backup.manifest import BackupError, Manifest

if TYPE_CHECKING:
    from bot.store.database import Database
    from bot.store.media import MediaStore

NAME = re.compile(r"wuyi-\d{4}-\d\d-\d\d\.zip")
"""What the bot calls its own; no other file is deleted."""


def keep(  # noqa: PLR0913 - what is kept, where, and by whom
    database: Database,
    store: MediaStore,
    clock: Callable[[], datetime],
    file: Path,
    *,
    actor: str = "cli",
    force: bool = False,
) -> Manifest:
    """Write a backup, and the line in the audit log by which the last one is known.

    Raises:
        BackupError: the file is there already, the key is being changed, or the line could not be written.
        OSError: the disk did not take it.
    """
    made = copy(database, store, clock, file, force=force)
    detail = f"{made.migration}, {made.rows} rows, {made.pictures} pictures, {made.audit[:16]}"
    try:
        database.write(lambda connection: audit.record(connection, clock(), actor, house.BACKUP, "database", detail))
    except DatabaseError as why:
        message = f"{file} is written, and whole; but the database could not note it down ({type(why).__name__})"
        raise BackupError(message) from why
    return made


def copy(
    database: Database, store: MediaStore, clock: Callable[[], datetime], file: Path, *, force: bool = False
) -> Manifest:
    """Write a backup, and nothing else; see ``keep``."""
    keyring = store.keyring
    if keyring.moving:
        message = "the secret key is being changed; finish that first (`wuyi rotate-key`)"
        raise BackupError(message)
    return saving.save(file, lambda to: writing.write(database, keyring, store.folder, clock, to), force=force)


@dataclass(frozen=True, slots=True)
class Nightly:
    """The backups that the bot makes by itself: where, and how many stay."""

    folder: Path
    most: int

    def make(self, database: Database, store: MediaStore, now: datetime) -> Manifest:
        """Make the one of this day, then let those go that are too many; see ``keep`` for what it raises."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = keep(database, store, lambda: now, self.folder / f"wuyi-{now.date()}.zip", actor="app", force=True)
        ours = sorted(path for path in self.folder.iterdir() if NAME.fullmatch(path.name))
        for path in ours[: -self.most]:
            path.unlink(missing_ok=True)
        return made
