"""Days as the database hands many of them over, in one text, and as figures are computed: bits of a number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=64)
def bits(first: date, last: date) -> Mapping[str, int]:
    """By day (``2026-11-24``) its bit in the window from ``first`` to ``last``."""
    return {(first + timedelta(days=n)).isoformat(): 1 << n for n in range((last - first).days + 1)}


@lru_cache(maxsize=1024)
def written(text: str, first: date, last: date) -> int:
    """The days of a text (``2026-11-24,2026-11-25``; a day may come twice), as bits of that window.

    Whoever reports several places reports all of them on the same days, so most texts are read once only.
    """
    return sum(map(bits(first, last).__getitem__, set(text.split(","))))
