"""When a problem is on the list of what is owed, and whose list it is (DOMAIN 8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import ProblemState
from bot.scoring.ledger import Distance, Outline
from bot.scoring.packs import load
from bot.scoring.timers import Listed, due
from tests.town import ZONE

RULES = load("default")
DAY = date(2026, 11, 24)
"""The day on which it is due, was rectified, or is to be looked at again."""
OPEN = Outline(ProblemState.OPEN, DAY - timedelta(days=3), DAY)
MENDED = Outline(ProblemState.RECTIFIED, DAY)
CLOSED = Outline(ProblemState.CLOSED, DAY - timedelta(days=7), look_again_on=DAY)


def at(days: int, clock: str = "10:00") -> datetime:
    """A moment so many days after that day."""
    return datetime.fromisoformat(f"{DAY + timedelta(days=days)}T{clock}").replace(tzinfo=ZONE)


def listed(
    stands: Outline, now: datetime, mend: int | None = 0, decide: int | None = 0
) -> list[tuple[str, bool, bool]]:
    """What the list says of one problem: kind, overdue, escalated."""
    problem = Listed("W1124-01", "星悦城一期", stands, DAY - timedelta(days=3), Distance(mend, decide))
    found = due(now, (), (), (), RULES, [problem])
    return [(each.kind, each.overdue, each.escalated) for each in found]


@pytest.mark.parametrize(
    ("days", "clock", "mine", "above", "two_above"),
    [
        (-2, "10:00", [], [], []),
        (-1, "00:00", [("problem_due", False, False)], [], []),
        (0, "17:59", [("problem_due", False, False)], [], []),
        (0, "18:00", [("problem_due", True, False)], [], []),
        (1, "00:00", [("problem_due", True, False)], [("problem_due", True, True)], []),
        (2, "00:00", [("problem_due", True, False)], [("problem_due", True, True)], [("problem_due", True, True)]),
    ],
)
def test_what_is_to_be_mended(
    days: int,
    clock: str,
    mine: list[tuple[str, bool, bool]],
    above: list[tuple[str, bool, bool]],
    two_above: list[tuple[str, bool, bool]],
) -> None:
    """From the day before, overdue in the evening, one level up after the day, two levels up a day later."""
    assert listed(OPEN, at(days, clock), mend=0) == mine
    assert listed(OPEN, at(days, clock), mend=1) == above
    assert listed(OPEN, at(days, clock), mend=2) == two_above
    assert listed(OPEN, at(90), mend=3) == []
    assert listed(OPEN, at(90), mend=None) == []


def test_what_has_no_due_day() -> None:
    """It gets the pack's days from when it was found."""
    undated = OPEN._replace(due=None)
    assert listed(undated, at(RULES.rectify_days - 3, "18:00")) == [("problem_due", True, False)]


@pytest.mark.parametrize(
    ("days", "mine", "above"), [(0, False, False), (1, False, False), (2, True, True), (3, True, True)]
)
def test_what_is_to_be_closed(days: int, mine: bool, above: bool) -> None:  # noqa: FBT001 - a row of the table
    """At once, overdue after a day, then one level up."""
    assert listed(MENDED, at(days)) == [("problem_close", mine, False)]
    assert listed(MENDED, at(days), decide=1) == ([("problem_close", True, True)] if above else [])
    assert listed(MENDED, at(days), decide=None) == []


@pytest.mark.parametrize(("days", "shown", "overdue"), [(-1, False, False), (0, True, False), (1, True, True)])
def test_what_is_to_be_looked_at_again(days: int, shown: bool, overdue: bool) -> None:  # noqa: FBT001 - a row of the table
    """On its day and after, until somebody has looked."""
    assert listed(CLOSED, at(days)) == [("look_again", overdue, False)] * shown
    assert listed(CLOSED, at(days), decide=1) == [("look_again", True, True)] * (days > 0)
    assert listed(CLOSED._replace(look_again_on=None), at(-7)) == [("look_again", False, False)]


@pytest.mark.parametrize("state", [ProblemState.DONE, ProblemState.WITHDRAWN])
def test_what_is_over(state: ProblemState) -> None:
    """It waits for nothing."""
    assert listed(OPEN._replace(state=state), at(90)) == []


@given(st.sampled_from([OPEN, MENDED, CLOSED]), st.integers(-9, 30), st.integers(0, 30), st.integers(0, 2))
def test_time_only_adds(stands: Outline, days: int, more: int, step: int) -> None:
    """What is on the list stays on it, and what is overdue stays overdue; the lower level never sees it later."""
    first, later = listed(stands, at(days), step, step), listed(stands, at(days + more), step, step)
    assert len(first) <= len(later)
    assert [each[1] for each in first] <= [each[1] for each in later]
    assert len(listed(stands, at(days), step + 1, step + 1)) <= len(first)
