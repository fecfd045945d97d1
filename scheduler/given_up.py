"""What becomes of the messages of a process that is gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.store.webhooks import CHANNEL
from scheduler.claims import Read
from scheduler.outbox import OPEN, OUTBOX, UNTRIED
from scheduler.presence import Others, bury


def recover(connection: Connection, now: datetime, read: Read, others: Others, *, start: bool) -> None:
    """See to what those have left behind whose time is over; at a ``start`` to all that belongs to nobody alive.

    What was only claimed nobody has tried. Replacing a message twice does no harm, nor does telling a program twice,
    which knows it by its id: those are tried again. Whether a new one went to a person nobody knows, and it is never
    sent again by itself. A process that starts alone finds its
    predecessor's messages, those of a release that wrote no owner among them.
    """
    if not start and not others.over:
        return
    theirs = [OPEN]
    if not start:
        theirs.append(OUTBOX.c.owner.in_(others.over))
    elif others.alive:
        theirs.append(OUTBOX.c.owner.not_in([*others.alive, ""]))
    connection.execute(update(OUTBOX).where(*theirs, OUTBOX.c.state == "claimed").values(UNTRIED))
    query = select(OUTBOX.c.id, OUTBOX.c.address, OUTBOX.c.body, OUTBOX.c.kind)
    again: list[int] = []
    unknown: list[int] = []
    for row in connection.execute(query.where(*theirs, OUTBOX.c.state == "sending")).all():
        outbound = read(connection, row)
        if outbound is not None:
            (again if outbound.edits or outbound.address.channel == CHANNEL else unknown).append(row.id)
    for numbers, state in ((again, "pending"), (unknown, "uncertain")):
        if numbers:
            why = "the process ended while it was being sent"
            # Another process may see to the same at this moment, and what was on its way may yet turn out to be sent.
            still = (OUTBOX.c.id.in_(numbers), OUTBOX.c.state == "sending")
            connection.execute(update(OUTBOX).where(*still).values(state=state, why=why))
    bury(connection, others.over, now)
