"""The post: it drains the outbox, claims before it sends, and settles what became of each message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from prometheus_client import Counter
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.model import Fate, Outbound, Retry, Sent, Uncertain, Undeliverable
from bot.store import codec
from bot.store.crypto import WrongKeyError
from scheduler.outbox import (
    CLAIM,
    CLAIM_DUE,
    CLAIM_LOCKED,
    NEXT,
    OPEN,
    OUTBOX,
    PATIENCE,
    SETTLE,
    UNTRIED,
    Lane,
    Parcel,
    begin,
    later,
    put_back,
)

if TYPE_CHECKING:
    from bot.channels.port import Channel
    from bot.store.crypto import Keyring
    from bot.store.database import Database, Job

T = TypeVar("T")
IDLE = 5.0
"""So long, in seconds, until the post looks by itself; it is woken for everything new in this process."""
FATES = Counter("wuyi_messages", "Messages that were handed to a channel, by what became of them", ["channel", "fate"])
GOODBYE = 10.0
"""So long, in seconds, what is being sent when the program is stopped may take; then its fate is unknown."""
AGAIN = 1.0
"""So long after something was claimed: what is to be tried again may be due sooner than ``IDLE``."""
log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class Post:
    """Sends what waits. Each chat's messages go in order; a message is claimed in the database before it goes."""

    def __init__(self, database: Database, keyring: Keyring, channels: Mapping[str, Channel], clock: Clock) -> None:
        """Send through ``channels``, by name."""
        self.database = database
        self._keyring = keyring
        self._channels = channels
        self._clock = clock
        self._wake = asyncio.Event()
        self._lanes: dict[Lane, list[Parcel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._claiming = asyncio.Lock()
        self._wait = IDLE
        self._finishing = False

    def wake(self) -> None:
        """Something new is in the outbox."""
        self._wake.set()

    async def recover(self) -> None:
        """See what the process before this one left in the middle of sending."""
        await self._write(self._recover)

    async def run(self) -> None:
        """Send until cancelled; a database that is away is waited for."""
        await self.recover()
        while not self._finishing:
            self._wake.clear()
            if await self.claim() < CLAIM:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._wait):
                        await self._wake.wait()

    async def finish(self) -> None:
        """Claim nothing more, let what is on its way arrive, for ``GOODBYE`` seconds at most, and put the rest back."""
        self._finishing = True
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                async with self._claiming:  # a claim that is under way puts back what it got
                    pass
                if self._tasks:
                    await asyncio.wait(set(self._tasks))
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN):
                for queue in list(self._lanes.values()):
                    await self._give_back(queue)

    async def settle(self) -> None:
        """Send until nothing that is due waits any more (tests, and the terminal)."""
        while await self.claim() or self._tasks:
            await asyncio.gather(*self._tasks)

    async def claim(self) -> int:
        """Claim what is due and send it in the background; returns how many there were."""
        async with self._claiming:
            taken, parcels, self._wait = await self._write(partial(self._claim, frozenset(self._lanes)))
            if self._finishing:
                await self._give_back(parcels)
                return 0
            for parcel in parcels:
                if parcel.lane in self._lanes:
                    self._lanes[parcel.lane].append(parcel)
                    continue
                self._lanes[parcel.lane] = [parcel]
                task = asyncio.create_task(self._drain(parcel.lane))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return taken

    async def _write(self, job: Job[T]) -> T:
        """Do a write, however long the database is away: a fate that nobody wrote down would be lost."""
        while True:
            try:
                return await asyncio.wrap_future(self.database.submit(job))
            except (OperationalError, InterfaceError) as why:
                log.warning("the database is away (%s)", type(why).__name__)
                await asyncio.sleep(IDLE)

    def _recover(self, connection: Connection) -> None:
        """After a start: what was claimed, or being sent, when the process died.

        What was only claimed nobody has tried. Replacing a message twice does no harm, so that is tried again; whether
        a new one went nobody knows, and it is never sent again by itself.
        """
        connection.execute(update(OUTBOX).where(OPEN, OUTBOX.c.state == "claimed").values(UNTRIED))
        query = select(OUTBOX.c.id, OUTBOX.c.address, OUTBOX.c.body).where(OPEN, OUTBOX.c.state == "sending")
        again: list[int] = []
        unknown: list[int] = []
        for row in connection.execute(query).all():
            outbound = self._read(connection, row)
            if outbound is not None:
                (again if outbound.edits else unknown).append(row.id)
        for numbers, state in ((again, "pending"), (unknown, "uncertain")):
            if numbers:
                why = "the process ended while it was being sent"
                connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(numbers)).values(state=state, why=why))

    def _claim(self, busy: frozenset[Lane], connection: Connection) -> tuple[int, list[Parcel], float]:
        """How many were due; those that can be read, in order; and the seconds until something else may be.

        The first for a chat that is not ``busy`` is ``sending``, for it goes at once; those behind it are ``claimed``.
        """
        now = self._clock()
        values = {"now": now, "soon": now + PATIENCE, "channels": list(self._channels)}
        claim = CLAIM_LOCKED if connection.dialect.name == "postgresql" else CLAIM_DUE
        rows = sorted(claim.all(connection, values), key=lambda row: row.id)
        if not rows:
            later = NEXT.scalar(connection, {"now": now, "channels": values["channels"]})
            return 0, [], IDLE if later is None else min((later - now).total_seconds(), IDLE)
        read = [(self._read(connection, row), row.attempts) for row in rows]
        parcels = [Parcel(outbound, attempts) for outbound, attempts in read if outbound is not None]
        taken = set(busy)
        for parcel in parcels:
            parcel.begun = parcel.lane not in taken
            taken.add(parcel.lane)
        behind = [parcel.outbound.id for parcel in parcels if not parcel.begun]
        if behind:
            connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(behind)).values(state="claimed"))
        return len(rows), parcels, AGAIN

    def _read(self, connection: Connection, row: Any) -> Outbound | None:  # noqa: ANN401 - a row of the outbox
        """The message; one that cannot be read is dead, and stops no other."""
        try:
            outbound = codec.load(Outbound, self._keyring.open_bytes(row.body))
        except (WrongKeyError, ValueError) as why:  # pydantic's is a ValueError; its text may hold what was said
            reason = f"cannot be read: {type(why).__name__}"
            log.warning("message %d %s", row.id, reason)
            connection.execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(state="dead", why=reason))
            return None
        # The row's address is the one that holds: a group may have moved since the letter was written.
        return replace(outbound, id=row.id, address=replace(outbound.address, id=row.address))

    async def _drain(self, lane: Lane) -> None:
        """Send one chat's messages, one after another."""
        queue = self._lanes[lane]
        try:
            while queue and not self._finishing:
                parcel = queue.pop(0)
                if parcel.begun or await self._write(partial(begin, parcel.outbound.id)):
                    await self._deliver(parcel, queue)
            await self._give_back(queue)
        except Exception as why:  # noqa: BLE001 - the chat must not stay silent until the next start
            log.error("a chat's messages are put back: %s", type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
            self.database.submit(partial(put_back, list(queue)))
        finally:
            del self._lanes[lane]

    async def _deliver(self, parcel: Parcel, queue: list[Parcel]) -> None:
        """Send one message and write down its fate; once one did not go, those behind it wait too."""
        fate = await self._send(parcel.outbound)
        FATES.labels(parcel.lane[0], type(fate).__name__.lower()).inc()
        again = isinstance(fate, Retry)
        behind = queue[0] if queue and not again and not self._finishing else None
        try:
            begun = await self._write(partial(self._settle, parcel, fate, behind))
        except Exception as why:  # noqa: BLE001 - what a channel says may be beyond what a database can hold
            log.error("a fate could not be written: %s", type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
            unknown = Uncertain(f"its fate could not be written: {type(why).__name__}")
            begun = await self._write(partial(self._settle, parcel, unknown, behind))
        if behind is not None:
            behind.begun = begun
        if again:
            await self._give_back(queue)
            self.wake()

    async def _give_back(self, queue: list[Parcel]) -> None:
        """Let others, or a later claim, have what was claimed and not tried."""
        if queue:
            parcels, queue[:] = list(queue), []
            await self._write(partial(put_back, parcels))

    async def _send(self, outbound: Outbound) -> Fate:
        try:
            return await self._channels[outbound.address.channel].send(outbound)
        except Exception as why:  # noqa: BLE001 - a channel promises not to raise; if it does, nobody knows
            log.error("channel %s raised %s", outbound.address.channel, type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
            return Uncertain(type(why).__name__)

    def _settle(self, parcel: Parcel, fate: Fate, behind: Parcel | None, connection: Connection) -> bool:
        """Write down the fate and, in the same commit, that the one ``behind`` begins; returns whether it may."""
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
                values |= later(parcel.attempts, after, why, now)
        SETTLE.run(connection, values)
        return behind is not None and begin(behind.outbound.id, connection)
