"""How fast a platform takes messages: buckets in memory, on whatever clock is handed in."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyrate_limiter import InMemoryBucket

    from bot.model import Pace, Rate

SECOND = 1000
JITTER = SECOND
"""A clock that is set back by less than this is waited for; one set back by more begins anew."""
_moment = attrgetter("timestamp")


class Meter:
    """What one channel has taken lately, in all and chat by chat. Not for two threads at once.

    A restart forgets it: what the process before has sent within a rate's span is not counted.
    """

    def __init__(self, pace: Pace) -> None:
        """Nothing was sent yet."""
        self._pace = pace
        self._paced = bool(pace.whole or pace.chat or pace.group)
        self._share = 1
        self._whole = _bucket(pace.whole) if pace.whole else None
        self._chats: OrderedDict[str, InMemoryBucket] = OrderedDict()
        self._longest = SECOND * max((rate.seconds for rate in (*pace.chat, *pace.group)), default=0)
        self._latest = 0
        self.full: dict[str, int] = {}
        """Until when (in milliseconds) a chat takes nothing: those of which it was asked in vain."""

    @property
    def by_chat(self) -> bool:
        """Whether a single chat has a pace of its own."""
        return bool(self._pace.chat or self._pace.group)

    def at(self, now: datetime) -> int:
        """The moment in milliseconds, which does not go back; and what is over is forgotten."""
        moment = int(now.timestamp() * SECOND)
        if moment < self._latest - JITTER:
            self._begin_anew()
        elif moment < self._latest:
            moment = self._latest
        self._latest = moment
        if self._whole is not None:
            self._whole.leak(moment)
        while self._chats:
            address, bucket = next(iter(self._chats.items()))
            if bucket.items and bucket.items[-1].timestamp >= moment - self._longest:
                break
            del self._chats[address]
        for address in [address for address, until in self.full.items() if until <= moment]:
            del self.full[address]
        return moment

    def share(self, among: int) -> None:
        """So many processes send: each keeps to its part of what the channel takes in all."""
        if self._whole is not None and among != self._share:
            self._share = among
            for rate, whole in zip(self._whole.rates, self._pace.whole, strict=True):
                rate.limit = max(1, whole.messages // among)

    def room(self, moment: int, most: int) -> int:
        """How many messages it takes now, ``most`` at most."""
        if self._whole is None:
            return most
        items = self._whole.items
        for rate in self._whole.rates:
            lately = len(items) - bisect_left(items, moment - rate.interval, key=_moment)
            most = min(most, rate.limit - lately)
        return max(0, most)

    def wait(self, moment: int) -> float:
        """The seconds until it takes one more, whomever it is for; 0: it does now."""
        if self._whole is None:
            return 0.0
        items, longest = self._whole.items, 0
        for rate in self._whole.rates:
            # The message that has to be out of the span first; the span includes its own beginning.
            if len(items) >= rate.limit:
                longest = max(longest, items[-rate.limit].timestamp + rate.interval + 1 - moment)
        return longest / SECOND

    def take(self, address: str, moment: int, *, group: bool) -> bool:
        """Count a message to this chat, for which there is ``room``; False: the chat takes none yet (``full``)."""
        if not self._paced:
            return True
        from pyrate_limiter import RateItem  # noqa: PLC0415 - slow to load, and not needed without a pace

        item = RateItem(address, moment)
        rates = self._pace.group if group else self._pace.chat
        if rates:
            bucket = self._chats.get(address)
            if bucket is None:
                bucket = self._chats[address] = _bucket(rates)
            bucket.leak(moment)
            if not bucket.put(item):
                self.full[address] = moment + int(bucket.waiting(item))  # type: ignore[arg-type]  # in memory it is no promise
                return False
            self._chats.move_to_end(address)
        if self._whole is not None:
            self._whole.put(item)
        return True

    def _begin_anew(self) -> None:
        if self._whole is not None:
            self._whole.flush()
        self._chats.clear()
        self.full.clear()


def _bucket(rates: Sequence[Rate]) -> InMemoryBucket:
    """A bucket of these rates.

    Raises:
        ValueError: they are not in order, shorter spans and denser rates first.
    """
    from pyrate_limiter import InMemoryBucket, Rate  # noqa: PLC0415 - slow to load, and not needed without a pace

    return InMemoryBucket([Rate(each.messages, each.seconds * SECOND) for each in rates])
