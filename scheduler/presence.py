"""That a process is alive: a line in the database that it renews, and what becomes of those who no longer do."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.store.prepared import Prepared
from bot.store.tables import named

LEASE = named("lease")
LIFE = timedelta(seconds=45)
"""So long a process counts as alive after it was last heard of; with ``PARTS`` a stuck one is replaced in a minute."""
PARTS = 3
"""It is heard of, and looks after the others, this often within a life."""
PREFIX = "post:"
_OTHERS = Prepared(select(LEASE.c.holder, LEASE.c.until).where(LEASE.c.name.startswith(PREFIX)))
_RENEW = Prepared(
    update(LEASE)
    .where(LEASE.c.name == bindparam("called"), LEASE.c.fence == bindparam("known"))
    .values(until=bindparam("end"))
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Others:
    """Who else sends from this outbox."""

    alive: frozenset[str]
    over: frozenset[str]
    """Those whose time is up, and whose lines are to be deleted once their messages are seen to."""


class Presence:
    """One process's line, by a name that no other has."""

    def __init__(self, name: str, life: timedelta = LIFE) -> None:
        """Nothing is written yet."""
        self.name = name
        self.life = life
        self._fence = 0
        self._renewed: datetime | None = None

    @property
    def every(self) -> float:
        """The seconds after which it is to be renewed."""
        return self.life.total_seconds() / PARTS

    def due(self, now: datetime) -> bool:
        """Whether it is to be renewed: a third of its life has gone by, or the clock was set back."""
        return self._renewed is None or not 0 <= (now - self._renewed).total_seconds() < self.every

    def renew(self, connection: Connection, now: datetime) -> Others:
        """Say that this process is alive; who else is, and who no longer is."""
        values = {"called": PREFIX + self.name, "known": self._fence, "end": now + self.life}
        if not self._fence or not _RENEW.run(connection, values):
            self._take(connection, now)
        self._renewed = now
        rows = _OTHERS.all(connection, {})
        others = [row for row in rows if row.holder != self.name]
        return Others(
            frozenset(row.holder for row in others if row.until > now),
            frozenset(row.holder for row in others if row.until <= now),
        )

    def _take(self, connection: Connection, now: datetime) -> None:
        """Write the line, at the start; or again, by a higher fence, after the others gave this process up."""
        if self._fence:
            log.warning("this process was given up, and what it had claimed was given to others: it was stopped")
        mine = LEASE.c.name == PREFIX + self.name
        before = connection.execute(select(LEASE.c.fence).where(mine)).scalar()
        self._fence = max(self._fence, before or 0) + 1
        values = {"holder": self.name, "fence": self._fence, "until": now + self.life}
        if before is None:
            connection.execute(insert(LEASE).values(name=PREFIX + self.name, **values))
        else:
            connection.execute(update(LEASE).where(mine).values(**values))

    def end(self, connection: Connection, now: datetime) -> None:
        """It stops: whatever is left of it may be seen to at once."""
        mine = (LEASE.c.name == PREFIX + self.name, LEASE.c.fence == self._fence)
        connection.execute(update(LEASE).where(*mine).values(until=now))
        self._renewed = None


def bury(connection: Connection, names: Collection[str], now: datetime) -> None:
    """Delete the lines of those whose time is up."""
    over = (LEASE.c.name.in_([PREFIX + name for name in names]), LEASE.c.until <= now)
    connection.execute(delete(LEASE).where(*over))
