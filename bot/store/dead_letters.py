"""What waits in the outbox or did not arrive, as an admin sees it: never a text, an address or a whole name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot import words
from bot.store import audit
from bot.store.crypto import Keyring
from bot.store.tables import named

OUTBOX, PERSON = named("outbox"), named("person")
STATES = ("dead", "uncertain", "pending")
"""What can be looked at; the first two can be sent again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message."""

    id: int
    kind: str
    channel: str
    person: str
    """The masked name; empty for a group, and for somebody who has not enrolled."""
    written: datetime
    due: datetime
    attempts: int
    why: str


def listed(connection: Connection, keyring: Keyring, state: str) -> tuple[Waiting, ...]:
    """All messages of a state, oldest first."""
    query = (
        select(OUTBOX, PERSON.c.name)
        .join(PERSON, PERSON.c.id == OUTBOX.c.person, isouter=True)
        .where(OUTBOX.c.state == state)
        .order_by(OUTBOX.c.id)
    )
    return tuple(
        Waiting(
            row.id,
            row.kind,
            row.channel,
            "" if row.name is None else words.masked_name(keyring.open(row.name)),
            row.created_at,
            row.due_at,
            row.attempts,
            row.why,
        )
        for row in connection.execute(query)
    )


def numbers(connection: Connection, state: str) -> list[int]:
    """The ids of all messages of a state."""
    return list(connection.execute(select(OUTBOX.c.id).where(OUTBOX.c.state == state)).scalars())


def resend(connection: Connection, ids: Collection[int], now: datetime, actor: str = "cli") -> None:
    """Have these tried again from the start; who asked for it stands in the audit log.

    Raises:
        LookupError: some are neither dead nor of unknown fate; nothing is changed. Its argument names them.
    """
    again = {"state": "pending", "attempts": 0, "due_at": now, "why": "", "owner": ""}
    _change(connection, ids, STATES[:2], again, now, "resent", actor)


def drop(connection: Connection, ids: Collection[int], now: datetime, actor: str = "cli") -> None:
    """Give these up for good; who asked for it stands in the audit log.

    Raises:
        LookupError: some do not wait, or went; nothing is changed. Its argument names them.
    """
    _change(connection, ids, STATES, {"state": "cancelled", "why": "dropped"}, now, "dropped", actor)


def _change(  # noqa: PLR0913, PLR0917 - which, of which states, to what, when, what it is called, and by whom
    connection: Connection,
    ids: Collection[int],
    states: Collection[str],
    values: dict[str, object],
    now: datetime,
    called: str,
    actor: str,
) -> None:
    fitting = (OUTBOX.c.id.in_(ids), OUTBOX.c.state.in_(states))
    found = set(connection.execute(update(OUTBOX).where(*fitting).values(values).returning(OUTBOX.c.id)).scalars())
    if missing := sorted(set(ids) - found):
        raise LookupError(", ".join(map(str, missing)))
    for number in sorted(found):
        audit.record(connection, now, actor, called, f"outbox:{number}")
