"""Processes for ``test_backup_killed``: one writes without end, two stop in the midst of their work and wait.

``python -m tests.store.backup_child writes URL`` · ``saves URL FILE`` · ``restores URL FILE``
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, insert

from bot.store.backup import saving
from bot.store.database import Database
from bot.store.tables import named
from tests.store.backups import restore
from tests.town import NOW

IN_FLIGHT = 8


def writes(url: str) -> None:
    """Write numbered rows into two tables at once, and print each number once both are stored."""
    database = Database(url)

    def both(number: int, connection: Connection) -> None:
        attempt = {"channel": "test", "address": str(number), "at": NOW}
        connection.execute(insert(named("attempt")), attempt)
        work = {"place": "23", "day": NOW.date(), "counter": str(number), "value": 1, "recorded_at": NOW}
        connection.execute(insert(named("work_count")), work)

    waiting = []
    for number in itertools.count():
        waiting.append((number, database.submit(partial(both, number))))
        if len(waiting) == IN_FLIGHT:
            first, future = waiting.pop(0)
            future.result()
            os.write(sys.stdout.fileno(), f"{first}\n".encode())


def pause(*_: object) -> int:
    """Say that half is done, and go on when told to."""
    os.write(sys.stdout.fileno(), b"half\n")
    return len(sys.stdin.readline())


def saves(_url: str, file: str) -> None:
    """Write half of a backup."""

    def half(to: IO[bytes]) -> None:
        to.write(b"half")
        to.flush()
        pause()

    saving.save(Path(file), half, force=True)


def restores(url: str, file: str) -> None:
    """Restore, and wait with every row in its place and nothing committed."""
    restore(Database(url), Path(file), Path(file).parent / "restored", safety=int, doubt=pause)


if __name__ == "__main__":
    WORKS: dict[str, Callable[..., None]] = {"writes": writes, "saves": saves, "restores": restores}
    WORKS[sys.argv[1]](*sys.argv[2:])
