"""At which moments of a day a tick is worth making: those of the ladders, the digest, the end of the quiet hours.

A real scheduler ticks twice a minute; what lies between these moments finds nothing to do.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduler.calendar import cutoff, deadlines, reach

if TYPE_CHECKING:
    from bot.model import PackRules

MORNING = time(9)
"""When what is overdue, and what is in the ledger, is asked about."""


def moments(day: date, rules: PackRules, zone: ZoneInfo) -> tuple[time, ...]:
    """The times of ``day``, in the town's zone, at which something may become due by itself, in order."""
    near = deadlines(rules, day, day + reach(rules), zone)
    ladders = {moment for each in near for moment in each.reminders if moment.date() == day}
    digest = cutoff(day, rules, zone) + timedelta(minutes=rules.digest_minutes)
    fixed = {datetime.combine(day, each, zone) for each in (time.fromisoformat(rules.quiet_until), MORNING)}
    return tuple(sorted(moment.time() for moment in {*ladders, *fixed, digest}))
