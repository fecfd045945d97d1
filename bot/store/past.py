"""The history that somebody asks for in the chat: of a place within their own scope, or the places to choose from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, case, select

from bot.model import Near, Role
from bot.store.asking import Asking
from bot.store.authority import holds, scope
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.restated import DAYS, history

OFFERED = 12


def past(asking: Asking) -> Mapping[str, Any]:
    """The last days of the place that the command named by code, name or alias; else the person's own places."""
    mine = own(asking)
    said = asking.subject or (mine[0].code if len(mine) == 1 else "")
    found = called(asking, said) if said else []
    if len(found) == 1:
        first = asking.today - timedelta(days=DAYS)
        return {"past": history(asking.connection, asking.house, found[0].code, first, asking.today)}
    return {"near": tuple(found or mine)[:OFFERED]}


def called(asking: Asking, said: str, roles: Collection[Role] = tuple(Role)) -> list[Near]:
    """The places within the scope of the person's ``roles`` that are called so: by code, else by name or alias."""
    mine = scope(asking.who.person, roles, asking.today)
    query = select(PLACE.c.code, PLACE.c.name, PLACE.c.aliases, PLACE.c.parent).join(mine, mine.c.code == PLACE.c.code)
    like = PLACE.c.aliases.contains(said, autoescape=True)
    query = query.where((PLACE.c.code == said) | (PLACE.c.name == said) | like).order_by(PLACE.c.code)
    rows = asking.connection.execute(query).all()
    for kept in (
        [row for row in rows if row.code == said],
        [row for row in rows if row.name == said],
        [row for row in rows if said in (alias.strip() for alias in row.aliases.split(";"))],
    ):
        if kept:
            return _near(asking.connection, kept)
    return []


def own(asking: Asking) -> list[Near]:
    """The places that were assigned to the person, then those right below them."""
    today = asking.today
    direct = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == asking.who.person, holds(today))
    here = PLACE.c.code.in_(direct)
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > today)
    query = select(PLACE.c.code, PLACE.c.name, PLACE.c.parent).where(here | PLACE.c.parent.in_(direct), still)
    query = query.order_by(case((here, 0), else_=1), PLACE.c.code).limit(OFFERED)
    return _near(asking.connection, asking.connection.execute(query).all())


def _near(connection: Connection, rows: Sequence[Any]) -> list[Near]:
    """Places by name; with the place above where two share it."""
    names = [row.name for row in rows]
    twice = {row.parent for row in rows if names.count(row.name) > 1 and row.parent}
    above = {row.code: row.name for row in connection.execute(select(PLACE).where(PLACE.c.code.in_(twice)))}
    return [
        Near(
            row.code,
            f"{above[row.parent]} {row.name}" if row.parent in above and names.count(row.name) > 1 else row.name,
        )
        for row in rows
    ]
