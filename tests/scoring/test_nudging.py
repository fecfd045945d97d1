"""When somebody may be reminded because a colleague asks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.scoring.nudging import Known, held
from tests.town import RULES, ZONE

CALLS = (datetime(2026, 11, 24, 15, tzinfo=ZONE), datetime(2026, 11, 24, 16, 30, tzinfo=ZONE))
NUDGE, CLOCK = "nudge/2026-11-24@2026-11-24T09:00", "daily-report/2026-11-24@2026-11-24T15:00"


def at(said: str) -> datetime:
    """A time of the day."""
    return datetime.fromisoformat(f"2026-11-24 {said}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "known", "why"),
    [
        ("11:00", Known(), None),
        ("07:29", Known(), "quiet"),
        ("21:30", Known(), "quiet"),
        ("11:00", Known(snoozed=at("11:01")), "snoozed"),
        ("11:00", Known(snoozed=at("11:00")), None),
        ("11:00", Known(lately=((NUDGE, at("09:01")),)), "just"),
        ("11:00", Known(lately=((NUDGE, at("09:00")),)), None),
        ("15:20", Known(lately=((CLOCK, at("15:00")),)), "just"),
        ("15:30", Known(lately=((CLOCK, at("15:00")),)), None),
        ("14:29", Known(calls=CALLS), None),
        ("14:30", Known(calls=CALLS), "just"),
        ("15:00", Known(calls=CALLS), None),
        ("11:00", Known(1, calls=CALLS), None),
        ("11:00", Known(2, calls=CALLS), "most"),
        ("17:30", Known(2, calls=CALLS), None),
        ("17:30", Known(3, calls=CALLS), "most"),
    ],
)
def test_held(now: str, known: Known, why: str | None) -> None:
    """Never at night, while they want peace, twice in a row, or too often; the last call is the clock's."""
    assert held(at(now), known, RULES) == why


def test_the_limits_are_said_in_the_help() -> None:
    """“两小时内只催一次” is what the rule does."""
    assert held(at("13:00"), Known(lately=((NUDGE, at("13:00") - timedelta(hours=2)),)), RULES) is None
