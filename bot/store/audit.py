"""The audit log: append-only, each row's digest covers the row before it, so that a changed row is found out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import Connection, insert, select, text
from sqlmodel import SQLModel

from bot.store.prepared import Prepared
from bot.store.tables import Audit

if TYPE_CHECKING:
    from sqlalchemy import Table

AUDIT: Table = SQLModel.metadata.tables[str(Audit.__tablename__)]
GENESIS = bytes(hashlib.sha256().digest_size)
LOCK = 0x77756175
"""The advisory lock under which PostgreSQL appends: two rows after the same one would fork the chain."""
_LAST = Prepared(select(AUDIT.c.digest).order_by(AUDIT.c.id.desc()).limit(1))
_APPEND = Prepared(insert(AUDIT))
Entry = tuple[datetime, str, str, str, str]


def record(connection: Connection, at: datetime, actor: str, action: str, subject: str, detail: str = "") -> None:  # noqa: PLR0913, PLR0917 - the columns of a row
    """Append one row, in the caller's transaction. Nothing in it may be a name, a phone or a note.

    ``at`` is aware. SQLite needs no lock of its own: its transactions begin as the only writer.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    before = _LAST.scalar(connection, {}) or GENESIS
    entry = (at, actor, action, subject, detail)
    row = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": detail}
    _APPEND.run(connection, {**row, "digest": digest(before, entry)})


def verify(connection: Connection) -> int | None:
    """The id of the first row that does not follow from the row before it, or None: the chain is whole.

    Rows cut off at the end leave no trace in the chain itself; a backup's last digest shows them.
    """
    columns = (AUDIT.c.id, AUDIT.c.at, AUDIT.c.actor, AUDIT.c.action, AUDIT.c.subject, AUDIT.c.detail, AUDIT.c.digest)
    rows: Iterable[Sequence[object]] = connection.execute(select(*columns).order_by(AUDIT.c.id))
    before = GENESIS
    for number, at, actor, action, subject, detail, kept in rows:
        assert isinstance(number, int)  # noqa: S101 - for the type checker
        assert isinstance(at, datetime)  # noqa: S101 - for the type checker
        expected = digest(before, (at, str(actor), str(action), str(subject), str(detail)))
        if kept != expected:
            return number
        before = expected
    return None


def digest(before: bytes, entry: Entry) -> bytes:
    """SHA-256 over the digest of the row before and this row as canonical JSON: sorted keys, UTC, microseconds."""
    at, actor, action, subject, detail = entry
    row = {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": detail,
    }
    return hashlib.sha256(before + orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).digest()
