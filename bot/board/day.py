"""What the board shows of a day: places, days and counts, and never a person or the number of a case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlmodel import col

from bot.board.past import Past, past
from bot.model import DayState, Level, PackRules, Streak
from bot.store.database import Database
from bot.store.figures import coverage, streaks
from bot.store.tables import Assignment, CaseEvent, Place, Report

ROWS = frozenset({Level.COMPOUND, Level.UNIT})
"""What has a line of its own in its community's table."""
HEADS = frozenset({Level.COMMUNITY, Level.VILLAGE})
"""What has a table of its own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One place as the public sees it: the reason is a kind, days and a rule, and nothing of whose case it was."""

    code: str
    name: str
    level: Level
    parent: str | None
    days: int
    state: DayState
    since: date | None
    reported: int
    unverified: int
    kind: str | None = None
    rule: str | None = None
    took_effect_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A community or village with its compounds, the longest streak first; a village without any is its own line."""

    head: Line | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The board of a day."""

    day: date
    expected: int
    received: int
    on_time: int
    tables: tuple[Table, ...]
    lines: Mapping[str, Line]

    @property
    def missing(self) -> int:
        """How many have not reported."""
        return self.expected - self.received

    @property
    def longest(self) -> int:
        """The longest streak shown, by which the bars are drawn; at least 1."""
        return max((line.days for table in self.tables for line in table.lines), default=0) or 1


class Days:
    """Computes the board once for as many visitors as come before something changes."""

    def __init__(self, database: Database, judges: tuple[PackRules, ...], clock: Callable[[], datetime]) -> None:
        """Nothing is read before the first visitor."""
        self._database = database
        self._judges = judges
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: tuple[object, Shown] | None = None
        self._past: dict[str, Past] = {}

    async def today(self) -> Shown:
        """The board of this day, as new as the newest report and case; the roster's changes show within a minute."""
        async with self._lock:
            return await asyncio.to_thread(self._today)

    async def past(self, place: str) -> tuple[Shown, Past | None]:
        """This day, and a place's past as the public may see it; None where the board has no such place."""
        async with self._lock:
            return await asyncio.to_thread(self._of, place)

    def _of(self, place: str) -> tuple[Shown, Past | None]:
        today = self._today()
        if place in today.lines and place not in self._past:
            with self._database.read() as connection:
                self._past[place] = past(connection, self._judges, place, self._clock())
        return today, self._past.get(place)

    def _today(self) -> Shown:
        now = self._clock()
        with self._database.read() as connection:
            places = _places(connection)
            newest = places[0][4:] if places else ()
            mark = (now.replace(second=0, microsecond=0), *newest)
            if self._known is None or self._known[0] != mark:
                self._known = mark, _shown(connection, self._judges[0], now.date(), places)
                self._past = {}
            return self._known[1]


def shown(connection: Connection, rules: PackRules, day: date) -> Shown:
    """Read the board of ``day``; a fixed number of queries, whatever the number of places."""
    return _shown(connection, rules, day, _places(connection))


def _places(connection: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every place and, in the same statement, the newest report, case event and assignment: ten queries must do."""
    ids = (col(Report.id), col(CaseEvent.id), col(Assignment.id))
    newest = (select(func.max(each)).scalar_subquery() for each in ids)
    return connection.execute(
        select(col(Place.code), col(Place.name), col(Place.level), col(Place.parent), *newest)
    ).all()


def _shown(connection: Connection, rules: PackRules, day: date, places: Sequence[Row[*tuple[Any, ...]]]) -> Shown:
    found = {row.code: row for row in places}
    lines = {}
    for streak in streaks(connection, rules, day):
        place = found[streak.place]
        if place.level != Level.BUILDING:  # finer than a compound is nobody's business
            lines[place.code] = _line(streak, place.name, Level(place.level), place.parent)
    covered = coverage(connection, day)
    return Shown(day, covered.expected, covered.received, covered.on_time, _tables(lines.values()), lines)


def _line(streak: Streak, name: str, level: Level, parent: str | None) -> Line:
    reason = streak.reason
    line = (streak.place, name, level, parent, streak.days, streak.state, streak.since)
    counted = (streak.reported_days, streak.unverified_days)
    if reason is None:
        return Line(*line, *counted)
    return Line(*line, *counted, reason.kind, reason.rule, reason.took_effect_on, reason.ended_on)


def _tables(lines: Iterable[Line]) -> tuple[Table, ...]:
    heads = {line.code: line for line in lines if line.level in HEADS}
    under: dict[str | None, list[Line]] = {code: [] for code in heads}
    for line in lines:
        if line.level in ROWS:
            under.setdefault(line.parent if line.parent in heads else None, []).append(line)
    tables = []
    for code, rows in under.items():
        head = heads[code] if code is not None else None
        alone = [head] if head is not None and head.level is Level.VILLAGE else []
        if listed := rows or alone:
            tables.append(Table(head, tuple(sorted(listed, key=lambda line: (-line.days, line.code)))))
    return tuple(sorted(tables, key=_rank))


def _rank(table: Table) -> tuple[int, str]:
    """Communities, then villages, then what stands below neither."""
    if table.head is None:
        return 2, ""
    return int(table.head.level is Level.VILLAGE), table.head.code
