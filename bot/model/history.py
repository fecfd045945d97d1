"""The two time axes of a figure: what was published of a day, and what is known now (DOMAIN 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.model.figures import Streak


@dataclass(frozen=True, slots=True)
class Cause:
    """The fact that changed a published value after the cutoff."""

    case: str
    """The case's code; empty where a report did it."""
    event: str
    on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """One day of a place: the value known at its cutoff, and the value known now."""

    day: date
    published: Streak
    restated: Streak
    cause: Cause | None = None
    """What changed it, where the two differ."""

    @property
    def differs(self) -> bool:
        """Whether a later fact changed the figure."""
        return (self.published.days, self.published.state) != (self.restated.days, self.restated.state)


@dataclass(frozen=True, slots=True)
class PlaceHistory:
    """The last days of one place, newest first, under one pack."""

    code: str
    name: str
    pack: str
    days: tuple[HistoryDay, ...]
