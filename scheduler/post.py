"""The post: it drains the outbox, claims before it sends, and settles what became of each message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from prometheus_client import Counter
from sqlalchemy import Connection, Select, bindparam, func, literal_column, select, tuple_, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.sql.dml import ReturningUpdate

from bot.model import Fate, Outbound, Retry, Sent, Uncertain, Undeliverable
from bot.store import codec
from bot.store.tables import named

if TYPE_CHECKING:
    from bot.channels.port import Channel
    from bot.store.crypto import Keyring
    from bot.store.database import Database, Job

T = TypeVar("T")
OUTBOX = named("outbox")
SCHEDULE = (5.0, 30.0, 120.0, 600.0, 3600.0, 21600.0)
"""Seconds until the next try (RELIABILITY, case alerts)."""
PATIENCE = timedelta(seconds=30)
"""So long a chat's later messages wait for one that is to be tried again, so that they arrive in order; not longer, or
a platform that comes back after an hour would find a bot that says nothing."""
CLAIM = 256
IDLE = 5.0
"""So long, in seconds, until the post looks by itself; it is woken for everything new in this process."""
FATES = Counter("wuyi_messages", "Messages that were handed to a channel, by what became of them", ["channel", "fate"])
OPEN = OUTBOX.c.state.in_([literal_column("'pending'"), literal_column("'sending'")])
"""In the very words of the index over what is open: SQLite uses it for no others."""
GOODBYE = 10.0
"""So long, in seconds, what is being sent when the program is stopped may take; then its fate is unknown."""
AGAIN = 1.0
"""So long after something was claimed: what is to be tried again may be due sooner than ``IDLE``."""
# Statements that every message needs are built once: building one costs more than running it.
# The empty text behind the channel keeps SQLite from the index of chats, where it would read all that was ever sent.
_OURS = OUTBOX.c.channel.concat("").in_(bindparam("channels", expanding=True))
_PENDING = (OPEN, OUTBOX.c.state == "pending", _OURS)
_SOON = select(OUTBOX.c.channel, OUTBOX.c.address).where(
    *_PENDING, OUTBOX.c.due_at > bindparam("now"), OUTBOX.c.due_at <= bindparam("soon")
)
_DUE = (
    select(OUTBOX.c.id)
    .where(*_PENDING, OUTBOX.c.due_at <= bindparam("now"))
    .where(tuple_(OUTBOX.c.channel, OUTBOX.c.address).notin_(_SOON))
    .order_by(OUTBOX.c.id + 0)  # the sum keeps SQLite from walking the whole table in the order of the key
    .limit(CLAIM)
)


def _claiming(due: Select[int]) -> ReturningUpdate[Any]:
    return (
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(due), OUTBOX.c.state == "pending")
        .values(state="sending", attempts=OUTBOX.c.attempts + 1)
        .returning(OUTBOX.c.id, OUTBOX.c.address, OUTBOX.c.body, OUTBOX.c.attempts)
    )


_CLAIM = _claiming(_DUE)
_CLAIM_LOCKED = _claiming(_DUE.with_for_update(skip_locked=True))
_LATER = select(func.min(OUTBOX.c.due_at)).where(*_PENDING, OUTBOX.c.due_at > bindparam("now"))
_SETTLE = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("number"))
    .values(
        state=bindparam("to"),
        sent_at=bindparam("at"),
        ref=bindparam("as_ref"),
        why=bindparam("as_why"),
        due_at=bindparam("due"),
    )
)
log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed message."""

    outbound: Outbound
    attempts: int


