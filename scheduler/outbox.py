"""What the post asks of the outbox and tells it: its statements, built once, and when to try again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, case, literal_column, or_, select, update

from bot.desk import undelivered
from bot.desk.letters import PRIORITY
from bot.model import Outbound
from bot.store import codec
from bot.store.crypto import Keyring, WrongKeyError
from bot.store.prepared import Prepared
from bot.store.tables import named

OUTBOX = named("outbox")
SCHEDULE = (5.0, 30.0, 120.0, 600.0, 3600.0, 21600.0)
"""Seconds until the next try (RELIABILITY, case alerts)."""
PATIENCE = timedelta(seconds=30)
"""So long a chat's later messages wait for one that is to be tried again, so that they arrive in order; not longer, or
a platform that comes back after an hour would find a bot that says nothing."""
CLAIM = 256
DAY = 86_400.0
"""A platform that asks for more patience than this many seconds is tried again nevertheless."""
OPEN = OUTBOX.c.state.in_([literal_column(f"'{state}'") for state in ("pending", "claimed", "sending")])
"""In the very words of the index over what is open: SQLite uses it for no others."""
PENDING = OUTBOX.c.state == literal_column("'pending'")
"""In the very words of the index of turns."""
# The empty text behind the channel keeps SQLite from the indexes of chats and turns, where it would read too much.
HERE = (OPEN, PENDING, OUTBOX.c.channel.concat("") == bindparam("channel"))


def soon(*which: object) -> Select[str]:
    """The chats of a channel in which something is to be tried again before long."""
    query = select(OUTBOX.c.address).where(*HERE, OUTBOX.c.due_at > bindparam("now"))
    return query.where(OUTBOX.c.due_at <= bindparam("soon"), *which)  # type: ignore[arg-type]


URGENT = OUTBOX.c.priority == PRIORITY["alert"]
TURN = (
    select(
        OUTBOX.c.id,
        OUTBOX.c.address,
        OUTBOX.c.group,
        OUTBOX.c.kind,
        OUTBOX.c.person,
        OUTBOX.c.priority,
        OUTBOX.c.attempts,
        OUTBOX.c.body,
    )
    .where(PENDING, OUTBOX.c.channel == bindparam("channel"), OUTBOX.c.due_at <= bindparam("now"))
    .where(OUTBOX.c.address.not_in(bindparam("skipped", expanding=True)))
    # An alert waits for another alert in its chat, so that they arrive in order, and for nothing else.
    .where(OUTBOX.c.address.not_in(soon(URGENT)), or_(URGENT, OUTBOX.c.address.not_in(soon())))
    .order_by(OUTBOX.c.priority, OUTBOX.c.id)
    .limit(bindparam("most"))
)
"""What goes next through one channel, to chats that are not ``skipped``, in the order of its index."""
NEXT = Prepared(
    select(OUTBOX.c.due_at)
    .where(OPEN, PENDING, OUTBOX.c.channel.concat("").in_(bindparam("channels", expanding=True)))
    .where(OUTBOX.c.due_at > bindparam("now"))
    .order_by(OUTBOX.c.due_at)
    .limit(1)
)
TURNS = {"sqlite": Prepared(TURN), "postgresql": Prepared(TURN.with_for_update(skip_locked=True))}
"""Of several processes each gets other rows."""
KEEP = Prepared(
    update(OUTBOX)
    .where(OUTBOX.c.id.in_(bindparam("numbers", expanding=True)), OUTBOX.c.state == "pending")
    .values(state=bindparam("to"), owner=bindparam("me"), attempts=OUTBOX.c.attempts + 1)
)
MINE = (OUTBOX.c.id == bindparam("number"), OUTBOX.c.owner == bindparam("me"))
FATE: dict[str, BindParameter[object]] = {
    "state": bindparam("to"),
    "sent_at": bindparam("at"),
    "ref": bindparam("as_ref"),
    "why": bindparam("as_why"),
    "due_at": bindparam("due"),
}
SETTLE = Prepared(update(OUTBOX).where(*MINE, OUTBOX.c.state == "sending").values(FATE))
# Whoever gave this process up did not know what it knows: that the message went.
SETTLE_SENT = Prepared(update(OUTBOX).where(*MINE, OUTBOX.c.state.in_(["sending", "uncertain"])).values(FATE))
# What another process has put back meanwhile is no longer claimed by this one, and not to be begun.
BEGIN = Prepared(update(OUTBOX).where(*MINE, OUTBOX.c.state == "claimed").values(state="sending"))
UNTRIED = {
    "state": "pending",
    "owner": "",
    "attempts": case((OUTBOX.c.attempts > 0, OUTBOX.c.attempts - 1), else_=0),
}


Lane = tuple[str, str]
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Parcel:
    """A claimed message."""

    outbound: Outbound
    attempts: int
    priority: int
    since: datetime
    """When it was last this process's turn to send it."""
    begun: bool = False
    """Whether it is ``sending`` in the database: what only waits behind another is ``claimed``, and surely not sent."""

    @property
    def lane(self) -> Lane:
        """The chat, whose messages go one after another."""
        return self.outbound.address.channel, self.outbound.address.id


def read(keyring: Keyring, clock: Callable[[], datetime], connection: Connection, row: Any) -> Outbound | None:  # noqa: ANN401 - a row of the outbox
    """A row's message; one that cannot be read is dead, and stops no other."""
    try:
        outbound = codec.load(Outbound, keyring.open_bytes(row.body))
    except (WrongKeyError, ValueError) as why:  # pydantic's is a ValueError; its text may hold what was said
        reason = f"cannot be read: {type(why).__name__}"
        log.warning("message %d %s", row.id, reason)
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(state="dead", why=reason))
        if row.kind == "alert":
            undelivered.lost(connection, clock(), row.id)
        return None
    # The row's address is the one that holds: a group may have moved since the letter was written.
    return replace(outbound, id=row.id, address=replace(outbound.address, id=row.address))


def enqueue(queue: list[Parcel], parcel: Parcel) -> None:
    """Put it behind those of its chat that go before it, or were there before it."""
    at = len(queue)
    while at and queue[at - 1].priority > parcel.priority:
        at -= 1
    queue.insert(at, parcel)


def later(attempts: int, after: float | None, why: str, now: datetime) -> dict[str, object]:
    """When to try again; after the last entry of the schedule the message is dead."""
    if attempts > len(SCHEDULE):
        return {"to": "dead", "as_why": why or "given up"}
    # In this order what is no number at all becomes a day too.
    wait = SCHEDULE[attempts - 1] if after is None else max(0.0, min(DAY, after))
    return {"to": "pending", "due": now + timedelta(seconds=wait), "as_why": why}


def begin(number: int, owner: str, connection: Connection) -> bool:
    """It goes next; unless another process has put it back meanwhile."""
    return BEGIN.run(connection, {"number": number, "me": owner}) == 1


def put_back(parcels: Sequence[Parcel], owner: str, connection: Connection) -> None:
    """These were claimed and never tried."""
    for begun, state in ((False, "claimed"), (True, "sending")):
        numbers = [parcel.outbound.id for parcel in parcels if parcel.begun is begun]
        if numbers:
            ours = (OUTBOX.c.id.in_(numbers), OUTBOX.c.state == state, OUTBOX.c.owner == owner)
            connection.execute(update(OUTBOX).where(*ours).values(UNTRIED))
