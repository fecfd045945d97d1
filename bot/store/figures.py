"""The figures, read from the database: streaks of places, and the coverage of a day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    func,
    select,
)

from bot.model import DUTY_LEVELS, PackRules, Status, Streak
from bot.scoring import coverage as scoring
from bot.scoring.coverage import Coverage, Days, Tally, Town, window
from bot.scoring.streak import standing, streak
from bot.store.asked_lines import Shape, assigned, day_texts, places_of, said, taken_back
from bot.store.day_texts import written
from bot.store.logs import logs
from bot.store.prepared import Prepared
from bot.store.ranks import read as decided
from bot.store.runs import run_of
from bot.store.spans import case_span, current, project, rank, refresh, unrank
from bot.store.tables import Assignment, Place, Report

__all__ = ["coverage", "project", "refresh", "run_of", "streaks", "subtree", "tallies"]

place_ = Place.__table__  # type: ignore[attr-defined]
report = Report.__table__  # type: ignore[attr-defined]
assignment = Assignment.__table__  # type: ignore[attr-defined]


def streaks(  # noqa: PLR0913, PLR0917 - the axes of a figure are this many
    connection: Connection,
    rules: PackRules,
    as_of: date,
    known_at: datetime | None = None,
    level: str | None = None,
    places: Collection[str] | None = None,
) -> list[Streak]:
    """The streak of every place that the pack judges and that is not closed on ``as_of``, in the order of codes.

    Args:
        connection: of the database.
        rules: the pack. Where ``case_span`` was made under it and ``known_at`` is None, two grouped queries answer;
            else the facts do.
        as_of: the day at whose end the figure holds; uses what happened until then.
        known_at: the moment (aware) whose knowledge of cases and reports is used; None: all that is known now.
        level: only places of this level.
        places: only these places, by code; one that does not exist is left out.
    """
    scope = Scope(connection, None if places is None else frozenset(places), known_at)
    rows = scope.rows()
    ranks = rolled_up({row.code: row.parent for row in rows}, deciding(scope, rules, as_of))
    first = min(rules.start, as_of, *(row.start for row in rows if row.start))
    covered = covered_days(scope, rows, first, as_of)
    none = Days(first)
    found = []
    for code, _, place_level, start, closed in rows:
        judged = not rules.levels or place_level in rules.levels
        if not judged or (closed and closed <= as_of) or (level and place_level != level) or not scope.named(code):
            continue
        text, bits = ranks.get(code), covered.get(code)
        case = None if text is None else unrank(text)
        days = none if bits is None else Days(first, bits)
        found.append(streak(code, as_of, start or rules.start, case, days, rules))
    return found


def coverage(
    connection: Connection, day: date, places: Collection[str] | None = None, known_at: datetime | None = None
) -> Coverage:
    """How many places of these subtrees owe a report of ``day``, how many have one, and how many had it on time."""
    scope = Scope(connection, None if places is None else frozenset(places), known_at)
    town = duties_of(scope, day, day)
    stands: dict[str, int] = {}
    timely: dict[str, int] = {}
    for place, _, status, late in scope.ask(said, day, day):
        stands[place] = int(status != Status.WITHDRAWN)
        if not late:
            timely[place] = stands[place]
    return scoring.coverage(town, stands, timely)


def tallies(connection: Connection, first: date, last: date, places: Collection[str]) -> dict[str, Tally]:
    """The daily reports owed and received from ``first`` to ``last``, for each of these places with all below it."""
    scope = Scope(connection, frozenset(places), None)
    if last < first:
        return dict.fromkeys(places, Tally())
    town = duties_of(scope, first, last)
    stands, timely = reported_on(scope, first, last), reported_on(scope, first, last, timely=True)
    return scoring.tallies(town, stands, timely, places)


def subtree(connection: Connection, places: Collection[str]) -> set[str]:
    """The codes of these places and of all places below them."""
    scope = Scope(connection, frozenset(places), None)
    return {row.code for row in scope.rows()}


LONG = 60
"""A window of so many days is a good part of what most deployments have."""
PART = 500
"""Rows taken at a time where nothing but their values is kept: small enough to die young."""


def duties_of(scope: Scope, first: date, last: date) -> Town:
    """The places with what is owed of them: before its counting began nobody owes a report of a place."""
    rows = scope.rows()
    town = town_of(scope, rows, first, last)
    length = (last - first).days + 1
    begun = {row.code: window(first, row.start, None, length=length) for row in rows if row.start}
    return replace(town, duty={place: bits & begun.get(place, bits) for place, bits in town.duty.items()})


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and with which knowledge to look: the subtrees of ``places`` (None: everywhere), as known at a moment."""

    connection: Connection
    places: frozenset[str] | None
    known_at: datetime | None

    def named(self, code: str) -> bool:
        """Whether the place itself was asked for, and not only something above it."""
        return self.places is None or code in self.places

    def within(self, query: Select[Any], column: ColumnElement[Any]) -> Select[Any]:
        """``query`` for the subtrees only."""
        codes = self.codes()
        return query if codes is None else query.where(column.in_(codes))

    def codes(self) -> Select[Any] | None:
        """The question for the codes of the subtrees; None: everywhere."""
        if self.places is None:
            return None
        tree = select(place_.c.code).where(place_.c.code.in_(sorted(self.places))).cte(recursive=True)
        tree = tree.union(select(place_.c.code).join(tree, place_.c.parent == tree.c.code))
        return select(tree.c.code)

    def rows(self) -> Sequence[Any]:
        """The places, in the order of codes."""
        known = places_of(self.places is None)
        return known.all(self.connection, {} if self.places is None else {"places": sorted(self.places)})

    def ask(self, what: Callable[[Shape], Prepared], first: date, last: date, *, timely: bool = False) -> Sequence[Any]:
        """The lines of reports of these days that were known, as ``what`` asks for them; its statement is made once."""
        long = (last - first).days >= LONG and self.connection.dialect.name == "sqlite"
        shape = Shape(self.places is None, self.known_at is None, long, timely)
        values: dict[str, Any] = {"first": first, "last": last}
        if shape.long:
            values = {"first": first.isoformat(), "last": last.isoformat()}
        if self.known_at is not None:
            values["known_at"] = self.known_at
        if self.places is not None:
            values["places"] = sorted(self.places)
        return what(shape).all(self.connection, values)


