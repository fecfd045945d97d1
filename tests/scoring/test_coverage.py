"""Sets of days, and the personal run."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.scoring.coverage import Coverage, Days, Town, coverage, run, window

FIRST = date(2026, 3, 1)


def march(day: int) -> date:
    """A day of March 2026."""
    return FIRST + timedelta(days=day - 1)


def test_days_are_a_set() -> None:
    """Days are in it or not, counted and searched, also outside of what it spans."""
    days = Days.of([march(2), march(3), march(6)])
    assert march(2) in days
    assert march(1) not in days
    assert march(4) not in days
    assert march(9) not in days
    assert "2026-03-02" not in days
    assert days.tally(march(1), march(30)) == 3
    assert days.tally(march(3), march(5)) == 1
    assert days.tally(march(5), march(3)) == 0


def test_the_last_gap_is_found_wherever_it_lies() -> None:
    """Between the days, before the first of them, or nowhere."""
    days = Days.of([march(2), march(3), march(6)])
    assert days.last_gap(march(1), march(6)) == march(5)
    assert days.last_gap(march(1), march(3)) == march(1)
    assert days.last_gap(march(2), march(3)) is None
    assert days.last_gap(march(3), march(2)) is None
    assert Days.of([]).last_gap(march(1), march(4)) == march(4)
    assert Days(march(5)).last_gap(march(1), march(3)) == march(3)


def test_an_empty_set_counts_nothing() -> None:
    """No day is in it."""
    assert Days.of([]).tally(march(1), march(4)) == 0
    assert march(1) not in Days.of([])


def test_a_window_is_cut_to_its_length() -> None:
    """Stretches without a beginning or an end, and such that reach beyond, give the days that lie within."""
    assert window(FIRST, None, None, length=4) == 0b1111
    assert window(FIRST, march(3), None, length=4) == 0b1100
    assert window(FIRST, None, march(2), length=4) == 0b0011
    assert window(FIRST, march(2), march(90), length=4) == 0b1110
    assert window(FIRST, march(-5), march(-2), length=4) == 0


def test_a_compound_is_covered_by_all_of_its_buildings() -> None:
    """Its own report covers it, or those of all the buildings that somebody is to report for."""
    town = Town({"c": None, "b1": "c", "b2": "c", "b3": "c"}, {"b1": 1, "b2": 1}, {})
    assert "c" not in town.covered({"b1": 1})
    assert town.covered({"b1": 1, "b2": 1})["c"] == 1
    assert town.covered({"c": 1}) == {"c": 1}
    assert "c" not in town.covered({"b3": 1})


def test_a_closed_building_is_not_waited_for() -> None:
    """From its last day on the others are enough."""
    town = Town({"c": None, "b1": "c", "b2": "c"}, {"b1": 3, "b2": 3}, {"b2": 2})
    assert town.covered({"b1": 3})["c"] == 2


def test_coverage_counts_places_with_both_numbers() -> None:
    """Expected, received and on time are counted over the places that owe; what is late is received all the same."""
    town = Town({"s": None, "c1": "s", "c2": "s", "c3": "s"}, {"c1": 1, "c2": 1, "c3": 1}, {})
    assert coverage(town, {"c1": 1, "c2": 1}, {"c1": 1}) == Coverage(3, 2, 1, ("c3",))


DONE, LATE, FREE = (1, 0), (1, 1), (0, 0)
"""A day, newest first: whether the person reported a place on time, and whether nobody reported one of theirs."""


@pytest.mark.parametrize(
    ("days", "today_open", "expected"),
    [
        ([], True, 0),
        ([DONE, DONE, DONE], False, 3),
        ([DONE, LATE, DONE], False, 1),
        ([LATE, DONE, DONE], False, 0),
        ([LATE, DONE, DONE], True, 2),
        ([DONE, LATE, DONE], True, 1),
        ([DONE, FREE, FREE, DONE, LATE], False, 2),
    ],
)
def test_a_run(days: list[tuple[int, int]], today_open: bool, expected: int) -> None:  # noqa: FBT001 - a column of the table
    """Leave and cover neither add nor break; what is missing today breaks only after the cutoff."""
    mine, missed = (sum(day[n] << at for at, day in enumerate(reversed(days))) for n in (0, 1))
    assert run(mine, missed, 1 << len(days) >> 1, today_open=today_open) == expected
