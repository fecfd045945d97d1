"""Calls that WeCom waits on, and the letters that may still go into the answer.

A letter goes in only once it is claimed in the outbox: so none is said twice, whoever dies meanwhile. What came too
late for the answer is told so, and goes another way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from bot.channels.aibot_cards import Json
from bot.channels.aibot_handle import Handle
from bot.model import Outbound

REMEMBERED = 200
"""So many answers are kept for whoever asks again."""
Compose = Callable[[Handle, Sequence[Outbound]], Awaitable[Json]]


class Turn:
    """One message and the calls about it: the first, and whatever WeCom asks again meanwhile."""

    def __init__(self, handle: Handle, compose: Compose) -> None:
        """``compose`` makes the answer of the letters."""
        self.answer: Json | None = None
        """What was said; a call that repeats the message is told the same."""
        self.over = asyncio.Event()
        self._handle = handle
        self._compose = compose
        self._letters: dict[int, Outbound] = {}
        self._late: dict[int, Outbound] = {}
        self._said: frozenset[int] = frozenset()
        self._expected: frozenset[int] | None = None
        self._known = asyncio.Event()
        self._full = asyncio.Event()
        self._closing = False
        self._callers = 0

    def expect(self, letters: Collection[int], said: Sequence[Outbound] = ()) -> None:
        """The message is stored, and these letters answer it; ``said`` went into an answer before."""
        self._said = frozenset(each.id for each in said)
        self._letters = {**{each.id: each for each in said}, **self._letters}
        self._expected = frozenset(letters)
        self._known.set()
        self._look()

    async def offer(self, outbound: Outbound) -> bool:
        """Whether the answer carries the letter: waits until that is sure, or until only others are waited for."""
        if self._closing:
            return False
        self._letters[outbound.id] = outbound
        await self._known.wait()
        self._look()
        if not self._full.is_set() and not self._closing:
            return True  # the others follow it in the same chat, so they would never come if this one waited for them
        await self.over.wait()
        return self.answer is not None and outbound.id in self._letters

    def gather(self, outbound: Outbound) -> Sequence[Outbound]:
        """What is to be said later, all of it at once: nothing before the last letter has come, with which they go."""
        self._late[outbound.id] = outbound
        if self.answer is None:  # what was to go with an answer that nobody heard
            self._late |= {number: each for number, each in self._letters.items() if number not in self._said}
        coming = (self._expected or frozenset()) - self._late.keys() - self._letters.keys()
        return [] if coming else [self._late[number] for number in sorted(self._late)]

    async def wait(self, seconds: float, gone: Callable[[], Awaitable[bool]]) -> Json | None:
        """The answer for a call that waits so long; None: nothing is to be said (any more).

        ``gone`` says whether the caller has hung up: then nothing is said to it, and the letters go another way.
        """
        if self.over.is_set():
            return self.answer
        self._callers += 1
        try:
            async with asyncio.timeout(seconds):
                await self._full.wait()
        except TimeoutError:
            pass
        finally:
            self._callers -= 1
        last = not self._callers
        if self._closing:
            await self.over.wait()
        elif self._full.is_set() or last:
            if await gone():
                if last:
                    self.close()
            elif not self._closing:
                await self._say()
        return self.answer

    def close(self) -> None:
        """Nothing more goes into the answer."""
        self._closing = True
        self._known.set()
        self.over.set()

    async def _say(self) -> None:
        self._closing = True
        try:
            letters = [self._letters[number] for number in sorted(self._letters)]
            self.answer = await self._compose(self._handle, letters) if letters else None
        finally:
            self.close()

    def _look(self) -> None:
        if self._expected is not None and self._expected <= self._letters.keys():
            self._full.set()


class Turns:
    """Turns by the message's name; those that are over are kept for a while, and then the oldest forgotten."""

    def __init__(self, compose: Compose) -> None:
        """No call has come."""
        self._compose = compose
        self._turns: dict[str, Turn] = {}

    def find(self, once: str) -> Turn | None:
        """The turn of that name."""
        return self._turns.get(once)

    def forget(self, once: str) -> None:
        """The message was not stored; whoever waits is told nothing."""
        turn = self._turns.pop(once, None)
        if turn is not None:
            turn.close()

    def open(self, handle: Handle) -> Turn:
        """A new turn."""
        over = [once for once, turn in self._turns.items() if turn.over.is_set()]
        for once in over[: max(0, len(self._turns) - REMEMBERED)]:
            del self._turns[once]
        turn = self._turns[handle.once] = Turn(handle, self._compose)
        return turn
