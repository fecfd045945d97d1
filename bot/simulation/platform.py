"""A platform as it is on a bad day: slow, refusing, failing after it has delivered; it remembers everything."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from bot.model import Fate, Limits, Outbound, Retry, Sent, Uncertain, Undeliverable
from bot.simulation.log import Attempt, Log, Span, Told

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.channels.port import Take

Chat = tuple[str, str]
QUICK = timedelta(milliseconds=300)
SLOWEST = 25.0
"""Seconds that a slow delivery takes at most."""


@dataclass(frozen=True, slots=True)
class Odds:
    """How often what goes wrong, of one message."""

    slow: float = 0.02
    too_many: float = 0.012
    failing: float = 0.012
    refused: float = 0.005
    late_silence: float = 0.005
    """It times out, though it is delivered."""
    early_silence: float = 0.003
    """It times out, and is not."""


CALM = Odds(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message before a person's eyes."""

    chat: Chat
    at: datetime
    ref: str
    outbound: Outbound


class Trap:
    """Set, it catches the next message that is sent: it hangs, and the process is to die."""

    def __init__(self) -> None:
        """It is open."""
        self.armed = False
        self.sprung = asyncio.Event()

    async def catch(self) -> None:
        """Hang until the process is killed."""
        self.armed = False
        self.sprung.set()
        await asyncio.get_running_loop().create_future()


class Platform:
    """A channel. What becomes of a message depends on the seed, its number and the try alone, so a run repeats."""

    limits = Limits()

    def __init__(  # noqa: PLR0913, PLR0917 - the world that a platform stands in
        self,
        name: str,
        clock: Callable[[], datetime],
        log: Log,
        arrived: Callable[[Arrival], None],
        trap: Trap,
        seed: int,
        odds: Odds,
        rate: int | None = None,
    ) -> None:
        """``arrived`` is told of every delivery, before its moment; ``rate``: so many messages a second are taken."""
        self.name = name
        self.retries = False
        """Whether something was refused since somebody last asked."""
        self.outage: Span | None = None
        self._clock = clock
        self._log = log
        self._arrived = arrived
        self._trap = trap
        self._seed = seed
        self._odds = odds
        self._rate = rate
        self._tries: Counter[int] = Counter()
        self._blocked: set[str] = set()
        self._second: Counter[datetime] = Counter()

    def routes(self) -> Sequence[BaseRoute]:
        """None."""
        return ()

    async def listen(self, take: Take) -> None:
        """Nothing comes this way: the people hand their messages over themselves."""

    def shut(self, address: str, *, to: bool) -> None:
        """Somebody wants to hear nothing more, or is back."""
        spans = self._log.blocked.setdefault((self.name, address), [])
        if to and address not in self._blocked:
            self._blocked.add(address)
            spans.append(Span(self._clock(), datetime.max.replace(tzinfo=self._log.zone)))
        elif not to and address in self._blocked:
            self._blocked.discard(address)
            spans[-1] = Span(spans[-1].since, self._clock())

    async def send(self, outbound: Outbound) -> Fate:
        """Deliver it, or not."""
        now = self._clock()
        self._tries[outbound.id] += 1
        chance = Random(f"{self._seed} {self.name} {outbound.id} {self._tries[outbound.id]}")
        if self._trap.armed:
            self._note(outbound, now, Told.KILLED, now + QUICK if chance.random() < 1 / 2 else None)
            await self._trap.catch()
        fate, after = self._fate(outbound, now, chance)
        if isinstance(fate, Retry):
            self.retries = True
        self._note(outbound, now, Told(type(fate).__name__.lower()), None if after is None else now + after)
        return fate

    def _fate(self, outbound: Outbound, now: datetime, chance: Random) -> tuple[Fate, timedelta | None]:
        """What the bot is told, and after how long the message arrives."""
        if outbound.address.id in self._blocked:
            return Undeliverable("blocked by the user"), None
        if self._rate is not None:
            self._second[now.replace(microsecond=0)] += 1
            if self._second[now.replace(microsecond=0)] > self._rate:
                return Retry(1.0, "429"), None
        if self.outage is not None and self.outage.since <= now < self.outage.until:
            return Retry(None, "503"), None
        draw, odds = chance.random(), self._odds
        wrong: tuple[tuple[float, Fate, timedelta | None], ...] = (
            (odds.too_many, Retry(float(chance.randint(1, 30)), "429"), None),
            (odds.failing, Retry(None, "502"), None),
            (odds.refused, Retry(None, "refused"), None),
            (odds.late_silence, Uncertain("read time-out"), QUICK),
            (odds.early_silence, Uncertain("read time-out"), None),
            (odds.slow, Sent(_ref(outbound)), timedelta(seconds=chance.uniform(1, SLOWEST))),
        )
        for odd, fate, after in wrong:
            if draw < odd:
                return fate, after
            draw -= odd
        return Sent(_ref(outbound)), QUICK

    def _note(self, outbound: Outbound, now: datetime, told: Told, arrived: datetime | None) -> None:
        chat = (self.name, outbound.address.id)
        self._log.attempts.append(
            Attempt(outbound.id, *chat, now, told, arrived, outbound.edits is not None, outbound.text)
        )
        if arrived is not None:
            self._arrived(Arrival(chat, arrived, _ref(outbound), outbound))


def _ref(outbound: Outbound) -> str:
    """The platform's id of the message; one that replaces another keeps its id."""
    return outbound.edits or f"m{outbound.id}"
