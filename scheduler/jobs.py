"""What the house does by itself, minute by minute: each job reads first, and asks the writer only for what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk import care_notices, creation_notices, digests
from bot.desk import milestones as announcing
from bot.store import creation, milestones, published, retention, settling
from bot.store.prepared import Prepared
from bot.store.tables import named
from scheduler.lease import Fenced
from scheduler.reminding import Reminding
from scheduler.tick import Job

if TYPE_CHECKING:
    from bot.desk.voice import Tools
    from bot.store.backup.keeping import Nightly
    from bot.store.database import Database
    from bot.store.media import MediaStore
    from scheduler.claims import Still
    from scheduler.lease import Lease

SETTING = named("setting")
NIGHT = time(3)
"""From this hour on what is past its term is deleted, once a day."""
PURGED, BACKED_UP = "retention", "backup"
"""The settings that say on which day that was done last."""
_DONE = Prepared(select(SETTING.c.value).where(SETTING.c.key == bindparam("key")))
_FIRST = {
    name: make(SETTING).on_conflict_do_nothing()
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


class House:
    """The jobs over one database. ``wake`` is called when there is something new to send."""

    def __init__(  # noqa: PLR0913 - the composition root hands in everything that is not pure
        self,
        database: Database,
        tools: Tools,
        media: MediaStore,
        wake: Callable[[], None],
        lease: Lease | None = None,
        *,
        backups: Nightly | None = None,
    ) -> None:
        """Nothing is read yet; under a lease nothing is written once another process ticks."""
        self._backups = backups
        self._whole = database
        self._database = Fenced(database, lease)
        self._tools = tools
        self._media = media
        self._wake = wake
        self._reminding = Reminding(self._database, tools, wake)

    def jobs(self) -> tuple[Job, ...]:
        """All of them, in order; to add one is to add its line."""
        return (
            Job("reminders", self._reminding.remind),
            Job("digests", self.send_digests),
            Job("publish", self.publish),
            Job("milestones", self.announce_milestones),
            Job("isolation ends", self.announce_isolations),
            Job("awards", self.revoke_awards),
            Job("retention", self.forget),
            Job("sums", self.sum_up),
            Job("backup", self.back_up),
        )

    def sum_up(self, now: datetime) -> None:
        """Keep the counts of the days ready, by which weeks and months of large places are told."""
        with self._database.read() as connection:
            waiting = settling.waiting(connection, now.date())
        if waiting:
            self._database.write(lambda connection: settling.settle(connection, now.date()))

    @property
    def still(self) -> Still:
        """Which reminders that are about to leave are not to go: what they are about is settled, or it is night."""
        return self._reminding.still

    def send_digests(self, now: datetime) -> None:
        """Give leads, townships, offices and groups the day in one message, after the cutoff."""
        if not digests.due(self._tools, now):
            return
        with self._database.read() as connection:
            owed = digests.owed(connection, self._tools, now)
        if owed:
            self._tell(partial(digests.send, tools=self._tools, now=now))

    def publish(self, now: datetime) -> list[date]:
        """Publish the days that are over, and record the milestones that they come to, in one transaction."""
        house = self._tools.house
        with self._database.read() as connection:
            figures = published.due_figures(connection, house, now)

        def job(connection: Connection) -> list[date]:
            days = published.keep_days(connection, figures, now)
            for day in days:
                milestones.record_milestones(connection, house, day, now)
            return days

        return self._database.write(job) if figures else []

    def announce_milestones(self, now: datetime) -> None:
        """Tell those whom it concerns what was reached and lost."""
        with self._database.read() as connection:
            owed = announcing.owed(connection, self._tools, now)
        if owed:
            self._tell(partial(announcing.announce, tools=self._tools, now=now))

    def announce_isolations(self, now: datetime) -> None:
        """Tell those whom it concerns which home isolations are over."""
        self._tell(partial(care_notices.announce_ends, tools=self._tools, now=now))

    def revoke_awards(self, now: datetime) -> None:
        """End the awards whose days were broken by what an office brought in; a report ends them in its own turn."""
        with self._database.read() as connection:
            due = creation.lapsing(connection, self._tools.house, now)
        if due:
            self._tell(partial(creation_notices.revoke, tools=self._tools, now=now))

    def forget(self, now: datetime) -> None:
        """Delete what is past its term, at night, once a day; of several processes one does it."""
        if self._first_tonight(PURGED, now):
            retention.nightly(self._whole, self._media, self._tools.rules, now)

    def back_up(self, now: datetime) -> None:
        """Make the night's backup, where it was asked for, after what is past its term has gone."""
        if self._backups is not None and self._first_tonight(BACKED_UP, now):
            self._backups.make(self._whole, self._media, now)

    def _first_tonight(self, what: str, now: datetime) -> bool:
        """Whether it is night, or later, and nobody has done this today; then it counts as done."""
        if now.time() < NIGHT:
            return False
        with self._database.read() as connection:
            done = _DONE.scalar(connection, {"key": what})
        return (done or "") < now.date().isoformat() and self._database.write(partial(_first_today, what, now.date()))

    def _tell(self, job: Callable[[Connection], list[int]]) -> None:
        if self._database.write(job):
            self._wake()


def _first_today(what: str, day: date, connection: Connection) -> bool:
    """Whether nobody has been here today."""
    connection.execute(_FIRST[connection.dialect.name], {"key": what, "value": ""})
    mine = update(SETTING).where(SETTING.c.key == what, SETTING.c.value < day.isoformat())
    return connection.execute(mine.values(value=day.isoformat())).rowcount == 1
