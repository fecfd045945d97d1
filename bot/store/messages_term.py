"""What was said, and the codes and links that let people in: all of it is forgotten after the pack's message days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, Connection, String, bindparam, cast, delete, literal, or_, select, update

from bot.store.crypto import Keyring
from bot.store.prepared import Prepared
from bot.store.tables import named

PURGED = "purged"
"""The state of a letter of which only its name is left, so that it is not said again."""
_BEFORE: BindParameter[datetime] = bindparam("before")
_OUTBOX, _INBOX, _CONVERSATION, _SESSION = map(named, ("outbox", "inbox", "conversation", "web_session"))
# What is due later was written to be sent later: its time has not begun.
_PAST = (_OUTBOX.c.created_at < _BEFORE, _OUTBOX.c.due_at < _BEFORE, _OUTBOX.c.state != PURGED)
_NOTHING = {
    "token": literal(f"{PURGED}-").concat(cast(_OUTBOX.c.id, String)), "address": "", "person": None, "inbox": None,
    "conversation": None, "asked": None, "ref": None, "why": "", "body": bindparam("nothing"), "state": PURGED,
}  # fmt: skip
_NAMED_ONCE = Prepared(update(_OUTBOX).where(*_PAST, _OUTBOX.c.dedupe.isnot(None)).values(_NOTHING))
# The sign keeps SQLite from the index of names, by which it would look up every letter that has none.
_SAID = Prepared(delete(_OUTBOX).where(*_PAST, _OUTBOX.c.dedupe.concat("").is_(None)))
_TALKED = _CONVERSATION.c.touched_at < _BEFORE
_OF_OLD = _OUTBOX.c.conversation.in_(select(_CONVERSATION.c.id).where(_TALKED))
_LEFT = Prepared(update(_OUTBOX).where(_OF_OLD).values(conversation=None))
_TALKS = Prepared(delete(_CONVERSATION).where(_TALKED))
_RECEIVED = _INBOX.c.received_at < _BEFORE
_FROM_OLD = [
    Prepared(update(table).where(table.c.inbox.in_(select(_INBOX.c.id).where(_RECEIVED))).values(inbox=None))
    for table in (named("filing"), _OUTBOX)
]
_HEARD = Prepared(delete(_INBOX).where(_RECEIVED))
_OLD = {
    name: Prepared(delete(named(name)).where(named(name).c[column] < _BEFORE))
    for name, column in (
        ("reminder", "at"),
        ("snooze", "until"),
        ("attempt", "at"),
        ("invitation", "expires_at"),
        ("login", "expires_at"),
    )
}
_BROWSERS = Prepared(delete(_SESSION).where(or_(_SESSION.c.ended_at < _BEFORE, _SESSION.c.expires_at < _BEFORE)))


def forget_messages(connection: Connection, keyring: Keyring, before: datetime) -> dict[str, int]:
    """Delete what was said, and tried, before that moment; how much, by kind.

    A letter that may be said only once leaves its name behind, under which nothing can be read.
    """
    return {
        "reminders": _old(connection, "reminder", before),
        "snoozes": _old(connection, "snooze", before),
        "letters": _letters(connection, keyring, before),
        "conversations": _conversations(connection, before),
        "messages": _messages(connection, before),
        "tries": _old(connection, "attempt", before),
        "codes": _old(connection, "invitation", before),
        "links": _old(connection, "login", before),
        "browsers": _BROWSERS.run(connection, {"before": before}),
    }


def _letters(connection: Connection, keyring: Keyring, before: datetime) -> int:
    emptied = _NAMED_ONCE.run(connection, {"before": before, "nothing": keyring.seal(b"")})
    return emptied + _SAID.run(connection, {"before": before})


def _conversations(connection: Connection, before: datetime) -> int:
    _LEFT.run(connection, {"before": before})
    return _TALKS.run(connection, {"before": before})


def _messages(connection: Connection, before: datetime) -> int:
    for parted in _FROM_OLD:
        parted.run(connection, {"before": before})
    return _HEARD.run(connection, {"before": before})


def _old(connection: Connection, name: str, before: datetime) -> int:
    return _OLD[name].run(connection, {"before": before})
