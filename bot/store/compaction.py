"""What is deleted leaves the disk, too: the log is folded in and cut off, the file is written anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.store.database import Database

IDLE = 0.2
"""From this part of the file on it is worth writing it anew: that takes as long as the file is large."""


def compact(database: Database, *, full: bool = False) -> bool:
    """Let no page and no log keep what was deleted; False where others' open questions kept it from finishing.

    SQLite overwrites what it deletes (``secure_delete``), but its log still has the pages as they were: it is folded
    in and cut to nothing. The file is written anew once a good part of it lies idle. PostgreSQL frees the rows. With
    ``full`` all of it is written anew, and locked meanwhile.
    """
    if database.sqlite:
        return _sqlite(database, full=full)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM FULL" if full else "VACUUM")
        if full:
            connection.exec_driver_sql("CHECKPOINT")
    return True


def _sqlite(database: Database, *, full: bool) -> bool:
    # On the driver's own connection: a VACUUM may stand in no transaction, and SQLAlchemy begins one by itself.
    try:
        with closing(database.engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
            idle, pages = (cursor.execute(f"PRAGMA {each}").fetchone()[0] for each in ("freelist_count", "page_count"))
            if full or idle > IDLE * pages:
                cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = cursor.fetchone() or (1,)
    except sqlite3.OperationalError:  # locked
        return False
    return not busy
