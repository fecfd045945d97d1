"""The dated deadlines of DOMAIN 8 as the judge understands them: written out anew, from the document alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

Working = Callable[[date], bool]
MORNING, DUE = time(9), time(18)
BEFORE = timedelta(hours=2)
DAYS, QUARTERLY_DAYS = (5, 3, 1), (14, 7, 3, 1)
FIRST_CYCLE = {"prepare": 20, "first-report": 28, "first-cycle-end": 30}
MONTHLY_DAY = 25
QUARTER_ENDS = {3: 31, 6: 30, 9: 30, 12: 31}
QUARTERLY = "quarterly-review"
DAY = timedelta(days=1)


class Deadline(NamedTuple):
    """A deadline of one period: its name, the last day, and the moments at which those who owe are reminded."""

    name: str
    due: date
    moments: tuple[datetime, ...]


def deadlines(first: date, last: date, first_cycle: date, zone: ZoneInfo, working: Working) -> Iterator[Deadline]:
    """Every dated deadline that has a moment from ``first`` to ``last``."""
    month = first.replace(day=1)
    while month <= last + 31 * DAY:
        for name, due in _of(month, first_cycle):
            moments = tuple(each for each in ladder(name, due, zone, working) if first <= each.date() <= last)
            if moments:
                yield Deadline(name, due, moments)
        month = (month + 31 * DAY).replace(day=1)


def _of(month: date, first_cycle: date) -> Iterator[tuple[str, date]]:
    """What is due in a month: in the first cycle its three days, after it the 25th; quarters always."""
    cycle = first_cycle.replace(day=1)
    if month == cycle:
        for name, day in FIRST_CYCLE.items():
            yield name, month.replace(day=day)
    elif month > cycle:
        yield "monthly-report", month.replace(day=MONTHLY_DAY)
    if month.month in QUARTER_ENDS:
        yield QUARTERLY, month.replace(day=QUARTER_ENDS[month.month])


def ladder(name: str, due: date, zone: ZoneInfo, working: Working) -> tuple[datetime, ...]:
    """Days before at nine, the day itself at nine and two hours before; where it is no working day, the last before."""
    days = {due - n * DAY for n in (QUARTERLY_DAYS if name == QUARTERLY else DAYS)} | {due}
    if not working(due):
        last = due - DAY
        while not working(last):
            last -= DAY
        days.add(last)
    mornings = [datetime.combine(day, MORNING, zone) for day in days]
    return tuple(sorted([*mornings, datetime.combine(due, DUE, zone) - BEFORE]))
