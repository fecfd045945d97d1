"""What a restored database may have said before: of what waited, or became due since, nobody knows whether it went."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select, update

from bot.desk import care_notices, creation_notices, digests, milestones
from bot.store import milestones as facts
from bot.store import published
from bot.store.reached import reached
from bot.store.webhooks import CHANNEL
from scheduler import calendar, plan
from scheduler.gathering import gather
from scheduler.outbox import OPEN, OUTBOX, read
from scheduler.reminding import write

if TYPE_CHECKING:
    from bot.desk.voice import Tools

WHY = "a backup was restored: it may have gone out before"


def doubt(connection: Connection, tools: Tools, now: datetime) -> int:
    """Count what may have been said between the backup and ``now`` as said: once at most. How many letters that is.

    What waited in the backup, and what this moment would make of it (reminders, the day in one message, milestones),
    are uncertain, as after a kill in the midst of sending: ``wuyi outbox`` has them, and sends them if it is told to.
    What does no harm twice, an edit or a fact for another program, goes again. To be called before anything is sent,
    in the transaction that restores.
    """
    here = now.astimezone(tools.zone)
    _say(connection, tools, awake(here, tools))
    rows = connection.execute(select(OUTBOX.c.id, OUTBOX.c.address, OUTBOX.c.body, OUTBOX.c.kind).where(OPEN)).all()
    again: list[int] = []
    unknown: list[int] = []
    for row in rows:
        outbound = read(tools.keyring, lambda: here, connection, row)
        if outbound is not None:
            harmless = outbound.edits or outbound.address.channel == CHANNEL
            (again if harmless else unknown).append(row.id)
    for numbers, values in (
        (again, {"state": "pending", "owner": ""}),
        (unknown, {"state": "uncertain", "owner": "", "why": WHY}),
    ):
        if numbers:
            change = update(OUTBOX).where(OUTBOX.c.id == bindparam("number")).values(values)
            connection.execute(change, [{"number": number} for number in numbers])
    return len(unknown)


def awake(now: datetime, tools: Tools) -> datetime:
    """``now``, or in the quiet hours the last moment before them: what went then is not said in the morning."""
    if not calendar.quiet(now, tools.rules):
        return now
    began = datetime.combine(now.date(), time.fromisoformat(tools.rules.quiet_from), now.tzinfo)
    return (began if began <= now else began - timedelta(days=1)) - timedelta(minutes=1)


def _say(connection: Connection, tools: Tools, now: datetime) -> None:
    """Everything that the house says by itself at this moment, of whatever is due."""
    house = tools.house
    while days := published.publish_due(connection, house, now):
        for day in days:
            facts.record_milestones(connection, house, day, now)
    known = gather(connection, tools, now, set(reached(connection, now)), timers=True)
    due = plan.due(now, known.owing, known.served, tools.rules)
    write(due, known.reached, tools, now, connection)
    if digests.due(tools, now):
        digests.send(connection, tools, now)
    for say in (milestones.announce, care_notices.announce_ends, creation_notices.revoke):
        partial(say, tools=tools, now=now)(connection)
