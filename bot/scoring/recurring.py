"""Recurring duties: in which period they fall, and what is still to be done of them (篇七 二(二)6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from bot.model import Check

WEEK = "week"
LAST = 6
"""Sunday, as days after Monday."""


def period(day: date, every: str) -> tuple[date, date]:
    """The first and the last day of the period in which a duty that is done ``every`` day or week falls."""
    if every != WEEK:
        return day, day
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=LAST)


def due(checks: Iterable[Check]) -> tuple[Check, ...]:
    """What can still be ticked today: not often enough in its period, and not today already."""
    return tuple(check for check in checks if check.done < check.times and not check.today)


def left(checks: Iterable[Check]) -> tuple[Check, ...]:
    """What is still to be done in its period, today or on a later day."""
    return tuple(check for check in checks if check.done < check.times)
