"""Who still owes each of many deadlines, read at once: which places, and how many people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from bot.model import Deadline, Role, Settled, Step, Stepped
from bot.scoring.awards import granted_on
from bot.scoring.quarters import quarter
from bot.store import figures
from bot.store.asking import House
from bot.store.authority import holds
from bot.store.creation_kept import ever_awarded, steps_of
from bot.store.deadlines import LEVELS, MET, unapplied
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.figures import Scope
from bot.store.owing import unreported

Key = tuple[str, str]
"""A deadline's id, and its period."""
NEAREST = (Role.OFFICE,)


class Owed(NamedTuple):
    """What is still owed of a deadline."""

    places: tuple[str, ...]
    """Codes, in order."""
    people: int | None
    """How many are to do it; None: of a day that has passed, for the roster keeps no history."""


def owed(
    scope: Scope, house: House, shown: Collection[Deadline], done: Mapping[Key, Collection[str]], today: date
) -> Mapping[Key, Owed]:
    """Of each deadline the places of these subtrees that owe it today; a handful of questions, however many there are.

    ``done`` is what ``told`` found. A day's report that lies ahead is owed by nobody yet, and left out.
    """
    daily = {each.day: (each.rule.id, each.period) for each in shown if each.rule.settled is Settled.REPORTED}
    begun = {day: key for day, key in daily.items() if day <= today}
    found = {begun[day]: what for day, what in _reports(scope, list(begun), today)}
    rest = [each for each in shown if each.rule.settled is not Settled.REPORTED]
    if rest:
        desk = _desk(scope, house, rest, done, today)
        found |= {(each.rule.id, each.period): desk.owed(each) for each in rest}
    return found


def _reports(scope: Scope, days: Collection[date], today: date) -> Iterator[tuple[date, Owed]]:
    """Of each of these days the places whose report does not stand; as ``figures.coverage`` has it."""
    if not days:
        return
    first, last = min(days), max(days)
    town = figures.duties_of(scope, first, last)
    covered = town.covered(figures.reported_on(scope, first, last))
    lacking = {place: bits & ~covered.get(place, 0) for place, bits in town.expected().items()}
    owing = unreported(scope.connection, today).values() if today in days else ()
    for day in days:
        bit = 1 << (day - first).days
        places = {place for place, bits in lacking.items() if bits & bit}
        people = sum(any(code in places for code, _ in theirs) for theirs in owing) if day == today else None
        yield day, Owed(tuple(sorted(places)), people)


@dataclass(frozen=True)
class _Desk:
    """Everything that says who owes the deadlines that are no report."""

    open: Sequence[Any]
    """The places of the subtrees that count today."""
    parents: Mapping[str, str | None]
    holders: Mapping[tuple[str, str], Collection[int]]
    """By role and place, who holds it today."""
    told: Mapping[Key, Collection[str]]
    wanting: Collection[str]
    """The places that have not applied."""
    steps: Mapping[str, Sequence[Stepped]]
    """Of the places of the subtrees that were ever awarded."""

    def owed(self, deadline: Deadline) -> Owed:
        """The places that owe it, and how many people hold the role that answers for them."""
        rule = deadline.rule
        if rule.settled is Settled.REVIEWED:
            late = [(Role.OFFICE, self._office(code), code) for code in self._unreviewed(deadline.period)]
        else:
            done = self.told[rule.id, deadline.period]
            late = [
                (role, row.code, row.code)
                for role, levels in LEVELS.items()
                if role.value in rule.audience
                for row in self.open
                if row.level in levels and row.code not in done
            ]
            if rule.settled is Settled.APPLIED:
                late = [each for each in late if each[2] in self.wanting]
        people = {person for role, at, _ in late for person in self.holders.get((role.value, at), ())}
        return Owed(tuple(sorted(code for _, _, code in late)), len(people))

    def _unreviewed(self, period: str) -> Iterator[str]:
        for code, steps in self.steps.items():
            since = granted_on(steps)
            reviewed = any(each.step is Step.KEPT and each.period == period for each in steps)
            if since is not None and not reviewed and quarter(since) < period:
                yield code

    def _office(self, code: str) -> str:
        """Where the office is that answers for a place: there, or the nearest above."""
        at: str | None = code
        while at is not None and (Role.OFFICE.value, at) not in self.holders:
            at = self.parents.get(at)
        return at or ""


def _desk(
    scope: Scope, house: House, wanted: Sequence[Deadline], done: Mapping[Key, Collection[str]], today: date
) -> _Desk:
    connection, rows = scope.connection, scope.rows()
    counting = [
        row for row in rows if (row.closed is None or row.closed > today) and (row.start is None or row.start <= today)
    ]
    settled = {each.rule.settled for each in wanted}
    heads = [row for row in counting if any(row.level in levels for levels in LEVELS.values())]
    codes = {row.code for row in rows}
    reviewing = Settled.REVIEWED in settled
    held = steps_of(connection, house, [c for c in ever_awarded(connection) if c in codes]) if reviewing else {}
    parents = {row.code: row.parent for row in connection.execute(select(PLACE.c.code, PLACE.c.parent))} if held else {}
    roles = [role.value for role in (*LEVELS, *NEAREST)]
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    holding = select(ASSIGNMENT.c.person, ASSIGNMENT.c.role, ASSIGNMENT.c.place)
    for row in connection.execute(holding.where(ASSIGNMENT.c.role.in_(roles), holds(today))):
        holders[row.role, row.place].add(row.person)
    wanting = unapplied(connection, house, heads) if heads and Settled.APPLIED in settled else set()
    return _Desk(heads, parents, holders, done, wanting, held)


def told(scope: Scope, wanted: Collection[Key]) -> Mapping[Key, Collection[str]]:
    """Of each deadline the places of these subtrees of which it was said, last, that it is done. One question."""
    query = select(MET.c.deadline, MET.c.period, MET.c.place, MET.c.met).order_by(MET.c.id)
    query = query.where(MET.c.period.in_(sorted({period for _, period in wanted})))
    said: dict[Key, dict[str, bool]] = defaultdict(dict)
    for row in scope.connection.execute(scope.within(query, MET.c.place)):
        said[row.deadline, row.period][row.place] = row.met
    return {key: {place for place, met in said[key].items() if met} for key in wanted}
