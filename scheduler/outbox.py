"""What the post asks of the outbox and tells it: its statements, built once, and when to try again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, bindparam, func, literal_column, select, tuple_, update

from bot.model import Outbound
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
# The empty text behind the channel keeps SQLite from the index of chats, where it would read all that was ever sent.
OURS = OUTBOX.c.channel.concat("").in_(bindparam("channels", expanding=True))
PENDING = (OPEN, OUTBOX.c.state == "pending", OURS)
SOON = select(OUTBOX.c.channel, OUTBOX.c.address).where(
    *PENDING, OUTBOX.c.due_at > bindparam("now"), OUTBOX.c.due_at <= bindparam("soon")
)
DUE = (
    select(OUTBOX.c.id)
    .where(*PENDING, OUTBOX.c.due_at <= bindparam("now"))
    .where(tuple_(OUTBOX.c.channel, OUTBOX.c.address).notin_(SOON))
    .order_by(OUTBOX.c.id + 0)  # the sum keeps SQLite from walking the whole table in the order of the key
    .limit(CLAIM)
)


def claiming(due: Select[int]) -> Prepared:
    """Take what is due: only one process gets each row."""
    return Prepared(
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(due), OUTBOX.c.state == "pending")
        .values(state="sending", attempts=OUTBOX.c.attempts + 1)
        .returning(OUTBOX.c.id, OUTBOX.c.address, OUTBOX.c.body, OUTBOX.c.attempts)
    )


CLAIM_DUE = claiming(DUE)
CLAIM_LOCKED = claiming(DUE.with_for_update(skip_locked=True))
NEXT = Prepared(select(func.min(OUTBOX.c.due_at)).where(*PENDING, OUTBOX.c.due_at > bindparam("now")))
SETTLE = Prepared(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("number"))
    .values(
        state=bindparam("to"),
        sent_at=bindparam("at"),
        ref=bindparam("as_ref"),
        why=bindparam("as_why"),
        due_at=bindparam("due"),
    )
)
# Another process that starts on the same PostgreSQL puts back what is claimed here; then this finds nothing to begin.
BEGIN = Prepared(
    update(OUTBOX).where(OUTBOX.c.id == bindparam("number"), OUTBOX.c.state == "claimed").values(state="sending")
)
UNTRIED = {"state": "pending", "attempts": OUTBOX.c.attempts - 1}


Lane = tuple[str, str]


@dataclass(slots=True)
class Parcel:
    """A claimed message."""

    outbound: Outbound
    attempts: int
    begun: bool = False
    """Whether it is ``sending`` in the database: what only waits behind another is ``claimed``, and surely not sent."""

    @property
    def lane(self) -> Lane:
        """The chat, whose messages go one after another."""
        return self.outbound.address.channel, self.outbound.address.id


def later(attempts: int, after: float | None, why: str, now: datetime) -> dict[str, object]:
    """When to try again; after the last entry of the schedule the message is dead."""
    if attempts > len(SCHEDULE):
        return {"to": "dead", "as_why": why or "given up"}
    # In this order what is no number at all becomes a day too.
    wait = SCHEDULE[attempts - 1] if after is None else max(0.0, min(DAY, after))
    return {"to": "pending", "due": now + timedelta(seconds=wait), "as_why": why}


def begin(number: int, connection: Connection) -> bool:
    """It goes next; unless another process has put it back meanwhile."""
    return BEGIN.run(connection, {"number": number}) == 1


def put_back(parcels: Sequence[Parcel], connection: Connection) -> None:
    """These were claimed and never tried."""
    for begun, state in ((False, "claimed"), (True, "sending")):
        numbers = [parcel.outbound.id for parcel in parcels if parcel.begun is begun]
        if numbers:
            ours = (OUTBOX.c.id.in_(numbers), OUTBOX.c.state == state)
            connection.execute(update(OUTBOX).where(*ours).values(UNTRIED))
