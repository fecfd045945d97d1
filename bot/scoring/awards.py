"""The creation workflow as rules: where a place stands, which step may follow, and why another may not (DOMAIN 5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from bot.model import INSPECTIONS, Course, DayState, Level, Role, Stage, Step, Stepped, Streak
from bot.scoring.quarters import days_of, quarter

ANSWERS_FOR: Mapping[str, Role] = {
    Level.TOWNSHIP: Role.TOWNSHIP_REVIEWER,
    Level.COMMUNITY: Role.COMMUNITY_LEAD,
    Level.VILLAGE: Role.COMMUNITY_LEAD,
    Level.UNIT: Role.UNIT_CONTACT,
}
"""Who assesses a place of a level and applies for it, at it or above it; others review that (PRODUCT)."""
WORDED = frozenset({Step.RETURNED, Step.REFUSED, Step.REVOKED})
"""Steps that go with their reasons."""
REVIEW = timedelta(days=14)
"""So long before the end of a quarter the awards that were not reviewed in it are asked for (DOMAIN 8)."""
COMES_TO: Mapping[Step, Stage] = {
    Step.APPLIED: Stage.APPLIED,
    Step.WITHDRAWN: Stage.NONE,
    Step.PASSED: Stage.PASSED,
    Step.RETURNED: Stage.RETURNED,
    Step.AWARDED: Stage.AWARDED,
    Step.REFUSED: Stage.REFUSED,
    Step.KEPT: Stage.AWARDED,
    Step.REVOKED: Stage.REVOKED,
    Step.REINSTATED: Stage.AWARDED,
}
"""Where a step leads; inspections change nothing by themselves."""


class Refusal(NamedTuple):
    """Why a step may not be: a key of the words (``creation/refused``), and what they show."""

    reason: str
    values: Mapping[str, object] = {}


def stage(steps: Iterable[Stepped]) -> Stage:
    """Where a place stands after these steps, in the order in which they were recorded."""
    now = Stage.NONE
    for each in steps:
        now = COMES_TO.get(each.step, now)
    return now


def since(steps: Sequence[Stepped]) -> date | None:
    """The day of the step that led to where the place stands."""
    return next((each.on for each in reversed(steps) if each.step in COMES_TO), None)


def inspected(steps: Sequence[Stepped]) -> bool:
    """Whether the running application has been inspected: 严禁“只申报、不建设”“只命名、不考核”."""
    for each in reversed(steps):
        if each.step is Step.APPLIED:
            return False
        if each.step in INSPECTIONS:
            return True
    return False


def applicant_of(steps: Sequence[Stepped]) -> int | None:
    """Who applied last: beside those who lead the place they hear what becomes of it."""
    return next((each.person for each in reversed(steps) if each.step is Step.APPLIED), None)


def granted_on(steps: Sequence[Stepped]) -> date | None:
    """The day since which the award is held; None where none is."""
    if stage(steps) is not Stage.AWARDED:
        return None
    return next(each.on for each in reversed(steps) if each.step in {Step.AWARDED, Step.REINSTATED})


def refusal(course: Course, step: Step, today: date) -> Refusal | None:
    """Why this person may not record the step today; None: they may."""
    return CHECKS[step](course, today)


def fitting(course: Course, today: date) -> tuple[Step, ...]:
    """The steps that this person may record today, in the order of the workflow."""
    return tuple(step for step in Step if refusal(course, step, today) is None)


def lapsed(steps: Sequence[Stepped], streak: Streak | None) -> bool:
    """Whether the days were broken since an award was held: it ends at once where the pack says so."""
    held = granted_on(steps)
    if held is None or streak is None or streak.reason is None:
        return False
    return streak.state is DayState.BROKEN or (streak.since is not None and streak.since > held)


def waiting(steps: Sequence[Stepped], level: Level, roles: Collection[Role], person: int, today: date) -> str | None:
    """The step that a place waits for from somebody of these roles; None: from others, or from nobody.

    ``resubmit`` (sent back by the township), ``check`` (by the township), ``inspect`` and ``decide`` (by the office);
    ``review`` of an award in the last days of a quarter in which it was not reviewed yet. Nobody is asked to check,
    inspect or decide what they applied for.
    """
    now = stage(steps)
    if now is Stage.RETURNED:
        return "resubmit" if ANSWERS_FOR.get(level) in roles else None
    if applicant_of(steps) == person:
        return None
    if now is Stage.APPLIED and level is not Level.TOWNSHIP:
        return "check" if Role.TOWNSHIP_REVIEWER in roles else None
    if Role.OFFICE not in roles or now not in {Stage.APPLIED, Stage.PASSED, Stage.AWARDED}:
        return None
    if now is not Stage.AWARDED:
        return "decide" if inspected(steps) else "inspect"
    reviewed = any(each.step is Step.KEPT and each.period == quarter(today) for each in steps)
    return None if reviewed or days_of(quarter(today))[1] - today > REVIEW else "review"


def _applied(course: Course, today: date) -> Refusal | None:
    now = stage(course.steps)
    if ANSWERS_FOR.get(course.level) not in course.roles:
        return Refusal("entitled")
    if now in {Stage.APPLIED, Stage.PASSED}:
        return Refusal("running")
    return Refusal("awarded") if now is Stage.AWARDED else _grounds(course, today)


def _grounds(course: Course, today: date) -> Refusal | None:
    """What an application rests on: a self-assessment of this month that qualifies, of a township also its places."""
    reached = course.reached
    if reached is None:
        return Refusal("unassessed")
    if not reached.qualifies:
        return Refusal("short", {"points": reached.points, "needed": reached.needed, "on": reached.on})
    if (reached.on.year, reached.on.month) != (today.year, today.month):
        return Refusal("old", {"on": reached.on})
    if course.township is not None and course.township.reasons:
        return Refusal("township", {"township": course.township})
    return _broken(course)


def _broken(course: Course) -> Refusal | None:
    """Where a broken streak ends an award at once, none is applied for, or given, while it is broken."""
    streak = course.streak
    if course.revokes and streak is not None and streak.state is DayState.BROKEN and streak.reason is not None:
        return Refusal("broken", {"case": streak.reason.case, "kind": streak.reason.kind})
    return None


def _withdrawn(course: Course, today: date) -> Refusal | None:
    if ANSWERS_FOR.get(course.level) not in course.roles:
        return Refusal("entitled")
    return None if stage(course.steps) in {Stage.APPLIED, Stage.PASSED} else Refusal("stage")


def _reviewed(course: Course, today: date) -> Refusal | None:
    if course.level is Level.TOWNSHIP or stage(course.steps) is not Stage.APPLIED:
        return Refusal("stage")
    if Role.TOWNSHIP_REVIEWER not in course.roles:
        return Refusal("entitled")
    return Refusal("own") if course.own else None


def _ready(course: Course) -> Refusal | None:
    """Whether the office may look at an application: the township has passed it, or it is the township's own."""
    now = stage(course.steps)
    if Role.OFFICE not in course.roles:
        return Refusal("entitled")
    if now is Stage.APPLIED and course.level is not Level.TOWNSHIP:
        return Refusal("unpassed")
    return None if now in {Stage.APPLIED, Stage.PASSED} else Refusal("stage")


