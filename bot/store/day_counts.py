"""A day in counts, for those who answer for many places: what was reported, what is missing, what was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select

from bot.model import Event, Level, PackRules, Role
from bot.scoring.coverage import Tally
from bot.store import figures, sums
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, CASE, EVENT, PLACE
from bot.store.owing import unreported

LEADING = (Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE)
"""Who gets the day in one message."""
ENDED = (Event.DIAGNOSED.value, Event.RELEASED.value, Event.RULED_OUT.value, Event.WITHDRAWN.value)


@dataclass(frozen=True, slots=True)
class DayCounts:
    """One place with all below it."""

    code: str
    name: str
    tally: Tally
    missing: tuple[str, ...] = ()
    """Names of the places that nobody reported."""
    nobody: int = 0
    """How many of them nobody could be reminded of: whoever is named for them is away, or has no chat."""
    owing: tuple[int, ...] = ()
    """Who owes a report of one of them; whoever is on leave owes none."""
    found: Mapping[str, int] = field(default_factory=dict)
    """By kind, the cases that were found on the day."""
    waiting: int = 0
    """Cases that wait for a diagnosis."""
    below: tuple[tuple[str, Tally], ...] = ()
    """The places right beneath it that have places of their own: name and tally."""


def leading(connection: Connection, day: date) -> dict[int, tuple[str, ...]]:
    """By person the places that they lead, review or oversee."""
    query = select(ASSIGNMENT.c.person, ASSIGNMENT.c.place).where(
        ASSIGNMENT.c.role.in_([role.value for role in LEADING]), ASSIGNMENT.c.stands_in_for.is_(None), holds(day)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(query.order_by(ASSIGNMENT.c.id)):
        if row.place not in found[row.person]:
            found[row.person].append(row.place)
    return {person: tuple(places) for person, places in found.items()}


def day_counts(
    connection: Connection, rules: PackRules, day: date, places: Collection[str], heard: Collection[int]
) -> dict[str, DayCounts]:
    """Of each of these places the day; a handful of questions, however many places there are.

    ``heard``: the people who can be written to. What is missing is what the tally lacks, so that both say the same.
    """
    still = or_(PLACE.c.closed.is_(None), PLACE.c.closed > day)
    query = select(PLACE.c.code, PLACE.c.name, PLACE.c.level, PLACE.c.parent).where(still).order_by(PLACE.c.code)
    rows = {row.code: row for row in connection.execute(query)}
    wanted = [code for code in places if code in rows]
    children: dict[str, list[str]] = defaultdict(list)
    for row in rows.values():
        if row.parent in wanted and row.level not in (Level.COMPOUND, Level.BUILDING):
            children[row.parent].append(row.code)
    listed = {*wanted, *(code for codes in children.values() for code in codes)}
    tallies = sums.tallies(connection, day, day, listed)
    missing = figures.coverage(connection, day, wanted).missing if wanted else ()
    owing = {person: {code for code, _ in owed} for person, owed in unreported(connection, day).items()}
    told = {code for person, codes in owing.items() if person in heard for code in codes}
    cases = _found(connection, day)
    waiting = _waiting(connection, rules)
    return {
        code: DayCounts(
            code,
            rows[code].name,
            tallies[code],
            tuple(rows[each].name for each in sorted(missing) if code in _up(rows, each)),
            sum(each not in told for each in missing if code in _up(rows, each)),
            _owing(owing, {each for each in missing if code in _up(rows, each)}),
            _kinds((place, kind) for place, kind in cases if code in _up(rows, place)),
            sum(code in _up(rows, place) for place in waiting),
            tuple((rows[each].name, tallies[each]) for each in children[code]),
        )
        for code in wanted
    }


def _owing(owing: Mapping[int, set[str]], missing: set[str]) -> tuple[int, ...]:
    """Who owes one of these."""
    return tuple(sorted(person for person, codes in owing.items() if missing & codes))


def _up(rows: Mapping[str, Any], code: str) -> set[str]:
    """The place and those above it."""
    found: set[str] = set()
    at: str | None = code
    while at is not None and at in rows and at not in found:
        found.add(at)
        at = rows[at].parent
    return found


def _kinds(found: Any) -> dict[str, int]:  # noqa: ANN401 - pairs of place and kind
    counts: dict[str, int] = defaultdict(int)
    for _, kind in found:
        counts[kind] += 1
    return dict(counts)


def _found(connection: Connection, day: date) -> Sequence[tuple[str, str]]:
    void = select(EVENT.c.case).where(EVENT.c.event == Event.WITHDRAWN.value)
    query = select(EVENT.c.place, EVENT.c.kind).where(
        EVENT.c.event == Event.FOUND.value, EVENT.c.on == day, EVENT.c.case.not_in(void)
    )
    return [(row.place, row.kind) for row in connection.execute(query.order_by(EVENT.c.id))]


def _waiting(connection: Connection, rules: PackRules) -> Sequence[str]:
    """The places of cases that wait for a diagnosis."""
    kinds = [kind for kind in rules.rule_of if kind not in rules.breaking]
    over = select(EVENT.c.case).where(EVENT.c.event.in_(ENDED))
    query = (
        select(CASE.c.place)
        .join(EVENT, EVENT.c.case == CASE.c.code)
        .where(EVENT.c.event == Event.FOUND.value, EVENT.c.kind.in_(kinds), CASE.c.code.not_in(over))
    )
    return list(connection.execute(query).scalars()) if kinds else []
