"""Quarters of a year, as they are written (``2026Q4``): reviews and reports go by them."""

from __future__ import annotations

import re
from datetime import date, timedelta

_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")
ONE_DAY = timedelta(days=1)


def quarter(day: date) -> str:
    """The quarter of a day."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of a quarter.

    Raises:
        ValueError: it is none.
    """
    match = _QUARTER.match(period)
    if match is None:
        message = f"no quarter: {period!r}; write it as 2026Q4"
        raise ValueError(message)
    year, number = int(match[1]), int(match[2])
    after = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, number * 3 - 2, 1), after - ONE_DAY


def before(period: str) -> str:
    """The quarter before."""
    return quarter(days_of(period)[0] - ONE_DAY)
