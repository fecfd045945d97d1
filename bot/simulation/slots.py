"""The key of a served reminder, read: the one place that knows how it is written."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAILY = "daily-report"
ASKED = ("snooze",)
"""Deadlines of this name are reminders that the person asked for."""

UP = "^"
"""How the period of what is told one level up ends."""


class Slot(NamedTuple):
    """What of and when: the deadline, its period (``2026-11-24``, ``2026-12``, ``2026Q4``), the moment, if it reads."""

    deadline: str
    period: str
    moment: datetime | None

    @property
    def day(self) -> date | None:
        """The day that a daily reminder is about."""
        try:
            return date.fromisoformat(self.period)
        except ValueError:
            return None


def read(key: str, zone: ZoneInfo) -> Slot:
    """``daily-report/2026-11-24@15:00``, ``monthly-report/2026-12@2026-12-20T09:00``; a time alone is of that day."""
    what, _, when = key.partition("@")
    deadline, _, period = what.partition("/")
    if period.endswith(UP):  # told to who answers for those who owe: another matter than the deadline itself
        deadline, period = deadline + UP, period.rstrip(UP)
    slot = Slot(deadline, period, None)
    try:
        if "-" in when.partition("T")[0]:
            at = datetime.fromisoformat(when)
        elif slot.day is not None:
            at = datetime.combine(slot.day, time.fromisoformat(when))
        else:
            return slot
    except ValueError:
        return slot
    return slot._replace(moment=at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone))
