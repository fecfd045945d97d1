"""What the database already says of the things that a roster speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from bot.model import Level, Place
from bot.roster.plan import Happening, Span
from bot.store import tables

if TYPE_CHECKING:
    from sqlalchemy import Table

    from bot.roster.sheets import Roster
    from bot.store.crypto import Keyring

CHUNK = 500
"""Values in one ``IN``: well under the limits of both databases."""
Said = tuple[str, object, str, int | None]
"""A report as it is compared: place, day, status, person."""


class Somebody(NamedTuple):
    """A person who is there."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """The state against which a roster is checked and compared. Empty: a fresh database."""

    places: dict[str, Place] = field(default_factory=dict)
    people: dict[str, Somebody] = field(default_factory=dict)
    """By phone; only those whom the roster speaks of."""
    tasks: dict[tuple[int, str, str], list[Span]] = field(default_factory=dict)
    """By person, role and place; the oldest first."""
    cases: dict[str, str] = field(default_factory=dict)
    """The place of each case that the roster speaks of."""
    events: dict[str, set[Happening]] = field(default_factory=dict)
    reports: dict[Said, set[datetime]] = field(default_factory=dict)


def load(connection: Connection, keyring: Keyring, roster: Roster) -> Known:
    """Read it, in a handful of queries whatever the size of the roster."""
    cases = {row.values["case"] for row in roster.rows["case_events"]}
    return Known(
        places=_places(connection),
        people=_people(connection, keyring, set(roster.phones())),
        tasks=_tasks(connection) if roster.rows["assignments"] else {},
        cases=_cases(connection, cases),
        events=_events(connection, cases),
        reports=_reports(connection, roster),
    )


def table(of: type[SQLModel]) -> Table:
    """The table behind a model, for SQLAlchemy's Core."""
    return SQLModel.metadata.tables[str(of.__tablename__)]


def _places(connection: Connection) -> dict[str, Place]:
    columns = table(tables.Place).c
    rows = connection.execute(
        select(
            columns.code, columns.name, columns.level, columns.parent, columns.aliases, columns.start, columns.closed
        )
    )
    return {
        code: Place(code, name, Level(level), parent, tuple(filter(None, aliases.split(";"))), start, closed)
        for code, name, level, parent, aliases, start, closed in rows
    }


def _people(connection: Connection, keyring: Keyring, phones: set[str]) -> dict[str, Somebody]:
    if not phones:
        return {}
    hashes = {keyring.lookup(phone, "phone"): phone for phone in phones}
    columns = table(tables.Person).c
    rows = connection.execute(select(columns.id, columns.phone_hash, columns.name))
    return {hashes[key]: Somebody(id_, keyring.open(name)) for id_, key, name in rows if key in hashes}


def _tasks(connection: Connection) -> dict[tuple[int, str, str], list[Span]]:
    columns = table(tables.Assignment).c
    rows = connection.execute(
        select(columns.person, columns.role, columns.place, columns.id, columns.since, columns.until)
        .where(columns.stands_in_for.is_(None))
        .order_by(columns.id)
    )
    found: dict[tuple[int, str, str], list[Span]] = defaultdict(list)
    for person, role, place, id_, since, until in rows:
        found[person, role, place].append(Span(id_, since, until))
    return found


def _cases(connection: Connection, codes: set[str]) -> dict[str, str]:
    columns = table(tables.Case).c
    return {
        code: place
        for part in _chunks(codes)
        for code, place in connection.execute(select(columns.code, columns.place).where(columns.code.in_(part)))
    }


def _events(connection: Connection, codes: set[str]) -> dict[str, set[Happening]]:
    columns = table(tables.CaseEvent).c
    query = select(columns.case, columns.event, columns.kind, columns.on, columns.recorded_at)
    found: dict[str, set[Happening]] = defaultdict(set)
    for part in _chunks(codes):
        for case, *happening in connection.execute(query.where(columns.case.in_(part))):
            found[case].add(Happening(*happening))
    return found


def _reports(connection: Connection, roster: Roster) -> dict[Said, set[datetime]]:
    rows = roster.rows["reports"]
    if not rows:
        return {}
    columns = table(tables.Report).c
    days = [row.values["day"] for row in rows]
    query = select(columns.place, columns.day, columns.status, columns.person, columns.recorded_at)
    found: dict[Said, set[datetime]] = defaultdict(set)
    for *said, recorded_at in connection.execute(query.where(columns.day.between(min(days), max(days)))):
        place, day, status, person = said
        found[place, day, status, person].add(recorded_at)
    return found


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
