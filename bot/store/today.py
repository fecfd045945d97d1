"""One day of the whole town, for a board that many look at: six small questions, whatever the number of places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from bot.model import PackRules, Status, Streak
from bot.scoring import coverage as scoring
from bot.scoring.coverage import Coverage, Days, window
from bot.scoring.streak import streak
from bot.store import figures
from bot.store.duties import PLACE, REPORT
from bot.store.figures import Scope
from bot.store.spans import unrank


@dataclass(frozen=True, slots=True)
class Today:
    """The figures of a day, and how complete it is."""

    rows: Mapping[str, Any]
    """Every place: code, name, level, parent, start, closed."""
    streaks: Mapping[str, Streak]
    """Where unverified days count anyway, how many of a streak's days were reported is not looked up."""
    coverage: Coverage
    unverified: Mapping[str, int]
    """By place, how many places below it, itself included, owe the day's report still."""


def today(connection: Connection, rules: PackRules, day: date) -> Today:
    """Read it. A year of reports is not touched: of a day that counts either way only the state is asked."""
    scope = Scope(connection, None, None)
    query = select(PLACE.c.code, PLACE.c.name, PLACE.c.level, PLACE.c.parent, PLACE.c.start, PLACE.c.closed)
    rows = {row.code: row for row in connection.execute(query.order_by(PLACE.c.code))}
    town = figures.town_of(scope, tuple(rows.values()), day, day)
    stands: dict[str, int] = {}
    timely: dict[str, int] = {}
    for place, _, status, late in connection.execute(scope.reports(day, day).add_columns(REPORT.c.late)):
        stands[place] = int(status != Status.WITHDRAWN)
        if not late:
            timely[place] = stands[place]
    begun = {row.code: window(day, row.start, None, length=1) for row in rows.values() if row.start}
    owed = replace(town, duty={place: bits & begun.get(place, bits) for place, bits in town.duty.items()})
    covered = scoring.coverage(owed, stands, timely)
    if rules.unverified == "count":
        found = _glimpsed(scope, rules, day, rows, town.covered(stands))
    else:
        found = {each.place: each for each in figures.streaks(connection, rules, day)}
    return Today(rows, found, covered, _summed(rows, covered.missing))


def _glimpsed(
    scope: Scope, rules: PackRules, day: date, rows: Mapping[str, Any], covered: Mapping[str, int]
) -> dict[str, Streak]:
    parents = {code: row.parent for code, row in rows.items()}
    ranks = figures.rolled_up(parents, figures.deciding(scope, rules, day))
    found = {}
    for code, row in rows.items():
        if (rules.levels and row.level not in rules.levels) or (row.closed and row.closed <= day):
            continue
        case = unrank(ranks[code]) if code in ranks else None
        days = Days(day, covered.get(code, 0))
        found[code] = streak(code, day, row.start or rules.start, case, days, rules)
    return found


def _summed(rows: Mapping[str, Any], missing: tuple[str, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code in missing:
        up: str | None = code
        while up is not None and up in rows:
            counts[up] = counts.get(up, 0) + 1
            up = rows[up].parent
    return counts
