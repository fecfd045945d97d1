"""Why a figure is what it is, for somebody who asks in the chat about a place within their own scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bot.store import figures
from bot.store.asking import Asking
from bot.store.duties import PLACE
from bot.store.explained import explained
from bot.store.naming import meant
from bot.store.past import OFFERED, own


def reasons(asking: Asking) -> Mapping[str, Any]:
    """The reason of the place that the command named by code, name or alias; else places to choose from."""
    mine = own(asking)
    said = asking.subject or (mine[0].code if len(mine) == 1 else "")
    found, misnamed = meant(asking, said) if said else ([], None)
    if len(found) != 1:
        return {"near": tuple(found or mine)[:OFFERED], "misnamed": misnamed}
    rules, connection = asking.house.rules, asking.connection
    code = found[0].code
    known = figures.streaks(connection, rules, asking.today, places=[code])
    if not known:
        return {"near": tuple(mine)[:OFFERED]}
    name = connection.execute(select(PLACE.c.name).where(PLACE.c.code == code)).scalar_one()
    return {"reasons": {"place": code, "name": name, **explained(connection, rules, known[0], asking.who.locale)}}
