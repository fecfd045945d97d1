"""What people were reminded of already: how many messages came today, and what came lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from bot.model.deadlines import SNOOZE
from bot.store.prepared import Prepared
from bot.store.tables import named

REMINDER = named("reminder")
_SINCE: BindParameter[Any] = bindparam("since")
_ASKED = select(REMINDER.c.outbox).where(REMINDER.c.at >= _SINCE, REMINDER.c.slot.startswith(SNOOZE))
_TODAY = Prepared(
    select(REMINDER.c.person, func.count(REMINDER.c.outbox.distinct()).label("messages"))
    .where(REMINDER.c.at >= _SINCE, REMINDER.c.outbox.not_in(_ASKED))
    .group_by(REMINDER.c.person)
)
_LATELY = Prepared(select(REMINDER.c.person, REMINDER.c.slot, REMINDER.c.at).where(REMINDER.c.at >= _SINCE))


def today(connection: Connection, now: datetime) -> dict[int, int]:
    """By person the messages of this day that they did not ask for; ``now`` is in the programme's zone."""
    midnight = datetime.combine(now.date(), time.min, now.tzinfo)
    return {row.person: row.messages for row in _TODAY.all(connection, {"since": midnight})}


def lately(
    connection: Connection, now: datetime, within: timedelta, persons: Collection[int]
) -> Mapping[int, tuple[tuple[str, datetime], ...]]:
    """By person the moments that were served within so long: their names, and when."""
    found: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for row in _LATELY.all(connection, {"since": now - within}):
        if row.person in persons:
            found[row.person].append((row.slot, row.at))
    return {person: tuple(rows) for person, rows in found.items()}
