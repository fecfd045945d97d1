"""The town's people, reminded: letters as they arrive, on a clock that the test sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from bot.desk.voice import Tools
from bot.model import Outbound
from bot.store import codec
from bot.store.database import Database
from bot.store.tables import named
from scheduler.lease import Fenced
from scheduler.reminding import Reminding
from tests.talking import Talk
from tests.town import KEYRING, RULES, ZONE, tokens

OUTBOX, REMINDER = named("outbox"), named("reminder")


class Reminded(Talk):
    """People who talk, and are reminded."""

    def __init__(self, database: Database) -> None:
        """Nobody has been reminded yet."""
        super().__init__(database)
        mark = tokens()
        self.tools = Tools(KEYRING, RULES, ZONE, lambda: f"r{mark()}", "")
        self.woken = 0
        self.reminding = Reminding(Fenced(database, None), self.tools, self._wake)
        self._seen = 0

    def _wake(self) -> None:
        self.woken += 1

    def remind(self, said: str) -> dict[str, str]:
        """A tick at ``2026-11-24 15:00``; whom it reminds, and in which words."""
        self.at(said)
        self.reminding.remind(self.now)
        return {letter.address.id: letter.text for letter in self.arrive("reminder")}

    def arrive(self, kind: str) -> list[Outbound]:
        """The letters of a kind that were written since: they are sent, and lie in the chats."""
        query = select(OUTBOX).where(OUTBOX.c.id > self._seen, OUTBOX.c.kind == kind, OUTBOX.c.state == "pending")
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(OUTBOX.c.id)).all()
        letters = [replace(codec.load(Outbound, KEYRING.open_bytes(row.body)), id=row.id) for row in rows]
        for letter in letters:
            self._seen = letter.id
            self.settle(letter.id, "sent")
            self.chats[letter.address.id].append(letter)
        return letters

    def settle(self, number: int, state: str) -> None:
        """What became of a letter."""
        values = {"state": state, "sent_at": self.now, "ref": f"m{number}"}
        self.database.write(lambda c: c.execute(OUTBOX.update().where(OUTBOX.c.id == number).values(**values)))

    def slots(self) -> list[tuple[int, str]]:
        """Whom which moments were served."""
        with self.database.read() as connection:
            rows = connection.execute(select(REMINDER.c.person, REMINDER.c.slot).order_by(REMINDER.c.id))
            return [(row.person, row.slot) for row in rows]


def moment(said: str) -> datetime:
    """``2026-11-24 15:00`` in the programme's zone."""
    return datetime.fromisoformat(said).replace(tzinfo=ZONE)
