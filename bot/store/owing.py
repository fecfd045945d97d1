"""Who still owes what, of everybody at once: reports of a day, deadlines, and whom something that waits concerns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from bot.model import Event, ProblemStep, Role, Status
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, LEAVE, LEAVE_END, LEVELS, PLACE, REPORT
from bot.store.tables import named
from bot.store.todo import FIELD

PROBLEM, PROBLEM_EVENT, ISOLATION = named("problem"), named("problem_event"), named("isolation")
LONGEST = timedelta(days=90)
"""No isolation that was ordered longer ago still runs, however often it began anew within reason."""
Places = tuple[tuple[str, str], ...]
OVER = (Event.RELEASED.value, Event.RULED_OUT.value, Event.WITHDRAWN.value)
DONE = (ProblemStep.LOOKED_AGAIN.value, ProblemStep.WITHDRAWN.value)
CONCERNED = frozenset({*FIELD, Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER})


def unreported(connection: Connection, day: date, persons: Collection[int] | None = None) -> dict[int, Places]:
    """By person, the places for which they owe a report of ``day`` that does not stand; None: of everybody.

    As ``duties.Duties.on`` has it: whoever is on leave owes nothing of their own, a stand-in's places all the same.
    """
    some = [] if persons is None else [ASSIGNMENT.c.person.in_(list(persons))]
    above = PLACE.alias("above")
    query = (
        select(ASSIGNMENT.c.person, PLACE.c.code, PLACE.c.name, ASSIGNMENT.c.stands_in_for, above.c.name.label("above"))
        .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
        .outerjoin(above, above.c.code == PLACE.c.parent)
        .where(PLACE.c.level.in_(LEVELS), holds(day), *some)
        .where(or_(PLACE.c.closed.is_(None), PLACE.c.closed > day), or_(PLACE.c.start.is_(None), PLACE.c.start <= day))
        .order_by(ASSIGNMENT.c.person, ASSIGNMENT.c.stands_in_for.isnot(None), ASSIGNMENT.c.id)
    )
    away = _away(connection, day)
    held: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in connection.execute(query).all():
        if row.stands_in_for is not None or row.person not in away:
            held[row.person].setdefault(row.code, row)
    wanted = None if persons is None else {code for rows in held.values() for code in rows}
    stands = _reported(connection, day, wanted)
    found = {
        person: tuple((code, name) for code, name in _called(rows.values()) if code not in stands)
        for person, rows in held.items()
    }
    return {person: places for person, places in found.items() if places}


def _called(rows: Collection[Any]) -> Iterable[tuple[str, str]]:
    """Codes and names; where two share a name, the place above comes before it."""
    known = Counter([row.name for row in rows])
    if len(known) == len(rows):
        return [(row.code, row.name) for row in rows]
    return [(row.code, f"{row.above} {row.name}" if known[row.name] > 1 and row.above else row.name) for row in rows]


def _away(connection: Connection, day: date) -> set[int]:
    """Who is on leave on ``day``."""
    ended = select(func.min(LEAVE_END.c.on)).where(LEAVE_END.c.leave == LEAVE.c.id).scalar_subquery()
    query = select(LEAVE.c.person).where(LEAVE.c.since <= day, LEAVE.c.until >= day)
    return set(connection.execute(query.where(or_(ended.is_(None), ended > day))).scalars())


def _reported(connection: Connection, day: date, places: Collection[str] | None) -> set[str]:
    """The places whose report of ``day`` stands; None: of all places."""
    if places is not None and not places:
        return set()
    some = [] if places is None else [REPORT.c.place.in_(list(places))]
    query = select(REPORT.c.place, REPORT.c.status).where(REPORT.c.day == day, *some)
    rows = connection.execute(query.order_by(REPORT.c.recorded_at, REPORT.c.id)).all()
    words = {row.place: row.status for row in rows}
    return {place for place, status in words.items() if status != Status.WITHDRAWN}
