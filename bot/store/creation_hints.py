"""Hints for who reviews a place: thin reports, days that nobody reported, a month filed at once, used pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from bot.model import Course, Level
from bot.scoring.hints import burst, thin
from bot.store import figures, looks, sums
from bot.store.asking import House
from bot.store.duties import PLACE, REPORT
from bot.store.tables import named

BACK = timedelta(days=31)
SHOWN = 3
WIDE = (Level.COUNTY, Level.TOWNSHIP)
"""Too many lines to be read for a hint; their communities are looked at one by one."""
MARK = named("assessment_mark")
EVIDENCE = named("evidence")
Hint = tuple[str, Mapping[str, object]]


def hints_of(connection: Connection, house: House, course: Course, today: date) -> tuple[Hint, ...]:
    """What the records say that a reviewer should look at; a fixed number of questions."""
    found: list[Hint] = []
    first, last = today - timedelta(days=house.rules.threshold_days), today - timedelta(days=1)
    below = {}
    if course.level is Level.TOWNSHIP:
        query = select(PLACE.c.code, PLACE.c.name).where(PLACE.c.parent == course.place)
        below = {row.code: row.name for row in connection.execute(query.order_by(PLACE.c.code))}
    reports = sums.tallies(connection, first, last, [course.place, *below])
    mine = reports[course.place]
    if thin(mine.received, mine.expected):
        shown = {"received": mine.received, "expected": mine.expected, "days": house.rules.threshold_days}
        found.append(("coverage", shown))
    lagging = [name for code, name in below.items() if thin(reports[code].received, reports[code].expected)]
    if lagging:
        found.append(("lagging", {"names": lagging}))
    if course.streak is not None and course.streak.unverified_days:
        found.append(("unverified", {"days": course.streak.unverified_days, "of": course.streak.days}))
    hurried = at_once(connection, course.place, course.level, today)
    if hurried is not None:
        found.append(("burst", {"days": hurried[0], "at": hurried[1].astimezone(house.zone)}))
    return (*found, *_used_before(connection, course))


def _used_before(connection: Connection, course: Course) -> Iterator[Hint]:
    """Pictures of the newest assessment that look like ones used before: where, and when; three at most."""
    if course.reached is None:
        return
    shown = select(EVIDENCE.c.media).join(MARK, MARK.c.id == EVIDENCE.c.mark)
    names = connection.execute(shown.where(MARK.c.assessment == course.reached.number)).scalars().all()
    for uses in list(looks.alike(connection, names).values())[:SHOWN]:
        yield "alike", {"day": uses[0].day, "name": uses[0].name}


def at_once(connection: Connection, place: str, level: Level, today: date) -> tuple[int, datetime] | None:
    """Of a community, village or unit: whether many days were reported at once within the last month."""
    if level in WIDE:
        return None
    codes = sorted(figures.subtree(connection, [place]))
    query = select(REPORT.c.place, REPORT.c.day, REPORT.c.recorded_at).where(
        REPORT.c.place.in_(codes), REPORT.c.day >= today - BACK, REPORT.c.person.isnot(None)
    )
    return burst((row.place, row.day, row.recorded_at) for row in connection.execute(query))
