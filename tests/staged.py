"""What happens in the town while nobody speaks: lines of a transcript that begin with ``!``.

``!tick`` does what the scheduler does at that moment. ``!case S1119-01 23 suspected 2026-11-19`` is a case that comes
from elsewhere and is recorded now; ``!event S1119-01 left 2026-11-20`` another fact of it,
``!report 22 2026-11-24`` a report that comes late, and ``!role li admin X`` a new task of somebody.
``!ways telegram=LINK wecom`` are the platforms on which an invitation can be used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Connection, insert, select

from bot.model.staff import Way
from bot.store import figures, milestones, published
from bot.store.asking import House
from bot.store.tables import named
from tests.talking import Talk
from tests.town import KEYRING, PEOPLE, RULES, ZONE


def tick(talk: Talk) -> None:
    """Publish what is due, until nothing is."""
    house = House(KEYRING, RULES, ZONE)

    def job(connection: Connection) -> int:
        days = published.publish_due(connection, house, talk.now)
        for day in days:
            milestones.record_milestones(connection, house, day, talk.now)
        return len(days)

    while talk.database.write(job):
        pass


def case(talk: Talk, code: str, place: str, kind: str, on: str) -> None:
    """A case that an office records now."""
    values = {"code": code, "place": place, "opened_at": talk.now}
    talk.database.write(lambda connection: connection.execute(insert(named("case_")), values))
    event(talk, code, "found", on, kind)


def event(talk: Talk, code: str, what: str, on: str, kind: str = "") -> None:
    """A fact of a case that an office records now."""
    table = named("case_")

    def job(connection: Connection) -> None:
        place = connection.execute(select(table.c.place).where(table.c.code == code)).scalar_one()
        row = {"case": code, "place": place, "event": what, "kind": kind, "on": date.fromisoformat(on), "other": ""}
        connection.execute(insert(named("case_event")), row | {"recorded_at": talk.now, "source": "import"})
        figures.project(connection, RULES, [code])

    talk.database.write(job)


def report(talk: Talk, place: str, day: str) -> None:
    """A normal report of a day that comes now."""
    row = {"day": date.fromisoformat(day), "recorded_at": talk.now, "late": True}

    def job(connection: Connection) -> None:
        new = insert(named("filing")).values(**row, source="import").returning(named("filing").c.id)
        filing = connection.execute(new).scalar_one()
        connection.execute(insert(named("report")), row | {"filing": filing, "place": place, "status": "normal"})

    talk.database.write(job)


def role(talk: Talk, who: str, what: str, place: str) -> None:
    """Somebody has one more task from now on."""
    row = {"person": PEOPLE[who][0], "role": what, "place": place, "recorded_at": talk.now}
    talk.database.write(lambda connection: connection.execute(insert(named("assignment")), row))


def ways(talk: Talk, *channels: str) -> None:
    """The platforms that are configured from now on; ``telegram=LINK`` where its link is known."""
    talk.ways = tuple(Way(name, link) for name, _, link in (each.partition("=") for each in channels))


STAGE: Mapping[str, Callable[..., None]] = {
    "tick": tick,
    "case": case,
    "event": event,
    "report": report,
    "role": role,
    "ways": ways,
}
