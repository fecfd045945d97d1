"""Pure: deadlines."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.model import PackRules


def cutoff(day: date, rules: PackRules, zone: ZoneInfo) -> datetime:
    """The moment, aware, after which the report of ``day`` is late (DOMAIN 8, ``daily-report``)."""
    return datetime.combine(day, time.fromisoformat(rules.cutoff), zone)
