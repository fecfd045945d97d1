"""A person's own run, read from the database: duty days in a row that were reported on time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, func, select

from bot.model import Status
from bot.scoring.coverage import DutyDay, run
from bot.store.duties import REPORT, Duties, duties
from bot.store.prepared import Prepared

Timely = Mapping[tuple[str, date], set[int | None]]
"""By place and day, who reported on time."""
SPANS = (45, 90, 180, 360, 20_000)
"""So many days are read at a time, back from today: most runs are short, and nothing is read twice."""
ONE_DAY = timedelta(days=1)
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
    return run(_duty_days(connection, today, known, places), today_open=today_open) if places else 0


def _older(connection: Connection, places: Iterable[str], first: date) -> bool:
    """Whether there is a report from before ``first``; a leave may cover many days without any after it."""
    return _OLDEST.scalar(connection, {"places": list(places), "first": first}) is not None


def _duty_days(connection: Connection, today: date, known: Duties, places: Sequence[str]) -> Iterator[DutyDay]:
    """Day by day from ``today`` back to the first report there is: before it, nothing can add."""
    last = today
    for span in SPANS:
        first = last - timedelta(days=span - 1)
        timely = _timely(connection, places, first, last)
        reported = min((day for _, day in timely), default=last if last == today else last + ONE_DAY)
        yield from _between(known, timely, last, reported)
        if not _older(connection, places, first):
            return
        yield from _between(known, timely, reported - ONE_DAY, first)
        last = first - ONE_DAY


def _between(known: Duties, timely: Timely, last: date, first: date) -> Iterator[DutyDay]:
    """These days, the newest first."""
    for n in range((last - first).days + 1):
        day = last - timedelta(days=n)
        by = [timely.get((place, day), set()) for place in known.own(day)]
        yield DutyDay(
            mine=sum(known.person in who for who in by),
            others=sum(bool(who) and known.person not in who for who in by),
            missed=sum(not who for who in by),
        )


def _timely(connection: Connection, places: Iterable[str], first: date, last: date) -> Timely:
    """By place and day, who reported on time and did not take it back before the cutoff."""
    found: dict[tuple[str, date], set[int | None]] = {}
    values = {"places": list(places), "first": first, "last": last}
    for place, day, person, status in _TIMELY.all(connection, values):
        who = found.setdefault((place, day), set())
        (who.discard if status == Status.WITHDRAWN else who.add)(person)
    return found