def rolled_up(parents: Mapping[str, str | None], ranks: dict[str, str]) -> Mapping[str, str]:
    """By place, the deciding case of its whole subtree."""
    for code, text in list(ranks.items()):
        above = parents.get(code)
        while above is not None and text > ranks.get(above, ""):
            ranks[above] = text
            above = parents.get(above)
    return ranks


def deciding(scope: Scope, rules: PackRules, as_of: date) -> dict[str, str]:
    """By place, the deciding case among its own, as ``spans.rank`` writes it."""
    if scope.known_at is None and current(scope.connection, rules):
        return _projected_ranks(scope, rules, as_of)
    found: dict[str, str] = {}
    for log in logs(scope.connection, scope.known_at, scope.codes()):
        reason = standing(log, as_of, rules)
        if reason is not None:
            found[log[0].place] = max(found.get(log[0].place, ""), rank(reason))
    return found


def _projected_ranks(scope: Scope, rules: PackRules, as_of: date) -> dict[str, str]:
    known = decided(scope.connection, rules.name, as_of, scope.places)
    if known is not None:
        return known
    query = scope.within(select(case_span.c.place, func.max(case_span.c.rank)), case_span.c.place)
    query = query.where(case_span.c.pack == rules.name, case_span.c.valid_from <= as_of).group_by(case_span.c.place)
    # Two halves rather than one OR: each walks the index in the order of places, and nothing is sorted.
    lasting = query.where(case_span.c.valid_until.is_(None))
    passing = query.where(case_span.c.valid_until > as_of)
    found: dict[str, str] = {}
    for part in scope.connection.execute(lasting).partitions(PART):
        found.update(part)
    for place, text in scope.connection.execute(passing):
        found[place] = max(found.get(place, ""), text)
    return found


def covered_days(scope: Scope, rows: Sequence[Any], first: date, last: date) -> Mapping[str, int]:
    """By place, the days on which it was covered, as bits of the window from ``first`` to ``last``."""
    own = reported_on(scope, first, last)
    return town_of(scope, rows, first, last).covered(own) if own else own


def reported_on(scope: Scope, first: date, last: date, *, timely: bool = False) -> dict[str, int]:
    """By place, the days on which its own report stands, as bits; ``timely``: by what was said in time.

    A year of a town is millions of rows, so the database hands over one text of days a place, and only the few days
    on which somebody took a report back are looked at line by line.
    """
    texts = scope.ask(day_texts, first, last, timely=timely)
    own = {place: written(text, first, last) for place, text in texts}
    for place, day, status in scope.ask(taken_back, first, last, timely=timely):
        bit = 1 << (day - first).days
        own[place] = own[place] & ~bit if status == Status.WITHDRAWN else own[place] | bit
    return own


def town_of(scope: Scope, rows: Sequence[Any], first: date, last: date) -> Town:
    """The places with their duties. Assignments are taken as they stand now: a roster keeps no history of its own."""
    length = (last - first).days + 1
    levels = {row.code: row.level for row in rows}
    duty: dict[str, int] = {}
    values: dict[str, Any] = {"first": first, "last": last}
    if scope.places is not None:
        values["places"] = sorted(scope.places)
    for place, since, until in assigned(scope.places is None).all(scope.connection, values):
        if levels[place] in DUTY_LEVELS:
            duty[place] = duty.get(place, 0) | window(first, since, until, length=length)
    closed = {row.code: window(first, row.closed, None, length=length) for row in rows if row.closed}
    return Town({row.code: row.parent for row in rows}, duty, closed)
