"""What was said goes after its term, on both databases; of a letter that may be said only once its name stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.store.database import Database
from bot.store.messages_term import PURGED, forget_messages
from bot.store.tables import named
from tests.town import KEYRING, NOW, _fill

BEFORE = NOW - timedelta(days=30)
REPORT = 1000
"""The number of a report."""
OLD, NEW = BEFORE - timedelta(hours=1), BEFORE + timedelta(hours=1)


def put(connection: Connection, name: str, **values: Any) -> int:  # noqa: ANN401 - columns of the table
    """Write a row; its id."""
    table = named(name)
    return int(connection.execute(insert(table).returning(table.c.id), values).scalar_one())


def said(connection: Connection, mark: str, at: datetime, **more: Any) -> int:  # noqa: ANN401 - columns of the table
    """A letter that was sent."""
    values = {"channel": "web", "address": mark, "kind": "reply", "priority": 0, "body": b"sealed", "state": "sent"}
    values |= {"token": mark, "created_at": at, "due_at": at, "attempts": 1, "why": "", "owner": ""}
    return put(connection, "outbox", **values | more)


def test_what_is_old_goes_and_what_refers_to_it_stays(database: Database) -> None:
    """A new letter outlives the message and the conversation that it belongs to; a report outlives its message."""

    def before(connection: Connection) -> None:
        _fill(connection)
        values = {"channel": "web", "address": "a", "kind": "text", "body": b"", "state": "done", "why": ""}
        heard = put(connection, "inbox", dedupe="1", received_at=OLD, **values)
        put(connection, "inbox", dedupe="2", received_at=NEW, **values)
        opened = {"brief": b"", "answers": b"", "state": "done", "opened_at": OLD, "touched_at": OLD}
        talk = put(connection, "conversation", owner="p:3", flow="daily_report", **opened)
        said(connection, "old", OLD)
        said(connection, "later", OLD, due_at=NEW, inbox=heard, conversation=talk)
        said(connection, "once", OLD, dedupe="digest:1", conversation=talk)
        said(connection, "new", NEW, dedupe="digest:2")
        filing = {
            "id": REPORT,
            "person": 3,
            "day": OLD.date(),
            "recorded_at": OLD,
            "late": False,
            "source": "chat",
            "inbox": heard,
        }
        put(connection, "filing", **filing)

    database.write(before)
    counts = database.write(lambda connection: forget_messages(connection, KEYRING, BEFORE))
    assert {kind: count for kind, count in counts.items() if count} == {
        "letters": 2, "conversations": 1, "messages": 1,
    }  # fmt: skip
    outbox, inbox, filing = named("outbox"), named("inbox"), named("filing")
    with database.read() as connection:
        left = {row.id: row for row in connection.execute(select(outbox)).all()}
        assert [(row.address, row.state, row.dedupe) for _, row in sorted(left.items())] == [
            ("later", "sent", None),
            ("", PURGED, "digest:1"),
            ("new", "sent", "digest:2"),
        ]
        assert {row.inbox for row in left.values()} == {row.conversation for row in left.values()} == {None}
        assert [KEYRING.open_bytes(row.body) for row in left.values() if row.state == PURGED] == [b""]
        assert connection.execute(select(inbox.c.dedupe)).scalars().all() == ["2"]
        assert connection.execute(select(filing.c.inbox).where(filing.c.id == REPORT)).scalars().all() == [None]
    again = database.write(lambda connection: forget_messages(connection, KEYRING, BEFORE))
    assert not any(again.values())
