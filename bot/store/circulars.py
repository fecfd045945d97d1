"""The circular of praise and criticism, for townships and offices: of their own places, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from bot.model import Level
from bot.model.rights import RIGHTS
from bot.scoring.circulars import Taking, Town, circular
from bot.scoring.quarters import days_of, quarter
from bot.store import sums
from bot.store.asking import Asking
from bot.store.authority import scope
from bot.store.creation_kept import LEVELS, steps_of
from bot.store.duties import PLACE

ROLES = RIGHTS["circular"]


def told(asking: Asking) -> Mapping[str, Any]:
    """Of the quarter that the command named, else the present one; None for who may not, or where it is no quarter."""
    period = asking.subject.strip().upper() or quarter(asking.today)
    try:
        first, last = days_of(period)
    except ValueError:
        return {"circular": None}
    mine = scope(asking.who.person, ROLES, asking.today)
    query = (
        select(PLACE.c.code, PLACE.c.name, PLACE.c.level, PLACE.c.parent)
        .join(mine, mine.c.code == PLACE.c.code)
        .where(PLACE.c.level.in_([*LEVELS, Level.COUNTY.value]))
        .where(or_(PLACE.c.closed.is_(None), PLACE.c.closed > first))
        .order_by(PLACE.c.code)
    )
    rows = asking.connection.execute(query).all()
    if not rows or first > asking.today:
        return {"circular": None}
    steps = steps_of(asking.connection, asking.house, [row.code for row in rows])
    until = min(last, asking.today - timedelta(days=1))
    codes = [row.code for row in rows if row.level == Level.TOWNSHIP]
    reports = sums.tallies(asking.connection, first, until, codes)
    names = {row.code: row.name for row in rows}
    towns = [Town(code, names[code], reports[code].expected, reports[code].received) for code in codes]
    taking = [
        Taking(
            row.name, row.level, row.code if row.level == Level.TOWNSHIP else row.parent or "", steps.get(row.code, ())
        )
        for row in rows
        if row.level != Level.COUNTY
    ]
    found = circular(period, taking, towns, asking.today, asking.house.rules)
    widest = min(rows, key=lambda row: (row.level != Level.COUNTY, row.level != Level.TOWNSHIP, row.code))
    shown = {"place": widest.code, "name": widest.name, "first": first, "last": last}
    return {"circular": replace(found, shown=shown)}
