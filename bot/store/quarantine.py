"""Messages that could not be handled, as an admin sees them: where and why, and never what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot import words
from bot.store.crypto import Keyring
from bot.store.tables import named

INBOX, PERSON = named("inbox"), named("person")
MOST = 200


@dataclass(frozen=True, slots=True)
class Held:
    """One message."""

    id: int
    channel: str
    kind: str
    person: str
    """The masked name; empty for somebody who has not enrolled."""
    at: datetime
    why: str


def listed(connection: Connection, keyring: Keyring) -> tuple[Held, ...]:
    """The newest of them. One query."""
    query = (
        select(INBOX.c.id, INBOX.c.channel, INBOX.c.kind, INBOX.c.received_at, INBOX.c.why, PERSON.c.name)
        .join(PERSON, PERSON.c.id == INBOX.c.person, isouter=True)
        .where(INBOX.c.state == "quarantined")
        .order_by(INBOX.c.id.desc())
        .limit(MOST)
    )
    return tuple(
        Held(
            row.id,
            row.channel,
            row.kind,
            words.masked_name(keyring.open(row.name)) if row.name else "",
            row.received_at,
            row.why,
        )
        for row in connection.execute(query)
    )
