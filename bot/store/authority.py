"""Whom a person may speak for: the roles they hold at a place or above it, and who is responsible there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import CTE, BindParameter, ColumnElement, Connection, and_, bindparam, literal, or_, select

from bot.model import Role
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.prepared import Prepared
from bot.store.tables import named

ACCOUNT = named("account")
MUTE = ("console", "aibot")
"""Channels on which the bot speaks only when it is spoken to: a terminal may be closed, a group bot only answers."""
HEARD = (ACCOUNT.c.unbound_at.is_(None), ACCOUNT.c.unreachable_at.is_(None), ACCOUNT.c.channel.not_in(MUTE))
"""What makes an address one where somebody is told something: nobody is told it on a channel that is mute, or in a chat
in which the bot is blocked."""


def holds(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The assignment counts on ``day``."""
    return and_(
        or_(ASSIGNMENT.c.since.is_(None), ASSIGNMENT.c.since <= day),
        or_(ASSIGNMENT.c.until.is_(None), ASSIGNMENT.c.until >= day),
    )


def scope(person: int | ColumnElement[int], roles: Collection[Role], day: date | ColumnElement[date]) -> CTE:
    """Every place at which ``person`` holds one of ``roles`` on ``day``, and every place below: column ``code``.

    To be joined, so that what somebody may not see is never read. Somebody who stands in for a colleague counts.
    """
    mine = (
        select(ASSIGNMENT.c.place.label("code"))
        .where(ASSIGNMENT.c.person == person, ASSIGNMENT.c.role.in_([role.value for role in roles]), holds(day))
        .cte(recursive=True)
    )
    return mine.union(select(PLACE.c.code).join(mine, PLACE.c.parent == mine.c.code))


def above(place: str | ColumnElement[str]) -> CTE:
    """The place and every place above it: columns ``code``, ``parent`` and ``step`` (0: itself)."""
    up = select(PLACE.c.code, PLACE.c.parent, literal(0).label("step")).where(PLACE.c.code == place).cte(recursive=True)
    return up.union_all(select(PLACE.c.code, PLACE.c.parent, up.c.step + 1).join(up, PLACE.c.code == up.c.parent))


def roles_at(connection: Connection, person: int, place: str, day: date) -> frozenset[Role]:
    """The roles that ``person`` holds on ``day`` at ``place`` or above it. One query."""
    up = above(place)
    query = (
        select(ASSIGNMENT.c.role)
        .join(up, up.c.code == ASSIGNMENT.c.place)
        .where(ASSIGNMENT.c.person == person, holds(day))
        .distinct()
    )
    return frozenset(Role(row.role) for row in connection.execute(query))


@dataclass(frozen=True, slots=True)
class Answerable:
    """Somebody who answers for a place."""

    person: int
    role: Role
    place: str
    """Where they hold the role: the place itself, or one above it."""


def responsible(connection: Connection, place: str, roles: Collection[Role], day: date) -> tuple[Answerable, ...]:
    """Of each role those who hold it nearest to ``place``, going up from it. One query."""
    asked = {"place": place, "roles": [role.value for role in roles], "day": day}
    nearest: dict[str, int] = {}
    found: dict[tuple[int, str], Answerable] = {}
    for row in _RESPONSIBLE.all(connection, asked):
        if row.step == nearest.setdefault(row.role, row.step):
            found.setdefault((row.person, row.role), Answerable(row.person, Role(row.role), row.place))
    return tuple(found.values())


_PLACE: BindParameter[str] = bindparam("place")
_DAY: BindParameter[date] = bindparam("day")
_UP = above(_PLACE)
_RESPONSIBLE = Prepared(
    select(ASSIGNMENT.c.person, ASSIGNMENT.c.role, ASSIGNMENT.c.place, _UP.c.step)
    .join(_UP, _UP.c.code == ASSIGNMENT.c.place)
    .where(ASSIGNMENT.c.role.in_(bindparam("roles", expanding=True)), holds(_DAY))
    .order_by(_UP.c.step, ASSIGNMENT.c.id)
)
