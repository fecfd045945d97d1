"""Working days for the judge, straight from the kept library: past its data, the weekdays."""

from __future__ import annotations

from datetime import date

import chinese_calendar

SATURDAY = 5


def working(day: date) -> bool:
    """Whether ``day`` is worked in China."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year that is not announced yet
        return day.weekday() < SATURDAY
