"""At which moments of a day a tick is worth making: those of the ladders, the cutoff, the digest, the ends of quiet."""

from __future__ import annotations

from datetime import date, time

TIMES = tuple(
    time.fromisoformat(said) for said in ("07:30", "09:00", "15:00", "16:00", "16:30", "17:00", "17:10", "18:00")
)


def moments(day: date) -> tuple[time, ...]:
    """The times of ``day``, in the town's zone, at which something may become due by itself."""
    del day
    return TIMES
