"""Who works where, how complete and timely the reports are, and how much of people's week the bot takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from bot import words
from bot.model import InboundKind, Level, Role
from bot.scoring.coverage import Tally
from bot.store import sums
from bot.store.asking import Asking
from bot.store.authority import ACCOUNT, HEARD, holds, scope
from bot.store.duties import ASSIGNMENT, FILING, PLACE
from bot.store.tables import named

PERSON, INBOX = named("person"), named("inbox")
LEADING = (Role.COMMUNITY_LEAD, Role.UNIT_CONTACT, Role.TOWNSHIP_REVIEWER, Role.OFFICE, Role.ADMIN)
MOST = 300
"""More people, or places, than this are for the pages of the places below."""
WEEK = timedelta(days=7)
TAPS = (InboundKind.TAP.value, InboundKind.TEXT.value, InboundKind.PHOTO.value)


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody with their tasks; never a phone, and the name is masked."""

    person: int
    name: str
    tasks: tuple[tuple[Role, tuple[str, ...]], ...]
    """By role, the names of the places."""
    reachable: bool
    """Whether they have a chat in which they are reached."""
    reported: date | None
    """The last day of which they filed a report."""
    taps: int
    """Buttons tapped, words and pictures sent within the week: the burden that the bot is to them."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A place with all below it: how complete and how timely its reports are."""

    code: str
    name: str
    level: Level
    today: Tally
    week: Tally
    """Of the seven days before today."""


@dataclass(frozen=True, slots=True)
class Staff:
    """What a person who leads sees of those who work for them."""

    workers: tuple[Worker, ...]
    more: int
    """How many tasks are not in the list."""
    covered: tuple[Covered, ...]


def staff(asking: Asking, place: str = "") -> Staff:
    """At the places that this person leads, or at ``place`` and below where it is one of them. A few questions."""
    mine = scope(asking.who.person, LEADING, asking.today)
    within = select(mine.c.code)
    if place:
        tree = select(PLACE.c.code).where(PLACE.c.code == place, PLACE.c.code.in_(within)).cte(recursive=True)
        tree = tree.union(select(PLACE.c.code).join(tree, PLACE.c.parent == tree.c.code))
        within = select(tree.c.code)
    query = (
        select(ASSIGNMENT.c.person, PERSON.c.name, ASSIGNMENT.c.role, PLACE.c.name.label("place_name"))
        .join(PERSON, PERSON.c.id == ASSIGNMENT.c.person)
        .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
        .where(ASSIGNMENT.c.place.in_(within), holds(asking.today))
        .order_by(PLACE.c.code, ASSIGNMENT.c.id)
    )
    rows = asking.connection.execute(query.limit(MOST + 1)).all()
    total = len(rows)
    if total > MOST:
        total = asking.connection.execute(
            select(func.count()).select_from(query.order_by(None).subquery())
        ).scalar_one()
    return Staff(_workers(asking, rows[:MOST]), max(0, total - MOST), _covered(asking, place))


def _workers(asking: Asking, rows: Sequence[Any]) -> tuple[Worker, ...]:
    tasks: dict[int, dict[Role, list[str]]] = {}
    names = {row.person: row.name for row in rows}
    for row in rows:
        tasks.setdefault(row.person, {}).setdefault(Role(row.role), []).append(row.place_name)
    heard, filed, taps = _reachable(asking.connection, names), _filed(asking, names), _taps(asking, names)
    return tuple(
        Worker(
            person,
            words.masked_name(asking.house.keyring.open(names[person])),
            tuple((role, tuple(places)) for role, places in theirs.items()),
            person in heard,
            filed.get(person),
            taps.get(person, 0),
        )
        for person, theirs in tasks.items()
    )


def _reachable(connection: Connection, people: Collection[int]) -> set[int]:
    query = select(ACCOUNT.c.person).where(ACCOUNT.c.person.in_(people), *HEARD).distinct()
    return set(connection.execute(query).scalars()) if people else set()


def _filed(asking: Asking, people: Collection[int]) -> Mapping[int, date]:
    query = select(FILING.c.person, func.max(FILING.c.day).label("day")).where(FILING.c.person.in_(people))
    rows = asking.connection.execute(query.group_by(FILING.c.person)) if people else ()
    return {row.person: row.day for row in rows}


def _taps(asking: Asking, people: Collection[int]) -> Mapping[int, int]:
    query = (
        select(INBOX.c.person, func.count().label("times"))
        .where(INBOX.c.person.in_(people), INBOX.c.kind.in_(TAPS), INBOX.c.received_at > asking.now - WEEK)
        .group_by(INBOX.c.person)
    )
    return {row.person: row.times for row in asking.connection.execute(query)} if people else {}


def _covered(asking: Asking, place: str) -> tuple[Covered, ...]:
    """The places that this person leads, or the one that was named, and those right below each."""
    mine = scope(asking.who.person, LEADING, asking.today)
    direct = select(ASSIGNMENT.c.place).where(
        ASSIGNMENT.c.person == asking.who.person,
        ASSIGNMENT.c.role.in_([role.value for role in LEADING]),
        holds(asking.today),
    )
    first = PLACE.c.code == place if place else PLACE.c.code.in_(direct)
    below = PLACE.c.parent == place if place else PLACE.c.parent.in_(direct)
    still = or_(PLACE.c.closed.is_(None), PLACE.c.closed > asking.today)
    query = (
        select(PLACE.c.code, PLACE.c.name, PLACE.c.level)
        .join(mine, mine.c.code == PLACE.c.code)
        .where(or_(first, below), still, PLACE.c.level != Level.BUILDING.value)
        .order_by(PLACE.c.code)
        .limit(MOST)
    )
    rows = asking.connection.execute(query).all()
    codes = [row.code for row in rows]
    if not codes:
        return ()
    today, day = asking.today, timedelta(days=1)
    now = sums.tallies(asking.connection, today, today, codes)
    week = sums.tallies(asking.connection, today - WEEK, today - day, codes)
    return tuple(Covered(row.code, row.name, Level(row.level), now[row.code], week[row.code]) for row in rows)
