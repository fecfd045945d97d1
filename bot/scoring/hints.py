"""What a reviewer should look at: hints from the records, never a verdict (PRODUCT, honesty checks)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

WITHIN = timedelta(minutes=10)
"""Reports of many days that were all sent within so short a time were not written day by day."""
MANY = 7
"""So many days make one wonder."""
COVERED = 80
"""Per cent of the daily reports below which a place's days rest on little."""


def burst(lines: Iterable[tuple[str, date, datetime]]) -> tuple[int, datetime] | None:
    """The most days of one place that were reported within ten minutes, and when; None where they are few.

    Args:
        lines: place, day and moment of each report.
    """
    said: dict[str, list[tuple[datetime, date]]] = defaultdict(list)
    for place, day, at in lines:
        said[place].append((at, day))
    best: tuple[int, datetime] | None = None
    for rows in said.values():
        rows.sort()
        first = 0
        for last, (at, _) in enumerate(rows):
            while at - rows[first][0] > WITHIN:
                first += 1
            days = len({day for _, day in rows[first : last + 1]})
            if days >= MANY and (best is None or days > best[0]):
                best = (days, rows[first][0])
    return best


def thin(received: int, expected: int) -> bool:
    """Whether less than 80 % of the daily reports that were owed came."""
    return received * 100 < COVERED * expected
