"""The judge's own calendar, against days worked out by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.simulation import slots
from bot.simulation.ladder import deadlines, ladder
from bot.simulation.workdays import working
from tests.town import ZONE


@pytest.mark.parametrize(
    ("name", "due", "moments"),
    [
        # A Wednesday.
        ("monthly-report", date(2025, 6, 25), "20 09:00, 22 09:00, 24 09:00, 25 09:00, 25 16:00"),
        # A Sunday: the last working day before it is Friday the 23rd.
        ("monthly-report", date(2025, 5, 25), "20 09:00, 22 09:00, 23 09:00, 24 09:00, 25 09:00, 25 16:00"),
        # A Sunday that is worked, for the holidays of spring.
        ("monthly-report", date(2025, 1, 26), "21 09:00, 23 09:00, 25 09:00, 26 09:00, 26 16:00"),
        # A Monday.
        ("quarterly-review", date(2025, 3, 31), "17 09:00, 24 09:00, 28 09:00, 30 09:00, 31 09:00, 31 16:00"),
    ],
)
def test_moments(name: str, due: date, moments: str) -> None:
    """Days before, the day, two hours before it; one more where the due day is off."""
    assert ", ".join(f"{each:%d %H:%M}" for each in ladder(name, due, ZONE, working)) == moments


def test_a_year_of_deadlines() -> None:
    """The first cycle's three in December, the 25th of every month after it, four quarters."""
    found = list(deadlines(date(2024, 12, 1), date(2025, 11, 30), date(2024, 12, 1), ZONE, working))
    names = [each.name for each in found]
    assert names[:4] == ["prepare", "first-report", "first-cycle-end", "quarterly-review"]
    assert (names.count("monthly-report"), names.count("quarterly-review")) == (11, 4)
    assert len(names) == 18
    assert list(deadlines(date(2025, 2, 1), date(2025, 2, 10), date(2024, 12, 1), ZONE, working)) == []


def test_past_the_library_weekdays_are_worked() -> None:
    """2040 is not announced."""
    assert working(date(2040, 1, 2))
    assert not working(date(2040, 1, 1))


@pytest.mark.parametrize(
    ("key", "slot"),
    [
        ("daily-report/2026-11-24@15:00", ("daily-report", "2026-11-24", datetime(2026, 11, 24, 15, tzinfo=ZONE))),
        ("monthly-report/2027-01@2027-01-20T09:00",
         ("monthly-report", "2027-01", datetime(2027, 1, 20, 9, tzinfo=ZONE))),
        ("quarterly-review/2026Q4@2026-12-17T01:00+00:00",
         ("quarterly-review", "2026Q4", datetime(2026, 12, 17, 9, tzinfo=ZONE))),
        ("fever/F1124-01@09:00", ("fever", "F1124-01", None)),
        ("fever/F1124-01@soon-ish", ("fever", "F1124-01", None)),
        ("something", ("something", "", None)),
        ("prepare/2026-12^@2026-12-21T09:00", ("prepare^", "2026-12", datetime(2026, 12, 21, 9, tzinfo=ZONE))),
    ],
)  # fmt: skip
def test_keys(key: str, slot: tuple[str, str, datetime | None]) -> None:
    """What a key of the reminders' table says; one that does not read says what it can."""
    assert slots.read(key, ZONE) == slot
