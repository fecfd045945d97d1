"""Sealed items of a case, opened one by one: for a reason, by those whom the table lets, and never unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from bot import words
from bot.model import Field, Grant, ItemOpened, grant
from bot.store import audit
from bot.store.acts import Act
from bot.store.authority import roles_at
from bot.store.case_logs import details_of
from bot.store.cases import RefusedError
from bot.store.crypto import Keyring
from bot.store.duties import CASE
from bot.store.known_cases import value_of
from bot.store.tables import named

OPENING = named("opening")
PERSON = named("person")
AUDIT = named("audit")
MOST = 20
"""So many items a person may open in a day; whoever needs more is asked why by somebody else."""
REFUSED = "opening refused"


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody opened an item."""

    name: str
    """Who it was, masked."""
    field: Field
    reason: str
    at: datetime


def open_item(connection: Connection, keyring: Keyring, act: Act, fact: ItemOpened) -> str:
    """What the item says; that it was opened is written in the same transaction.

    Raises:
        RefusedError: ``unknown`` (no such case, or none for this person), ``hidden`` (the table does not grant it),
            ``open`` (it is shown without), ``empty`` (nothing is known), ``many`` (too often today).
    """
    row = connection.execute(select(CASE.c.place, CASE.c.person).where(CASE.c.code == fact.case)).first()
    roles = roles_at(connection, act.person, row.place, act.now.date()) if row else frozenset()
    if row is None or not roles:
        raise RefusedError("unknown", code=fact.case)
    granted = grant(roles, fact.field, own=row.person == act.person)
    if granted is Grant.NONE:
        raise RefusedError("hidden")
    if granted is Grant.FULL:
        raise RefusedError("open")
    if _today(connection, act) >= MOST:
        raise RefusedError("many", most=MOST)
    value = _value(connection, keyring, fact, row.person)
    if not value:
        raise RefusedError("empty")
    values = {"case": fact.case, "person": act.person, "field": fact.field.value, "reason": fact.reason, "at": act.now}
    connection.execute(insert(OPENING), values)
    audit.record(connection, act.now, f"p:{act.person}", "item opened", fact.case, f"{fact.field.value}:{fact.reason}")
    return value


def _value(connection: Connection, keyring: Keyring, fact: ItemOpened, reporter: int | None) -> str:
    """Read only now, when it is known that it may be read."""
    if fact.field is not Field.REPORTER:
        told = details_of(connection, keyring, [fact.case]).get(fact.case)
        return "" if told is None else value_of(told, fact.field)
    name = connection.execute(select(PERSON.c.name).where(PERSON.c.id == reporter)).scalar()
    return "" if name is None else keyring.open(name)


def _today(connection: Connection, act: Act) -> int:
    since = act.now.replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(func.count()).select_from(OPENING).where(OPENING.c.person == act.person, OPENING.c.at >= since)
    return connection.execute(query).scalar_one()


def refused(connection: Connection, act: Act, case: str) -> bool:
    """Write down that somebody wanted to open too much; whether it is the first time today."""
    since = act.now.replace(hour=0, minute=0, second=0, microsecond=0)
    actor = f"p:{act.person}"
    query = select(AUDIT.c.id).where(AUDIT.c.at >= since, AUDIT.c.actor == actor, AUDIT.c.action == REFUSED)
    first = connection.execute(query.limit(1)).first() is None
    audit.record(connection, act.now, actor, REFUSED, case, str(MOST))
    return first


def openings(connection: Connection, keyring: Keyring, case: str) -> tuple[Opened, ...]:
    """Who opened what of a case, and why, the newest first."""
    query = (
        select(PERSON.c.name, OPENING.c.field, OPENING.c.reason, OPENING.c.at)
        .join(PERSON, PERSON.c.id == OPENING.c.person)
        .where(OPENING.c.case == case)
        .order_by(OPENING.c.id.desc())
    )
    return tuple(
        Opened(words.masked_name(keyring.open(row.name)), Field(row.field), row.reason, row.at)
        for row in connection.execute(query)
    )
