"""The state of each of the last days of many places, by what is known now: a fixed number of questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from bot.model import DayState, PackRules
from bot.scoring.coverage import window
from bot.scoring.streak import spans
from bot.store.figures import Scope, covered_days
from bot.store.logs import logs
from bot.store.spans import case_span, current

ONE_DAY = timedelta(days=1)
States = tuple[DayState | None, ...]


class Broken(NamedTuple):
    """Days on which a case stood against its place, both included."""

    place: str
    since: date
    until: date


def day_states(
    connection: Connection, rules: PackRules, places: Collection[str], first: date, last: date
) -> Mapping[str, States]:
    """By place its days from ``first`` to ``last``; None before its counting begins, and once it is closed."""
    scope = Scope(connection, frozenset(places), None)
    rows = scope.rows()
    parents = {row.code: row.parent for row in rows}
    covered = covered_days(scope, rows, first, last)
    broken: dict[str, int] = {}
    for each in _broken(scope, rules, first, last):
        bits = window(first, each.since, min(each.until, last))
        at: str | None = each.place
        while at is not None and at in parents and broken.get(at, 0) | bits != broken.get(at, 0):
            broken[at] = broken.get(at, 0) | bits
            at = parents[at]
    many = (last - first).days + 1
    found = {}
    for row in rows:
        if row.code in places:
            counted = window(first, row.start or rules.start, row.closed and row.closed - ONE_DAY, length=many)
            found[row.code] = _states(many, counted, broken.get(row.code, 0), covered.get(row.code, 0))
    return found


def _states(many: int, counted: int, broken: int, covered: int) -> States:
    return tuple(
        None
        if not counted >> n & 1
        else DayState.BROKEN
        if broken >> n & 1
        else DayState.CLEAN
        if covered >> n & 1
        else DayState.UNVERIFIED
        for n in range(many)
    )


def _broken(scope: Scope, rules: PackRules, first: date, last: date) -> Iterable[Broken]:
    """The days that cases of these places break, as far as they lie between the two."""
    if current(scope.connection, rules):
        column = case_span.c
        query = select(column.place, column.valid_from, column.valid_until, column.ends)
        query = scope.within(query, column.place).where(column.pack == rules.name, column.valid_from <= last)
        query = query.where(or_(column.valid_until.is_(None), column.valid_until > first))
        lines: Sequence[tuple[str, date, date | None, date | None]] = [
            (row.place, row.valid_from, row.valid_until, row.ends) for row in scope.connection.execute(query)
        ]
    else:
        lines = [
            (span.place, span.valid_from, span.valid_until, span.reason.ended_on)
            for log in logs(scope.connection, None, scope.codes())
            for span in spans(log, rules)
        ]
    for place, since, valid_until, ends in lines:
        until = min(last if valid_until is None else valid_until - ONE_DAY, last if ends is None else ends)
        if since <= until and until >= first:
            yield Broken(place, since, until)