def _inspected(course: Course, today: date) -> Refusal | None:
    held = stage(course.steps) is Stage.AWARDED and Role.OFFICE in course.roles
    not_ready = None if held else _ready(course)
    return Refusal("own") if not_ready is None and course.own else not_ready


def _decided(course: Course, today: date) -> Refusal | None:
    if (not_ready := _ready(course)) is not None:
        return not_ready
    if course.own:
        return Refusal("own")
    return None if inspected(course.steps) else Refusal("uninspected")


def _awarded(course: Course, today: date) -> Refusal | None:
    not_decided = _decided(course, today)
    return _broken(course) if not_decided is None else not_decided


def _kept(course: Course, today: date) -> Refusal | None:
    if (not_held := _revoked(course, today)) is not None:
        return not_held
    if course.own:
        return Refusal("own")
    first, last = days_of(quarter(today))
    done = [each for each in course.steps if each.step is Step.KEPT and each.period == quarter(today)]
    if done:
        return Refusal("reviewed", {"on": done[-1].on})
    seen = any(each.step in INSPECTIONS and first <= each.on <= last for each in course.steps)
    return None if seen else Refusal("unseen", {"quarter": quarter(today)})


def _revoked(course: Course, today: date) -> Refusal | None:
    if stage(course.steps) is not Stage.AWARDED:
        return Refusal("stage")
    return None if Role.OFFICE in course.roles else Refusal("entitled")


def _reinstated(course: Course, today: date) -> Refusal | None:
    last = course.steps[-1] if course.steps else None
    if last is None or last.step is not Step.REVOKED or not last.case:
        return Refusal("stage")
    if Role.OFFICE not in course.roles:
        return Refusal("entitled")
    return None if course.void else Refusal("stands", {"case": last.case})


CHECKS: Mapping[Step, Callable[[Course, date], Refusal | None]] = {
    Step.APPLIED: _applied,
    Step.WITHDRAWN: _withdrawn,
    Step.PASSED: _reviewed,
    Step.RETURNED: _reviewed,
    Step.INSPECTED_OPEN: _inspected,
    Step.INSPECTED_HIDDEN: _inspected,
    Step.AWARDED: _awarded,
    Step.REFUSED: _decided,
    Step.KEPT: _kept,
    Step.REVOKED: _revoked,
    Step.REINSTATED: _reinstated,
}
"""What must hold for each step."""
REASONS = (
    "entitled", "running", "awarded", "unassessed", "short", "old", "township", "stage", "own", "unpassed",
    "uninspected", "broken", "reviewed", "unseen", "stands",
)  # fmt: skip
"""Each reason that a refusal may give."""
