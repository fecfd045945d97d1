"""Whom the house can write to, and what they said of being reminded: everybody at once, in a few questions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.model import Address, Locale
from bot.store.acts import Act
from bot.store.authority import ACCOUNT, HEARD
from bot.store.prepared import Prepared
from bot.store.tables import named

PERSON, SNOOZE = named("person"), named("snooze")
WISH = named("wish")


_EVERYBODY = (
    select(ACCOUNT.c.person, ACCOUNT.c.channel, ACCOUNT.c.address, ACCOUNT.c.bound_at, PERSON.c.locale)
    .join(PERSON, PERSON.c.id == ACCOUNT.c.person)
    .where(*HEARD)
    .order_by(ACCOUNT.c.id)
)
_ALL = Prepared(_EVERYBODY)
_SOME = Prepared(_EVERYBODY.where(ACCOUNT.c.person.in_(bindparam("persons", expanding=True))))
_SNOOZE = Prepared(insert(SNOOZE))
_WISHES = Prepared(select(WISH.c.person, WISH.c.fewer).order_by(WISH.c.id))
_SNOOZED = Prepared(
    select(SNOOZE.c.person, SNOOZE.c.until).where(SNOOZE.c.until >= bindparam("since")).order_by(SNOOZE.c.id)
)


@dataclass(frozen=True, slots=True)
class Reached:
    """Where somebody is best reached, in which language, and how often they want to be."""

    person: int
    address: Address
    locale: Locale
    since: datetime
    """When the first of their chats was bound, aware."""
    fewer: bool = False
    snoozed: datetime | None = None


def reached(connection: Connection, now: datetime, persons: Collection[int] | None = None) -> dict[int, Reached]:
    """By person; None: everybody. Somebody with several chats is written to in the one bound last."""
    if persons is not None and not persons:
        return {}
    rows = _ALL.all(connection, {}) if persons is None else _SOME.all(connection, {"persons": list(persons)})
    first: dict[int, datetime] = {}
    for row in rows:
        first.setdefault(row.person, row.bound_at)
    fewer = {row.person: row.fewer for row in _WISHES.all(connection, {})}
    # One that is over is still to be answered to on its day; later it is not.
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    snoozed = {row.person: row.until for row in _SNOOZED.all(connection, {"since": midnight})}
    zone = now.tzinfo
    found: dict[int, Reached] = {}
    for row in rows:
        until = snoozed.get(row.person)
        found[row.person] = Reached(
            row.person,
            Address(row.channel, row.address),
            Locale(row.locale),
            first[row.person].astimezone(zone),
            fewer=fewer.get(row.person, False),
            snoozed=until.astimezone(zone) if until else None,
        )
    return found


def snooze(connection: Connection, act: Act, until: datetime) -> None:
    """Keep until when somebody wants to be left alone."""
    _SNOOZE.run(connection, {"person": act.person, "until": until, "recorded_at": act.now})


def wish(connection: Connection, act: Act, *, fewer: bool) -> None:
    """Keep how often somebody wants to be reminded; one line a person, however often they change their mind."""
    connection.execute(delete(WISH).where(WISH.c.person == act.person))
    connection.execute(insert(WISH), {"person": act.person, "fewer": fewer, "recorded_at": act.now})
