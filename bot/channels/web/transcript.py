"""What was said in a chat, as the page shows it: from the inbox and the outbox, edits applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from bot.channels.web.visitors import CHANNEL, AnyRow, Visitor
from bot.model import Inbound, InboundKind, Outbound
from bot.store import codec
from bot.store.crypto import Keyring
from bot.store.tables import Filing, Inbox, Outbox, Person, Photo

WINDOW = 60
"""Rows that are shown at once; older ones are asked for."""
PICTURES = 300
"""Messages of a chat that are looked through for a picture, newest first."""
LAST = 2**31 - 1
FIRST, FINAL = 2000, 2999
"""Years beyond which nobody has said anything; the ends of the calendar cannot be moved to another zone."""
FAR = datetime.max.replace(tzinfo=UTC)


class Place(NamedTuple):
    """Where a row stands in a chat: its moment, then what caused it, so that an answer follows its question."""

    at: datetime
    cause: int
    answer: bool
    id: int

    def __str__(self) -> str:
        """The same order as text, for the browser."""
        return f"{self.at.astimezone(UTC):%Y%m%d%H%M%S%f}-{self.cause:020d}-{self.answer:d}-{self.id:020d}"


class Before(NamedTuple):
    """Where the older rows begin: the moment, and the ids of that moment that were shown already."""

    at: datetime
    inbox: int
    outbox: int

    def __str__(self) -> str:
        """As the browser sends it back."""
        return f"{self.at.astimezone(UTC).isoformat()}_{self.inbox}_{self.outbox}"

    @classmethod
    def read(cls, said: str) -> Self:
        """What ``str`` wrote.

        Raises:
            ValueError: it is nothing of the kind.
        """
        at, inbox, outbox = said.split("_")
        moment = datetime.fromisoformat(at)
        numbers = int(inbox), int(outbox)
        if moment.tzinfo is None or not FIRST <= moment.year <= FINAL or not 0 <= min(numbers) <= max(numbers) <= LAST:
            raise ValueError(said)
        return cls(moment, int(inbox), int(outbox))


@dataclass
class Page:
    """The messages of a window, oldest first, and where the older ones begin (None: there are none)."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    older: str | None = None


class Transcript:
    """Reads the chats of the web channel."""

    def __init__(self, keyring: Keyring) -> None:
        """``keyring`` opens what was sealed."""
        self._keyring = keyring

    def page(self, connection: Connection, address: str, viewer: Visitor, now: datetime, before: str = "") -> Page:
        """The newest messages of ``address``, or those before the mark of an earlier page.

        Raises:
            ValueError: ``before`` is no such mark.
        """
        edge = Before.read(before) if before else Before(FAR, LAST, LAST)
        found = (*self._heard(connection, address, edge), *self._said(connection, address, edge, now))
        rows = sorted(found, key=_place, reverse=True)
        shown = rows[:WINDOW]
        page = Page(older=str(_edge(shown)) if len(rows) > WINDOW else None)
        senders = {row.person for _, row in shown if row.person is not None} if viewer.address != address else set()
        names = self._names(connection, senders)
        page.messages = _messages(self._open(shown), viewer, names)
        return page

    def mark(self, connection: Connection, address: str) -> tuple[object, ...]:
        """Something that differs whenever the chat has changed."""
        heard = select(func.max(col(Inbox.id))).where(col(Inbox.channel) == CHANNEL, col(Inbox.address) == address)
        said = select(func.max(col(Outbox.id)), func.max(col(Outbox.sent_at))).where(
            col(Outbox.channel) == CHANNEL, col(Outbox.address) == address
        )
        return (connection.scalar(heard), *connection.execute(said).one())

    def shows(self, connection: Connection, addresses: Sequence[str], person: int | None, media: str) -> bool:
        """Whether the picture came with a report of this person, or with a message of one of these chats."""
        filed = (
            select(col(Photo.id))
            .join(Filing, col(Photo.filing) == col(Filing.id))
            .where(col(Photo.media) == media, col(Filing.person) == person)
        )
        if person is not None and connection.execute(filed).first() is not None:
            return True
        heard = (
            select(col(Inbox.body))
            .where(
                col(Inbox.channel) == CHANNEL, col(Inbox.address).in_(addresses), col(Inbox.kind) == InboundKind.PHOTO
            )
            .order_by(col(Inbox.id).desc())
        )
        said = (
            select(col(Outbox.body))
            .where(col(Outbox.channel) == CHANNEL, col(Outbox.address).in_(addresses), _shown(None))
            .order_by(col(Outbox.id).desc())
        )
        sources: tuple[tuple[Select[bytes], type[Inbound | Outbound]], ...] = ((heard, Inbound), (said, Outbound))
        return any(
            self._message(body, kind).photo == media
            for question, kind in sources
            for body in connection.scalars(question.limit(PICTURES))
        )

    def _heard(self, connection: Connection, address: str, edge: Before) -> Iterable[tuple[Place, AnyRow]]:
        question = (
            select(col(Inbox.id), col(Inbox.dedupe), col(Inbox.body), col(Inbox.person), col(Inbox.received_at))
            .where(col(Inbox.channel) == CHANNEL, col(Inbox.address) == address)
            .where(_earlier(col(Inbox.received_at), col(Inbox.id), edge.at, edge.inbox))
            .order_by(col(Inbox.received_at).desc(), col(Inbox.id).desc())
            .limit(WINDOW + 1)
        )
        for row in connection.execute(question):
            yield Place(row.received_at, row.id, answer=False, id=0), row

    def _said(
        self, connection: Connection, address: str, edge: Before, now: datetime
    ) -> Iterable[tuple[Place, AnyRow]]:
        question = (
            select(col(Outbox.id), col(Outbox.body), col(Outbox.inbox), col(Outbox.person), col(Outbox.due_at))
            .where(col(Outbox.channel) == CHANNEL, col(Outbox.address) == address, _shown(now))
            .where(_earlier(col(Outbox.due_at), col(Outbox.id), edge.at, edge.outbox))
            .order_by(col(Outbox.due_at).desc(), col(Outbox.id).desc())
            .limit(WINDOW + 1)
        )
        for row in connection.execute(question):
            yield Place(row.due_at, LAST if row.inbox is None else row.inbox, answer=True, id=row.id), row

    def _open(self, rows: Iterable[tuple[Place, AnyRow]]) -> list[tuple[Place, AnyRow, Inbound | Outbound]]:
        return [
            (place, row, self._message(row.body, Outbound if place.answer else Inbound))
            for place, row in sorted(rows, key=_place)
        ]

    def _message(self, body: bytes, kind: type[Inbound | Outbound]) -> Inbound | Outbound:
        return codec.load(kind, self._keyring.open(body))

    def _names(self, connection: Connection, persons: set[int]) -> dict[int, str]:
        if not persons:
            return {}
        found = connection.execute(select(col(Person.id), col(Person.name)).where(col(Person.id).in_(persons)))
        return {row.id: self._keyring.open(row.name) for row in found}


