"""Who is waiting for something new in which chat, and how they hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager

LOOK = 5.0
"""Seconds between two looks into the database: another process may have written to the chat."""
BEAT = 3
"""Looks without news after which the browser is told that we are still here."""
LOOKS = 120
"""Looks after which a stream ends; the browser opens the next one by itself, and is let in anew."""
LISTENERS = 8
"""Streams of one chat at the same time: windows and telephones of one person."""


class News:
    """A bell for each chat; it rings in this process only."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._closed = False

    def ring(self, address: str) -> None:
        """Tell those who listen that there is something new in this chat."""
        for bell in self._bells.get(address, ()):
            bell.set()

    def close(self) -> None:
        """End every stream: the server wants to stop, and waits for them."""
        self._closed = True
        for address in self._bells:
            self.ring(address)

    def full(self, address: str) -> bool:
        """Whether one more stream of this chat would be one too many."""
        return len(self._bells.get(address, ())) >= LISTENERS

    async def stream(self, address: str, mark: Callable[[], Awaitable[object]]) -> AsyncIterator[str]:
        """Server-sent events without content: ``news`` whenever the chat's ``mark`` changed or its bell rang."""
        with self._listening(address) as bell:
            yield "retry: 2000\n\n"
            seen, quiet = await mark(), 0
            for _ in range(LOOKS):
                rung = await _rung(bell)
                if self._closed:
                    return
                now = await mark()
                if rung or now != seen:
                    seen, quiet = now, 0
                    yield "event: news\ndata:\n\n"
                elif (quiet := quiet + 1) % BEAT == 0:
                    yield ": still here\n\n"

    @contextmanager
    def _listening(self, address: str) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        self._bells.setdefault(address, set()).add(bell)
        try:
            yield bell
        finally:
            self._bells[address].discard(bell)
            if not self._bells[address]:
                del self._bells[address]


async def _rung(bell: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(LOOK):
            await bell.wait()
    except TimeoutError:
        return False
    bell.clear()
    return True
