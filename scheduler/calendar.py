"""Pure: when things are due, on which days people work, and the moments at which those who owe are reminded."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import chinese_calendar

from bot.model import Deadline, Every

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.model import DeadlineRule, PackRules

ONE_DAY = timedelta(days=1)
SATURDAY = 5
FIRST_KNOWN = min(chinese_calendar.workdays)
LAST_KNOWN = date(max(day.year for day in chinese_calendar.holidays), 12, 31)
"""The library knows the days of this year and of none after it: the State Council announces them each November."""
EARLIER = timedelta(minutes=30)
"""So long before the quiet hours somebody is reminded of what is due in them."""
QUARTERS = frozenset({3, 6, 9, 12})


@dataclass(frozen=True, slots=True)
class Workdays:
    """The days on which people work: the admin's own table, else the library, else the days of the week."""

    table: Mapping[date, bool] = field(default_factory=dict)
    """By day, whether it is worked."""

    def works(self, day: date) -> bool:
        """Whether ``day`` is a working day: make-up days are, public holidays are not."""
        if day in self.table:
            return self.table[day]
        if FIRST_KNOWN.year <= day.year <= LAST_KNOWN.year:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < SATURDAY

    def last_before(self, day: date) -> date:
        """The last working day before ``day``."""
        found = day - ONE_DAY
        while not self.works(found):
            found -= ONE_DAY
        return found

    def guessed(self, since: date, until: date) -> bool:
        """Whether some of these days are past the library's data and nobody wrote a line for that year."""
        years = range(max(since.year, LAST_KNOWN.year + 1), until.year + 1)
        return any(not any(day.year == year for day in self.table) for year in years)


def cutoff(day: date, rules: PackRules, zone: ZoneInfo) -> datetime:
    """The moment, aware, after which the report of ``day`` is late (DOMAIN 8, ``daily-report``)."""
    return datetime.combine(day, time.fromisoformat(rules.cutoff), zone)


def quiet(now: datetime, rules: PackRules) -> bool:
    """Whether ``now`` lies in the quiet hours."""
    start, end = time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_until)
    at = now.time()
    return (at >= start or at < end) if start > end else start <= at < end


def waking(moment: datetime, rules: PackRules) -> datetime:
    """The first moment, from ``moment`` on, that lies in no quiet hours."""
    if not quiet(moment, rules):
        return moment
    until = datetime.combine(moment.date(), time.fromisoformat(rules.quiet_until), moment.tzinfo)
    return until if until > moment else until + timedelta(days=1)


def _awake(moment: datetime, due: datetime, rules: PackRules) -> datetime:
    """A moment in the quiet hours waits for their end; one that would wait past the deadline comes before them."""
    if not quiet(moment, rules) or waking(moment, rules) < due:
        return moment
    start = datetime.combine(moment.date(), time.fromisoformat(rules.quiet_from), moment.tzinfo)
    return (start if start <= moment else start - ONE_DAY) - EARLIER


def deadlines(
    rules: PackRules, since: date, until: date, zone: ZoneInfo, workdays: Workdays | None = None
) -> tuple[Deadline, ...]:
    """Every deadline that is due from ``since`` to ``until``, both included, the earliest first.

    Nothing is due before the programme starts; the monthly ones begin after the first cycle (篇六 四(二)).
    """
    known = workdays or Workdays()
    found = [
        _deadline(rule, period, day, rules, zone, known)
        for rule in rules.deadlines
        for period, day in _days(rule, rules, since, until)
        if max(since, rules.start) <= day <= until
    ]
    return tuple(sorted(found, key=lambda each: (each.due, rules.deadlines.index(each.rule))))


def found(
    rules: PackRules, name: str, period: str, zone: ZoneInfo, workdays: Workdays | None = None
) -> Deadline | None:
    """The deadline of that id and period; None where there is none."""
    rule = next((each for each in rules.deadlines if each.id == name), None)
    year = period[:4]
    if rule is None or not (year.isascii() and year.isdecimal() and MINYEAR < int(year) < MAXYEAR):
        return None
    first, last = date(int(year), 1, 1), date(int(year), 12, 31)
    one = replace(rules, deadlines=(rule,))
    return next((each for each in deadlines(one, first, last, zone, workdays) if each.period == period), None)


def reach(rules: PackRules) -> timedelta:
    """So long before it is due somebody may be reminded of a deadline, and so long after it is told one level up."""
    days = max((day for rule in rules.deadlines for day in rule.days_before), default=0)
    longest_holiday = 10
    return timedelta(days=max(days, longest_holiday, rules.overdue_days) + 1)


def _days(rule: DeadlineRule, rules: PackRules, since: date, until: date) -> Iterator[tuple[str, date]]:
    """The periods of a rule around these days, and the day on which each is due."""
    if rule.every is Every.DAY:
        for number in range((until - since).days + 1):
            day = since + number * ONE_DAY
            yield day.isoformat(), day
        return
    cycle = rules.cycle_from
    if rule.every is Every.FIRST_CYCLE:
        yield str(cycle.year), _clamped(cycle.year, cycle.month, rule.day)
        return
    for year, month in _months(since, until):
        if rule.every is Every.MONTH and (year, month) > (cycle.year, cycle.month):
            yield f"{year}-{month:02}", _clamped(year, month, rule.day)
        if rule.every is Every.QUARTER and month in QUARTERS:
            yield f"{year}Q{month // 3}", _clamped(year, month, rule.day)


def _months(since: date, until: date) -> Iterator[tuple[int, int]]:
    year, month = since.year, since.month
    while (year, month) <= (until.year, until.month):
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - the months of a year


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _deadline(  # noqa: PLR0913, PLR0917 - a rule, its period and day, and by what the moments are told
    rule: DeadlineRule, period: str, day: date, rules: PackRules, zone: ZoneInfo, workdays: Workdays
) -> Deadline:
    if rule.every is Every.DAY:
        due = cutoff(day, rules, zone)
    else:
        due = datetime.combine(day, time.fromisoformat(rule.time), zone)
    at = time.fromisoformat(rule.at)
    days = {day - before * ONE_DAY for before in rule.days_before}
    if rule.working_day and not workdays.works(day):
        days.add(workdays.last_before(day))
    moments = {datetime.combine(each, at, zone) for each in days}
    moments |= {due - timedelta(minutes=before) for before in rule.minutes_before}
    return Deadline(rule, period, due, tuple(sorted({_awake(moment, due, rules) for moment in moments})))
