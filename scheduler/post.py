"""The post: it drains the outbox, claims before it sends, and settles what became of each message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from prometheus_client import Counter
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.desk import undelivered
from bot.model import Fate, Outbound, Retry, Sent, Uncertain, Undeliverable
from scheduler.claims import AGAIN, IDLE, Claimed, Claims, Still, all_owed
from scheduler.given_up import recover
from scheduler.outbox import SETTLE, SETTLE_SENT, Lane, Parcel, begin, enqueue, later, put_back, read
from scheduler.presence import LIFE, Presence

if TYPE_CHECKING:
    from bot.channels.port import Channel
    from bot.desk.voice import Tools
    from bot.store.crypto import Keyring
    from bot.store.database import Database, Job

T = TypeVar("T")
FATES = Counter("wuyi_messages", "Messages that were handed to a channel, by what became of them", ["channel", "fate"])
GOODBYE = 10.0
"""So long, in seconds, what is being sent when the program is stopped may take; then its fate is unknown."""
log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class Post:
    """Sends what waits. Each chat's messages go in order; a message is claimed in the database before it goes."""

    def __init__(  # noqa: PLR0913 - the composition root hands in everything that is not pure
        self,
        database: Database,
        keyring: Keyring,
        channels: Mapping[str, Channel],
        clock: Clock,
        *,
        name: str = "",
        tools: Tools | None = None,
        still: Still = all_owed,
        life: timedelta = LIFE,
    ) -> None:
        """Send through ``channels``, by name.

        ``name`` is this process's, and no other's; ``life`` after it was last heard of others see to what it had.
        With ``tools`` somebody is told what could not be delivered. ``still`` says which reminders are owed no more.
        """
        self.database = database
        self._channels = channels
        self._clock = clock
        self._wake = asyncio.Event()
        self._lanes: dict[Lane, list[Parcel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._claiming = asyncio.Lock()
        self._presence = Presence(name, life)
        self._read = partial(read, keyring, clock)
        self._claims = Claims(channels, name, self._read, still)
        self._tools = tools
        self._held: set[Lane] = set()
        self._wait = IDLE
        self._finishing = False

    @property
    def pause(self) -> float:
        """The seconds after which, as of the last claim, something may be due again."""
        return self._wait

    def wake(self) -> None:
        """Something new is in the outbox."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; a database that is away is waited for."""
        await self.start()
        while not self._finishing:
            self._wake.clear()
            await self.claim()
            if self._wait > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._wait):
                        await self._wake.wait()

    async def start(self) -> None:
        """Be known to the other processes, and see to what nobody alive has in hand."""
        await self._write(partial(self._look_around, start=True))

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
                await self._write(lambda connection: self._presence.end(connection, self._clock()))

    async def settle(self) -> None:
        """Send until nothing that is due waits any more (tests, and the terminal)."""
        asked = True
        while asked:
            self._wake.clear()
            asked = bool(await self.claim()) and self._wait <= 0
            await asyncio.gather(*self._tasks)
            # What did not arrive, and what waited behind another, may be due; so may what was told because of it.
            asked = asked or self._wake.is_set()

    async def claim(self) -> int:
        """Claim what may go and send it in the background; how many there were, or are to be asked for again."""
        async with self._claiming:
            claimed = await self._write(partial(self._claim, frozenset(self._lanes), frozenset(self._held)))
            self._wait = min(claimed.wait, self._presence.every)
            if self._finishing:
                await self._give_back(claimed.parcels)
                return 0
            for parcel in claimed.parcels:
                if parcel.lane in self._lanes:
                    enqueue(self._lanes[parcel.lane], parcel)
                    continue
                self._lanes[parcel.lane] = [parcel]
                task = asyncio.create_task(self._drain(parcel.lane))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            free = claimed.held - self._lanes.keys()  # what kept them waiting arrived during the claim
            self._held |= claimed.held - free
            if free:
                self.wake()
            return claimed.taken + len(free)

    async def _write(self, job: Job[T]) -> T:
        """Do a write, however long the database is away: a fate that nobody wrote down would be lost."""
        while True:
            try:
                return await asyncio.wrap_future(self.database.submit(job))
            except (OperationalError, InterfaceError) as why:
                log.warning("the database is away (%s)", type(why).__name__)
                await asyncio.sleep(IDLE)

    def _look_around(self, connection: Connection, *, start: bool = False) -> None:
        """Be known to the other processes, and see to what those have left that are gone."""
        now = self._clock()
        others = self._presence.renew(connection, now)
        self._claims.share(1 + len(others.alive))
        recover(connection, now, self._read, others, start=start)

    def _claim(self, busy: frozenset[Lane], held: frozenset[Lane], connection: Connection) -> Claimed:
        now = self._clock()
        if self._presence.due(now):
            self._look_around(connection)
        return self._claims.take(connection, now, busy, held)

    async def _drain(self, lane: Lane) -> None:
        """Send one chat's messages, one after another."""
        queue = self._lanes[lane]
        try:
            while queue and not self._finishing:
                parcel = queue.pop(0)
                if not parcel.begun:
                    parcel.since = self._clock()
                    parcel.begun = await self._write(partial(begin, parcel.outbound.id, self._presence.name))
                if self._clock() - parcel.since > self._presence.life:
                    await self._give_back([parcel])  # stopped for so long, this process may have been given up
                elif parcel.begun:
                    await self._deliver(parcel, queue)
            await self._give_back(queue)
        except Exception as why:  # noqa: BLE001 - the chat must not stay silent until the next start
            log.error("a chat's messages are put back: %s", type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
            self.database.submit(partial(put_back, list(queue), self._presence.name))
        finally:
            del self._lanes[lane]
            if lane in self._held:
                self._held.discard(lane)
                self.wake()

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
            behind.begun, behind.since = begun, self._clock()
        if again:
            await self._give_back(queue)
        if not isinstance(fate, Sent):
            self.wake()

    async def _give_back(self, queue: list[Parcel]) -> None:
        """Let others, or a later claim, have what was claimed and not tried."""
        if queue:
            parcels, queue[:] = list(queue), []
            await self._write(partial(put_back, parcels, self._presence.name))

    async def _send(self, outbound: Outbound) -> Fate:
        try:
            return await self._channels[outbound.address.channel].send(outbound)
        except Exception as why:  # noqa: BLE001 - a channel promises not to raise; if it does, nobody knows
            log.error("channel %s raised %s", outbound.address.channel, type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
            return Uncertain(type(why).__name__)

    def _settle(self, parcel: Parcel, fate: Fate, behind: Parcel | None, connection: Connection) -> bool:
        """Write down the fate and, in the same commit, that the one ``behind`` begins; returns whether it may."""
        now, number, me = self._clock(), parcel.outbound.id, self._presence.name
        values: dict[str, object] = {"number": number, "me": me, "at": None, "as_ref": None, "as_why": "", "due": now}
        match fate:
            case Sent(ref):
                values |= {"to": "sent", "at": now, "as_ref": ref}
            case Uncertain(why):
                values |= {"to": "uncertain", "as_why": why}
            case Undeliverable(why):
                values |= {"to": "dead", "as_why": why}
            case Retry(after, why):
                values |= later(parcel.attempts, after, why, now)
        known = (SETTLE_SENT if isinstance(fate, Sent) else SETTLE).run(connection, values) == 1
        if known and values["to"] == "dead" and self._tools is not None:
            gone = isinstance(fate, Undeliverable) and fate.gone
            undelivered.see_to(connection, self._tools, now, number, gone=gone)
        return behind is not None and begin(behind.outbound.id, me, connection)
