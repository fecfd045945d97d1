"""People who talk to the desk: they write, tap, send photos, and see what comes back."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from bot.desk import Desk, Taken
from bot.model import Address, Button, Inbound, InboundKind, Outbound
from bot.model.staff import Way
from bot.store import codec
from bot.store.database import Database
from bot.store.tables import named
from tests.town import CHANNEL, KEYRING, NOW, desk

OUTBOX = named("outbox")


class Talk:
    """The town's people and the desk, on a clock of their own."""

    def __init__(self, database: Database) -> None:
        """Nobody has said anything yet."""
        self.database = database
        self.now = NOW
        self.desk: Desk = desk(database, lambda: self.now)
        self.chats: dict[str, list[Outbound]] = defaultdict(list)
        self.ways: tuple[Way, ...] = ()
        """Where a one-time code can be used, as the transcripts have it."""
        self._number = itertools.count(1)

    def at(self, said: str) -> None:
        """Set the clock: ``2026-11-24 14:58``."""
        self.now = datetime.fromisoformat(said).replace(tzinfo=NOW.tzinfo)

    async def write(self, who: str, said: str, group: str = "") -> list[Outbound]:
        """Write a line, perhaps in a group."""
        inbound = self.inbound(who, InboundKind.TEXT, said)
        return await self.send(replace(inbound, address=Address(CHANNEL, group, group=True)) if group else inbound)

    async def open(self, who: str, payload: str = "") -> list[Outbound]:
        """Open the chat, by a deep link if there is a payload."""
        return await self.send(self.inbound(who, InboundKind.OPEN, payload))

    async def photo(self, who: str, name: str | None = "0" * 32, caption: str = "") -> list[Outbound]:
        """Send a picture that the channel has kept under ``name``; None: it could not be kept."""
        return await self.send(replace(self.inbound(who, InboundKind.PHOTO, caption), photo=name))

    async def tap(self, who: str, label: str) -> list[Outbound]:
        """Tap the button of that label, on the newest message that has one."""
        return await self.send(self.inbound(who, InboundKind.TAP, self.button(who, label).token))

    def button(self, who: str, label: str) -> Button:
        """The button of that label on the newest message that has one."""
        for outbound in reversed(self.chats[who]):
            for row in outbound.buttons:
                for button in row:
                    if button.label == label:
                        return button
        seen = [button.label for outbound in self.chats[who][-1:] for row in outbound.buttons for button in row]
        message = f"{who} sees no button {label!r}, but {seen}"
        raise AssertionError(message)

    def inbound(self, who: str, kind: InboundKind, text: str = "") -> Inbound:
        """A message as a channel would decode it."""
        return Inbound(Address(CHANNEL, who), str(next(self._number)), kind, text, sender=who, raw=text)

    async def send(self, inbound: Inbound) -> list[Outbound]:
        """Hand a message to the desk; what it answers, to whomever."""
        taken = await self.desk.take(inbound)
        assert not taken.quarantined, self._why()
        return self.read(taken)

    def _why(self) -> str:
        inbox = named("inbox")
        with self.database.read() as connection:
            return str(connection.execute(select(inbox.c.why).where(inbox.c.state == "quarantined")).scalars().all())

    def read(self, taken: Taken) -> list[Outbound]:
        """The letters of a turn, put into the chats to which they go."""
        query = select(OUTBOX.c.id, OUTBOX.c.body).where(OUTBOX.c.id.in_(taken.outbound)).order_by(OUTBOX.c.id)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        letters = [replace(codec.load(Outbound, KEYRING.open_bytes(row.body)), id=row.id) for row in rows]
        if taken.fresh:
            sent = OUTBOX.update().where(OUTBOX.c.id.in_(taken.outbound)).values(state="sent", sent_at=self.now)
            self.database.write(lambda connection: connection.execute(sent))
            for letter in letters:
                self.chats[letter.address.id].append(letter)
        return letters