class Post:
    """Sends what waits. Each chat's messages go in order; a message is claimed in the database before it goes."""

    def __init__(self, database: Database, keyring: Keyring, channels: Mapping[str, Channel], clock: Clock) -> None:
        """Send through ``channels``, by name."""
        self.database = database
        self._keyring = keyring
        self._channels = channels
        self._clock = clock
        self._wake = asyncio.Event()
        self._lanes: dict[tuple[str, str], list[Parcel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._wait = IDLE
        self._finishing = False

    def wake(self) -> None:
        """Something new is in the outbox."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; a database that is away is waited for."""
        await self._write(self._recover)
        while not self._finishing:
            self._wake.clear()
            if await self.claim() < CLAIM:
                try:
                    async with asyncio.timeout(self._wait):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def finish(self) -> None:
        """Claim nothing more, and let what is on its way arrive, for ``GOODBYE`` seconds at most."""
        self._finishing = True
        self.wake()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=GOODBYE)

    async def settle(self) -> None:
        """Send until nothing that is due waits any more (tests, and the terminal)."""
        while await self.claim() or self._tasks:
            await asyncio.gather(*self._tasks)

    async def claim(self) -> int:
        """Claim what is due and send it in the background; returns how many there were."""
        parcels, self._wait = await self._write(self._claim)
        for parcel in parcels:
            address = parcel.outbound.address
            lane = (address.channel, address.id)
            if lane in self._lanes:
                self._lanes[lane].append(parcel)
                continue
            self._lanes[lane] = [parcel]
            task = asyncio.create_task(self._drain(lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(parcels)

    async def _write(self, job: Job[T]) -> T:
        """Do a write, however long the database is away: a fate that nobody wrote down would be lost."""
        while True:
            try:
                return await asyncio.wrap_future(self.database.submit(job))
            except (OperationalError, InterfaceError) as why:
                log.warning("the database is away (%s)", type(why).__name__)
                await asyncio.sleep(IDLE)

    def _recover(self, connection: Connection) -> None:
        """After a start: what was being sent when the process died.

        Replacing a message twice does no harm, so that is tried again; whether a new one went nobody knows, and it is
        never sent again by itself.
        """
        query = select(OUTBOX.c.id, OUTBOX.c.body).where(OPEN, OUTBOX.c.state == "sending")
        again: list[int] = []
        unknown: list[int] = []
        for row in connection.execute(query):
            edits = codec.load(Outbound, self._keyring.open_bytes(row.body)).edits
            (again if edits else unknown).append(row.id)
        for numbers, state in ((again, "pending"), (unknown, "uncertain")):
            if numbers:
                why = "the process ended while it was being sent"
                connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(numbers)).values(state=state, why=why))

    def _claim(self, connection: Connection) -> tuple[Sequence[Parcel], float]:
        """What is due, in order, now ``sending``; and the seconds until something else may be."""
        now = self._clock()
        values = {"now": now, "soon": now + PATIENCE, "channels": list(self._channels)}
        claim = _CLAIM_LOCKED if connection.dialect.name == "postgresql" else _CLAIM
        rows = sorted(connection.execute(claim, values), key=lambda row: row.id)
        if rows:
            return [Parcel(self._read(row), row.attempts) for row in rows], AGAIN
        later = connection.execute(_LATER, values).scalar()
        return (), IDLE if later is None else min((later - now).total_seconds(), IDLE)

    def _read(self, row: Any) -> Outbound:  # noqa: ANN401 - a row of the outbox
        outbound = codec.load(Outbound, self._keyring.open_bytes(row.body))
        # The row's address is the one that holds: a group may have moved since the letter was written.
        return replace(outbound, id=row.id, address=replace(outbound.address, id=row.address))

    async def _drain(self, lane: tuple[str, str]) -> None:
        """Send one chat's messages, one after another; once one did not go, those behind it wait too."""
        while self._lanes[lane]:
            parcel = self._lanes[lane].pop(0)
            fate = await self._send(parcel.outbound)
            await self._write(partial(self._settle, parcel, fate))
            if isinstance(fate, Retry):
                behind, self._lanes[lane][:] = [each.outbound.id for each in self._lanes[lane]], []
                await self._write(partial(_put_back, behind))
                self.wake()
        del self._lanes[lane]

    async def _send(self, outbound: Outbound) -> Fate:
        try:
            return await self._channels[outbound.address.channel].send(outbound)
        except Exception as why:  # noqa: BLE001 - a channel promises not to raise; if it does, nobody knows
            log.error("channel %s raised %s", outbound.address.channel, type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
            return Uncertain(type(why).__name__)

    def _settle(self, parcel: Parcel, fate: Fate, connection: Connection) -> None:
        now = self._clock()
        values: dict[str, object] = {"number": parcel.outbound.id, "at": None, "as_ref": None, "as_why": "", "due": now}
        match fate:
            case Sent(ref):
                values |= {"to": "sent", "at": now, "as_ref": ref}
            case Uncertain(why):
                values |= {"to": "uncertain", "as_why": why}
            case Undeliverable(why):
                values |= {"to": "dead", "as_why": why}
            case Retry(after, why):
                values |= _later(parcel.attempts, after, why, now)
        connection.execute(_SETTLE, values)


def _put_back(numbers: Sequence[int], connection: Connection) -> None:
    """These were claimed and never tried."""
    values = {"state": "pending", "attempts": OUTBOX.c.attempts - 1}
    connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(numbers)).values(values))


def _later(attempts: int, after: float | None, why: str, now: datetime) -> dict[str, object]:
    """When to try again; after the last entry of the schedule the message is dead."""
    if attempts > len(SCHEDULE):
        return {"to": "dead", "as_why": why or "given up"}
    wait = SCHEDULE[attempts - 1] if after is None else after
    return {"to": "pending", "due": now + timedelta(seconds=wait), "as_why": why}
