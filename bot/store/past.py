"""The history that somebody asks for in the chat: of a place within their own scope, or the places to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import case, select

from bot.model import Near
from bot.store.asking import Asking
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.naming import meant, shown
from bot.store.restated import DAYS, history

OFFERED = 12


def past(asking: Asking) -> Mapping[str, Any]:
    """The last days of the place that the command named by code, name or alias; else the person's own places."""
    mine = own(asking)
    said = asking.subject or (mine[0].code if len(mine) == 1 else "")
    found, misnamed = meant(asking, said) if said else ([], None)
    if len(found) == 1:
        first = asking.today - timedelta(days=DAYS)
        return {"past": history(asking.connection, asking.house, found[0].code, first, asking.today)}
    return {"near": tuple(found or mine)[:OFFERED], "misnamed": misnamed}


def own(asking: Asking) -> list[Near]:
    """The places that were assigned to the person, then those right below them."""
    today = asking.today
    direct = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == asking.who.person, holds(today))
    here = PLACE.c.code.in_(direct)
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > today)
    query = select(PLACE.c.code, PLACE.c.name, PLACE.c.parent).where(here | PLACE.c.parent.in_(direct), still)
    query = query.order_by(case((here, 0), else_=1), PLACE.c.code).limit(OFFERED)
    return shown(asking.connection, asking.connection.execute(query).all())
