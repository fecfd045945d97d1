"""What waits too long, for whom, and from when (DOMAIN 8)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import CaseFact, Event, Isolation, Leave
from bot.scoring.log import Person
from bot.scoring.packs import load
from bot.scoring.timers import Watched, due, waits
from tests.town import NOW

RULES = load("default")
HOUR = timedelta(hours=1)
TODAY = NOW.date()


def person(*events: tuple[str, str | None, float], into: str = "") -> Person:
    """A log: what happened, as which kind, and so many hours ago."""
    facts = [
        CaseFact("k", "23", Event(event), (NOW - hours * HOUR).date(), NOW - hours * HOUR, kind)
        for event, kind, hours in events
    ]
    return Person(tuple(facts), (), into)


def todo(
    log: Person, reporter: int | None = None, lead: int | None = None, *, seen: bool = True
) -> list[tuple[str, bool, bool]]:
    """What the list says of one case now: kind, overdue, escalated."""
    watched = Watched("k", "星悦城一期", log, reporter, lead, seen)
    return [(each.kind, each.overdue, each.escalated) for each in due(NOW, [watched], (), (), RULES)]


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (person(("found", "fever", 1)), ["undiagnosed"]),
        (person(("found", "fever", 9), ("left", None, 1)), ["undiagnosed"]),
        (person(("found", "fever", 9), ("diagnosed", "confirmed", 1)), ["unmoved"]),
        (person(("found", "fever", 9), ("ruled_out", None, 1)), []),
        (person(("found", "confirmed", 1)), ["unmoved"]),
        (person(("found", "confirmed", 9), ("left", None, 1)), []),
        (person(("found", "confirmed", 9), ("left", None, 5), ("reopened", None, 1)), ["unmoved"]),
        (person(("found", "confirmed", 9), ("withdrawn", None, 1)), []),
        (person(("found", "key_person", 9)), []),
        (person(("found", "suspected", 9), into="other"), []),
    ],
)
def test_what_a_case_waits_for(log: Person, expected: list[str]) -> None:
    """A fever for its diagnosis, a breaking case for the person to leave; what is over, or another's, for nothing."""
    assert [wait.kind for wait in waits(log, RULES)] == expected


@pytest.mark.parametrize(
    ("hours", "mine", "above", "two_above"),
    [
        (23, [("undiagnosed", False, False)], [], []),
        (24, [("undiagnosed", True, False)], [], []),
        (48, [("undiagnosed", True, False)], [("undiagnosed", True, True)], []),
        (72, [("undiagnosed", True, False)], [("undiagnosed", True, True)], [("undiagnosed", True, True)]),
    ],
)
def test_one_level_up_after_the_same_time_again(
    hours: int,
    mine: list[tuple[str, bool, bool]],
    above: list[tuple[str, bool, bool]],
    two_above: list[tuple[str, bool, bool]],
) -> None:
    """The one responsible sees it from the beginning; whoever is above, when it has waited twice as long."""
    log = person(("found", "fever", hours))
    assert todo(log, 0) == mine
    assert todo(log, 1) == above
    assert todo(log, 2) == two_above
    assert todo(log) == []


def test_an_alert_that_nobody_saw() -> None:
    """After an hour it is overdue; once acknowledged, or the person gone, it is not asked about."""
    fresh, old = person(("found", "confirmed", 0.5)), person(("found", "confirmed", 2))
    assert ("unseen", False, False) in todo(fresh, lead=0, seen=False)
    assert ("unseen", True, False) in todo(old, lead=0, seen=False)
    assert "unseen" not in [kind for kind, *_ in todo(old, lead=0)]
    assert todo(person(("found", "confirmed", 2), ("left", None, 1)), lead=0, seen=False) == []


@pytest.mark.parametrize(
    ("ends", "ended", "listed"),
    [(-1, False, False), (0, False, True), (1, False, True), (2, False, False), (0, True, False)],
)
def test_an_isolation_that_ends(ends: int, ended: bool, listed: bool) -> None:  # noqa: FBT001 - a row of the table
    """The day before it ends and on the day itself, unless it was ended by hand."""
    since = TODAY + timedelta(days=ends - 14)
    stay = Isolation(7, "23", "星悦城一期", since, 14, ended_on=since + timedelta(days=1) if ended else None)
    assert [each.kind for each in due(NOW, (), [stay], (), RULES)] == ["isolation_ends"] * listed


@pytest.mark.parametrize(
    ("since", "until", "listed"), [(-3, -1, True), (-3, 0, True), (-3, 1, False), (1, 1, False), (-9, -3, False)]
)
def test_a_leave_that_ends(since: int, until: int, listed: bool) -> None:  # noqa: FBT001 - a row of the table
    """On its last day and on the day of coming back."""
    leave = Leave(TODAY + timedelta(days=since), TODAY + timedelta(days=until))
    assert [each.kind for each in due(NOW, (), (), [leave], RULES)] == ["leave_ends"] * listed


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 2))
def test_time_only_adds(hours: int, more: int, step: int) -> None:
    """What is on the list stays on it until it is done, and what is overdue stays overdue."""
    log = person(("found", "fever", 0))

    def at(moment: datetime) -> tuple[bool, bool]:
        found = due(moment, [Watched("k", "p", log, step, None, seen=True)], (), (), RULES)
        return bool(found), any(each.overdue for each in found)

    first, later = at(NOW + hours * HOUR), at(NOW + (hours + more) * HOUR)
    assert first <= later
    assert all(before <= after for before, after in zip(first, later, strict=True))


def test_the_most_urgent_first() -> None:
    """In the order in which they are due."""
    cases = [
        Watched("k1", "p", person(("found", "fever", 1)), 0, None),
        Watched("k2", "p", person(("found", "fever", 5)), 0, None),
    ]
    assert [each.subject for each in due(NOW, cases, (), (), RULES)] == ["k2", "k1"]
    assert due(NOW, cases, (), (), RULES)[0].due == (NOW + 19 * HOUR).isoformat()
