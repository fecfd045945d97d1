"""The figures, read from the database: streaks of places, and the coverage of a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, String, and_, cast, func, or_, select

from bot.model import DUTY_LEVELS, PackRules, Status, Streak
from bot.scoring import coverage as scoring
from bot.scoring.coverage import Coverage, Days, Tally, Town, window
from bot.scoring.streak import standing, streak
from bot.store.logs import logs
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
    for place, _, status, late in connection.execute(scope.reports(day, day).add_columns(report.c.late)):
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
    stands, timely = reported_on(scope, first, last), reported_on(scope, first, last, report.c.late.is_(False))
    return scoring.tallies(town, stands, timely, places)


def subtree(connection: Connection, places: Collection[str]) -> set[str]:
    """The codes of these places and of all places below them."""
    scope = Scope(connection, frozenset(places), None)
    return {row.code for row in scope.rows()}


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
        query = select(place_.c.code, place_.c.parent, place_.c.level, place_.c.start, place_.c.closed)
        return self.connection.execute(self.within(query, place_.c.code).order_by(place_.c.code)).all()

    def known(self, query: Select[Any], lines: FromClause, first: date, last: date) -> Select[Any]:
        """``query`` for the lines of reports of these days that were known."""
        query = query.where(lines.c.day >= first, lines.c.day <= last)
        if self.known_at is not None:
            query = query.where(lines.c.recorded_at <= self.known_at)
        return self.within(query, lines.c.place)

    def reports(self, first: date, last: date) -> Select[Any]:
        """What was said of each place's days, the last word last."""
        query = select(report.c.place, report.c.day, report.c.status)
        order = (report.c.place, report.c.day, report.c.recorded_at, report.c.id)
        return self.known(query, report, first, last).order_by(*order)

    def doubtful(self, first: date, last: date) -> Select[Any]:
        """The same, of the days only on which something was withdrawn."""
        back = self.known(select(report.c.place, report.c.day), report, first, last)
        taken = back.where(report.c.status == Status.WITHDRAWN).distinct().subquery()
        same = and_(taken.c.place == report.c.place, taken.c.day == report.c.day)
        return self.reports(first, last).join(taken, same)


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


def reported_on(scope: Scope, first: date, last: date, *where: ColumnElement[bool]) -> dict[str, int]:
    """By place, the days on which its own report stands, as bits; ``where`` leaves lines out.

    A year of a town is millions of rows, so the database hands over one text of days a place, and only the few days
    on which somebody took a report back are looked at line by line.
    """
    bits = {first + timedelta(days=n): 1 << n for n in range((last - first).days + 1)}
    named = {day.isoformat(): bit for day, bit in bits.items()}
    days = func.aggregate_strings(cast(report.c.day, String), ",")
    query = scope.known(select(report.c.place, days), report, first, last).where(*where).group_by(report.c.place)
    read: dict[str, int] = {}
    own: dict[str, int] = {}
    for place, text in scope.connection.execute(query):
        if text not in read:
            read[text] = sum(map(named.__getitem__, set(text.split(","))))
        own[place] = read[text]
    for place, day, status in scope.connection.execute(scope.doubtful(first, last).where(*where)):
        own[place] = own[place] & ~bits[day] if status == Status.WITHDRAWN else own[place] | bits[day]
    return own


def town_of(scope: Scope, rows: Sequence[Any], first: date, last: date) -> Town:
    """The places with their duties. Assignments are taken as they stand now: a roster keeps no history of its own."""
    length = (last - first).days + 1
    levels = {row.code: row.level for row in rows}
    duty: dict[str, int] = {}
    query = select(assignment.c.place, assignment.c.since, assignment.c.until).where(
        or_(assignment.c.since.is_(None), assignment.c.since <= last),
        or_(assignment.c.until.is_(None), assignment.c.until >= first),
    )
    for place, since, until in scope.connection.execute(scope.within(query, assignment.c.place)).all():
        if levels[place] in DUTY_LEVELS:
            duty[place] = duty.get(place, 0) | window(first, since, until, length=length)
    closed = {row.code: window(first, row.closed, None, length=length) for row in rows if row.closed}
    return Town({row.code: row.parent for row in rows}, duty, closed)
