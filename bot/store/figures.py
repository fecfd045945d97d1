"""The figures, read from the database: streaks of places, and the coverage of a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, union_all

from bot.model import DUTY_LEVELS, PackRules, Status, Streak
from bot.scoring import coverage as scoring
from bot.scoring.coverage import Coverage, Days, Town, window
from bot.scoring.streak import standing, streak
from bot.store.runs import run_of
from bot.store.spans import case_, case_span, current, facts_query, logs, project, rank, refresh, unrank
from bot.store.tables import Assignment, Place, Report

__all__ = ["coverage", "project", "refresh", "run_of", "streaks", "subtree"]

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
    """The streak of every place that is not closed on ``as_of``, in the order of codes.

    Args:
        connection: of the database.
        rules: the pack. Where ``case_span`` was made under it and ``known_at`` is None, one grouped statement answers;
            else the facts do.
        as_of: the day at whose end the figure holds; uses what happened until then.
        known_at: the moment (aware) whose knowledge of cases and reports is used; None: all that is known now.
        level: only places of this level.
        places: only these places, by code; one that does not exist is left out.
    """
    scope = _Scope(connection, None if places is None else frozenset(places), known_at)
    rows = scope.rows()
    ranks = _rolled_up(Town({row.code: row.parent for row in rows}), _ranks(scope, rules, as_of))
    reasons = {text: unrank(text) for text in set(ranks.values())}
    first = min(rules.start, as_of, *(row.start for row in rows if row.start))
    covered = _covered(scope, rows, first, as_of)
    found = []
    for row in rows:
        code, _, place_level, start, closed = row
        if (closed and closed <= as_of) or (level and place_level != level) or not scope.named(code):
            continue
        text = ranks.get(code)
        case = None if text is None else reasons[text]
        found.append(streak(code, as_of, start or rules.start, case, Days(first, covered.get(code, 0)), rules))
    return found


def coverage(
    connection: Connection, day: date, places: Collection[str] | None = None, known_at: datetime | None = None
) -> Coverage:
    """How many places of these subtrees owe a report of ``day``, how many have one, and how many had it on time."""
    scope = _Scope(connection, None if places is None else frozenset(places), known_at)
    town = _town(scope, scope.rows(), day, day)
    stands: dict[str, int] = {}
    timely: dict[str, int] = {}
    for place, _, status, late in connection.execute(scope.reports(day, day).add_columns(report.c.late)):
        stands[place] = int(status != Status.WITHDRAWN)
        if not late:
            timely[place] = stands[place]
    return scoring.coverage(town, stands, timely)


def subtree(connection: Connection, places: Collection[str]) -> set[str]:
    """The codes of these places and of all places below them."""
    scope = _Scope(connection, frozenset(places), None)
    return {row.code for row in scope.rows()}


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where and with which knowledge to look: the subtrees of ``places`` (None: everywhere), as known at a moment."""

    connection: Connection
    places: frozenset[str] | None
    known_at: datetime | None

    def named(self, code: str) -> bool:
        """Whether the place itself was asked for, and not only something above it."""
        return self.places is None or code in self.places

    def within(self, query: Select[Any], column: ColumnElement[Any]) -> Select[Any]:
        """``query`` for the subtrees only."""
        if self.places is None:
            return query
        tree = select(place_.c.code).where(place_.c.code.in_(sorted(self.places))).cte("tree", recursive=True)
        tree = tree.union(select(place_.c.code).join(tree, place_.c.parent == tree.c.code))
        return query.where(column.in_(select(tree.c.code)))

    def rows(self) -> Sequence[Any]:
        """The places, in the order of codes."""
        query = select(place_.c.code, place_.c.parent, place_.c.level, place_.c.start, place_.c.closed)
        return self.connection.execute(self.within(query, place_.c.code).order_by(place_.c.code)).all()

    def reports(self, first: date, last: date) -> Select[Any]:
        """What was said of each place's days, the last word last."""
        query = (
            select(report.c.place, report.c.day, report.c.status)
            .where(report.c.day >= first, report.c.day <= last)
            .order_by(report.c.place, report.c.day, report.c.recorded_at, report.c.id)
        )
        if self.known_at is not None:
            query = query.where(report.c.recorded_at <= self.known_at)
        return self.within(query, report.c.place)


def _rolled_up(town: Town, ranks: dict[str, str]) -> Mapping[str, str]:
    """By place, the deciding case of its whole subtree."""
    for code in town.upward:
        mine, above = ranks.get(code), town.parents[code]
        if mine is not None and above is not None and mine > ranks.get(above, ""):
            ranks[above] = mine
    return ranks


def _ranks(scope: _Scope, rules: PackRules, as_of: date) -> dict[str, str]:
    """By place, the deciding case among its own, as ``spans.rank`` writes it."""
    if scope.known_at is None and current(scope.connection, rules):
        return _projected_ranks(scope, rules, as_of)
    found: dict[str, str] = {}
    for log in logs(scope.connection, scope.within(facts_query(), case_.c.place), scope.known_at):
        reason = standing(log, as_of, rules)
        if reason is not None:
            found[log[0].place] = max(found.get(log[0].place, ""), rank(reason))
    return found


def _projected_ranks(scope: _Scope, rules: PackRules, as_of: date) -> dict[str, str]:
    query = scope.within(select(case_span.c.place, func.max(case_span.c.rank)), case_span.c.place)
    query = query.where(case_span.c.pack == rules.name, case_span.c.valid_from <= as_of).group_by(case_span.c.place)
    # Two halves rather than one OR: each walks the index in the order of places, and nothing is sorted.
    lasting = query.where(case_span.c.valid_until.is_(None))
    passing = query.where(case_span.c.valid_until > as_of)
    found: dict[str, str] = {}
    for place, text in scope.connection.execute(union_all(lasting, passing)):
        if text > found.get(place, ""):
            found[place] = text
    return found


def _covered(scope: _Scope, rows: Sequence[Any], first: date, last: date) -> Mapping[str, int]:
    """By place, the days on which it was covered, as bits of the window from ``first`` to ``last``."""
    bits = {first + timedelta(days=n): 1 << n for n in range((last - first).days + 1)}
    own: dict[str, int] = {}
    for place, day, status in scope.connection.execute(scope.reports(first, last)):
        if status == Status.WITHDRAWN:
            own[place] = own.get(place, 0) & ~bits[day]
        else:
            own[place] = own.get(place, 0) | bits[day]
    return _town(scope, rows, first, last).covered(own) if own else own


def _town(scope: _Scope, rows: Sequence[Any], first: date, last: date) -> Town:
    """The places with their duties. Assignments are taken as they stand now: a roster keeps no history of its own."""
    length = (last - first).days + 1
    levels = {row.code: row.level for row in rows}
    duty: dict[str, int] = {}
    query = select(assignment.c.place, assignment.c.since, assignment.c.until).where(
        or_(assignment.c.since.is_(None), assignment.c.since <= last),
        or_(assignment.c.until.is_(None), assignment.c.until >= first),
    )
    for place, since, until in scope.connection.execute(scope.within(query, assignment.c.place)):
        if levels[place] in DUTY_LEVELS:
            duty[place] = duty.get(place, 0) | window(first, since, until, length=length)
    closed = {row.code: window(first, row.closed, None, length=length) for row in rows if row.closed}
    return Town({row.code: row.parent for row in rows}, duty, closed)
