"""The bot as a process: started over the same database file, killed without finishing, started again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.app import Bot
from bot.simulation.platform import Platform, Trap
from bot.store.database import Database

if TYPE_CHECKING:
    from bot.model import Inbound, PackRules
    from bot.settings import Settings


class Process:
    """At most one bot lives at a time; what a dead one had in memory is gone, what it had committed is there."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        rules: Sequence[PackRules],
        platforms: Mapping[str, Platform],
        trap: Trap,
    ) -> None:
        """Nothing runs yet."""
        self._settings = settings
        self._clock = clock
        self._rules = rules
        self._platforms = platforms
        self._trap = trap
        self.bot: Bot | None = None

    @property
    def rules(self) -> PackRules:
        """The pack that leads."""
        return self._rules[0]

    def new(self) -> Bot:
        """A bot over the database, with the platforms as its channels."""
        bot = Bot(self._settings, self._clock, self._rules, Database(self._settings.url))
        for platform in self._platforms.values():
            bot.add(platform)
        return bot

    async def start(self) -> None:
        """A new process begins, and sees what the one before it left."""
        self.bot = self.new()
        await self.bot.post.start()

    async def kill(self) -> None:
        """It ends wherever it is: no task of it goes on, and no fate is written down any more."""
        bot, self.bot = self.bot, None
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._trap.armed = False
        self._trap.sprung.clear()
        if bot is not None:
            bot.close()

    async def settle(self) -> bool:
        """Send what is due; False when the process fell into the trap meanwhile, and is to be killed."""
        assert self.bot is not None  # noqa: S101 - asked of a living one
        if not self._trap.armed:
            await self.bot.settle()
            return True
        sending = asyncio.create_task(self.bot.settle())
        caught = asyncio.create_task(self._trap.sprung.wait())
        await asyncio.wait({sending, caught}, return_when=asyncio.FIRST_COMPLETED)
        caught.cancel()
        if self._trap.sprung.is_set():
            return False
        await sending
        return True

    async def take(self, inbound: Inbound, *, dies: bool = False, stored: bool = True) -> bool:
        """Hand a message to the desk; whether it was acknowledged.

        Where the process ``dies`` it is not: neither when it dies before the message is ``stored`` nor when it dies
        after. Which of the two it is the caller draws; left to two threads, no run could be repeated.
        """
        assert self.bot is not None  # noqa: S101 - asked of a living one
        if stored:
            await self.bot.desk.take(inbound)
        return not dies
