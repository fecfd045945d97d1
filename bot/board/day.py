"""What the board shows of a day: places, days and counts, and never a person or the number of a case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot.board.past import Past, past
from bot.model import DayState, Level, PackRules
from bot.store import glimpse
from bot.store.database import Database
from bot.store.tables import Assignment, CaseEvent, Report
from bot.store.today import Today, today

ROWS = frozenset({Level.COMPOUND, Level.UNIT})
"""What has a line of its own in its community's table."""
HEADS = frozenset({Level.COMMUNITY, Level.VILLAGE})
"""What has a table of its own."""
LARGE = 600
"""A place with more places below it is looked into on request only: its past is that of all of them."""


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
    known: Today

    def line(self, code: str) -> Line | None:
        """One place; None where there is none, or none that the pack judges, or one finer than a compound."""
        row = self.known.rows.get(code)
        return None if row is None or row.level == Level.BUILDING else _line(self.known, row)

    def under(self, code: str) -> tuple[Line, ...]:
        """The places right beneath one, the longest streak first."""
        found = [line for each in self.known.children.get(code, ()) if (line := self.line(each)) is not None]
        return tuple(sorted(found, key=lambda line: (-line.days, line.code)))

    def large(self, code: str) -> bool:
        """Whether so much lies below the place that its past is not worked out for every visitor."""
        found, hanging = [code], 0
        for each in found:
            found.extend(self.known.children.get(each, ()))
            hanging += self.known.hanging.get(each, 0)
            if len(found) + hanging > LARGE:
                return True
        return False

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
        self._beside: dict[str, Shown] = {}

    async def today(self) -> Shown:
        """The board of this day, as new as the newest report and case; the roster's changes show within a minute."""
        async with self._lock:
            return await asyncio.to_thread(self._today)

    async def mark(self) -> str:
        """A word that changes whenever a report, a case or a task does, and with the day."""

        def ask() -> str:
            with self._database.read() as connection:
                newest = connection.execute(_NEWEST).one()
            return "-".join(str(part or 0) for part in (self._clock().date().toordinal(), *newest))

        return await asyncio.to_thread(ask)

    async def past(self, place: str, *, wanted: bool = False) -> tuple[Shown, Past | None]:
        """This day, and a place's past as the public may see it; None where the board has no such place.

        Of a large place there is none either, unless it is ``wanted``.
        """
        async with self._lock:
            return await asyncio.to_thread(self._of, place, wanted=wanted)

    def _of(self, place: str, *, wanted: bool) -> tuple[Shown, Past | None]:
        today = self._near(place)
        if today.line(place) is not None and place not in self._past and (wanted or not today.large(place)):
            with self._database.read() as connection:
                self._past[place] = past(connection, self._judges, place, self._clock())
        return today, self._past.get(place)

    def _near(self, place: str) -> Shown:
        """This day with what hangs from the village or community in which the place lies."""
        today = self._today()
        with self._database.read() as connection:
            head = glimpse.head_of(connection, place) if today.known.hanging else None
            if head is None:
                return today
            if head not in self._beside:
                known = glimpse.glimpse(connection, self._judges[0], today.day, head)
                self._beside[head] = replace(today, known=known) if known else today
        return self._beside[head]

    def _today(self) -> Shown:
        now = self._clock()
        with self._database.read() as connection:
            newest = connection.execute(_NEWEST).one()
            mark = (now.replace(second=0, microsecond=0), *newest)
            if self._known is None or self._known[0] != mark:
                self._known = mark, shown(connection, self._judges[0], now.date())
                self._past, self._beside = {}, {}
            return self._known[1]


_NEWEST = select(*(select(func.max(col(each.id))).scalar_subquery() for each in (Report, CaseEvent, Assignment)))
"""The newest report, case event and assignment: what makes a board old before its minute is over."""


def shown(connection: Connection, rules: PackRules, day: date) -> Shown:
    """Read the board of ``day``; a fixed number of queries, whatever the number of places."""
    now = glimpse.glimpse(connection, rules, day) or today(connection, rules, day)
    covered = now.coverage
    return Shown(day, covered.expected, covered.received, covered.on_time, _tables(now), now)


def _line(now: Today, place: Any) -> Line | None:  # noqa: ANN401 - a row of a place
    streak = now.streak(place.code)
    if streak is None:
        return None
    reason = streak.reason
    line = (place.code, place.name, Level(place.level), place.parent, streak.days, streak.state, streak.since)
    if reason is None:
        return Line(*line)
    return Line(*line, reason.kind, reason.rule, reason.took_effect_on, reason.ended_on)


def _tables(now: Today) -> tuple[Table, ...]:
    """The compounds of each community; of a town with very many, the communities of each township."""
    many = bool(now.hanging) or sum(row.level in ROWS for row in now.rows.values()) > glimpse.MANY
    above, shown_ = (frozenset({Level.TOWNSHIP}), HEADS) if many else (HEADS, ROWS)
    wanted = above | shown_
    lines = [line for row in now.rows.values() if row.level in wanted and (line := _line(now, row)) is not None]
    heads = {line.code: line for line in lines if line.level in above}
    under: dict[str | None, list[Line]] = {code: [] for code in heads}
    for line in lines:
        if line.level in shown_:
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
