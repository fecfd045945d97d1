"""Outbox rows: what leaves is written in the transaction that caused it, and sent after its commit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.cards import Card
from bot.model import Address, Button, Outbound, Paper
from bot.store import codec
from bot.store.crypto import Keyring
from bot.store.prepared import Prepared
from bot.store.tables import named

OUTBOX = named("outbox")
PRIORITY = {"alert": 0, "reply": 1, "miss": 1, "notice": 2, "reminder": 3, "digest": 4}
"""What goes first where not all can go at once: alerts overtake, and nobody who asks waits for a digest."""

_NEW = Prepared(insert(OUTBOX).returning(OUTBOX.c.id))
_ONCE = {
    name: Prepared(make(OUTBOX).on_conflict_do_nothing(index_elements=["dedupe"]).returning(OUTBOX.c.id))
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_SAID = Prepared(select(OUTBOX.c.dedupe).where(OUTBOX.c.dedupe.in_(bindparam("names", expanding=True))))
_COLUMNS = (OUTBOX.c.kind, OUTBOX.c.body, OUTBOX.c.person, OUTBOX.c.conversation, OUTBOX.c.asked)
_MARKED = Prepared(select(*_COLUMNS).where(OUTBOX.c.token == bindparam("mark")))
_LAST = Prepared(
    select(*_COLUMNS)
    .where(OUTBOX.c.channel == bindparam("channel"), OUTBOX.c.address == bindparam("address"))
    .where(OUTBOX.c.state == "sent")
    .order_by(OUTBOX.c.id.desc())
    .limit(1)
)
_REPLIES = Prepared(
    select(OUTBOX.c.kind)
    .where(OUTBOX.c.channel == bindparam("channel"), OUTBOX.c.address == bindparam("address"))
    .where(OUTBOX.c.kind.in_(("reply", "miss")))
    .order_by(OUTBOX.c.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to be written: the card, to whom, and what it has to do with."""

    card: Card
    address: Address
    person: int | None = None
    inbox: int | None = None
    conversation: int | None = None
    asked: str | None = None
    kind: str = "reply"
    edits: str | None = None
    tap: str | None = None
    photo: str | None = None
    """The media name of a picture that goes with it."""
    paper: Paper | None = None
    dedupe: str | None = None
    """What is said once only, whoever says it: a second letter of the same name is not written."""
    mentions: tuple[str, ...] = ()
    """Members of the group whose attention is called."""


def write(connection: Connection, keyring: Keyring, token: Callable[[], str], now: datetime, letter: Letter) -> int:
    """Put a letter into the outbox, its buttons under opaque tokens; returns the row's id, 0 if it had been said."""
    values = _row(keyring, token(), now, letter)
    if letter.dedupe is None:
        return int(_NEW.scalar(connection, values))
    once = _ONCE[connection.dialect.name]
    return int(once.scalar(connection, values | {"dedupe": letter.dedupe}) or 0)


def said(connection: Connection, names: Collection[str]) -> set[str]:
    """Which of these letters, each to be said once only, were written before."""
    return {row.dedupe for row in _SAID.all(connection, {"names": list(names)})} if names else set()


def write_all(
    connection: Connection, keyring: Keyring, token: Callable[[], str], now: datetime, many: Sequence[Letter]
) -> list[int]:
    """The same for many at once, none of which is said once only; the rows' ids, in their order."""
    if not many:
        return []
    rows = [_row(keyring, token(), now, letter) for letter in many]
    if connection.dialect.name == "sqlite":  # SQLAlchemy hands them over one by one, too
        return [int(_NEW.scalar(connection, row)) for row in rows]
    new = insert(OUTBOX).returning(OUTBOX.c.id, sort_by_parameter_order=True)
    return [int(number) for number in connection.execute(new, rows).scalars()]


def _row(keyring: Keyring, mark: str, now: datetime, letter: Letter) -> dict[str, object]:
    number = 0
    rows: list[tuple[Button, ...]] = []
    for row in letter.card.buttons:
        rows.append(tuple(Button(each.label, each.value, f"{mark}.{number + n}") for n, each in enumerate(row)))
        number += len(row)
    outbound = Outbound(
        0, letter.address, letter.card.text, tuple(rows), letter.edits, letter.tap, letter.photo, letter.paper,
        letter.card.limit, letter.card.figures, letter.mentions,
    )  # fmt: skip
    return {
        "token": mark, "channel": letter.address.channel, "address": letter.address.id, "group": letter.address.group,
        "person": letter.person, "inbox": letter.inbox, "conversation": letter.conversation, "asked": letter.asked,
        "kind": letter.kind, "priority": PRIORITY[letter.kind], "body": keyring.seal(codec.dump(outbound)),
        "state": "pending", "attempts": 0, "created_at": now, "due_at": now, "why": "", "owner": "",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that was shown, with the buttons that it bore."""

    kind: str
    address: Address
    person: int | None
    conversation: int | None
    asked: str | None
    buttons: tuple[Button, ...]


def shown(connection: Connection, keyring: Keyring, token: str) -> tuple[Shown, int] | None:
    """The message and the index of the button that a tap's token names, or None if there is no such button."""
    mark, _, index = token.partition(".")
    if not mark.isprintable():  # PostgreSQL refuses a NUL even in a question
        return None
    row = _shown(connection, keyring, _MARKED, {"mark": mark})
    if row is None or not index.isascii() or not index.isdigit() or int(index) >= len(row.buttons):
        return None
    return row, int(index)


def last_shown(connection: Connection, keyring: Keyring, address: Address) -> Shown | None:
    """The message that last reached a chat: what a typed number refers to. One still on its way has not been seen."""
    return _shown(connection, keyring, _LAST, {"channel": address.channel, "address": address.id})


def missed(connection: Connection, address: Address, times: int) -> bool:
    """Whether the last so many answers in a chat all said that nothing was understood."""
    values = {"channel": address.channel, "address": address.id, "most": times}
    kinds = [row.kind for row in _REPLIES.all(connection, values)]
    return len(kinds) == times and set(kinds) == {"miss"}


def _shown(connection: Connection, keyring: Keyring, query: Prepared, values: dict[str, str]) -> Shown | None:
    row = query.first(connection, values)
    if row is None:
        return None
    outbound = codec.load(Outbound, keyring.open_bytes(row.body))
    buttons = tuple(button for line in outbound.buttons for button in line)
    return Shown(row.kind, outbound.address, row.person, row.conversation, row.asked, buttons)
