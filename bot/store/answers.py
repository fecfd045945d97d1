"""What a message came to, and what was said since somebody's last word: for platforms that count or ask again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.model import Outbound
from bot.model.messages import WAITING, Written
from bot.store import codec
from bot.store.crypto import Keyring
from bot.store.prepared import Prepared
from bot.store.tables import named

INBOX, OUTBOX = named("inbox"), named("outbox")
SEEN = Prepared(
    select(INBOX.c.id).where(INBOX.c.channel == bindparam("channel"), INBOX.c.dedupe == bindparam("dedupe"))
)
LETTERS = Prepared(
    select(OUTBOX.c.id, OUTBOX.c.state, OUTBOX.c.ref, OUTBOX.c.body)
    .join(INBOX, INBOX.c.id == OUTBOX.c.inbox)
    .where(INBOX.c.channel == bindparam("channel"), INBOX.c.dedupe == bindparam("dedupe"))
    .where(OUTBOX.c.channel == INBOX.c.channel, OUTBOX.c.address == INBOX.c.address)
    .order_by(OUTBOX.c.id)
)
OPEN = Prepared(
    select(OUTBOX.c.id)
    .where(OUTBOX.c.id.in_(bindparam("numbers", expanding=True)), OUTBOX.c.state.in_(sorted(WAITING)))
    .limit(1)
)
HEARD = Prepared(
    select(INBOX.c.received_at)
    .where(INBOX.c.channel == bindparam("channel"), INBOX.c.address == bindparam("address"))
    .where(INBOX.c.dedupe.startswith(bindparam("mark", type_=INBOX.c.dedupe.type), autoescape=False))
    .order_by(INBOX.c.id.desc())
    .limit(1)
)
SAID = Prepared(
    select(OUTBOX.c.ref)
    .where(OUTBOX.c.channel == bindparam("channel"), OUTBOX.c.address == bindparam("address"))
    .where(OUTBOX.c.state.in_(["sent", "uncertain"]), OUTBOX.c.due_at >= bindparam("since"))
    .order_by(OUTBOX.c.id.desc())
    .limit(bindparam("most"))
)


def seen(connection: Connection, channel: str, dedupe: str) -> bool:
    """Whether a message of that name was taken, or kept, before."""
    return SEEN.first(connection, {"channel": channel, "dedupe": dedupe}) is not None


def written(connection: Connection, keyring: Keyring, channel: str, dedupe: str) -> tuple[Written, ...]:
    """The letters to the chat that a message came from, in their order."""
    rows = LETTERS.all(connection, {"channel": channel, "dedupe": dedupe})
    read = ((row, codec.load(Outbound, keyring.open_bytes(row.body))) for row in rows)
    return tuple(Written(replace(outbound, id=row.id), row.state, row.ref) for row, outbound in read)


def settled(connection: Connection, numbers: list[int]) -> bool:
    """Whether it is written down of all these letters what became of them."""
    return OPEN.first(connection, {"numbers": numbers}) is None


def heard(connection: Connection, channel: str, address: str, mark: str) -> datetime | None:
    """When a message whose name begins so last came from a chat."""
    moment: datetime | None = HEARD.scalar(connection, {"channel": channel, "address": address, "mark": mark})
    return moment


def said(connection: Connection, channel: str, address: str, since: datetime, most: int) -> tuple[str | None, ...]:
    """The platform's names of what was sent to a chat since then, the newest so many; None: nobody knows its fate."""
    values = {"channel": channel, "address": address, "since": since, "most": most}
    return tuple(row.ref for row in SAID.all(connection, values))
