"""The desk: it takes a message, once, in one transaction, and keeps what it cannot handle."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from prometheus_client import Counter
from sqlalchemy import Connection, bindparam, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError

from bot import words
from bot.desk import letters
from bot.desk.arrivals import arrive
from bot.desk.cards import Card
from bot.desk.visit import Visit
from bot.desk.voice import Tools
from bot.model import Address, Inbound, InboundKind, Locale, PackRules
from bot.model.messages import Written
from bot.model.staff import Way
from bot.store import answers, briefs, codec, people
from bot.store.crypto import Keyring
from bot.store.database import Database, Job
from bot.store.prepared import Prepared
from bot.store.tables import named

T = TypeVar("T")
INBOX = named("inbox")
RECEIVE = {
    name: Prepared(insert(INBOX).on_conflict_do_nothing(index_elements=["channel", "dedupe"]).returning(INBOX.c.id))
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
"""Keep a message unless it is there: the one statement that the two databases say in their own classes."""
_ANSWERS = Prepared(
    select(letters.OUTBOX.c.id)
    .join(INBOX, INBOX.c.id == letters.OUTBOX.c.inbox)
    .where(INBOX.c.channel == bindparam("channel"), INBOX.c.dedupe == bindparam("dedupe"))
    .order_by(letters.OUTBOX.c.id)
)
TRIES = 3
"""A transaction that lost against another process (deadlock, lock time-out, a number taken) is run this often."""
LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(coalesce((SELECT 'p:' || person FROM account"
    " WHERE channel = :channel AND address = :sender AND unbound_at IS NULL), :channel || ':' || :sender), 0))"
)
"""The person's turns follow one another, in whichever channel; so do those of a chat that is nobody's."""
TURNS = Counter("wuyi_turns", "Messages that were taken", ["channel", "result"])
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a message: the ids of its letters in the outbox, and whether it was new."""

    outbound: tuple[int, ...]
    fresh: bool = True
    quarantined: bool = False


