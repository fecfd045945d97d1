"""The terminal's people: lines in, printed lines out, and choices by their numbers."""

from __future__ import annotations

import io
import itertools
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from unittest import mock

from bot.channels.console import Console
from bot.model import Fate, Inbound, InboundKind, Outbound
from tests.channels.elsewhere import Elsewhere
from tests.channels.house import House, Shown
from tests.channels.numbers import listed
from tests.town import PEOPLE

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.channels.port import Take

FILE = re.compile(r"^\[(?P<name>.+\.(?:xlsx|docx|png))\]$", re.MULTILINE)


class Terminals:
    """A terminal each; what one prints is kept."""

    name = Console.name
    limits = Console.limits

    def __init__(self) -> None:
        """Nothing is printed."""
        numbers = itertools.count(1)
        self.of = {who: Console(who, who, lambda: f"line-{next(numbers)}") for who in PEOPLE}
        self.printed: list[tuple[str, str]] = []

    def routes(self) -> Sequence[BaseRoute]:
        """None."""
        return ()

    async def listen(self, take: Take) -> None:
        """Nothing: each terminal listens while its person speaks."""

    async def send(self, outbound: Outbound) -> Fate:
        """Print it on the person's terminal."""
        with mock.patch.object(sys, "stdout", io.StringIO()) as out:
            fate = await self.of[outbound.address.id].send(outbound)
        self.printed.append((outbound.address.id, out.getvalue()))
        return fate


class OnConsole:
    """``wuyi chat`` for everybody."""

    reflows = False
    lists = True
    beside = True
    pictures = False
    captions = False

    def __init__(self, house: House) -> None:
        """Nobody has said anything."""
        self.channel = Terminals()
        self._house = house
        self._elsewhere = Elsewhere(house)
        self._last: dict[str, dict[str, str]] = {}

    def address(self, who: str) -> str:
        """By their own name."""
        return who

    async def begin(self) -> None:
        """The screens are empty."""
        self.channel.printed.clear()
        self._last.clear()
        self._elsewhere.begin()

    async def say(self, who: str, text: str, group: str = "") -> None:
        """Type a line. The terminal greets whoever starts it; here it is started for each line, and greets nobody."""
        assert not group
        await self._type(who, text + "\n", InboundKind.TEXT)

    async def tap(self, who: str, label: str) -> None:
        """Type the number of the choice in the newest list; what stands in the other chat is tapped there."""
        if label in self._last.get(who, ()):
            await self.say(who, self._last[who][label])
        else:
            await self._elsewhere.tap(who, label)

    async def photo(self, who: str, caption: str) -> None:
        """Nobody can."""
        raise NotImplementedError

    async def open(self, who: str, code: str) -> None:
        """Start the terminal, or type the code."""
        await (self.say(who, code) if code else self._type(who, "", InboundKind.OPEN))

    async def seen(self) -> list[Shown]:
        """What was printed, read as a person reads it."""
        found = []
        for who, text in self.channel.printed:
            read = listed(text)
            file = FILE.search(read.text)
            self._last[who] = read.marks
            name = file["name"] if file else ""
            found.append(Shown(who, FILE.sub("", read.text), tuple(read.marks), name, bool(read.marks)))
        self.channel.printed.clear()
        return found + self._elsewhere.seen()

    async def over(self) -> None:
        """A terminal has no rules."""

    async def _type(self, who: str, typed: str, kind: InboundKind) -> None:
        async def take(inbound: Inbound) -> None:
            if inbound.kind is kind:
                await self._house.take(inbound)

        with mock.patch.object(sys, "stdin", io.StringIO(typed)):
            await self.channel.of[who].listen(take)


@asynccontextmanager
async def on_console(house: House) -> AsyncIterator[OnConsole]:
    """The terminals."""
    yield OnConsole(house)
