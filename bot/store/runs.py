"""A person's own run, read from the database: duty days in a row that were reported on time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, func, select

from bot.model import Status
from bot.scoring.coverage import DutyDay, run
from bot.store.duties import REPORT, Duties, duties
from bot.store.prepared import Prepared

Timely = Mapping[tuple[str, date], set[int | None]]
"""By place and day, who reported on time."""
WINDOWS = (timedelta(days=45), timedelta(days=400), timedelta(days=20000))
"""How far back to look: most runs are short, and a year of reports is not read to find that out."""
_TIMELY = Prepared(
    select(REPORT.c.place, REPORT.c.day, REPORT.c.person, REPORT.c.status)
    .where(REPORT.c.place.in_(bindparam("places", expanding=True)), REPORT.c.late.is_(False))
    .where(REPORT.c.day.between(bindparam("first"), bindparam("last")))
    .order_by(REPORT.c.recorded_at, REPORT.c.id)
)
_OLDEST = Prepared(
    select(func.min(REPORT.c.day)).where(
        REPORT.c.place.in_(bindparam("places", expanding=True)), REPORT.c.day < bindparam("first")
    )
)


def run_of(
    connection: Connection, person: int, today: date, *, today_open: bool = True, mine: Duties | None = None
) -> int:
    """The consecutive duty days up to ``today`` that this person reported on time.

    ``today_open``: today's cutoff is still to come, so what today still lacks does not break the run. ``mine`` spares
    the questions for the person's duties where they are known.
    """
    known = duties(connection, person) if mine is None else mine
    places = sorted({row.code for row in known.rows if row.stands_in_for is None})
    length = 0
    for window in WINDOWS:
        first = today - window
        timely = _timely(connection, places, first, today) if places else {}
        seen = _Watched(_duty_days(person, today, first, known, timely))
        length = run(seen, today_open=today_open)
        if not seen.spent or not _older(connection, places, first):
            break
    return length


def _older(connection: Connection, places: Iterable[str], first: date) -> bool:
    """Whether there is a report from before ``first``; a leave may cover many days without any after it."""
    return _OLDEST.scalar(connection, {"places": list(places), "first": first}) is not None


class _Watched:
    """An iterator that tells whether it was read to its end."""

    def __init__(self, days: Iterator[DutyDay]) -> None:
        self._days = days
        self.spent = False

    def __iter__(self) -> Iterator[DutyDay]:
        yield from self._days
        self.spent = True


def _timely(connection: Connection, places: Iterable[str], first: date, last: date) -> Timely:
    """By place and day, who reported on time and did not take it back before the cutoff."""
    found: dict[tuple[str, date], set[int | None]] = {}
    values = {"places": list(places), "first": first, "last": last}
    for place, day, person, status in _TIMELY.all(connection, values):
        who = found.setdefault((place, day), set())
        (who.discard if status == Status.WITHDRAWN else who.add)(person)
    return found


def _duty_days(person: int, today: date, earliest: date, known: Duties, timely: Timely) -> Iterator[DutyDay]:
    """Day by day from ``today`` back to the first report there is: before it, nothing can add."""
    first = min((day for _, day in timely), default=today)
    for n in range((today - max(first, earliest)).days + 1):
        day = today - timedelta(days=n)
        owed = known.own(day)
        by = [timely.get((place, day), set()) for place in owed]
        yield DutyDay(
            mine=sum(person in who for who in by),
            others=sum(bool(who) and person not in who for who in by),
            missed=sum(not who for who in by),
        )