class Desk:
    """Takes messages. What it returns from is committed; what it raises from is not stored."""

    def __init__(  # noqa: PLR0913, PLR0917 - the composition root hands in everything that is not pure
        self,
        database: Database,
        keyring: Keyring,
        rules: PackRules,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        token: Callable[[], str],
        base_url: str = "",
        packs: tuple[PackRules, ...] = (),
        ways: Callable[[str], Sequence[Way]] = lambda _: (),
    ) -> None:
        """Keep the tools; ``token`` gives a new unguessable word at every call, ``ways`` where a code can be used."""
        self.database = database
        self._tools = Tools(keyring, rules, zone, token, base_url, packs, ways=ways)
        self._clock = clock
        self._latest = datetime.min.replace(tzinfo=UTC)

    async def take(self, inbound: Inbound) -> Taken:
        """Record and answer one message; returns after the commit.

        Raises:
            Exception: it could not be stored. The platform must not be told that it arrived.
        """
        text, raw = storable(inbound.text), storable(inbound.raw)
        if (text, raw) != (inbound.text, inbound.raw):
            inbound = replace(inbound, text=text, raw=raw)
        try:
            taken = await self._submit(partial(self._turn, inbound))
        except OperationalError:
            raise
        except Exception as why:  # noqa: BLE001 - whatever a message does, it is kept and answered
            taken = await self._submit(partial(self._quarantine, inbound, why))
        result = "quarantined" if taken.quarantined else "taken" if taken.fresh else "repeated"
        TURNS.labels(inbound.address.channel, result).inc()
        return taken

    def _now(self) -> datetime:
        """The time, which never goes back while this process runs: the newest word on a day must be the last said."""
        self._latest = max(self._clock(), self._latest)
        return self._latest

    async def keep(self, channel: str, raw: str, why: str) -> None:
        """Keep, in quarantine, what a channel received and could not read."""
        digest = hashlib.sha256(raw.encode()).hexdigest()
        inbound = Inbound(Address(channel, ""), f"unread-{digest}", InboundKind.TEXT, raw=raw)

        def job(connection: Connection) -> Taken:
            number = self._receive(connection, inbound, self._clock(), None)
            if number is not None:
                state = {"state": "quarantined", "why": why}
                connection.execute(update(INBOX).where(INBOX.c.id == number).values(**state))
            return Taken((), fresh=number is not None, quarantined=True)

        await self._submit(job)
        TURNS.labels(channel, "unread").inc()

    async def seen(self, channel: str, dedupe: str) -> bool:
        """Whether a message of that name was taken, or kept, before."""
        return await self._ask(partial(answers.seen, channel=channel, dedupe=dedupe))

    async def answers(self, channel: str, dedupe: str) -> tuple[Written, ...]:
        """The letters that a message of that name brought into its chat, in order."""
        return await self._ask(partial(answers.written, keyring=self._tools.keyring, channel=channel, dedupe=dedupe))

    async def phone(self, channel: str, sender: str) -> str:
        """The phone (E.164) of whoever has enrolled on that channel under that name; or nothing."""
        keyring = self._tools.keyring
        return await self._ask(lambda connection: people.phone_of(connection, keyring, channel, sender))

    async def knows(self, channel: str, sender: str) -> bool:
        """Whether somebody has enrolled on that channel under that name."""
        keyring = self._tools.keyring
        return await self._ask(lambda connection: briefs.who(connection, keyring, channel, sender) is not None)

    async def settled(self, numbers: list[int]) -> bool:
        """Whether it is written down of all these letters what became of them."""
        return await self._ask(partial(answers.settled, numbers=numbers))

    async def heard(self, channel: str, address: str, mark: str) -> datetime | None:
        """When a message whose name begins so last came from a chat."""
        return await self._ask(partial(answers.heard, channel=channel, address=address, mark=mark))

    async def said(self, channel: str, address: str, since: datetime, most: int) -> tuple[str | None, ...]:
        """The platform's names of what was sent to a chat since then, the newest so many."""
        return await self._ask(partial(answers.said, channel=channel, address=address, since=since, most=most))

    async def left(self, channel: str, address: str) -> None:
        """The platform says that nothing reaches a chat any more, until somebody writes from there."""
        job = partial(people.unreachable, address=Address(channel, address), at=self._clock())
        await asyncio.wrap_future(self.database.submit(job))

    async def _ask(self, question: Job[T]) -> T:
        return await asyncio.to_thread(self._finds, question)

    def _finds(self, question: Job[T]) -> T:
        with self.database.read() as connection:
            return question(connection)

    async def _submit(self, job: Job[Taken]) -> Taken:
        for _ in range(TRIES - 1):
            with suppress(OperationalError, IntegrityError):
                return await asyncio.wrap_future(self.database.submit(job))
        return await asyncio.wrap_future(self.database.submit(job))

    def _turn(self, inbound: Inbound, connection: Connection) -> Taken:
        now = self._now()
        self._one_at_a_time(connection, inbound)
        visit = Visit(self._tools, connection, inbound, now)
        number = self._receive(connection, inbound, now, visit.who.person if visit.who else None)
        if number is None:
            return self._repeat(connection, inbound)
        visit.inbox = number
        arrive(visit)
        return Taken(tuple(visit.written))

    def _one_at_a_time(self, connection: Connection, inbound: Inbound) -> None:
        """Turns of one person follow one another: SQLite has one writer, PostgreSQL a lock a person."""
        if connection.dialect.name == "postgresql":
            sender = inbound.sender or inbound.address.id
            connection.execute(LOCK, {"channel": inbound.address.channel, "sender": sender})

    def _receive(self, connection: Connection, inbound: Inbound, now: datetime, person: int | None) -> int | None:
        """Keep the raw message; None when it has been received before."""
        values = {
            "channel": inbound.address.channel, "dedupe": inbound.dedupe, "address": inbound.address.id,
            "kind": inbound.kind.value, "body": self._tools.keyring.seal(codec.dump(inbound)), "received_at": now,
            "person": person, "state": "done", "why": "",
        }  # fmt: skip
        number: int | None = RECEIVE[connection.dialect.name].scalar(connection, values)
        return number

    def _repeat(self, connection: Connection, inbound: Inbound) -> Taken:
        known = {"channel": inbound.address.channel, "dedupe": inbound.dedupe}
        return Taken(tuple(row.id for row in _ANSWERS.all(connection, known)), fresh=False)

    def _quarantine(self, inbound: Inbound, why: Exception, connection: Connection) -> Taken:
        """Keep the message as one that could not be handled, apologise once, and leave a line for the admin."""
        now = self._now()
        number = self._receive(connection, inbound, now, None)
        if number is None:
            return self._repeat(connection, inbound)
        where = traceback.extract_tb(why.__traceback__)[-1]
        # The error's own words may hold what the person wrote: only its kind and place are told.
        reason = f"{type(why).__name__} at {where.name}:{where.lineno}"
        log.error("message %s of %s is in quarantine: %s", number, inbound.address.channel, reason)
        connection.execute(update(INBOX).where(INBOX.c.id == number).values(state="quarantined", why=reason))
        if inbound.address.group:
            return Taken((), quarantined=True)
        card = Card("\n".join(words.text("desk/sorry", locale) for locale in Locale))  # who it is may be what failed
        letter = letters.Letter(card, inbound.address, inbox=number, tap=inbound.tap)
        row = letters.write(connection, self._tools.keyring, self._tools.token, now, letter)
        return Taken((row,), quarantined=True)


def storable(text: str) -> str:
    """The text without what no database can keep: halves of signs, and NUL."""
    return text if text.isascii() and "\0" not in text else text.encode(errors="replace").decode().replace("\0", "")
