"""Ten thousand workers owe at 16:30: how long until their reminders are in the outbox, and until the first can leave.

The peer is what any program has to do: as many bare rows of the same size written to the same table in one transaction.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlmodel import SQLModel

from bot.desk.voice import Tools
from bot.scoring.packs import load
from bot.settings import Settings
from bot.store.crypto import Keyring
from bot.store.database import Database
from bot.store.tables import named
from scheduler.lease import Fenced
from scheduler.reminding import Reminding

WORKERS = 10_000
PLACES = 3
SECRET = b"a secret of the benchmark, long enough"
ZONE = Settings(data_dir=Path("nowhere")).zone
LAST_CALL = datetime(2026, 11, 24, 16, 30, tzinfo=ZONE)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
OUTBOX = named("outbox")


def rows(keyring: Keyring) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A county of many communities, with three compounds a worker."""
    communities = WORKERS // 20
    places = [{"code": "X", "name": "县", "level": "county", "parent": None}]
    places += [{"code": f"J{n}", "name": f"社区{n}", "level": "community", "parent": "X"} for n in range(communities)]
    places += [
        {"code": f"P{n}", "name": f"小区{n}", "level": "compound", "parent": f"J{n // (20 * PLACES)}"}
        for n in range(WORKERS * PLACES)
    ]
    yield "place", [each | {"aliases": ""} for each in places]
    yield "person", [
        {
            "id": n, "name": keyring.seal(f"工作人员{n}"), "phone": keyring.seal(str(n)), "locale": "zh",
            "phone_hash": keyring.lookup(str(n), "phone"), "created_at": LONG_AGO,
        }
        for n in range(1, WORKERS + 1)
    ]  # fmt: skip
    yield (
        "assignment",
        [
            {"person": n // PLACES + 1, "role": "grid_worker", "place": f"P{n}", "recorded_at": LONG_AGO}
            for n in range(WORKERS * PLACES)
        ],
    )
    yield (
        "account",
        [{"channel": "test", "address": str(n), "person": n, "bound_at": LONG_AGO} for n in range(1, WORKERS + 1)],
    )


def _fill(table: str, values: list[dict[str, Any]], connection: Connection) -> None:
    connection.execute(insert(named(table)), values)


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/town.db")) as database:
        keyring = Keyring(SECRET)
        database.write(SQLModel.metadata.create_all)
        for table, values in rows(keyring):
            database.write(partial(_fill, table, values))
        number = itertools.count()
        tools = Tools(keyring, load("default"), ZONE, lambda: f"t{next(number):011}", "")
        begun = time.perf_counter()
        first: list[float] = []
        reminding = Reminding(Fenced(database, None), tools, lambda: first.append(time.perf_counter() - begun))
        written = reminding.remind(LAST_CALL)
        all_in = time.perf_counter() - begun
        assert written == WORKERS
        begun = time.perf_counter()
        assert reminding.remind(LAST_CALL + timedelta(minutes=1)) == 0
        idle = time.perf_counter() - begun
        peer = _bare(database)
        print(f"     workers  {WORKERS}")
        print(f"    all_in_s  {all_in:.2f}   (goal: under 3)")
        print(f"     first_s  {first[0]:.2f}   (goal: under 1: what is there can leave)")
        print(f"next_tick_s  {idle:.2f}   (everybody served, nobody reported)")
        print(f"      bare_s  {peer:.2f}")
        print(f"       ratio  {all_in / peer:.1f}")


def _bare(database: Database) -> float:
    """So many rows of the same size, and nothing else."""
    with database.read() as connection:
        body = connection.execute(select(OUTBOX.c.body).limit(1)).scalar_one()
        many = connection.execute(select(func.count()).select_from(OUTBOX)).scalar_one()
    values = [
        {
            "token": f"bare{n}", "channel": "test", "address": str(n), "group": False, "kind": "reminder", "body": body,
            "state": "dead", "attempts": 0, "created_at": LONG_AGO, "due_at": LONG_AGO, "why": "", "priority": 3,
            "owner": "",
        }
        for n in range(many)
    ]  # fmt: skip

    def job(connection: Connection) -> None:
        connection.execute(insert(OUTBOX), values)

    begun = time.perf_counter()
    database.write(job)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
