"""The answer in the response to a callback: open for some seconds, filled by what is sent meanwhile, given once.

WeChat waits five seconds for the response and calls again, up to three times, about what it did not get. So what was
put in is kept, and given again in the same words. What was put in and fetched by nobody goes another way.

A letter counts as sent when somebody is there to fetch it, and the response goes out once that is written down: whoever
answers it at once has been shown it, and a process that dies in between leaves the answer to the next call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from bot.channels.bytewise import size
from bot.model import Fate, Sent, Uncertain

LOG = logging.getLogger(__name__)
BYTES = 2048
"""Of the words in a response, as of any message."""
GAP = "\n\n"
PASSIVE = "passive"
"""The name, in the outbox, of what went in a response."""
AGAIN = 7.0
"""Seconds within which WeChat has called again, if it does."""
SENDING = 2.0
"""Seconds more that sending it another way may take at the end of the program."""
KEPT = 2000
"""So many answers are kept for those who ask again; of older ones the database knows."""
Otherwise = Callable[[str], Awaitable[Fate]]
"""Sends what nobody fetched."""


class Slot:
    """The response to one message of somebody's."""

    def __init__(self, again: float = AGAIN) -> None:
        """Open; how much will come into it is not known yet."""
        self.work: asyncio.Task[None] | None = None
        """What makes the answer, for those who call meanwhile."""
        self.body = ""
        """The response as it was given, for those who call again."""
        self._again = again
        self._texts: list[str] = []
        self._expected: set[int] = set()
        self._known, self._closed = asyncio.Event(), asyncio.Event()
        self._fetched, self._given = asyncio.Event(), asyncio.Event()
        self.numbers: list[int] = []
        """The letters that are in it whole."""
        self._waiting = 0
        self._lost = False
        self._fate: asyncio.Task[Fate] | None = None

    @property
    def all(self) -> str:
        """All that was put in."""
        return GAP.join(self._texts)

    @property
    def text(self) -> str:
        """What is in it still: nothing once it has gone another way."""
        return "" if self._lost else self.all

    @property
    def closed(self) -> bool:
        """Whether nothing more goes in."""
        return self._closed.is_set()

    async def expects(self, number: int) -> bool:
        """Whether it waits for this letter, as soon as that is known."""
        await self._known.wait()
        return number in self._expected and not self.closed

    def expect(self, numbers: Iterable[int], said: Iterable[str] = ()) -> None:
        """The letters of these numbers are on their way; or it was ``said`` before, in another process's time."""
        self._texts = list(said)
        self._expected = set(numbers)
        self._known.set()
        if self._texts:
            self._given.set()
        if self._texts or not self._expected:
            self.close()

    def close(self) -> None:
        """Nothing more goes in."""
        self._known.set()
        self._closed.set()

    async def put(self, number: int, text: str, otherwise: Otherwise, *, whole: bool = True) -> Fate | None:
        """Put a letter in; None: it does not go in, and what is in has gone its way before.

        A letter behind which others are expected is as good as sent: whoever asks again gets it from here or from the
        database, and if nobody does, it goes with the last of them. That one's fate is the fate of all. Of a letter
        that is not ``whole`` the rest follows, so that nothing else comes in.
        """
        await self._known.wait()
        if self._closed.is_set() or size(GAP.join([*self._texts, text])) > BYTES:
            await self.passed()
            return None
        self._texts.append(text)
        self._expected.discard(number)
        if self._fate is None:
            self._fate = asyncio.create_task(self._see_to(otherwise))
        if not whole:
            self.close()
            return await asyncio.shield(self._fate)
        self.numbers.append(number)
        if self._expected:
            return Sent(PASSIVE)
        self.close()
        return await self._going(self._fate)

    async def passed(self) -> None:
        """Close it, and wait until what is in it has gone its way."""
        self.close()
        if self._fate is not None:
            await asyncio.shield(self._fate)

    async def ready(self, patience: float, hung_up: Callable[[], Awaitable[bool]]) -> bool:
        """Wait, for so many seconds, until all that is expected is in; whether anybody is there to be answered."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._closed.wait()
        there = not await hung_up()
        if there:
            self.close()
            self._fetched.set()
        return there

    @contextmanager
    def waited_for(self) -> Iterator[None]:
        """Inside the block a call waits for it, so that it goes no other way meanwhile."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._closed.is_set():  # whoever hung up calls again, and may have all of it then
                asyncio.get_running_loop().call_later(self._again, self._abandon)

    def _abandon(self) -> None:
        if not self._waiting:
            self.close()

    def given(self) -> None:
        """The response goes out. Whoever does not get it nevertheless calls again."""
        self._given.set()

    async def over(self) -> None:
        """Close it, and give what is in it the time to go its way."""
        self.close()
        if self._fate is not None:
            await asyncio.wait([self._fate], timeout=self._again + SENDING)
            self._fate.cancel()

    async def _going(self, fate: asyncio.Task[Fate]) -> Fate:
        """Sent, as soon as somebody is there to fetch it; else what becomes of it."""
        fetched = asyncio.create_task(self._fetched.wait())
        await asyncio.wait({fetched, fate}, return_when=asyncio.FIRST_COMPLETED)
        fetched.cancel()
        if fate.cancelled():
            return Uncertain("the program ended before anybody fetched it")
        return fate.result() if fate.done() else Sent(PASSIVE)

    async def _see_to(self, otherwise: Otherwise) -> Fate:
        """What becomes of what was put in."""
        await self._closed.wait()
        while not self._given.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._again):
                    await self._given.wait()
            if not self._given.is_set() and not self._waiting:
                LOG.info("nobody fetched an answer; it is sent instead")
                self._lost = True
                fate = await otherwise(self.all)
                if not isinstance(fate, Sent) and (len(self._texts) > 1 or self._fetched.is_set()):
                    LOG.error("an answer that counted as sent met this fate: %s", type(fate).__name__)
                return fate
        return Sent(PASSIVE)


class Slots:
    """The answers of the last minutes, by the name of the message, and by whom they are for."""

    def __init__(self, again: float = AGAIN) -> None:
        """``again``: seconds within which WeChat has called again."""
        self._again = again
        self._named: dict[str, tuple[str, Slot]] = {}
        self._mine: dict[str, list[Slot]] = {}

    def of(self, name: str, user: str) -> Slot:
        """The answer to this message; a new one, open, where there is none."""
        if name not in self._named:
            while len(self._named) >= KEPT:
                self.drop(next(iter(self._named)))
            slot = Slot(self._again)
            self._named[name] = user, slot
            self._mine[user] = [*(each for each in self._mine.get(user, ()) if not each.closed), slot]
        return self._named[name][1]

    async def place(self, user: str, letter: int) -> Slot | None:
        """Where a letter to somebody belongs: in the answer that waits for it, else in the newest, open or not."""
        mine = self._mine.get(user, ())
        for slot in mine[:-1]:
            if await slot.expects(letter):
                return slot
        return mine[-1] if mine else None

    def drop(self, name: str) -> None:
        """Know no more of a message: it was not taken, and whoever calls again begins anew, or it is long ago."""
        user, slot = self._named.pop(name, ("", None))
        if slot is not None:
            slot.close()
            self._mine[user] = [each for each in self._mine.get(user, ()) if each is not slot]
            if not self._mine[user]:
                del self._mine[user]

    async def finish(self) -> None:
        """Let what is in them go its way, and forget them."""
        await asyncio.gather(*(slot.over() for _, slot in self._named.values()))
        self._named.clear()
        self._mine.clear()
