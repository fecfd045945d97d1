"""The creation workflow as rules: every step, every forbidden shortcut, and what no order of steps can bring about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import (
    INSPECTIONS,
    Course,
    DayState,
    Level,
    Reached,
    Reason,
    Role,
    Stage,
    Step,
    Stepped,
    Streak,
    Townlet,
)
from bot.scoring.awards import (
    CHECKS,
    COMES_TO,
    applicant_of,
    fitting,
    granted_on,
    inspected,
    lapsed,
    refusal,
    since,
    stage,
    waiting,
)
from bot.scoring.hints import burst, thin
from bot.scoring.quarters import before, days_of, quarter
from tests.town import NOW, TODAY

LEAD, TOWN, OFFICE = Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE
GOOD = Reached(1, "assessment-form", TODAY, Decimal(92), Decimal(80), qualifies=True, person=3)
CLEAN = Streak("JA", TODAY, 37, DayState.CLEAN, date(2026, 10, 19), None, 37, 0)
ILL = Reason("note-2", "C1", "confirmed", TODAY, None)
BROKEN = Streak("JA", TODAY, 0, DayState.BROKEN, None, ILL, 0, 0)


def steps(*names: str, day: date = TODAY) -> tuple[Stepped, ...]:
    """Steps, a minute after one another."""
    return tuple(Stepped("JA", Step(name), day, NOW + timedelta(minutes=n), 3) for n, name in enumerate(names))


def course(*names: str, role: Role = LEAD, **more: object) -> Course:
    """A community after these steps, as somebody of that role sees it."""
    known = Course("JA", "君安社区", Level.COMMUNITY, steps(*names), GOOD, None, CLEAN, frozenset({role}))
    return replace(known, **more)  # type: ignore[arg-type]


WAY = ("applied", "passed", "inspected_open", "awarded")


@pytest.mark.parametrize(
    ("known", "step", "reason"),
    [
        (course(), "applied", None),
        (course(role=TOWN), "applied", "entitled"),
        (course("applied"), "applied", "running"),
        (course("applied", "passed"), "applied", "running"),
        (course(*WAY), "applied", "awarded"),
        (course(*WAY, "revoked"), "applied", None),
        (course("applied", "returned"), "applied", None),
        (course(reached=None), "applied", "unassessed"),
        (course(reached=replace(GOOD, points=Decimal("79.5"), qualifies=False)), "applied", "short"),
        (course(reached=replace(GOOD, on=date(2026, 10, 31))), "applied", "old"),
        (course(reached=replace(GOOD, on=date(2025, 11, 24))), "applied", "old"),
        (course(reached=replace(GOOD, on=date(2026, 11, 1))), "applied", None),
        (course(streak=BROKEN), "applied", "broken"),
        (course(streak=BROKEN, revokes=False), "applied", None),
        (course(streak=None), "applied", None),
        (course(township=Townlet(GOOD, reasons=("too_few",)), level=Level.TOWNSHIP, role=TOWN), "applied", "township"),
        (course(township=Townlet(GOOD), level=Level.TOWNSHIP, role=TOWN), "applied", None),
        (course("applied"), "withdrawn", None),
        (course("applied", role=TOWN), "withdrawn", "entitled"),
        (course(*WAY), "withdrawn", "stage"),
        (course("applied", role=TOWN), "passed", None),
        (course("applied"), "passed", "entitled"),
        (course("applied", role=OFFICE), "passed", "entitled"),
        (course("applied", role=TOWN, own=True), "passed", "own"),
        (course("applied", role=TOWN, own=True), "returned", "own"),
        (course(role=TOWN), "passed", "stage"),
        (course("applied", role=TOWN, level=Level.TOWNSHIP), "passed", "stage"),
        (course("applied", role=OFFICE), "inspected_open", "unpassed"),
        (course("applied", role=OFFICE, level=Level.TOWNSHIP), "inspected_hidden", None),
        (course("applied", "passed", role=OFFICE), "inspected_hidden", None),
        (course("applied", "passed", role=TOWN), "inspected_open", "entitled"),
        (course(role=OFFICE), "inspected_open", "stage"),
        (course(*WAY, role=OFFICE), "inspected_open", None),
        (course("applied", role=OFFICE), "awarded", "unpassed"),
        (course("applied", "passed", role=OFFICE), "awarded", "uninspected"),
        (course("applied", "passed", role=OFFICE), "refused", "uninspected"),
        (course("applied", "passed", "inspected_open", role=OFFICE), "awarded", None),
        (course("applied", "passed", "inspected_open", role=OFFICE), "refused", None),
        (course("applied", "passed", "inspected_open", role=OFFICE, own=True), "awarded", "own"),
        (course("applied", "passed", "inspected_open", role=OFFICE, streak=BROKEN), "awarded", "broken"),
        (course("applied", "passed", "inspected_open", role=TOWN), "awarded", "entitled"),
        (course(*WAY, "revoked", "applied", "passed", role=OFFICE), "awarded", "uninspected"),
        (course(*WAY, role=OFFICE), "kept", None),
        (course("applied", "passed", role=OFFICE, own=True), "inspected_open", "own"),
        (course(*WAY, role=OFFICE, own=True), "inspected_hidden", "own"),
        (course(*WAY, role=OFFICE, own=True), "kept", "own"),
        (course(*WAY, role=OFFICE, own=True), "revoked", None),
        (course("applied", "passed", role=OFFICE), "kept", "stage"),
        (course(*WAY, role=TOWN), "kept", "entitled"),
        (course(*WAY, role=OFFICE), "revoked", None),
        (course(*WAY, "revoked", role=OFFICE), "revoked", "stage"),
        (course(role=OFFICE), "reinstated", "stage"),
        (course(*WAY, "revoked", role=OFFICE), "reinstated", "stage"),
    ],
)
def test_what_may_follow(known: Course, step: str, reason: str | None) -> None:
    """Each step where it may be recorded, and each forbidden shortcut with its reason."""
    why = refusal(known, Step(step), TODAY)
    assert (why.reason if why else None) == reason
    assert (Step(step) in fitting(known, TODAY)) == (reason is None)


def test_a_review_a_quarter() -> None:
    """An award is kept once a quarter, and only where it was inspected within that quarter."""
    held = course(*WAY, role=OFFICE)
    kept = (*held.steps, replace(steps("kept")[0], period="2026Q4"))
    assert refusal(replace(held, steps=kept), Step.KEPT, TODAY) == ("reviewed", {"on": TODAY})
    later = date(2027, 2, 1)
    assert refusal(replace(held, steps=kept), Step.KEPT, later) == ("unseen", {"quarter": "2027Q1"})
    seen = (*kept, *steps("inspected_hidden", day=later))
    assert refusal(replace(held, steps=seen), Step.KEPT, later) is None


def test_an_award_that_the_rule_took_comes_back() -> None:
    """Only where the case turned out to be none, and by the office."""
    taken = (*steps(*WAY), replace(steps("revoked")[0], case="C1", person=None))
    known = course(role=OFFICE, steps=taken, void=True)
    assert refusal(known, Step.REINSTATED, TODAY) is None
    assert refusal(replace(known, void=False), Step.REINSTATED, TODAY) == ("stands", {"case": "C1"})
    assert refusal(replace(known, roles=frozenset({TOWN})), Step.REINSTATED, TODAY) == ("entitled", {})
    assert stage((*taken, *steps("reinstated"))) is Stage.AWARDED


def test_when_an_award_lapses() -> None:
    """While the days are broken, or where counting began anew after the award; not by what was over before it."""
    held = steps(*WAY)
    anew = Streak("JA", TODAY, 3, DayState.CLEAN, TODAY + timedelta(days=1), ILL, 3, 0)
    assert lapsed(held, BROKEN)
    assert lapsed(held, anew)
    assert not lapsed(held, replaced(anew, since=TODAY))
    assert not lapsed(held, CLEAN)
    assert not lapsed(held, None)
    assert not lapsed(held, replaced(anew, since=None))
    assert not lapsed(steps("applied"), BROKEN)


def replaced(streak: Streak, since: date | None) -> Streak:
    """The streak with another day of beginning."""
    return streak._replace(since=since)


def test_where_a_place_stands() -> None:
    """The stage, since when, who applied, and whether the running application was inspected."""
    assert (stage(()), since(()), applicant_of(())) == (Stage.NONE, None, None)
    known = steps("applied", "passed", "inspected_open")
    assert (stage(known), since(known), applicant_of(known)) == (Stage.PASSED, TODAY, 3)
    assert inspected(known)
    assert not inspected((*known, *steps("refused", "applied")))
    assert not inspected(())
    assert granted_on(known) is None
    assert granted_on((*known, *steps("awarded"))) == TODAY


LATE = date(2026, 12, 18)


@pytest.mark.parametrize(
    ("names", "role", "day", "expected"),
    [
        ((), TOWN, TODAY, None),
        (("applied",), TOWN, TODAY, "check"),
        (("applied",), OFFICE, TODAY, None),
        (("applied", "returned"), LEAD, TODAY, "resubmit"),
        (("applied", "returned"), TOWN, TODAY, None),
        (("applied", "passed"), OFFICE, TODAY, "inspect"),
        (("applied", "passed"), TOWN, TODAY, None),
        (("applied", "passed", "inspected_open"), OFFICE, TODAY, "decide"),
        (WAY, OFFICE, TODAY, None),
        (WAY, OFFICE, date(2026, 12, 16), None),
        (WAY, OFFICE, date(2026, 12, 17), "review"),
        (WAY, TOWN, LATE, None),
        ((*WAY, "revoked"), OFFICE, LATE, None),
        (("applied", "refused"), OFFICE, TODAY, None),
    ],
)
def test_what_waits_for_whom(names: tuple[str, ...], role: Role, day: date, expected: str | None) -> None:
    """The next step is the list of one role only; an award is asked for in the last fortnight of a quarter."""
    assert waiting(steps(*names), Level.COMMUNITY, {role}, 99, day) == expected


def test_what_waits_no_more() -> None:
    """A township's own application goes to the office; what one applied for is for others; a review done is done."""
    assert waiting(steps("applied"), Level.TOWNSHIP, {TOWN, OFFICE}, 99, TODAY) == "inspect"
    assert waiting(steps("applied"), Level.COMMUNITY, {LEAD, TOWN}, 3, TODAY) is None
    kept = (*steps(*WAY), replace(steps("kept")[0], period="2026Q4"))
    assert waiting(kept, Level.COMMUNITY, {OFFICE}, 99, LATE) is None


