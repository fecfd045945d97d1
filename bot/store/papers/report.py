"""The work report of a place for a month or a quarter (篇三): every figure is from the records."""

from __future__ import annotations

from collections import Counter as Count
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.model import Colour, Counter, How, Locale, ProblemState
from bot.model.documents import Period
from bot.model.documents import period as read
from bot.model.reports import MonthLine, Organisation, Prevention, Supervision, Unverified, WorkReport
from bot.scoring.answers import Spell, spell
from bot.scoring.coverage import Days
from bot.store import figures, sums, worklog
from bot.store.asking import House
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, LEVELS, PLACE
from bot.store.explained import kind_name
from bot.store.ledger_counts import below, tally
from bot.store.logs import logs
from bot.store.papers.compounds import Compound, compounds, place_row
from bot.store.papers.ledger import as_of
from bot.store.papers.taking_part import inspections, mentions, progress, reviewed, taking_part
from bot.store.tables import named
from scheduler.calendar import cutoff

BOARD = named("red_black")
LISTED = frozenset({ProblemState.OPEN, ProblemState.RECTIFIED})
"""On the list, and not closed."""


def report(connection: Connection, house: House, place: str, period: Period, now: datetime) -> WorkReport:
    """What the records say of these days, as far as they have come.

    Raises:
        ValueError: no such place, or days that are still to come.
    """
    row, today = place_row(connection, place), now.date()
    if period.since > today:
        message = f"{period.said} is still to come"
        raise ValueError(message)
    until = min(period.until, today)
    # A day counts as reported or not once its cutoff has passed.
    over = now >= cutoff(until, house.rules, house.zone)
    reported = until if over else until - timedelta(days=1)
    listed = compounds(connection, place, until)
    spells = _spells(connection, house, place, until)
    members = taking_part(connection, house, place, until)
    return WorkReport(
        row.name,
        period,
        until,
        now,
        _organisation(connection, place, period.since, until),
        _prevention(connection, house, place, (period.since, until, reported), listed, spells),
        _supervision(connection, house, place, period, until, inspections(members, period.since, until)),
        progress(connection, house, members, until),
        reviewed(members, period.since, until),
        *mentions(connection, house, members, (period.since, until, reported)),
        _unverified(connection, house, listed, period.since, reported),
        _months(connection, house, place, period, reported) if "Q" in period.said else (),
    )


def _organisation(connection: Connection, place: str, since: date, until: date) -> Organisation:
    down = below(place)
    owed = (
        select(func.count(ASSIGNMENT.c.person.distinct()), func.count(ASSIGNMENT.c.place.distinct()))
        .join(down, down.c.code == ASSIGNMENT.c.place)
        .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
        .where(PLACE.c.level.in_(LEVELS), ASSIGNMENT.c.stands_in_for.is_(None), holds(until))
        .where(PLACE.c.closed.is_(None) | (PLACE.c.closed > until))
    )
    people, places = connection.execute(owed).one()
    board = (
        select(BOARD.c.colour, func.count().label("number"))
        .join(down, down.c.code == BOARD.c.place)
        .where(BOARD.c.day.between(since, until), BOARD.c.taken_back_at.is_(None))
        .group_by(BOARD.c.colour)
    )
    shown: dict[str, int] = {row.colour: row.number for row in connection.execute(board)}
    return Organisation(people, places, shown.get(Colour.RED, 0), shown.get(Colour.BLACK, 0))


def _spells(connection: Connection, house: House, place: str, until: date) -> tuple[Spell, ...]:
    """The persons with a case in the subtree, each as what it is at the end of ``until``."""
    down = below(place)
    inside = set(connection.execute(select(down.c.code)).scalars())
    known = logs(connection, None, select(down.c.code))
    mine = (spell(log, until, house.rules) for log in known if log[0].place in inside)
    return tuple(each for each in mine if each is not None)


def _prevention(  # noqa: PLR0913, PLR0917 - what the second section rests on
    connection: Connection,
    house: House,
    place: str,
    days: tuple[date, date, date],
    listed: tuple[Compound, ...],
    spells: tuple[Spell, ...],
) -> Prevention:
    since, until, reported = days
    rules = house.rules
    told = worklog.counts(connection, place, since, until)
    sent = sums.tallies(connection, since, reported, [place])[place]
    codes = [each.code for each in listed]
    streaks = {each.place: each for each in figures.streaks(connection, rules, until, places=[place, *codes])}
    clean = [streaks[code].days for code in codes if code in streaks and streaks[code].days > 0]
    found = Count(each.kind for each in spells if since <= each.on <= until)
    kinds = sorted(rules.kinds, key=lambda kind: kind not in rules.breaking)
    own = streaks.get(place)
    return Prevention(
        publicity=told[Counter.PUBLICITY],
        screened=told[Counter.SCREENED],
        requests=told[Counter.REQUESTS],
        expected=sent.expected,
        received=sent.received,
        on_time=sent.on_time,
        cases=tuple((kind_name(rules, kind, Locale.ZH), found[kind]) for kind in kinds if found[kind]),
        open_cases=sum(each.kind in rules.breaking and each.ended_on is None for each in spells),
        compounds=len(codes),
        clean=len(clean),
        threshold=rules.threshold_days,
        reached=sum(number >= rules.threshold_days for number in clean),
        own_days=own.days if own else None,
    )


def _supervision(  # noqa: PLR0913, PLR0917 - what the third section rests on
    connection: Connection, house: House, place: str, period: Period, until: date, looked_at: int
) -> Supervision:
    done = tally(connection, place, period.since, until)
    stands = [each for _, each in as_of(connection, house, place, period, until) if each.state in LISTED]
    return Supervision(
        experience=done.inspections[How.EXPERIENCE],
        listed=done.inspections[How.LISTED],
        returned=done.inspections[How.RETURN],
        looked_at=looked_at,
        found=done.found,
        closed=done.rectified,
        looked_again=done.looked_again,
        reopened=done.reopened,
        unfinished=len(stands),
        overdue=sum(each.overdue(until) for each in stands),
    )


def _unverified(
    connection: Connection, house: House, listed: tuple[Compound, ...], since: date, reported: date
) -> tuple[Unverified, ...]:
    """The compounds with days of which nobody said anything, most of them first."""
    if reported < since or not listed:
        return ()
    scope = figures.Scope(connection, frozenset(each.code for each in listed), None)
    covered = figures.covered_days(scope, scope.rows(), since, reported)
    found = []
    for each in listed:
        first = max(since, each.start or house.rules.start)
        days = (reported - first).days + 1
        missing = days - Days(since, covered.get(each.code, 0)).tally(first, reported) if days > 0 else 0
        if missing:
            found.append(Unverified(each.name, days, missing))
    return tuple(sorted(found, key=lambda each: -each.missing))


def _months(connection: Connection, house: House, place: str, period: Period, reported: date) -> tuple[MonthLine, ...]:
    """The months of a quarter, as far as they have come."""
    found = []
    for number in range(period.since.month, period.since.month + 3):
        month = read(f"{period.since.year}-{number:02d}")
        if month.since <= reported:
            last = min(month.until, reported)
            sent = sums.tallies(connection, month.since, last, [place])[place]
            cases = sum(month.since <= each.on <= last for each in _spells(connection, house, place, last))
            done = tally(connection, place, month.since, last)
            found.append(MonthLine(month.title, sent.expected, sent.received, cases, done.found, done.rectified))
    return tuple(found)
