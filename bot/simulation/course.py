"""The course of the town's days: what happens next happens, and the clock moves on to it."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from bot.model import Address, Inbound, InboundKind
from bot.simulation import facts
from bot.simulation.clock import Agenda, Clock
from bot.simulation.log import Act, Log, Span
from bot.simulation.moments import moments
from bot.simulation.people import Deed, Person
from bot.simulation.platform import Arrival

if TYPE_CHECKING:
    from bot.simulation.hospital import Hospital
    from bot.simulation.platform import Chat, Platform, Trap
    from bot.simulation.process import Process
    from bot.store.database import Database

TWO_DAYS, HOUR, MINUTE = timedelta(days=2), timedelta(hours=1), timedelta(minutes=1)
EVENING = time(23, 50)
"""When the day is read back: before the night, in which what is past its term is deleted."""
Happening = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Misfortune:
    """How often, a day: the process dies; the platform is away for some minutes."""

    deaths: float = 0.25
    outages: float = 0.1


class Course:
    """The days of one town."""

    def __init__(  # noqa: PLR0913, PLR0917 - everything that there is in the world
        self,
        clock: Clock,
        log: Log,
        process: Process,
        platforms: Mapping[str, Platform],
        people: Mapping[int, Person],
        trap: Trap,
        agenda: Agenda[Arrival | Happening],
        hospital: Hospital,
        seed: int,
        misfortune: Misfortune,
    ) -> None:
        """Nothing has happened yet."""
        self._clock = clock
        self._log = log
        self._process = process
        self._platforms = platforms
        self._people = people
        self._trap = trap
        self._agenda = agenda
        self._hospital = hospital
        self._chance = Random(f"course {seed}")
        self._misfortune = misfortune
        self._owners: dict[Chat, Person] = {chat: each for each in people.values() for chat in each.chats}
        self._reader = facts.Reader(log)
        self._waiting: list[Inbound] = []
        self._numbers = itertools.count(1)
        self._dying = ""
        """How the process is about to die: in the midst of a message ``taken``, or between a ``tick`` and the post."""
        self._since = clock.now
        self._settles = clock.now
        """For when the post is to be called again."""

    async def run(self) -> None:
        """Let all the days pass."""
        await self._process.start()
        end = datetime.combine(self._log.first + timedelta(days=self._log.days), time(), self._log.zone)
        for n in range(self._log.days):
            self._agenda.add(self._at(self._log.first + timedelta(days=n), time()), self._dawn)
        while len(self._agenda):
            at, what = self._agenda.pop()
            if at >= end:
                break
            self._clock.advance(at)
            if callable(what):
                await what()
            else:
                self._seen(what)
        self._clock.advance(end)
        if self._process.bot is not None:
            self._log.up.append(Span(self._since, end))
            self._reader.read(self._process.bot.database)
            await self._process.kill()

    def _at(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self._log.zone)

    async def _dawn(self) -> None:
        """Plan the day: people's own deeds, the ticks, what goes wrong."""
        today = self._clock.now.date()
        for person in self._people.values():
            for deed in person.wake(self._clock.now):
                self._agenda.add(deed.at, partial(self._do, person, deed))
        for moment in moments(today, self._process.rules, self._log.zone):
            self._agenda.add(self._at(today, moment), self._tick)
        self._agenda.add(self._at(today, time(3, 30)), self._tick)
        self._agenda.add(self._at(today, EVENING), self._evening)
        if self._chance.random() < self._misfortune.deaths:
            self._agenda.add(self._busy(today), self._set_trap)
        if self._chance.random() < self._misfortune.outages:
            since = self._busy(today)
            platform = self._chance.choice(list(self._platforms.values()))
            platform.outage = Span(since, since + timedelta(minutes=self._chance.uniform(0.5, 6)))

    def _busy(self, today: date) -> datetime:
        """Some moment of the day; every other one around the reminders."""
        first, last = ((7.4, 22.0), (14.95, 17.1))[self._chance.random() < 1 / 2]
        return self._at(today, time()) + timedelta(hours=self._chance.uniform(first, last))

    async def _evening(self) -> None:
        """Read the day back; who is in hospital is examined tomorrow."""
        bot = self._process.bot
        if bot is None:
            return
        self._reader.read(bot.database)
        for at, examined in self._hospital.examine(bot):
            self._agenda.add(at, partial(self._examined, examined))

    async def _examined(self, case: str) -> None:
        if self._process.bot is None:
            self._agenda.add(self._clock.now + HOUR, partial(self._examined, case))
        else:
            self._hospital.rule_out(self._process.bot, case)

    async def _tick(self) -> None:
        bot = self._process.bot
        if bot is None:
            return
        await bot.tick.tick()
        if self._dying == "tick":
            await self._die()
            return
        await self._settle(look=True)

    # --- people --------------------------------------------------------------------------------------------------

    def _seen(self, arrival: Arrival) -> None:
        person = self._owners[arrival.chat]
        for deed in person.see(arrival):
            self._agenda.add(deed.at, partial(self._do, person, deed))

    async def _do(self, person: Person, deed: Deed) -> None:
        channel, address = deed.chat
        if deed.kind in {"block", "unblock"}:
            self._platforms[channel].shut(address, to=deed.kind == "block")
            return
        kind, dedupe = InboundKind(deed.kind), f"i{next(self._numbers)}"
        inbound = Inbound(Address(channel, address), dedupe, kind, deed.said, sender=address, edits=deed.edits)
        signs = len(deed.said) if kind is InboundKind.TEXT else 0
        self._log.acts.append(Act(person.number, self._clock.now, kind.value, signs, channel, dedupe))
        if deed.times > 1:
            self._agenda.add(self._clock.now + TWO_DAYS, partial(self._hand_over, inbound))  # once more, much later
        for _ in range(max(1, deed.times - 1)):
            await self._hand_over(inbound)
        if deed.puts_off:
            self._plan_tick_after_snooze()

    def _plan_tick_after_snooze(self) -> None:
        """Somebody will be reminded later: at that minute a tick is worth making."""
        bot = self._process.bot
        if bot is None:
            return
        until = facts.snoozed_until(bot.database, self._clock.now)
        if until is not None:
            self._agenda.add(_next_minute(until.astimezone(self._log.zone)), self._tick)

    async def _hand_over(self, inbound: Inbound) -> None:
        """As a platform does: what is not acknowledged it keeps, and delivers again when the bot is back."""
        if self._process.bot is None:
            self._waiting.append(inbound)
            return
        dies = self._dying == "taken"
        stored = not dies or self._chance.random() < 1 / 2
        if not await self._process.take(inbound, dies=dies, stored=stored):
            self._waiting.append(inbound)
            await self._die()
            return
        self._log.acknowledged.add((inbound.address.channel, inbound.dedupe))
        await self._settle()

    # --- the post ------------------------------------------------------------------------------------------------

    async def _settle(self, *, look: bool = False) -> None:
        """Send what is due; where something is to be tried again, come back for it (``look``: see if there is)."""
        if self._process.bot is None:
            return
        if not await self._process.settle():
            await self._die()
            return
        refused = [platform for platform in self._platforms.values() if platform.retries]
        for platform in refused:
            platform.retries = False
        if refused or look:
            self._plan_settle(self._process.bot.database)

    def _plan_settle(self, database: Database) -> None:
        due = facts.next_due(database, self._clock.now)
        if due is None:
            return
        at = due.astimezone(self._log.zone)
        if not self._clock.now < self._settles <= at:
            self._settles = at
            self._agenda.add(at, partial(self._settle, look=True))

    # --- death ---------------------------------------------------------------------------------------------------

    async def _set_trap(self) -> None:
        """The next message that is sent, or taken, or the next tick, is the process's last."""
        how = self._chance.choice(("sending", "sending", "taken", "tick"))
        if how == "sending":
            self._trap.armed = True
        else:
            self._dying = how

    async def _die(self) -> None:
        self._dying = ""
        await self._process.kill()
        self._log.died(self._clock.now, self._since)
        away = self._chance.choice((0.1, 0.5, 2, 5, 20, 70))
        self._agenda.add(self._clock.now + away * MINUTE, self._rise)

    async def _rise(self) -> None:
        """A new process: it recovers, the platform delivers again what was not acknowledged, the next minute ticks."""
        await self._process.start()
        self._since = self._clock.now
        waiting, self._waiting = self._waiting, []
        for inbound in waiting:
            await self._hand_over(inbound)
        for after in (0, 1):  # the first may find the lease of the dead process still running
            self._agenda.add(_next_minute(self._clock.now) + after * MINUTE, self._tick)
        await self._settle(look=True)


def _next_minute(now: datetime) -> datetime:
    """When the house ticks next."""
    return now.replace(second=0, microsecond=0) + MINUTE
