"""One day of the whole town, for a board that many look at: six small questions, whatever the number of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from bot.model import PackRules, Status, Streak
from bot.scoring import coverage as scoring
from bot.scoring.coverage import Coverage, Days, Town, window
from bot.scoring.streak import streak
from bot.store import figures
from bot.store.duties import PLACE, REPORT
from bot.store.figures import Scope
from bot.store.spans import unrank


@dataclass(frozen=True)
class Today:
    """What is known of a day; the figure of a place is worked out when it is asked for."""

    rules: PackRules
    day: date
    rows: Mapping[str, Any]
    """Every place: code, name, level, parent, start, closed."""
    coverage: Coverage
    ranks: Mapping[str, str]
    covered: Mapping[str, int]
    known: Mapping[str, Streak] | None = None
    """The figures, where they rest on more than this day."""
    hanging: Mapping[str | None, int] = field(default_factory=dict)
    """By place how many compounds and units hang from it that are not among the rows."""

    @cached_property
    def children(self) -> Mapping[str, Sequence[str]]:
        """By place those right below it, in the order of codes."""
        found: dict[str, list[str]] = {}
        for code, row in self.rows.items():
            if row.parent is not None:
                found.setdefault(row.parent, []).append(code)
        return found

    def streak(self, code: str) -> Streak | None:
        """The figure of a place; None where the pack judges none. Of a day that counts either way only its state is
        known here, and not how many of the days before it were reported."""  # noqa: D205, D209 - one thought
        if self.known is not None:
            return self.known.get(code)
        row, rules = self.rows[code], self.rules
        if (rules.levels and row.level not in rules.levels) or (row.closed and row.closed <= self.day):
            return None
        case = unrank(self.ranks[code]) if code in self.ranks else None
        days = Days(self.day, self.covered.get(code, 0))
        return streak(code, self.day, row.start or rules.start, case, days, rules)


def today(connection: Connection, rules: PackRules, day: date) -> Today:
    """Read it. A year of reports is not touched."""
    scope = Scope(connection, None, None)
    query = select(PLACE.c.code, PLACE.c.name, PLACE.c.level, PLACE.c.parent, PLACE.c.start, PLACE.c.closed)
    rows = {row.code: row for row in connection.execute(query.order_by(PLACE.c.code)).all()}
    town = figures.town_of(scope, tuple(rows.values()), day, day)
    stands: dict[str, int] = {}
    timely: dict[str, int] = {}
    said = select(REPORT.c.place, REPORT.c.status, REPORT.c.late).where(REPORT.c.day == day)
    order = (REPORT.c.place, REPORT.c.recorded_at, REPORT.c.id)  # the last word last
    for place, status, late in connection.execute(said.order_by(*order)).all():
        stands[place] = int(status != Status.WITHDRAWN)
        if not late:
            timely[place] = stands[place]
    covered = town.covered(stands)
    complete = _coverage(town, rows, day, (stands, timely), covered)
    if rules.unverified != "count":
        known = {each.place: each for each in figures.streaks(connection, rules, day)}
        return Today(rules, day, rows, complete, {}, covered, known)
    parents = {code: row.parent for code, row in rows.items()}
    ranks = figures.rolled_up(parents, figures.deciding(scope, rules, day))
    return Today(rules, day, rows, complete, ranks, covered)


def _coverage(
    town: Town, rows: Mapping[str, Any], day: date, said: tuple[dict[str, int], dict[str, int]], covered: dict[str, int]
) -> Coverage:
    """As ``scoring.coverage`` has it; on a usual day, on which all has begun and all was on time, without its sums."""
    stands, timely = said
    if any(row.start and row.start > day for row in rows.values()):
        begun = {row.code: window(day, row.start, None, length=1) for row in rows.values() if row.start}
        town = replace(town, duty={place: bits & begun.get(place, bits) for place, bits in town.duty.items()})
        return scoring.coverage(town, stands, timely)
    early = covered if stands == timely else town.covered({k: bits & timely.get(k, 0) for k, bits in stands.items()})
    expected = [place for place, bits in town.expected().items() if bits & 1]
    missing = tuple(place for place in expected if not covered.get(place, 0) & 1)
    on_time = sum(1 for place in expected if early.get(place, 0) & 1)
    return Coverage(len(expected), len(expected) - len(missing), on_time, missing)
