"""The calendar: month ends, holidays, make-up days, leap years, the turn of a year, and days that nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Every
from scheduler.calendar import FIRST_KNOWN, LAST_KNOWN, Workdays, cutoff, deadlines, found, reach
from tests.town import RULES, ZONE

NONE = Workdays()
OF_2022 = replace(RULES, start=date(2022, 1, 1))
"""The year of the source: its first cycle is December 2022."""
DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))


def shown(rules: object, since: str, until: str, workdays: Workdays = NONE) -> dict[str, str]:
    """Each deadline but the daily one, with its moments as ``12-20 09:00, 16:00``; the last is when it is due."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    return {
        f"{each.rule.id} {each.period}": said((*each.reminders, each.due))
        for each in deadlines(rules, first, last, ZONE, workdays)  # type: ignore[arg-type]
        if each.rule.every is not Every.DAY
    }


def said(moments: Iterable[datetime]) -> str:
    """Each day once, with its times."""
    days: dict[date, list[str]] = {}
    for moment in moments:
        days.setdefault(moment.date(), []).append(f"{moment:%H:%M}")
    return ", ".join(f"{day:%m-%d} {', '.join(times)}" for day, times in days.items())


FIRST_CYCLE = {
    # 20 December 2026 is a Sunday: one more on Friday the 18th.
    "prepare 2026": "12-15 09:00, 12-17 09:00, 12-18 09:00, 12-19 09:00, 12-20 09:00, 16:00, 18:00",
    "first-report 2026": "12-23 09:00, 12-25 09:00, 12-27 09:00, 12-28 09:00, 16:00, 18:00",
    "first-cycle-end 2026": "12-25 09:00, 12-27 09:00, 12-29 09:00, 12-30 09:00, 16:00, 18:00",
    "quarterly-review 2026Q4": "12-17 09:00, 12-24 09:00, 12-28 09:00, 12-30 09:00, 12-31 09:00, 16:00, 18:00",
}  # fmt: skip
SPRING = {
    "monthly-report 2027-01": "01-20 09:00, 01-22 09:00, 01-24 09:00, 01-25 09:00, 16:00, 18:00",
    "monthly-report 2027-02": "02-20 09:00, 02-22 09:00, 02-24 09:00, 02-25 09:00, 16:00, 18:00",
    "monthly-report 2027-03": "03-20 09:00, 03-22 09:00, 03-24 09:00, 03-25 09:00, 16:00, 18:00",
    "quarterly-review 2027Q1": "03-17 09:00, 03-24 09:00, 03-28 09:00, 03-30 09:00, 03-31 09:00, 16:00, 18:00",
}  # fmt: skip


def test_the_first_cycle_and_what_follows() -> None:
    """篇六 四(二): the ladder of each, written out; the monthly report begins after the first cycle."""
    assert shown(RULES, "2026-12-01", "2026-12-31") == FIRST_CYCLE
    assert shown(RULES, "2027-01-01", "2027-04-01") == SPRING


def test_the_cycle_of_the_source() -> None:
    """A programme of 2022 has its first cycle in December 2022, by its own pack."""
    cycle = ["prepare 2022", "first-report 2022", "first-cycle-end 2022"]
    assert list(shown(OF_2022, "2022-12-01", "2022-12-30")) == cycle
    moved = replace(OF_2022, first_cycle=date(2023, 2, 1))
    assert shown(moved, "2023-02-01", "2023-02-28")["first-cycle-end 2023"].endswith("02-28 09:00, 16:00, 18:00"), (
        "no 30 February"
    )


@pytest.mark.parametrize(
    ("day", "extra"),
    [
        (date(2026, 1, 25), "01-23 09:00"),  # a Sunday: Friday before
        (date(2025, 1, 25), "01-24 09:00"),  # a Saturday; the make-up day on Sunday the 26th comes after it
        (date(2025, 10, 25), "10-24 09:00"),  # a Saturday
        (date(2024, 2, 25), "02-23 09:00"),  # a Sunday in a leap year
        (date(2026, 10, 25), "10-23 09:00"),  # a Sunday
        (date(2026, 2, 25), None),  # the Wednesday after the Spring Festival: worked
        (date(2028, 2, 25), None),  # a Friday of a year that the library does not know
        (date(2028, 3, 25), "03-24 09:00"),  # a Saturday of that year: by the day of the week
    ],
)
def test_a_due_day_that_is_no_working_day(day: date, extra: str | None) -> None:
    """One more on the last working day before it, at 09:00; none where the due day is worked."""
    started = replace(RULES, start=date(2022, 1, 1), first_cycle=date(2022, 12, 1))
    moments = shown(started, day.isoformat(), day.isoformat())[f"monthly-report {day:%Y-%m}"]
    ladder = {f"{day - timedelta(days=before):%m-%d} 09:00" for before in (5, 3, 1)}
    own = [*sorted({*ladder, *([extra] if extra else [])}), f"{day:%m-%d} 09:00", "16:00", "18:00"]
    assert moments == ", ".join(own)


