"""What was said, and the codes and links that let people in: all of it is forgotten after the pack's message days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, String, cast, delete, literal, or_, select, update

from bot.store.crypto import Keyring
from bot.store.tables import named

PURGED = "purged"
"""The state of a letter of which only its name is left, so that it is not said again."""


def forget_messages(connection: Connection, keyring: Keyring, before: datetime) -> dict[str, int]:
    """Delete what was said, and tried, before that moment; how much, by kind.

    A letter that may be said only once leaves its name behind, under which nothing can be read.
    """
    return {
        "reminders": _old(connection, "reminder", "at", before),
        "snoozes": _old(connection, "snooze", "until", before),
        "letters": _letters(connection, keyring, before),
        "conversations": _conversations(connection, before),
        "messages": _messages(connection, before),
        "tries": _old(connection, "attempt", "at", before),
        "codes": _old(connection, "invitation", "expires_at", before),
        "links": _old(connection, "login", "expires_at", before),
        "browsers": _browsers(connection, before),
    }


def _letters(connection: Connection, keyring: Keyring, before: datetime) -> int:
    outbox = named("outbox")
    # What is due later was written to be sent later: its time has not begun.
    old = (outbox.c.created_at < before, outbox.c.due_at < before, outbox.c.state != PURGED)
    nothing = {
        "token": literal(f"{PURGED}-").concat(cast(outbox.c.id, String)), "address": "", "person": None, "inbox": None,
        "conversation": None, "asked": None, "ref": None, "why": "", "body": keyring.seal(b""), "state": PURGED,
    }  # fmt: skip
    named_once = connection.execute(update(outbox).where(*old, outbox.c.dedupe.isnot(None)).values(nothing)).rowcount
    return named_once + connection.execute(delete(outbox).where(*old, outbox.c.dedupe.is_(None))).rowcount


def _conversations(connection: Connection, before: datetime) -> int:
    outbox, conversation = named("outbox"), named("conversation")
    old = conversation.c.touched_at < before
    of_old = outbox.c.conversation.in_(select(conversation.c.id).where(old))
    connection.execute(update(outbox).where(of_old).values(conversation=None))
    return connection.execute(delete(conversation).where(old)).rowcount


def _messages(connection: Connection, before: datetime) -> int:
    inbox = named("inbox")
    old = inbox.c.received_at < before
    for table in (named("filing"), named("outbox")):
        of_old = table.c.inbox.in_(select(inbox.c.id).where(old))
        connection.execute(update(table).where(of_old).values(inbox=None))
    return connection.execute(delete(inbox).where(old)).rowcount


def _old(connection: Connection, name: str, column: str, before: datetime) -> int:
    table = named(name)
    return connection.execute(delete(table).where(table.c[column] < before)).rowcount


def _browsers(connection: Connection, before: datetime) -> int:
    session = named("web_session")
    over = or_(session.c.ended_at < before, session.c.expires_at < before)
    return connection.execute(delete(session).where(over)).rowcount
