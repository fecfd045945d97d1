"""Who works where in somebody's places, who has no chat yet, who is away; and who may be invited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, or_, select

from bot import words
from bot.model import Role, paging
from bot.model.office import Ask, Office
from bot.model.staff import Invitees, Staff, Worker
from bot.store import daily
from bot.store.asking import Asking
from bot.store.authority import ACCOUNT, holds, roles_at
from bot.store.cases import RefusedError
from bot.store.crypto import Keyring
from bot.store.duties import ASSIGNMENT, LEAVE, LEAVE_END, PLACE
from bot.store.figures import Scope
from bot.store.offices import place_of
from bot.store.tables import named

PERSON = named("person")
SHOWN = 12
"""So many people fit a message that people read."""
OFFERED = 8
"""As many buttons as fit a phone."""
SEARCHED = 500
"""In more people than this a name is not searched: a phone is."""
ABOVE = frozenset({Role.OFFICE, Role.ADMIN})
"""Whom only an administrator invites."""
DIGITS = 4
"""So many digits of a phone may be shown back."""


@dataclass(frozen=True, slots=True)
class _Crew:
    """Everybody with a task in a subtree."""

    tasks: Mapping[int, Sequence[Any]]
    enrolled: frozenset[int]
    away: Mapping[int, Any]


def people(asking: Asking) -> Mapping[str, Office]:
    """Everybody in counts; by name those who have no chat or are away, then others."""
    said, at = paging.named(asking.subject)
    office, found = place_of(asking, Ask.PEOPLE, said)
    if found is None:
        return {"office": office}
    crew = _crew(asking.connection, [found.code], asking.today)
    first = sorted(crew.tasks, key=lambda each: (each in crew.enrolled, each not in crew.away, each))
    cut = paging.page(first, at, SHOWN)
    shown = _workers(asking.connection, asking.house.keyring, crew, cut.rows)
    counts = len(crew.tasks), len(crew.enrolled & crew.tasks.keys()), len(crew.away)
    told = Staff(*counts, shown, cut.more, cut.number)
    return {"office": replace(office, staff=told)}


def invitees(asking: Asking) -> Mapping[str, Office]:
    """Those whom the command named by phone, name or number; without one, all who have no chat yet."""
    said, at = paging.named(asking.subject)
    office, found = place_of(asking, Ask.INVITE)
    if found is None:
        return {"office": office}
    crew = _crew(asking.connection, _own(office), asking.today)
    meant = _meant(asking, said, crew.tasks) if said else sorted(crew.tasks.keys() - crew.enrolled)
    cut = paging.page(meant, at, OFFERED)
    shown = _workers(asking.connection, asking.house.keyring, crew, cut.rows)
    told = Invitees(shown, cut.more, _back(said) if said else "", cut.number)
    return {"office": replace(office, invitees=told)}


def _meant(asking: Asking, said: str, known: Collection[int]) -> list[int]:
    """Of these people those of that phone, else of that name."""
    keyring = asking.house.keyring
    digits = "".join(sign for sign in said if sign.isdigit())
    if said.startswith("p:") and digits.isascii():
        return [each for each in known if str(each) == digits]
    hashes = [keyring.lookup(phone, "phone") for phone in (f"+86{digits}", f"+{digits}", said)]
    query = select(PERSON.c.id).where(PERSON.c.phone_hash.in_(hashes)).order_by(PERSON.c.id)
    by_phone = [each for each in asking.connection.execute(query).scalars() if each in known]
    if by_phone or digits or len(known) > SEARCHED:
        return by_phone
    names = select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(sorted(known))).order_by(PERSON.c.id)
    wanted = words.plain(said)
    return [row.id for row in asking.connection.execute(names) if words.plain(keyring.open(row.name)) == wanted]


def _back(said: str) -> str:
    """What was written, as it may stand in a chat: of a phone its last digits, of a name its beginning."""
    return f"****{said[-DIGITS:]}" if any(sign.isdigit() for sign in said) else words.masked_name(said)


def _own(office: Office) -> tuple[str, ...]:
    """All the places for which this person answers."""
    return office.place, *(code for code, _ in office.others)


def _crew(connection: Connection, codes: Sequence[str], day: date) -> _Crew:
    """Three questions, and who is below."""
    one = len(codes) == 1
    rows = daily.rows(connection, codes[0]) if one else Scope(connection, frozenset(codes), None).rows()
    within = {row.code for row in rows if row.closed is None or row.closed > day}
    query = (
        select(ASSIGNMENT.c.person, ASSIGNMENT.c.role, ASSIGNMENT.c.place, PLACE.c.name)
        .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
        .where(holds(day), ASSIGNMENT.c.stands_in_for.is_(None))
        .order_by(ASSIGNMENT.c.id)
    )
    tasks: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        if row.place in within:
            tasks[row.person].append(row)
    enrolled = frozenset(connection.execute(select(ACCOUNT.c.person).where(ACCOUNT.c.unbound_at.is_(None))).scalars())
    ended = select(func.min(LEAVE_END.c.on)).where(LEAVE_END.c.leave == LEAVE.c.id).scalar_subquery()
    leaves = select(LEAVE.c.person, LEAVE.c.until, LEAVE.c.stand_in).where(
        LEAVE.c.since <= day, LEAVE.c.until >= day, or_(ended.is_(None), ended > day)
    )
    away = {row.person: row for row in connection.execute(leaves.order_by(LEAVE.c.id)) if row.person in tasks}
    return _Crew(dict(tasks), enrolled, away)


def _workers(connection: Connection, keyring: Keyring, crew: _Crew, shown: Sequence[int]) -> tuple[Worker, ...]:
    """These people as they may be told of, in their order. One question."""
    stand_ins = {crew.away[each].stand_in for each in shown if each in crew.away} - {None}
    query = select(PERSON.c.id, PERSON.c.name, PERSON.c.phone).where(PERSON.c.id.in_(sorted({*shown, *stand_ins})))
    rows = {row.id: row for row in connection.execute(query)}
    names = {number: words.masked_name(keyring.open(row.name)) for number, row in rows.items()}
    found = []
    for each in shown:
        away = crew.away.get(each)
        roles = tuple((row.role, row.name) for row in crew.tasks[each])
        phone = words.masked_phone(keyring.open(rows[each].phone))
        until, stand_in = (away.until, names.get(away.stand_in, "")) if away else (None, "")
        found.append(Worker(each, names[each], phone, roles, each in crew.enrolled, until, stand_in))
    return tuple(found)


def invited(asking: Asking, person: int) -> Worker:
    """The person, where the one who asks may let them in.

    Whoever could let in everybody could act for everybody: an administrator apart, only those below are let in, who
    work nowhere else, and who have no chat yet.

    Raises:
        RefusedError: ``unknown``, ``elsewhere`` (they work in other places, too, or above), ``enrolled``.
    """
    office, found = place_of(asking, Ask.INVITE)
    own = _own(office)
    crew = _crew(asking.connection, own, asking.today) if found else None
    if crew is None or person not in crew.tasks:
        raise RefusedError("unknown")
    mine = crew.tasks[person]
    if Role.ADMIN not in roles_at(asking.connection, asking.who.person, mine[0].place, asking.today):
        query = select(func.count()).where(ASSIGNMENT.c.person == person, holds(asking.today))
        everywhere = asking.connection.execute(query.where(ASSIGNMENT.c.stands_in_for.is_(None))).scalar_one()
        above = ABOVE & {Role(row.role) for row in mine} or any(row.place in own for row in mine)
        if above or everywhere != len(mine):
            raise RefusedError("elsewhere")
        if person in crew.enrolled:
            raise RefusedError("enrolled")
    return _workers(asking.connection, asking.house.keyring, crew, [person])[0]