def test_holidays_and_make_up_days() -> None:
    """As the State Council announced them; past the library's years by the weekday, unless somebody wrote it."""
    worked = {
        date(2026, 1, 1): False,  # New Year's Day
        date(2026, 1, 4): True,  # a Sunday, made up
        date(2026, 2, 14): True,  # a Saturday, made up for the Spring Festival
        date(2026, 2, 23): False,  # a Monday within it
        date(2026, 10, 1): False,
        date(2024, 2, 29): True,  # a leap day, a Thursday
        LAST_KNOWN + timedelta(days=1): True,  # 1 January 2027, a Friday: nobody knows yet
        date(2003, 6, 1): False,  # a Sunday before the library's first year
    }
    assert {day: NONE.works(day) for day in worked} == worked
    assert FIRST_KNOWN.year == 2004
    mine = Workdays({date(2027, 1, 1): False, date(2027, 2, 6): True})
    assert (mine.works(date(2027, 1, 1)), mine.works(date(2027, 2, 6))) == (False, True)
    assert mine.last_before(date(2027, 1, 2)) == date(2026, 12, 31)
    assert NONE.last_before(date(2026, 2, 24)) == date(2026, 2, 14), "the whole holiday is skipped"


def test_what_is_guessed_is_said() -> None:
    """A year past the library's data of which nobody wrote a line; not one that somebody wrote."""
    last = LAST_KNOWN
    assert not NONE.guessed(date(2020, 1, 1), last)
    assert NONE.guessed(last, last + timedelta(days=1))
    assert not Workdays({date(last.year + 1, 1, 1): False}).guessed(last, date(last.year + 1, 12, 31))
    assert Workdays({date(last.year + 1, 1, 1): False}).guessed(last, date(last.year + 2, 1, 1))


def test_the_daily_report() -> None:
    """Two hours and half an hour before the cutoff, every day; none before the programme starts."""
    (day,) = [each for each in deadlines(RULES, date(2026, 11, 24), date(2026, 11, 24), ZONE) if not each.rule.day]
    assert (day.rule.id, day.period, day.due) == ("daily-report", "2026-11-24", cutoff(date(2026, 11, 24), RULES, ZONE))
    assert [f"{moment:%H:%M}" for moment in day.reminders] == ["15:00", "16:30"]
    assert day.day == date(2026, 11, 24)
    started = deadlines(RULES, RULES.start - timedelta(days=3), RULES.start + timedelta(days=1), ZONE)
    assert [each.day for each in started] == [RULES.start, RULES.start + timedelta(days=1)]


def test_one_deadline_by_its_name() -> None:
    """Its id and period; None where there is none."""
    day = date(2027, 2, 25)
    assert found(RULES, "monthly-report", "2027-02", ZONE) == deadlines(RULES, day, day, ZONE)[-1]
    for name, period in (
        ("monthly-report", "2026-02"), ("monthly-report", "2027-13"), ("nothing", "2027-02"), ("prepare", "x"),
        ("prepare", "٢٠٢٦"), ("prepare", "0001"), ("prepare", "9999"), ("prepare", "2025"),
    ):  # fmt: skip
        assert found(RULES, name, period, ZONE) is None


@given(DAYS, st.integers(0, 120))
def test_no_deadline_is_lost_between_two_looks(since: date, days: int) -> None:
    """Two spans one after the other have what one has; in order, each with its moments before it."""
    until = since + timedelta(days=days)
    middle = since + timedelta(days=days // 2)
    whole = deadlines(RULES, since, until, ZONE)
    parts = (*deadlines(RULES, since, middle, ZONE), *deadlines(RULES, middle + timedelta(days=1), until, ZONE))
    assert sorted(parts, key=_name) == sorted(whole, key=_name)
    assert list(whole) == sorted(whole, key=lambda each: each.due)
    for each in whole:
        assert list(each.reminders) == sorted(set(each.reminders))
        assert all(each.due - reach(RULES) < moment < each.due for moment in each.reminders)
        assert each.due.utcoffset() == timedelta(hours=8)


def _name(of: object) -> tuple[str, str]:
    return of.rule.id, of.period  # type: ignore[attr-defined]


def test_a_moment_is_told_in_the_zone() -> None:
    """Not in UTC: 09:00 is Beijing's."""
    (each,) = [each for each in deadlines(RULES, date(2027, 1, 25), date(2027, 1, 25), ZONE) if each.rule.day]
    assert each.reminders[0] == datetime(2027, 1, 20, 9, tzinfo=ZONE)
    assert each.reminders[0].isoformat() == "2027-01-20T09:00:00+08:00"