@given(st.lists(st.tuples(st.sampled_from(list(Step)), st.sampled_from([LEAD, TOWN, OFFICE]), st.booleans())))
def test_no_award_without_its_way(tried: list[tuple[Step, Role, bool]]) -> None:
    """Whatever is tried in whatever order: an award has an application, a pass and an inspection before it."""
    taken: tuple[Stepped, ...] = ()
    for step, role, own in tried:
        known = course(role=role, own=own, steps=taken)
        if refusal(known, step, TODAY) is None:
            taken = (*taken, *steps(step.value))
    for n, each in enumerate(taken):
        if each.step is Step.AWARDED:
            application = max(m for m in range(n) if taken[m].step is Step.APPLIED)
            between = {later.step for later in taken[application:n]}
            assert Step.PASSED in between
            assert between & INSPECTIONS


def test_every_step_has_its_rule() -> None:
    """A new step needs a check; inspections alone lead nowhere by themselves."""
    assert set(CHECKS) == set(Step)
    assert set(Step) - set(COMES_TO) == INSPECTIONS


@pytest.mark.parametrize(
    ("day", "period", "first", "last"),
    [
        (date(2026, 1, 1), "2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), "2026Q2", date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 12, 31), "2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
        (date(2028, 2, 29), "2028Q1", date(2028, 1, 1), date(2028, 3, 31)),
    ],
)
def test_quarters(day: date, period: str, first: date, last: date) -> None:
    """A day's quarter, its first and last day."""
    assert quarter(day) == period
    assert days_of(period) == (first, last)


def test_the_quarter_before() -> None:
    """Across the year; what is none is refused with how to write it."""
    assert before("2027Q1") == "2026Q4"
    with pytest.raises(ValueError, match="write it as 2026Q4"):
        days_of("2026年")


def test_a_month_filed_at_once() -> None:
    """Seven days of one place within ten minutes are hinted at; day by day, or of many places, they are not."""
    at = datetime(2026, 11, 20, 9, tzinfo=NOW.tzinfo)
    days = [TODAY - timedelta(days=n) for n in range(8)]
    assert burst(("23", day, at + timedelta(minutes=n)) for n, day in enumerate(days)) == (8, at)
    assert burst(("23", day, at + timedelta(days=n)) for n, day in enumerate(days)) is None
    assert burst((str(n), day, at) for n, day in enumerate(days)) is None
    assert burst([("23", day, at) for day in days] + [("24", day, at) for day in days[:7]]) == (8, at)
    assert (thin(79, 100), thin(80, 100), thin(0, 0)) == (True, False, False)
