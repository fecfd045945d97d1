"""Pure: whether somebody may be reminded of the day's report now because a colleague asks (part 8's limits hold)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import PackRules
from bot.model.deadlines import NUDGE
from scheduler.calendar import quiet

AGAIN = timedelta(hours=2)
"""So long after one such reminder the next may be sent."""
SOON = timedelta(minutes=30)
"""So long after, or before, a reminder of the clock's own nobody is reminded once more."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody who owes the day's report and can be written to."""

    messages: int = 0
    """Reminders of this day that they did not ask for."""
    lately: tuple[tuple[str, datetime], ...] = ()
    """The moments that were served within ``AGAIN``: name and when."""
    snoozed: datetime | None = None
    calls: tuple[datetime, ...] = ()
    """The moments of this day's report at which the clock reminds them."""


def held(now: datetime, known: Known, rules: PackRules) -> str | None:
    """Why they are not to be reminded at ``now`` (aware, in the programme's zone); None: they may be.

    ``quiet``, ``snoozed``, ``just`` (they were a moment ago, or will be in a moment), ``most`` (often enough for one
    day, where the last call that is still to come is kept).
    """
    if quiet(now, rules):
        return "quiet"
    if known.snoozed is not None and now < known.snoozed:
        return "snoozed"
    if _just(now, known.lately) or any(now < call <= now + SOON for call in known.calls):
        return "just"
    kept = any(call > now for call in known.calls)
    return "most" if known.messages >= rules.reminders_a_day - kept else None


def _just(now: datetime, lately: Iterable[tuple[str, datetime]]) -> bool:
    """Whether one was sent so lately that another would only annoy."""
    return any(now - at < (AGAIN if name.startswith(NUDGE) else SOON) for name, at in lately)
