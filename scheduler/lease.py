"""One process of many ticks: a lease in the database, with a number that tells a process that slept of its loss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, bindparam, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.prepared import Prepared
from bot.store.tables import named

if TYPE_CHECKING:
    from concurrent.futures import Future

    from bot.store.database import Database, Job

T = TypeVar("T")
LEASE = named("lease")
TICK = "tick"
LIFE = timedelta(seconds=45)
"""So long a process that was not heard of keeps the lease; it is renewed before every job."""
_HELD = Prepared(
    select(LEASE.c.fence)
    .where(LEASE.c.name == bindparam("called"), LEASE.c.holder == bindparam("mine"))
    .with_for_update()
)
_FIRST = {
    name: Prepared(make(LEASE).on_conflict_do_nothing())
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_MINE = LEASE.c.holder == bindparam("mine")
# One that lasts longer than any can was written by a clock that ran ahead.
_OVER = or_(LEASE.c.until < bindparam("now"), LEASE.c.until > bindparam("ahead"))
_TAKE = Prepared(
    update(LEASE)
    .where(LEASE.c.name == bindparam("called"), or_(_MINE, _OVER))
    .values(
        holder=bindparam("mine"),
        until=bindparam("ends"),
        fence=case((_MINE, LEASE.c.fence), else_=LEASE.c.fence + 1),
    )
    .returning(LEASE.c.fence)
)


class LostLeaseError(RuntimeError):
    """Another process ticks now: nothing of this write stays."""


class Lease:
    """The lease of one name as one process has it, or not."""

    def __init__(self, database: Database, holder: str, name: str = TICK, life: timedelta = LIFE) -> None:
        """Nobody has asked for it yet; ``holder`` is this process's own name."""
        self._database = database
        self._holder = holder
        self._name = name
        self._life = life
        self._fence = 0

    def hold(self, now: datetime) -> bool:
        """Take it, or keep it, until ``life`` after ``now``; False while another process has it."""
        self._fence = self._database.write(partial(self._take, now))
        return bool(self._fence)

    def _take(self, now: datetime, connection: Connection) -> int:
        nobody = {"name": self._name, "holder": "", "fence": 0, "until": now - self._life}
        _FIRST[connection.dialect.name].run(connection, nobody)
        mine = {"called": self._name, "mine": self._holder, "now": now}
        times = {"ahead": now + 2 * self._life, "ends": now + self._life}
        return int(_TAKE.scalar(connection, {**mine, **times}) or 0)

    def check(self, connection: Connection) -> None:
        """Within a write: this process still holds it, and nobody takes it before the write is done.

        Raises:
            LostLeaseError: another process took it meanwhile.
        """
        mine = {"called": self._name, "mine": self._holder}
        if _HELD.scalar(connection, mine) != self._fence or not self._fence:
            raise LostLeaseError(self._name)


class Fenced:
    """The database as a job that ticks sees it: it writes nothing once another process ticks."""

    def __init__(self, database: Database, lease: Lease | None) -> None:
        """Without a lease (a simulation, a test) every write goes through."""
        self._database = database
        self._lease = lease

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """As ``Database.read``."""
        with self._database.read() as connection:
            yield connection

    def submit(self, job: Job[T]) -> Future[T]:
        """As ``Database.submit``, under the lease."""
        return self._database.submit(partial(self._checked, job))

    def write(self, job: Job[T]) -> T:
        """As ``Database.write``, under the lease."""
        return self.submit(job).result()

    def _checked(self, job: Job[T], connection: Connection) -> T:
        if self._lease is not None:
            self._lease.check(connection)
        return job(connection)
