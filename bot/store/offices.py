"""Of which place somebody asks who answers for many, and whom to ask who may not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, select

from bot.model import Level, Misnamed, Role
from bot.model.office import MAY, Ask, Office
from bot.model.rights import Barred, told, whose
from bot.store.asking import Asking
from bot.store.authority import holds, responsible, roles_at
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.naming import UPWARD, called, meant
from bot.store.rights import rights
from bot.understand.periods import bare

SHOWN = 20
"""So much of what was named is shown back."""
OWN = 12
"""More places than this are no help on a phone."""
_RANK = case({level.value: number for number, level in enumerate(Level)}, value=PLACE.c.level)


@dataclass(frozen=True, slots=True)
class Found:
    """A place of which the person may ask, and the roles by which they may: those held there or above it."""

    code: str
    name: str
    level: Level
    roles: frozenset[Role]


def place_of(asking: Asking, ask: Ask, said: str = "") -> tuple[Office, Found | None]:
    """The place that was named by code, name or alias, else the widest of the person's own; None where there is none.

    The answer then says why: whom to ask, or what is no place of theirs.
    """
    query = (
        select(PLACE.c.code, PLACE.c.name, PLACE.c.level)
        .join(ASSIGNMENT, ASSIGNMENT.c.place == PLACE.c.code)
        .where(ASSIGNMENT.c.person == asking.who.person, holds(asking.today))
        .where(ASSIGNMENT.c.role.in_([role.value for role in MAY[ask]]), ASSIGNMENT.c.stands_in_for.is_(None))
        .where(PLACE.c.closed.is_(None) | (PLACE.c.closed > asking.today))
        .order_by(_RANK, ASSIGNMENT.c.id)
    )
    rows = asking.connection.execute(query).all()
    mine = {row.code: row for row in rows}
    others = tuple((row.code, row.name) for row in mine.values())[:OWN]
    office = Office(ask, others=others, at=asking.now)
    if not rows:
        return Office(ask, whom=nearest(asking, MAY[ask]), at=asking.now), None
    said = said if bare(said) else ""  # “汇总一下” names no place
    near, misnamed = meant(asking, said, MAY[ask]) if said else ([], None)
    if len(near) > 1:
        misnamed = Misnamed(said, tuple(near))
    if said and len(near) != 1:
        whom = nearest(asking, MAY[ask], anybody=False)
        return Office(ask, others=others, unknown=bare(said), misnamed=misnamed, whom=whom, at=asking.now), None
    code = near[0].code if near else rows[0].code
    row = mine.get(code) or asking.connection.execute(select(PLACE).where(PLACE.c.code == code)).one()
    rest = tuple(other for other in office.others if other[0] != code)
    roles = roles_at(asking.connection, asking.who.person, code, asking.today) & MAY[ask]
    return Office(ask, code, row.name, rest, at=asking.now), Found(code, row.name, Level(row.level), roles)


def barred(asking: Asking) -> Mapping[str, Any]:
    """What a conversation refused (``creation JA``: a command or a step, then what was named), and whom to ask."""
    command, _, said = asking.subject.partition(" ")
    roles = whose(command)
    mine = rights(asking)
    own = command in mine["may"]
    within = called(asking, said) if said else []
    place = within[0].code if len(within) == 1 else None
    whom = nearest(asking, roles, place, anybody=not own)
    return {"barred": Barred(command, said[:SHOWN], told(roles), own=own, whom=whom)}


def nearest(
    asking: Asking, roles: Collection[Role], place: str | None = None, *, anybody: bool = True
) -> tuple[tuple[str, str], ...]:
    """Who of these roles is nearest to the place, or to one of this person's: role and place. One of a chain is enough.

    ``anybody``: where nobody is above it, somebody elsewhere.
    """
    if place is None:
        own = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == asking.who.person, holds(asking.today))
        place = asking.connection.execute(own.order_by(ASSIGNMENT.c.id).limit(1)).scalar()
    wanted = [role for role in UPWARD if role in roles]
    above = responsible(asking.connection, place, wanted, asking.today) if place else ()
    near = [(each.role.value, each.place) for each in above if each.person != asking.who.person][:1]
    if not near and anybody:
        elsewhere = (
            select(ASSIGNMENT.c.role, ASSIGNMENT.c.place)
            .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
            .where(ASSIGNMENT.c.role.in_([role.value for role in wanted]), holds(asking.today))
            .where(ASSIGNMENT.c.person != asking.who.person)
            .order_by(_RANK, ASSIGNMENT.c.id)
            .limit(1)
        )
        near = [(row.role, row.place) for row in asking.connection.execute(elsewhere)]
    names = select(PLACE.c.code, PLACE.c.name).where(PLACE.c.code.in_([place for _, place in near]))
    known = {row.code: row.name for row in asking.connection.execute(names)} if near else {}
    return tuple((role, known[place]) for role, place in near)
