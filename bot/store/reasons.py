"""Why a figure is what it is, for somebody who asks in the chat about a place within their own scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.store import figures
from bot.store.asking import Asking
from bot.store.duties import PLACE
from bot.store.explained import explained
from bot.store.naming import meant
from bot.store.past import OFFERED, own
from bot.understand.periods import named, period


def reasons(asking: Asking) -> Mapping[str, Any]:
    """The reason of the place that the command named by code, name or alias; else places to choose from.

    With a day behind the place (``22 2026-10-01``), of the figure at the end of that day, as it is known now.
    """
    mine = own(asking)
    asked, day = _on(asking)
    said = asked or (mine[0].code if len(mine) == 1 else "")
    found, misnamed = meant(asking, said) if said else ([], None)
    if len(found) != 1:
        return {"near": tuple(found or mine)[:OFFERED], "misnamed": misnamed}
    rules, connection = asking.house.rules, asking.connection
    code = found[0].code
    known = figures.streaks(connection, rules, day, places=[code])
    if not known:
        return {"near": tuple(mine)[:OFFERED]}
    name = connection.execute(select(PLACE.c.name).where(PLACE.c.code == code)).scalar_one()
    on = day if day < asking.today else None
    told = explained(connection, rules, known[0], asking.who.locale)
    return {"reasons": {"place": code, "name": name, "on": on, **told}}


def _on(asking: Asking) -> tuple[str, date]:
    """The place that the command named, and the day that is over, if it named one beside it; else today."""
    name, place = named(asking.subject)
    try:
        days = period(name or "today", asking.today)
    except ValueError:
        return asking.subject, asking.today
    over = days.since == days.until < asking.today
    return (place, days.until) if place and over else (asking.subject, asking.today)
