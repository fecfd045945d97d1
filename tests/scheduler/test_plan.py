"""Who is reminded of what, when: only those who still owe, once each, in one message, and not at night."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Debt, Owing, PackRules, Reminder, Served, Todo
from scheduler import calendar, plan
from scheduler.calendar import deadlines, found
from tests.town import RULES, ZONE

DAY = date(2026, 11, 24)
NEXT = date(2026, 11, 25)
PLACES = (("23", "星悦城一期"), ("22", "君安花园小区"))
LONG_AGO = datetime(2026, 1, 1, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)


def at(clock: str, day: date = DAY) -> datetime:
    """A moment of a day in the programme's zone."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def daily(day: date = DAY) -> Debt:
    """The day's report, owed for two places."""
    (report,) = [each for each in deadlines(RULES, day, day, ZONE) if not each.rule.day]
    return plan.of_deadline(report, PLACES, "日报")


def dated(name: str, period: str) -> Debt:
    """A dated deadline, owed by a township."""
    deadline = found(RULES, name, period, ZONE)
    assert deadline is not None
    return plan.of_deadline(deadline, (("T", "样板街道"),), name)


MONTHLY = dated("monthly-report", "2027-01")


def waits(code: str, since: datetime, kind: str = "unmoved") -> Debt:
    """A case that has waited too long from a moment on."""
    said = since.isoformat()
    return plan.of_todo(Todo(kind, code, "星悦城一期", DAY, said, overdue=True, asks=said), RULES)


class Life:
    """One person through their days: what they owe, and what they were reminded of."""

    def __init__(self, *debts: Debt, rules: PackRules = RULES) -> None:
        """Nobody has reminded them yet."""
        self.owing = Owing(1, debts, LONG_AGO)
        self.rules = rules
        self.keys: set[str] = set()
        self.messages: list[tuple[datetime, Reminder]] = []

    def tick(self, now: datetime) -> Reminder | None:
        """What is due now; it counts as served."""
        today = sum(when.date() == now.date() and not each.asked for when, each in self.messages)
        served = {1: Served(frozenset(self.keys), today)}
        found = plan.due(now, [self.owing], served, self.rules)
        for each in found:
            self.keys |= set(each.keys)
            self.messages.append((now, each))
        return found[0] if found else None

    def through(self, since: datetime, until: datetime, every: timedelta = 10 * MINUTE) -> list[str]:
        """Ticks from one moment to another; when somebody was reminded."""
        now = since
        while now <= until:
            self.tick(now)
            now += every
        return [f"{when:%m-%d %H:%M}" for when, _ in self.messages]


def test_a_day_that_nobody_reported() -> None:
    """Two hours and half an hour before the cutoff, and no third time."""
    life = Life(daily())
    assert life.through(at("00:00"), at("23:50")) == ["11-24 15:00", "11-24 16:30"]
    assert [each.folded for _, each in life.messages] == [0, 0]
    assert life.messages[0][1].items[0].places == PLACES


def test_who_has_reported_hears_nothing() -> None:
    """Nothing owed, nothing said."""
    assert Life().through(at("00:00"), at("23:50")) == []


def test_a_month_with_the_ladder_and_nothing_more() -> None:
    """The 25th of January 2027 is a Monday: five moments, exactly."""
    wanted = ["01-20 09:00", "01-22 09:00", "01-24 09:00", "01-25 09:00", "01-25 16:00"]
    assert Life(MONTHLY).through(at("00:00", date(2027, 1, 10)), at("23:50", date(2027, 1, 31))) == wanted


def test_one_message_carries_all_that_is_owed() -> None:
    """The report of today goes along at 09:00, and its own reminder still comes."""
    day = date(2027, 1, 25)
    life = Life(MONTHLY, daily(day))
    life.owing = replace(life.owing, since=at("00:00", day))
    assert life.through(at("00:00", day), at("23:50", day)) == ["01-25 09:00", "01-25 15:00", "01-25 16:30"]
    assert [[each.kind for each in one.items] for _, one in life.messages] == [["monthly-report", "daily-report"]] * 3
    assert life.messages[2][1].keys == (
        "monthly-report/2027-01@2027-01-25T16:00",
        "daily-report/2027-01-25@2027-01-25T16:30",
    ), "the fourth of the day waits for the last call, which carries it"


