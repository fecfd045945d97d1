"""The rule of the ledger: how a problem stands, what may follow, who may do it, whose turn it is (DOMAIN 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import ProblemFact, ProblemState, ProblemStep, Role
from bot.scoring.ledger import (
    LONGEST,
    Distance,
    Outline,
    allowed,
    distance,
    due_fits,
    fitting,
    looks,
    misfit,
    outline,
    waits,
)
from tests.town import NOW

FOUND = date(2026, 11, 24)
DAY = timedelta(days=1)
ME, OTHER = 1, 2
STATES = {
    "a": ProblemState.OPEN, "r": ProblemState.RECTIFIED, "c": ProblemState.CLOSED, "l": ProblemState.DONE,
    "o": ProblemState.OPEN, "w": ProblemState.WITHDRAWN,
}  # fmt: skip
STEPS = dict(zip("arclow", ProblemStep, strict=True))
"""Steps by a letter: assigned, rectified, closed, looked again, reopened, withdrawn."""


def log(steps: str, *, person: int = OTHER) -> tuple[ProblemFact, ...]:
    """One step a day, each due three days later; of a closing that is the day to look again."""
    return tuple(
        ProblemFact(STEPS[letter], FOUND + n * DAY, NOW + n * DAY, due=FOUND + (n + 3) * DAY, person=person)
        for n, letter in enumerate(steps)
    )


def stands(steps: str, *, person: int = OTHER) -> Outline:
    """How a problem stands after these steps."""
    return outline(FOUND, log(steps, person=person), 7)


@pytest.mark.parametrize(
    ("steps", "state", "rounds"),
    [
        ("", "open", 1),
        ("a", "open", 1),
        ("ar", "rectified", 1),
        ("arc", "closed", 1),
        ("arcl", "done", 1),
        ("aro", "open", 2),
        ("arco", "open", 2),
        ("arclo", "open", 2),
        ("arclorcl", "done", 2),
        ("aw", "withdrawn", 1),
        ("arw", "rectified", 1),
        ("arow", "open", 2),
        ("awr", "withdrawn", 1),
        ("ac", "open", 1),
        ("al", "open", 1),
        ("arr", "rectified", 1),
        ("arca", "closed", 1),
        ("ao", "open", 1),
    ],
)
def test_how_it_stands(steps: str, state: str, rounds: int) -> None:
    """Step by step; what does not fit changes nothing, and what was once mended cannot have been a mistake."""
    now = stands(steps)
    assert (now.state.value, now.rounds) == (state, rounds)


def test_days_and_people() -> None:
    """The newest assignment holds; reopening sets a new day, keeps who mends it, and begins anew."""
    assert stands("").due is None
    first, second = stands("a"), stands("aa")
    assert (first.due, second.due, second.since) == (FOUND + 3 * DAY, FOUND + 4 * DAY, FOUND)
    given_to = ProblemFact(ProblemStep.ASSIGNED, FOUND, NOW + 9 * DAY, responsible=ME)
    assert outline(FOUND, [*log("a"), given_to], 7)[2:4] == (FOUND + 3 * DAY, ME)
    closed = stands("arc", person=ME)
    assert (closed.rectifier, closed.look_again_on, closed.since) == (ME, FOUND + 5 * DAY, FOUND + 2 * DAY)
    anew = stands("arco", person=ME)
    assert (anew.rectifier, anew.look_again_on, anew.due) == (None, None, FOUND + 6 * DAY)
    done = stands("arcl")
    assert (done.look_again_on, done.rectified_on, done.closed_on, done.looked_again_on) == (
        None, FOUND + DAY, FOUND + 2 * DAY, FOUND + 3 * DAY,
    )  # fmt: skip
    assert stands("arclo")[7:] == (None, None, None)
    undated = [ProblemFact(fact.step, fact.on, fact.at) for fact in log("arc")]
    assert outline(FOUND, undated, 7).look_again_on == FOUND + 9 * DAY
    assert outline(FOUND, [*log("ar"), ProblemFact(ProblemStep.REOPENED, FOUND, NOW + 9 * DAY)], 7).due == first.due


def test_overdue() -> None:
    """From the day after the due day, and only while it is to be mended."""
    assert not stands("a").overdue(FOUND + 3 * DAY)
    assert stands("a").overdue(FOUND + 4 * DAY)
    assert not stands("ar").overdue(FOUND + 40 * DAY)
    assert not stands("").overdue(FOUND + 40 * DAY)


def test_when_somebody_went_back_to_look() -> None:
    """It was fine, or it was reopened after it had been closed; what was sent back unmended is no second look."""
    assert [fact.step.value for fact in looks(FOUND, log("aroorcloc"))] == ["looked_again", "reopened"]
    assert looks(FOUND, log("aro")) == ()


FACTS = st.builds(
    ProblemFact,
    st.sampled_from(ProblemStep),
    st.dates(FOUND, FOUND + 9 * DAY),
    st.integers(0, 9).map(lambda hours: NOW + timedelta(hours=hours)),
    due=st.none() | st.dates(FOUND, FOUND + 9 * DAY),
    responsible=st.none() | st.integers(1, 3),
    person=st.none() | st.integers(1, 3),
    number=st.integers(0, 3),
)


@given(st.lists(FACTS, max_size=9), st.randoms())
def test_the_order_in_which_facts_come_does_not_matter(facts: list[ProblemFact], chance: object) -> None:
    """How a problem stands is a function of the set of its facts: shuffled and told twice it stands the same."""
    shuffled = [*facts, *facts[:3]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert outline(FOUND, shuffled, 7) == outline(FOUND, facts, 7)
    assert looks(FOUND, shuffled) == looks(FOUND, facts)


@given(st.lists(st.sampled_from(ProblemStep), max_size=12))
def test_what_is_offered_is_what_changes_something(steps: list[ProblemStep]) -> None:
    """Followed step by step: an offered step takes effect, any other leaves everything as it was."""
    facts: list[ProblemFact] = []
    for n, step in enumerate(steps):
        before = outline(FOUND, facts, 0)
        day = FOUND + n * DAY
        offered = fitting(before, day)
        facts.append(ProblemFact(step, day, NOW + n * DAY, due=day + DAY * (step is not ProblemStep.CLOSED)))
        after = outline(FOUND, facts, 0)
        if step in offered:
            assert after != before or step is ProblemStep.ASSIGNED
        else:
            assert after == before
        assert after.rounds - before.rounds in {0, 1}
        assert (after.look_again_on is not None) == (after.state is ProblemState.CLOSED)


def names(steps: Sequence[ProblemStep]) -> list[str]:
    """Steps as words."""
    return [step.value for step in steps]


def test_what_may_follow() -> None:
    """By state, in the order in which it is offered; looking again from its day on."""
    today = FOUND + 9 * DAY
    assert names(fitting(stands("a"), today)) == ["rectified", "assigned", "withdrawn"]
    assert names(fitting(stands("aro"), today)) == ["rectified", "assigned"]
    assert names(fitting(stands("ar"), today)) == ["closed", "reopened"]
    assert names(fitting(stands("arc"), FOUND + 5 * DAY)) == ["looked_again", "reopened"]
    assert names(fitting(stands("arc"), FOUND + 4 * DAY)) == ["reopened"]
    assert names(fitting(stands("arcl"), today)) == ["reopened"]
    assert fitting(stands("aw"), today) == ()


@pytest.mark.parametrize(
    ("steps", "step", "on", "reason"),
    [
        ("aw", "r", 5, "withdrawn"),
        ("a", "c", 5, "state"),
        ("aro", "w", 5, "state"),
        ("a", "r", 8, "future"),
        ("ar", "c", 0, "before"),
        ("arc", "l", 4, "early"),
        ("ar", "o", 5, "due"),
        ("a", "a", 5, "due"),
        ("arc", "l", 5, None),
        ("a", "r", 0, None),
    ],
)
def test_why_a_step_cannot_follow(steps: str, step: str, on: int, reason: str | None) -> None:
    """Each with a reason that the words know; a new day is part of what gives it out or takes it back."""
    why = misfit(stands(steps), STEPS[step], FOUND + on * DAY, FOUND + 7 * DAY)
    assert (why.reason if why else None) == reason


@pytest.mark.parametrize(
    ("due", "fits"), [(None, False), (-1, False), (0, True), (LONGEST.days, True), (LONGEST.days + 1, False)]
)
def test_a_due_day(due: int | None, fits: bool) -> None:  # noqa: FBT001 - a row of the table
    """Today at the earliest, and not for ever."""
    assert due_fits(None if due is None else FOUND + due * DAY, FOUND) is fits


WORKER, LEAD, TOWNSHIP, OFFICE = Role.GRID_WORKER, Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE


@pytest.mark.parametrize(
    ("roles", "own", "letters"),
    [
        ((), False, ""),
        ((), True, ""),
        ((Role.ADMIN,), True, ""),
        ((WORKER,), False, "r"),
        ((WORKER,), True, "rw"),
        ((LEAD,), False, "arclow"),
        ((TOWNSHIP,), False, "arclow"),
        ((OFFICE,), False, "aclo"),
        ((OFFICE,), True, "aclow"),
    ],
)
def test_who_may_what(roles: Sequence[Role], own: bool, letters: str) -> None:  # noqa: FBT001 - a row of the table
    """Those who work there mend, those who decide do the rest, whoever found it takes a mistake back."""
    assert allowed(roles, stands("a"), ME, own=own) == {STEPS[letter] for letter in letters}


def test_nobody_closes_what_they_mended() -> None:
    """Nor looks at it again, unless nobody else could; sending it back is always honest."""
    mine = stands("ar", person=ME)
    assert allowed([LEAD], mine, ME, own=False) == {STEPS[letter] for letter in "arow"}
    assert allowed([LEAD], mine, ME, own=False, alone=True) == set(ProblemStep)
    assert allowed([LEAD], mine, OTHER, own=False) == set(ProblemStep)


@pytest.mark.parametrize(
    ("steps", "roles", "above", "expected"),
    [
        ("a", (WORKER,), (), Distance(0, None)),
        ("a", (LEAD,), (), Distance(1, 0)),
        ("a", (TOWNSHIP,), (), Distance(2, 1)),
        ("a", (OFFICE, LEAD), (), Distance(1, 0)),
        ("a", (), (), Distance(None, None)),
        ("ar", (TOWNSHIP,), (LEAD,), Distance(2, 0)),
        ("ar", (TOWNSHIP,), (WORKER,), Distance(2, 1)),
        ("ar", (OFFICE,), (LEAD,), Distance(3, 1)),
        ("ar", (LEAD,), (TOWNSHIP,), Distance(1, 0)),
    ],
)
def test_whose_turn_it_is(steps: str, roles: Sequence[Role], above: Sequence[Role], expected: Distance) -> None:
    """Who works there mends, the nearest who decides closes; where that one mended it, the level above."""
    assert distance(roles, stands(steps), ME, above) == expected


def test_who_is_named_mends() -> None:
    """And nobody else who works there; who mended it does not close it, unless they are alone."""
    named = stands("a")._replace(responsible=ME)
    assert distance([], named, ME).mend == 0
    assert distance([WORKER], named, OTHER).mend is None
    mine = stands("ar", person=ME)
    assert distance([LEAD], mine, ME).decide is None
    assert distance([LEAD], mine, ME, [LEAD], alone=True).decide == 0


@pytest.mark.parametrize(
    ("steps", "far", "expected"),
    [
        ("a", Distance(0, None), True),
        ("a", Distance(1, 0), False),
        ("ar", Distance(None, 0), True),
        ("ar", Distance(0, 1), False),
        ("arc", Distance(None, 0), True),
        ("arc", Distance(0, None), False),
        ("arcl", Distance(0, 0), False),
        ("aw", Distance(0, 0), False),
    ],
)
def test_what_waits_for_somebody(steps: str, far: Distance, expected: bool) -> None:  # noqa: FBT001 - a row of the table
    """The next step, where it is theirs; looking again on its day."""
    assert waits(stands(steps), FOUND + 5 * DAY, far) is expected
    assert not waits(stands("arc"), FOUND + 4 * DAY, far)
