"""Whether a township qualifies: its own assessment does, and 80 % of its communities and villages do (篇二 三)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from bot.model import Level, Place

SHARE = 80
"""So many of a hundred communities and villages must qualify for their township to (篇二 三)."""
JUDGED = frozenset({Level.COMMUNITY, Level.VILLAGE})
"""The levels that the 80 % are counted over; units are not."""


class Outcome(Protocol):
    """What an assessment came to: a ``Score``, or a ``Reached`` as it was kept."""

    @property
    def open(self) -> Sequence[object]:
        """What nobody has judged yet."""
        ...

    @property
    def short(self) -> Decimal:
        """How much is missing."""
        ...

    @property
    def qualifies(self) -> bool:
        """Whether it is reached."""
        ...


class Member(NamedTuple):
    """A place within a township, and what its newest assessment comes to; None: it has none."""

    place: Place
    score: Outcome | None


@dataclass(frozen=True, slots=True)
class Township:
    """Whether a township qualifies, with all that decides it."""

    own: Outcome | None
    qualified: tuple[str, ...]
    """The communities and villages that qualify, by code."""
    lacking: tuple[str, ...]
    """Those that were assessed and do not."""
    missing: tuple[str, ...]
    """Those without an assessment: they count as not qualified."""
    share: int = SHARE

    @property
    def counted(self) -> int:
        """How many communities and villages there are."""
        return len(self.qualified) + len(self.lacking) + len(self.missing)

    @property
    def more(self) -> int:
        """How many more must qualify; at least one must, where there is none."""
        least = -(-self.share * self.counted // 100)  # rounded up: exactly 80 % is enough
        return max(max(least, 1) - len(self.qualified), 0)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it does not qualify: ``own_missing``, ``own_open``, ``own_short``, ``no_places``, ``too_few``."""
        found = []
        if self.own is None:
            found.append("own_missing")
        elif self.own.open:
            found.append("own_open")
        elif self.own.short:
            found.append("own_short")
        if not self.counted:
            found.append("no_places")
        elif self.more:
            found.append("too_few")
        return tuple(found)

    @property
    def qualifies(self) -> bool:
        """Whether nothing stands against it."""
        return not self.reasons


def township(own: Outcome | None, members: Iterable[Member], as_of: date, share: int = SHARE) -> Township:
    """Whether a township qualifies on a day: its own assessment does, and 80 % of its communities and villages do.

    Args:
        own: what the township's own assessment comes to, if it has one.
        members: the places right beneath it; other levels than communities and villages, and places that are closed
            on the day, are left out.
        as_of: the day.
        share: how many of a hundred must qualify.
    """
    qualified: list[str] = []
    lacking: list[str] = []
    missing: list[str] = []
    for place, reached in members:
        if place.level not in JUDGED or (place.closed is not None and place.closed <= as_of):
            continue
        (missing if reached is None else qualified if reached.qualifies else lacking).append(place.code)
    return Township(own, tuple(qualified), tuple(lacking), tuple(missing), share)