def test_the_last_call_is_kept_free() -> None:
    """Three a day: whatever else comes up, the last call of the report is among them, and nothing is a fourth."""
    life = Life(daily(), *(waits(f"F1124-0{n}", at(f"{9 + n}:00")) for n in range(1, 6)))
    times = life.through(at("00:00"), at("23:50"))
    assert times == ["11-24 10:00", "11-24 11:00", "11-24 16:30"]
    assert len(life.messages[-1][1].items) == 6, "and it carries them all"
    assert life.through(at("00:00", NEXT), at("12:00", NEXT))[3:] == ["11-25 09:00"]


def test_quiet_hours_wait_and_merge() -> None:
    """What comes up at night is asked about at 07:30, in one message."""
    night = (at("21:30"), at("23:59"), at("03:00", NEXT))
    life = Life(*(waits(f"C1124-0{n}", since) for n, since in enumerate(night)))
    assert life.through(at("21:20"), at("08:00", NEXT)) == ["11-25 07:30"]
    assert len(life.messages[0][1].items) == 3


@pytest.mark.parametrize(
    ("clock", "still"), [("21:29", False), ("21:30", True), ("00:00", True), ("07:29", True), ("07:30", False)]
)
def test_when_it_is_quiet(clock: str, *, still: bool) -> None:
    """From 21:30 until 07:30; hours within one day are read as well."""
    assert calendar.quiet(at(clock), RULES) is still
    noon = replace(RULES, quiet_from="12:00", quiet_until="14:00")
    assert [calendar.quiet(at(each), noon) for each in ("11:59", "12:00", "13:59", "14:00")] == [
        False,
        True,
        True,
        False,
    ]


def test_a_snooze() -> None:
    """Nothing meanwhile; then once; and the last call all the same, which does not count the one that was asked for."""
    life = Life(daily())
    life.tick(at("15:00"))
    life.owing = replace(life.owing, snoozed=at("16:00"))
    assert life.through(at("15:10"), at("23:50")) == ["11-24 15:00", "11-24 16:00", "11-24 16:30"]
    assert [each.asked for _, each in life.messages] == [False, True, False]
    late = Life(daily())
    late.owing = replace(late.owing, snoozed=at("16:50"))
    assert late.through(at("14:00"), at("23:50")) == ["11-24 16:50"]
    assert late.messages[0][1].folded == 1, "both of the day's moments, in one message"


def test_a_snooze_when_all_is_done() -> None:
    """Nobody is reminded of nothing."""
    life = Life()
    life.owing = replace(life.owing, snoozed=at("16:00"))
    assert life.through(at("15:10"), at("23:50")) == []


def test_fewer() -> None:
    """The last of each thing only."""
    life = Life(daily(), dated("monthly-report", "2027-01"))
    life.owing = replace(life.owing, fewer=True)
    assert life.through(at("00:00"), at("23:50")) == ["11-24 16:30"]
    january = Life(MONTHLY)
    january.owing = replace(january.owing, fewer=True)
    assert january.through(at("00:00", date(2027, 1, 19)), at("23:50", date(2027, 1, 26))) == ["01-25 16:00"]


def test_who_has_just_come_is_not_told_of_what_was() -> None:
    """Moments before somebody could be reached are not made good."""
    life = Life(daily())
    life.owing = replace(life.owing, since=at("16:35"))
    assert life.through(at("16:40"), at("23:50")) == []


def test_after_a_time_without_service() -> None:
    """What was missed is one message with one line; what is past its end is nobody's reminder any more."""
    day = date(2027, 1, 24)
    life = Life(MONTHLY)
    assert life.through(at("10:00", day), at("12:00", day)) == ["01-24 10:00"]
    assert life.messages[0][1].folded == 2
    over = Life(daily(), MONTHLY)
    assert over.through(at("17:00"), at("21:00")) == [], "a start and an overdue notice never come together"
    assert Life(MONTHLY).through(at("18:00", date(2027, 1, 25)), at("21:00", date(2027, 1, 25))) == []


