"""What the database has, read a day at a time before anything is past its term, as the judge's log wants it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, select

from bot.simulation import log
from bot.store.prepared import Prepared
from bot.store.tables import named

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.store.database import Database

TABLES = ("inbox", "outbox", "reminder", "report", "leave", "snooze", "wish", "deadline_met")


OUTBOX, SNOOZE = named("outbox"), named("snooze")
WAITING = Prepared(select(OUTBOX.c.due_at).where(OUTBOX.c.state == "pending"))
UNTIL = Prepared(select(func.max(SNOOZE.c.until)).where(SNOOZE.c.recorded_at >= bindparam("since")))
SOON = timedelta(seconds=1)
"""What is due and yet was held back (for the platform's pace) is looked at again after so long."""


def next_due(database: Database, now: datetime) -> datetime | None:
    """When it is worth to look at what waits; None when nothing does."""
    with database.read() as connection:
        waiting: list[datetime] = [row.due_at for row in WAITING.all(connection, {})]
    later = [due for due in waiting if due > now]
    return min(later) if later else now + SOON if waiting else None


def snoozed_until(database: Database, now: datetime) -> datetime | None:
    """When those who asked for it at ``now`` want to be reminded again."""
    with database.read() as connection:
        found: datetime | None = UNTIL.scalar(connection, {"since": now})
    return found


@cache
def _newer(name: str, columns: tuple[str, ...]) -> Prepared:
    table = named(name)
    query = select(table.c.id, *(table.c[each] for each in columns)).where(table.c.id > bindparam("last"))
    return Prepared(query.order_by(table.c.id))


class Reader:
    """Reads what is new of each table; nothing is read twice."""

    def __init__(self, into: log.Log) -> None:
        """Nothing is read yet."""
        self._log = into
        self._last = dict.fromkeys(TABLES, 0)

    def read(self, database: Database) -> None:
        """Add everything since the last time."""
        told = self._log
        with database.read() as connection:
            for row in self._new(connection, "inbox", "channel", "dedupe", "state"):
                told.kept.append(log.Kept(row.id, row.channel, row.dedupe, row.state))
            for row in self._new(connection, "outbox", "kind", "person", "created_at", "inbox", "state"):
                at = self._at(row.created_at)
                told.letters[row.id] = log.Letter(row.id, row.kind, row.person, at, row.inbox, row.state)
            for row in self._new(connection, "reminder", "person", "slot", "outbox"):
                told.served.append(log.Served(row.person, row.slot, row.outbox))
            for row in self._new(connection, "report", "place", "day", "recorded_at", "status"):
                told.lines.append(log.Line(row.place, row.day, self._at(row.recorded_at), row.status))
            for row in self._new(connection, "leave", "person", "since", "until", "stand_in", "recorded_at"):
                at = self._at(row.recorded_at)
                told.leaves.append(log.Away(row.person, row.since, row.until, row.stand_in, at))
            for row in self._new(connection, "snooze", "person", "recorded_at", "until"):
                told.snoozes.append(log.Snoozed(row.person, self._at(row.recorded_at), self._at(row.until)))
            for row in self._new(connection, "wish", "person", "recorded_at", "fewer"):
                told.wishes.append(log.Wished(row.person, self._at(row.recorded_at), row.fewer))
            for row in self._new(connection, "deadline_met", "deadline", "period", "place", "met", "recorded_at"):
                at = self._at(row.recorded_at)
                told.met.append(log.Met(row.deadline, row.period, row.place, row.met, at))

    def _new(self, connection: Connection, name: str, *columns: str) -> Iterator[Any]:
        for row in _newer(name, columns).all(connection, {"last": self._last[name]}):
            self._last[name] = row.id
            yield row

    def _at(self, moment: datetime) -> datetime:
        """In the zone of the town: the judge speaks of hours of its days."""
        zone: ZoneInfo = self._log.zone
        return moment.astimezone(zone)
