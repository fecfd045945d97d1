"""A post on a clock of its own, over a channel whose every fate is written beforehand."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Row, select, update

from bot.desk import cards, letters
from bot.model import Address, Fate, Limits, Outbound, Sent
from bot.store.database import Database
from bot.store.tables import named
from scheduler.post import Post
from tests.town import KEYRING, NOW, tokens

OUTBOX = named("outbox")
CHAT, OTHER = "one", "two"


@dataclass
class Scripted:
    """A channel that does as it is told: a text's next fate, or exception; ``Sent`` when none is left."""

    name: str = "test"
    fates: dict[str, list[Fate | Exception]] = field(default_factory=lambda: defaultdict(list))
    tried: list[str] = field(default_factory=list)
    """The texts in the order in which they were handed over."""
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    """A text that has one is on its way until it is set."""
    seen: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    """Set once the text was handed over."""
    limits: Limits = field(default_factory=Limits)

    def routes(self) -> Sequence[Any]:
        """None."""
        return ()

    async def listen(self, take: object) -> None:
        """Nothing comes."""

    async def send(self, outbound: Outbound) -> Fate:
        """Whatever was written for it."""
        self.tried.append(outbound.text)
        self.seen[outbound.text].set()
        if outbound.text in self.gates:
            await self.gates[outbound.text].wait()
        fate: Fate | Exception = self.fates[outbound.text].pop(0) if self.fates[outbound.text] else Sent("ref")
        if isinstance(fate, Exception):
            raise fate
        return fate


class Office:
    """An outbox, a clock and a post; ``post`` anew is a process started anew."""

    def __init__(self, database: Database, channel: Scripted, **more: Any) -> None:  # noqa: ANN401 - as the post takes it
        """Nothing waits yet; ``more`` is said to the post."""
        self.database = database
        self.channel = channel
        self.channels = {channel.name: channel}
        self.more = more
        self.now = NOW
        self.token = tokens()
        self.post = self.start()

    def start(self) -> Post:
        """A process: the post as it is after a start."""
        return Post(self.database, KEYRING, self.channels, lambda: self.now, **self.more)

    def put(
        self,
        said: str,
        chat: str = CHAT,
        *,
        channel: str = "test",
        group: bool = False,
        **more: Any,  # noqa: ANN401 - as a letter takes it
    ) -> int:
        """A letter in the outbox, committed."""
        letter = letters.Letter(cards.Card(said), Address(channel, chat, group), **more)
        return self.database.write(lambda c: letters.write(c, KEYRING, self.token, self.now, letter))

    def crowd(self, many: int, kind: str, first: int = 0) -> None:
        """A letter to each of many people, named by its number."""
        crowd = [
            letters.Letter(cards.Card(f"{kind} {n}"), Address(self.channel.name, str(n)), kind=kind)
            for n in range(first, first + many)
        ]
        self.database.write(lambda c: [letters.write(c, KEYRING, self.token, self.now, letter) for letter in crowd])

    async def over(self, seconds: float) -> list[tuple[float, str]]:
        """Let so much time pass, the post looking whenever it wants to: what went, and how long from now."""
        start, went = self.now, []
        end = start + timedelta(seconds=seconds)
        while True:
            went += [((self.now - start).total_seconds(), said) for said in await self.after(0)]
            if self.now >= end:
                return went
            self.now = min(end, self.now + timedelta(seconds=max(self.post.pause, 0.001)))

    def row(self, number: int) -> Row[Any]:
        """How a message stands."""
        with self.database.read() as connection:
            return connection.execute(select(OUTBOX).where(OUTBOX.c.id == number)).one()

    def state(self, number: int) -> str:
        """Its state alone."""
        return str(self.row(number).state)

    async def after(self, seconds: float) -> list[str]:
        """Let time pass and the post work; what it handed over meanwhile."""
        before = len(self.channel.tried)
        self.now += timedelta(seconds=seconds)
        await self.post.settle()
        return self.channel.tried[before:]

    async def die(self) -> None:
        """The process is gone, whatever it was at."""
        tasks = list(self.post._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def spoil(self, number: int, body: bytes, state: str = "pending") -> None:
        """Its body is damaged."""
        self.database.write(
            lambda c: c.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(body=body, state=state))
        )

    async def restart(self) -> list[str]:
        """The process has died and another begins, up to its first rest; what that one handed over."""
        before = len(self.channel.tried)
        await self.die()
        self.post = self.start()
        async with running(self.post):
            pass
        return self.channel.tried[before:]


class Bell(asyncio.Event):
    """The event that the post waits for when it has nothing to do, with a second one for those who wait for that."""

    def __init__(self) -> None:
        """The post is busy."""
        super().__init__()
        self.resting = asyncio.Event()

    def set(self) -> None:
        """Something is new."""
        self.resting.clear()
        super().set()

    async def wait(self) -> Literal[True]:
        """The post rests until it is woken."""
        if self.is_set():
            return True
        self.resting.set()
        try:
            return await super().wait()
        finally:
            self.resting.clear()


@asynccontextmanager
async def running(post: Post) -> AsyncIterator[None]:
    """The post at work in the background; the block begins, and ends, when there is nothing left to do."""
    post._wake = bell = Bell()
    task = asyncio.create_task(post.run())
    await rest(post, bell, task)
    yield
    await rest(post, bell, task)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def rest(post: Post, bell: Bell, task: asyncio.Task[None]) -> None:
    """Until nothing is on its way and nothing due."""
    while True:
        waiting = asyncio.create_task(bell.resting.wait())
        await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        if not post._tasks:
            return
        await asyncio.gather(*post._tasks)
        bell.set()
