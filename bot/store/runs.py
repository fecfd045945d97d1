"""A person's own run, read from the database: duty days in a row that were reported on time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from bot.model import DUTY_LEVELS, Status
from bot.scoring.coverage import DutyDay, run
from bot.store.tables import Assignment, Leave, LeaveEnd, Place, Report

place_ = Place.__table__  # type: ignore[attr-defined]
report = Report.__table__  # type: ignore[attr-defined]
assignment = Assignment.__table__  # type: ignore[attr-defined]
leave = Leave.__table__  # type: ignore[attr-defined]
leave_end = LeaveEnd.__table__  # type: ignore[attr-defined]

Timely = Mapping[tuple[str, date], set[int | None]]
"""By place and day, who reported on time."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of days at a place (or at all, where ``place`` is empty), both ends included; None: without end."""

    place: str
    since: date | None
    until: date | None

    def on(self, day: date) -> bool:
        """Whether ``day`` lies in it."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def run_of(connection: Connection, person: int, today: date, *, today_open: bool = True) -> int:
    """The consecutive duty days up to ``today`` that this person reported on time.

    ``today_open``: today's cutoff is still to come, so what today still lacks does not break the run.
    """
    duties, excused = _duties(connection, person)
    timely = _timely(connection, {turn.place for turn in duties}, today)
    return run(_duty_days(person, today, duties, excused, timely), today_open=today_open)


def _duties(connection: Connection, person: int) -> tuple[list[Turn], list[Turn]]:
    """The person's own duties, and when somebody stood in or the person was on leave."""
    leaves = (
        select(leave.c.id, leave.c.since, leave.c.until, func.min(leave_end.c.on).label("back"))
        .outerjoin(leave_end, leave_end.c.leave == leave.c.id)
        .where(leave.c.person == person)
        .group_by(leave.c.id, leave.c.since, leave.c.until)
    )
    back: dict[int, date | None] = {}
    excused = []
    for row in connection.execute(leaves):
        back[row.id] = row.back
        excused.append(Turn("", row.since, _early(row.until, row.back)))
    own = and_(assignment.c.person == person, assignment.c.stands_in_for.is_(None))
    query = (
        select(assignment, place_.c.closed)
        .join(place_, place_.c.code == assignment.c.place)
        .where(place_.c.level.in_(sorted(DUTY_LEVELS)), or_(assignment.c.stands_in_for == person, own))
    )
    duties = []
    for row in connection.execute(query):
        if row.stands_in_for is None:
            duties.append(Turn(row.place, row.since, _early(row.until, row.closed)))
        else:
            excused.append(Turn(row.place, row.since, _early(row.until, back.get(row.leave))))
    return duties, excused


def _early(until: date | None, end: date | None) -> date | None:
    """The last day of a stretch that goes to ``until`` but is over on ``end``."""
    if end is None:
        return until
    last = end - timedelta(days=1)
    return last if until is None else min(until, last)


def _timely(connection: Connection, places: Iterable[str], today: date) -> Timely:
    """By place and day, who reported on time and did not take it back before the cutoff."""
    query = (
        select(report.c.place, report.c.day, report.c.person, report.c.status)
        .where(report.c.place.in_(sorted(places)), report.c.day <= today, report.c.late.is_(False))
        .order_by(report.c.recorded_at, report.c.id)
    )
    found: dict[tuple[str, date], set[int | None]] = {}
    for place, day, person, status in connection.execute(query):
        who = found.setdefault((place, day), set())
        (who.discard if status == Status.WITHDRAWN else who.add)(person)
    return found


def _duty_days(
    person: int,
    today: date,
    duties: Sequence[Turn],
    excused: Sequence[Turn],
    timely: Timely,
) -> Iterator[DutyDay]:
    """Day by day from ``today`` back to the first report there is: before it, nothing can add."""
    first = min((day for _, day in timely), default=today)
    for n in range((today - first).days + 1):
        day = today - timedelta(days=n)
        away = {turn.place for turn in excused if turn.on(day)}
        owed = set() if "" in away else {turn.place for turn in duties if turn.on(day)} - away
        by = [timely.get((place, day), set()) for place in owed]
        yield DutyDay(
            mine=sum(person in who for who in by),
            others=sum(bool(who) and person not in who for who in by),
            missed=sum(not who for who in by),
        )
