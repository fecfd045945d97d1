"""What stands on each picture of the board: places, days and counts, and never a person (PRODUCT 9, RELIABILITY 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from bot.model.figures import DayState
from bot.model.locales import Locale

NEED = {DayState.BROKEN: 0, DayState.UNVERIFIED: 1, DayState.CLEAN: 2}
"""What wants somebody's eye first."""
Line = TypeVar("Line", "BoardLine", "DaysLine")


@dataclass(frozen=True, slots=True)
class Head:
    """What every picture says of itself."""

    place: str
    """Its name; empty: the places of whoever asked."""
    day: date
    at: datetime
    """When the figures were taken, in the programme's zone."""
    open: bool = False
    """Whether the day's cutoff was still to come: then what is not reported is awaited."""
    locale: Locale = Locale.ZH


@dataclass(frozen=True, slots=True)
class Received:
    """Daily reports due, received, and received on time (DOMAIN 2)."""

    expected: int = 0
    received: int = 0
    on_time: int = 0


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One compound with its consecutive epidemic-free days."""

    name: str
    days: int
    state: DayState


@dataclass(frozen=True, slots=True)
class BoardPicture:
    """The compounds of a place on one day, with bars."""

    head: Head
    lines: tuple[BoardLine, ...]
    reported: Received | None
    """None: it is not told."""
    milestones: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DaysLine:
    """One compound and its last days, the newest last; None: it was not counted yet, or no more."""

    name: str
    days: int
    state: DayState
    states: tuple[DayState | None, ...]


@dataclass(frozen=True, slots=True)
class DaysPicture:
    """The last days of one compound, as a calendar; of several, a strip for each."""

    head: Head
    lines: tuple[DaysLine, ...]


@dataclass(frozen=True, slots=True)
class OverviewLine:
    """A community, a village or a township, with what lies below it."""

    name: str
    reported: Received
    states: tuple[int, int, int]
    """How many compounds are clean, broken, unverified."""


@dataclass(frozen=True, slots=True)
class OverviewPicture:
    """A town at a glance."""

    head: Head
    lines: tuple[OverviewLine, ...]
    reported: Received
    compounds: tuple[BoardLine, ...]
    milestones: tuple[int, ...]


def by_need(lines: Iterable[Line]) -> list[Line]:
    """Those first that want somebody's eye: broken, then unverified, then the shortest streak; else as they came."""
    return sorted(lines, key=lambda line: (NEED[line.state], line.days))


def tally(lines: Iterable[BoardLine | DaysLine]) -> tuple[int, int, int]:
    """How many are clean, broken, unverified."""
    counts = Counter(line.state for line in lines)
    return counts[DayState.CLEAN], counts[DayState.BROKEN], counts[DayState.UNVERIFIED]
