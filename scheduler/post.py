"""The post: it drains the outbox, claims before it sends, and settles what became of each message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select, update

from bot.model import Fate, Outbound, Retry, Sent, Uncertain, Undeliverable
from bot.store import codec
from bot.store.tables import named

if TYPE_CHECKING:
    from bot.channels.port import Channel
    from bot.store.crypto import Keyring
    from bot.store.database import Database

OUTBOX = named("outbox")
SCHEDULE = (5.0, 30.0, 120.0, 600.0, 3600.0, 21600.0)
"""Seconds until the next try (RELIABILITY, case alerts)."""
CLAIM = 256
IDLE = 5.0
"""So long, in seconds, until the post looks by itself; it is woken for everything new in this process."""
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

    def wake(self) -> None:
        """Something new is in the outbox."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        await asyncio.wrap_future(self.database.submit(self._recover))
        while True:
            self._wake.clear()
            if await self.claim() < CLAIM:
                wait = await asyncio.to_thread(self._until_next)
                try:
                    async with asyncio.timeout(wait):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def settle(self) -> None:
        """Send until nothing that is due waits any more (tests, and the terminal)."""
        while await self.claim() or self._tasks:
            await asyncio.gather(*self._tasks)

    async def claim(self) -> int:
        """Claim what is due and send it in the background; returns how many there were."""
        parcels = await asyncio.wrap_future(self.database.submit(self._claim))
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

    def _recover(self, connection: Connection) -> None:
        """After a start: what was being sent when the process died.

        Replacing a message twice does no harm, so that is tried again; whether a new one went nobody knows, and it is
        never sent again by itself.
        """
        query = select(OUTBOX.c.id, OUTBOX.c.body).where(OUTBOX.c.state == "sending")
        again: list[int] = []
        unknown: list[int] = []
        for row in connection.execute(query):
            edits = codec.load(Outbound, self._keyring.open_bytes(row.body)).edits
            (again if edits else unknown).append(row.id)
        for numbers, state in ((again, "pending"), (unknown, "uncertain")):
            if numbers:
                why = "the process ended while it was being sent"
                connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(numbers)).values(state=state, why=why))

    def _claim(self, connection: Connection) -> Sequence[Parcel]:
        due = (
            select(OUTBOX.c.id)
            .where(OUTBOX.c.state == "pending", OUTBOX.c.due_at <= self._clock())
            .where(OUTBOX.c.channel.in_(list(self._channels)))
            .order_by(OUTBOX.c.id)
            .limit(CLAIM)
        )
        if connection.dialect.name == "postgresql":
            due = due.with_for_update(skip_locked=True)
        numbers = list(connection.execute(due).scalars())
        if not numbers:
            return ()
        claimed = (
            update(OUTBOX)
            .where(OUTBOX.c.id.in_(numbers), OUTBOX.c.state == "pending")
            .values(state="sending", attempts=OUTBOX.c.attempts + 1)
            .returning(OUTBOX.c.id, OUTBOX.c.body, OUTBOX.c.attempts)
        )
        rows = sorted(connection.execute(claimed), key=lambda row: row.id)
        return [Parcel(self._read(row), row.attempts) for row in rows]

    def _read(self, row: Any) -> Outbound:  # noqa: ANN401 - a row of the outbox
        return replace(codec.load(Outbound, self._keyring.open_bytes(row.body)), id=row.id)

    def _until_next(self) -> float:
        """Seconds until the next retry is due, at most ``IDLE``."""
        with self.database.read() as connection:
            due = connection.execute(select(func.min(OUTBOX.c.due_at)).where(OUTBOX.c.state == "pending")).scalar()
        return IDLE if due is None else min(max((due - self._clock()).total_seconds(), 0.05), IDLE)

    async def _drain(self, lane: tuple[str, str]) -> None:
        """Send one chat's messages, one after another."""
        while self._lanes[lane]:
            parcel = self._lanes[lane].pop(0)
            fate = await self._send(parcel.outbound)
            await asyncio.wrap_future(self.database.submit(partial(self._settle, parcel, fate)))
        del self._lanes[lane]

    async def _send(self, outbound: Outbound) -> Fate:
        try:
            return await self._channels[outbound.address.channel].send(outbound)
        except Exception as why:  # noqa: BLE001 - a channel promises not to raise; if it does, nobody knows
            log.error("channel %s raised %s", outbound.address.channel, type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
            return Uncertain(type(why).__name__)

    def _settle(self, parcel: Parcel, fate: Fate, connection: Connection) -> None:
        now = self._clock()
        match fate:
            case Sent(ref):
                values: dict[str, object] = {"state": "sent", "sent_at": now, "ref": ref, "why": ""}
            case Uncertain(why):
                values = {"state": "uncertain", "why": why}
            case Undeliverable(why):
                values = {"state": "dead", "why": why}
            case Retry(after, why):
                values = _later(parcel.attempts, after, why, now)
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == parcel.outbound.id).values(values))


def _later(attempts: int, after: float | None, why: str, now: datetime) -> dict[str, object]:
    """When to try again; after the last entry of the schedule the message is dead."""
    if attempts > len(SCHEDULE):
        return {"state": "dead", "why": why or "given up"}
    wait = SCHEDULE[attempts - 1] if after is None else after
    return {"state": "pending", "due_at": now + timedelta(seconds=wait), "why": why}


