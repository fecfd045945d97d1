"""Places of which somebody may have pictures: those in their charge, whatever they do there, and all below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, case, select

from bot.model import DUTY_LEVELS, Level, Near, Role
from bot.model.rights import RIGHTS
from bot.store.acts import Act
from bot.store.asking import Asking
from bot.store.authority import holds, scope
from bot.store.cases import RefusedError
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.naming import meant

ANY = tuple(Role)
OVERSEERS = RIGHTS["overview"]
"""Who has the town at a glance."""
LEVELS = DUTY_LEVELS - {Level.BUILDING}
"""What is offered below one's own places: of a building whoever is named there may ask."""
MOST = 300
"""More compounds than this in one person's charge are for the board, not for a chat."""
ONCE = 60
"""So many places of one's own fit one picture."""


def pictured(asking: Asking) -> Mapping[str, Any]:
    """The place that the command named by code, name or alias; else one's own, the compounds there, the towns."""
    if asking.subject:
        named, misnamed = meant(asking, asking.subject)
        found, codes = tuple(named), [each.code for each in named]
        shown = {"boards": found, "calendars": found, "overviews": _overviews(asking, codes)}
        return {**shown, "misnamed": misnamed}
    today, person = asking.today, asking.who.person
    direct = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == person, holds(today))
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > today)
    own = select(PLACE.c.code, PLACE.c.name).where(PLACE.c.code.in_(direct), still).order_by(PLACE.c.code)
    mine = scope(person, ANY, today)
    first = case((PLACE.c.code.in_(direct), 0), else_=1)
    levels = PLACE.c.level.in_([level.value for level in LEVELS]) | PLACE.c.code.in_(direct)
    levels &= PLACE.c.level.in_([level.value for level in DUTY_LEVELS])
    below = select(PLACE.c.code, PLACE.c.name).join(mine, mine.c.code == PLACE.c.code).where(levels, still)
    return {
        "boards": _near(asking.connection, own.limit(ONCE)),
        "calendars": _near(asking.connection, below.order_by(first, PLACE.c.code).limit(MOST)),
        "overviews": _overviews(asking),
    }


def _overviews(asking: Asking, among: Sequence[str] | None = None) -> tuple[Near, ...]:
    """The places that the person oversees; ``among``: of these, those that lie within them."""
    query = select(PLACE.c.code, PLACE.c.name).order_by(PLACE.c.code).limit(MOST)
    if among is None:
        direct = (
            select(ASSIGNMENT.c.place)
            .where(ASSIGNMENT.c.person == asking.who.person, holds(asking.today))
            .where(ASSIGNMENT.c.role.in_([role.value for role in OVERSEERS]))
        )
        return _near(asking.connection, query.where(PLACE.c.code.in_(direct)))
    mine = scope(asking.who.person, OVERSEERS, asking.today)
    return _near(asking.connection, query.join(mine, mine.c.code == PLACE.c.code).where(PLACE.c.code.in_(among)))


def _near(connection: Connection, query: Any) -> tuple[Near, ...]:  # noqa: ANN401 - a question for codes and names
    return tuple(Near(row.code, row.name) for row in connection.execute(query))


def check(connection: Connection, act: Act, kind: str, places: Sequence[str]) -> Sequence[str]:
    """The places' names, where all of them are in the person's charge; an overview is for those who oversee.

    Raises:
        RefusedError: ``unknown`` (no such place, or none of theirs).
    """
    roles = OVERSEERS if kind == "overview-picture" else ANY
    mine = scope(act.person, roles, act.now.date())
    query = select(PLACE.c.code, PLACE.c.name).join(mine, mine.c.code == PLACE.c.code).where(PLACE.c.code.in_(places))
    names = {row.code: row.name for row in connection.execute(query)}
    if not places or set(places) - names.keys():
        raise RefusedError("unknown")
    return [names[code] for code in places]