def test_overdue_goes_one_level_up_three_mornings() -> None:
    """Once a day, three days, and no more."""
    deadline = found(RULES, "monthly-report", "2027-01", ZONE)
    assert deadline is not None
    office = Life(plan.overdue(deadline, (("T", "样板街道"),), "", RULES))
    wanted = ["01-26 09:00", "01-27 09:00", "01-28 09:00"]
    assert office.through(at("00:00", date(2027, 1, 20)), at("23:50", date(2027, 2, 5))) == wanted


def test_what_waits_is_asked_about_three_times() -> None:
    """When its time is up, and on the two mornings after; what ends by itself is told once."""
    later = DAY + timedelta(days=5)
    asked = ["11-24 14:00", "11-25 09:00", "11-26 09:00"]
    assert Life(waits("F1124-01", at("14:00"), "undiagnosed")).through(at("00:00"), at("23:50", later)) == asked
    leave = Todo("leave_ends", "", "", DAY, at("00:00", NEXT).isoformat(), asks=at("09:00").isoformat())
    assert Life(plan.of_todo(leave, RULES)).through(at("00:00"), at("23:50", NEXT)) == ["11-24 09:00"]


TICKS = st.lists(st.integers(0, 2 * 24 * 60), min_size=1, max_size=40)


@given(TICKS, st.integers(0, 2**32))
def test_the_order_of_ticks_does_not_matter(minutes: list[int], seed: int) -> None:
    """A tick twice, late, or with a clock that was set back: no moment is served twice, none more often than it may."""
    import random  # noqa: PLC0415 - the order is the point

    shuffled = [*minutes, *minutes]
    random.Random(seed).shuffle(shuffled)
    life = Life(daily(), daily(DAY + timedelta(days=1)))
    for minute in shuffled:
        life.tick(at("00:00") + minute * MINUTE)
    keys = [key for _, each in life.messages for key in each.keys]
    assert len(keys) == len(set(keys))
    again = Life(daily(), daily(DAY + timedelta(days=1)))
    for minute in sorted(set(minutes)):
        again.tick(at("00:00") + minute * MINUTE)
    reached = {key for _, each in again.messages for key in each.keys}
    assert set(keys) <= {*reached, *keys}
    for when, each in life.messages:
        assert not calendar.quiet(when, RULES)
        assert all(when < debt.until for debt in each.items)


@given(TICKS)
def test_due_is_idempotent(minutes: list[int]) -> None:
    """Asked again at the same moment nothing more is due."""
    life = Life(daily(), MONTHLY)
    for minute in sorted(minutes):
        now = at("00:00") + minute * MINUTE
        life.tick(now)
        assert life.tick(now) is None


@given(TICKS, st.integers(0, 24 * 60))
def test_a_report_never_adds_a_reminder(minutes: list[int], reported: int) -> None:
    """Whoever reports hears at most as often as they would have otherwise, and never of a moment that was not due."""
    other = waits("C1", at("15:40"))
    silent, diligent = Life(daily(), other), Life(daily(), other)
    for minute in sorted(set(minutes)):
        if minute >= reported:
            diligent.owing = replace(diligent.owing, items=(other,))
        silent.tick(at("00:00") + minute * MINUTE)
        diligent.tick(at("00:00") + minute * MINUTE)
    assert len(diligent.messages) <= len(silent.messages)
    assert diligent.keys <= {*silent.keys, *(other.key(moment) for moment in other.moments)}


@given(st.lists(st.integers(0, 23 * 60), max_size=12), st.booleans())
def test_never_more_than_three_a_day(hours: list[int], owes: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    """However much comes up."""
    life = Life(
        *([daily()] if owes else []), *(waits(f"C{n}", at("00:00") + hour * MINUTE) for n, hour in enumerate(hours))
    )
    life.through(at("00:00"), at("23:50"))
    assert len(life.messages) <= RULES.reminders_a_day
    heard = {key for _, each in life.messages for key in each.keys}
    assert not owes or daily().key(at("16:30")) in heard, "the last call is among them"
    assert all(first < second for (first, _), (second, _) in pairwise(life.messages))
