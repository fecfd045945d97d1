"""Virtual time: a clock that only the simulation moves, and what is to happen next on it."""

from __future__ import annotations

import heapq
import itertools
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


class Clock:
    """Stands still until it is moved; never goes back."""

    def __init__(self, start: datetime) -> None:
        """Begin at ``start``, which is aware."""
        self.now = start

    def __call__(self) -> datetime:
        """The virtual moment."""
        return self.now

    def advance(self, moment: datetime) -> None:
        """It is ``moment`` now, unless it is later already."""
        self.now = max(self.now, moment)


class Agenda(Generic[T]):
    """What will happen, by its moment; of one moment what was planned first comes first."""

    def __init__(self) -> None:
        """Nothing is planned."""
        self._heap: list[tuple[datetime, int, T]] = []
        self._count = itertools.count()

    def __len__(self) -> int:
        """How much is planned."""
        return len(self._heap)

    def add(self, at: datetime, what: T) -> None:
        """Plan something."""
        heapq.heappush(self._heap, (at, next(self._count), what))

    def pop(self) -> tuple[datetime, T]:
        """The earliest of what is planned.

        Raises:
            IndexError: nothing is.
        """
        at, _, what = heapq.heappop(self._heap)
        return at, what
