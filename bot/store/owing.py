"""Who still owes what, of everybody at once: reports of a day, deadlines, and whom something that waits concerns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, literal_column, or_, select

from bot.model import Event, ProblemStep, Role, Status
from bot.store.duties import ASSIGNMENT, LEAVE, LEAVE_END, LEVELS, PLACE, REPORT
from bot.store.prepared import Prepared
from bot.store.todo import FIELD

LONGEST = timedelta(days=90)
"""No isolation that was ordered longer ago still runs, however often it began anew within reason."""
Places = tuple[tuple[str, str], ...]
OVER = (Event.RELEASED.value, Event.RULED_OUT.value, Event.WITHDRAWN.value)
DONE = (ProblemStep.LOOKED_AGAIN.value, ProblemStep.WITHDRAWN.value)
CONCERNED = frozenset({*FIELD, Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER})

_ABOVE = PLACE.alias("above")
_DAY: BindParameter[Any] = bindparam("day")
_DUTIES = (
    select(ASSIGNMENT.c.person, PLACE.c.code, PLACE.c.name, ASSIGNMENT.c.stands_in_for, _ABOVE.c.name.label("above"))
    .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
    .outerjoin(_ABOVE, _ABOVE.c.code == PLACE.c.parent)
    .where(PLACE.c.level.in_([literal_column(f"'{level}'") for level in LEVELS]))
    .where(or_(ASSIGNMENT.c.since.is_(None), ASSIGNMENT.c.since <= _DAY))
    .where(or_(ASSIGNMENT.c.until.is_(None), ASSIGNMENT.c.until >= _DAY))
    .where(or_(PLACE.c.closed.is_(None), PLACE.c.closed > _DAY), or_(PLACE.c.start.is_(None), PLACE.c.start <= _DAY))
    .order_by(ASSIGNMENT.c.person, ASSIGNMENT.c.stands_in_for.isnot(None), ASSIGNMENT.c.id)
)
_HELD = Prepared(_DUTIES)
_HELD_BY = Prepared(_DUTIES.where(ASSIGNMENT.c.person.in_(bindparam("persons", expanding=True))))
_ENDED = select(func.min(LEAVE_END.c.on)).where(LEAVE_END.c.leave == LEAVE.c.id).scalar_subquery()
_LEAVES = Prepared(
    select(LEAVE.c.person)
    .where(LEAVE.c.since <= _DAY, LEAVE.c.until >= _DAY)
    .where(or_(_ENDED.is_(None), _ENDED > _DAY))
)
_SAID = select(REPORT.c.place, REPORT.c.status).where(REPORT.c.day == _DAY).order_by(REPORT.c.recorded_at, REPORT.c.id)
_WORDS = Prepared(_SAID)
_WORDS_ON = Prepared(_SAID.where(REPORT.c.place.in_(bindparam("places", expanding=True))))


def unreported(connection: Connection, day: date, persons: Collection[int] | None = None) -> dict[int, Places]:
    """By person, the places for which they owe a report of ``day`` that does not stand; None: of everybody.

    As ``duties.Duties.on`` has it: whoever is on leave owes nothing of their own, a stand-in's places all the same.
    """
    if persons is not None and not persons:
        return {}
    whose = {} if persons is None else {"persons": list(persons)}
    rows = (_HELD if persons is None else _HELD_BY).all(connection, {"day": day, **whose})
    away = _away(connection, day)
    held: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
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
    return {row.person for row in _LEAVES.all(connection, {"day": day})}


def _reported(connection: Connection, day: date, places: Collection[str] | None) -> set[str]:
    """The places whose report of ``day`` stands; None: of all places."""
    if places is not None and not places:
        return set()
    where = {} if places is None else {"places": list(places)}
    rows = (_WORDS if places is None else _WORDS_ON).all(connection, {"day": day, **where})
    words = {row.place: row.status for row in rows}
    return {place for place, status in words.items() if status != Status.WITHDRAWN}