def _place(pair: tuple[Place, AnyRow]) -> Place:
    return pair[0]


def _earlier(moment: Mapped[datetime], number: Mapped[int | None], at: datetime, below: int) -> ColumnElement[bool]:
    return or_(moment < at, and_(moment == at, number < below))


def _shown(now: datetime | None) -> ColumnElement[bool]:
    """What has left, or is about to: the row in the outbox is the message."""
    gone = col(Outbox.state).in_(("claimed", "sending", "sent", "uncertain"))
    return gone if now is None else or_(gone, and_(col(Outbox.state) == "pending", col(Outbox.due_at) <= now))


def _edge(shown: Sequence[tuple[Place, AnyRow]]) -> Before:
    oldest = shown[-1][0].at
    here = [(place, row.id) for place, row in shown if place.at == oldest]
    heard, said = ([number for place, number in here if place.answer is answer] for answer in (False, True))
    return Before(oldest, min(heard, default=LAST), min(said, default=LAST))


def _messages(
    rows: Sequence[tuple[Place, AnyRow, Inbound | Outbound]], viewer: Visitor, names: dict[int, str]
) -> list[dict[str, Any]]:
    """Bubbles in order; an edit changes the bubble that it names instead of adding one."""
    labels = {
        button.token: button.label
        for _, _, message in rows
        if isinstance(message, Outbound)
        for line in message.buttons
        for button in line
    }
    edited = {row.inbox for place, row, message in rows if isinstance(message, Outbound) and message.edits}
    bubbles: dict[str, dict[str, Any]] = {}
    for place, row, message in rows:
        if isinstance(message, Outbound):
            key = f"o{message.edits or row.id}"
            bubble = bubbles.setdefault(key, {"key": key, "order": str(place), "at": place.at, "who": "bot"})
            bubble |= _content(message, row.id)
        elif (text := _own_words(message, labels, tapped_through=row.id in edited)) is not None:
            mine = viewer.address in {message.sender, message.address.id}
            bubbles[f"i{row.id}"] = {
                "key": f"i{row.id}",
                "order": str(place),
                "at": place.at,
                "who": "me" if mine else "other",
                "name": "" if mine else names.get(row.person, ""),
                "id": row.dedupe.rpartition(":")[2],
                "text": text,
                "photo": message.photo,
                "version": row.id,
            }
    return list(bubbles.values())


def _content(message: Outbound, version: int) -> dict[str, Any]:
    buttons = [[{"label": button.label, "token": button.token} for button in line] for line in message.buttons]
    paper = message.paper and {"name": message.paper.name, "number": version, "picture": message.paper.is_picture}
    what = {"text": message.text, "photo": message.photo, "paper": paper, "buttons": buttons, "version": version}
    return what | {"limit": message.limit}


def _own_words(message: Inbound, labels: dict[str, str], *, tapped_through: bool) -> str | None:
    """What a person's bubble says; None where there is none: an opened chat, a tap that changed its own message."""
    if message.kind is InboundKind.OPEN:
        return None
    if message.kind is InboundKind.TAP:
        return None if tapped_through else labels.get(message.text)
    return message.text
