"""The work of creation and of the ledger: awards, assessments, problems, deadlines; nobody's name, nobody's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from bot.board.api import asked as ask
from bot.board.api.reading import Found, Item, Reading, RefusedError, began, beyond, moment
from bot.model import ProblemFact, ProblemStep, Settled, Step, Stepped
from bot.scoring import awards as workflow
from bot.scoring import ledger as problems
from bot.store import debts
from bot.store.creation_kept import ROLES
from bot.store.deadlines import workdays
from bot.store.duties import PLACE
from bot.store.tables import named
from scheduler.calendar import Workdays, deadlines

STEP, PROBLEM, MENDED = named("creation_event"), named("problem"), named("problem_event")
ASSESSMENT, END = named("assessment"), named("assessment_end")
AHEAD = timedelta(days=31)
"""So far deadlines are looked for where nobody says otherwise."""
LONGEST = timedelta(days=400)
_PROBLEM: tuple[ColumnElement[Any], ...] = (
    *(PROBLEM.c[name] for name in ("code", "place", "how", "found_on", "recorded_at")),
    PLACE.c.name,
)


def awards(reading: Reading, asked: ask.Leveled) -> Found:
    """The places that ever took a step of the creation workflow, with all steps, and nobody's name or words."""
    reading.allowed(ROLES)
    query = select(PLACE).where(select(STEP.c.id).where(STEP.c.place == PLACE.c.code).exists()).order_by(PLACE.c.code)
    if asked.level is not None:
        query = query.where(PLACE.c.level == asked.level)
    if (after := reading.after("awards", str)) is not None:
        query = query.where(PLACE.c.code > after[0])
    rows = reading.limited(reading.scope.within(query, PLACE.c.code))
    rows, onward = reading.page("awards", rows, lambda row: (row.code,))
    columns = (STEP.c.place, STEP.c.step, STEP.c.on, STEP.c.period, STEP.c.halves, STEP.c.case, STEP.c.recorded_at)
    taken = select(*columns).where(STEP.c.place.in_([row.code for row in rows])).order_by(STEP.c.id)
    steps: dict[str, list[Stepped]] = defaultdict(list)
    zone = reading.house.zone
    for each in reading.connection.execute(taken) if rows else ():
        score = None if each.halves is None else Decimal(each.halves) / 2
        at = each.recorded_at.astimezone(zone)
        step = Stepped(each.place, Step(each.step), each.on, at, score=score, period=each.period, case=each.case)
        steps[each.place].append(step)
    return Found([_award(reading, row, steps[row.code]) for row in rows], onward)


def _award(reading: Reading, row: Any, steps: Sequence[Stepped]) -> Item:  # noqa: ANN401 - a row of a place
    return {
        "place": row.code,
        "name": row.name,
        "level": row.level,
        "stage": workflow.stage(steps),
        "since": workflow.since(steps),
        "held_since": workflow.granted_on(steps),
        "steps": [
            {
                "step": each.step,
                "on": each.on,
                "period": each.period or None,
                "score": None if each.score is None else float(each.score),
                **({"case": each.case} if each.case and reading.sees_cases else {}),
                "recorded_at": each.at,
            }
            for each in steps
        ],
    }


def ledger(reading: Reading, asked: ask.Since) -> Found:
    """The problems in the order in which they were entered; with ``since``, those of which something is new."""
    reading.allowed(problems.SEE)
    query = select(*_PROBLEM).join(PLACE, PLACE.c.code == PROBLEM.c.place)
    query = reading.scope.within(query, PROBLEM.c.place).order_by(PROBLEM.c.recorded_at, PROBLEM.c.code)
    if asked.since is not None:
        begun = began(reading, asked.since)
        fresh = select(MENDED.c.id).where(MENDED.c.problem == PROBLEM.c.code, MENDED.c.recorded_at >= begun)
        query = query.where(or_(PROBLEM.c.recorded_at >= begun, fresh.exists()))
    if (after := reading.after("ledger", moment, str)) is not None:
        query = query.where(beyond(PROBLEM.c.recorded_at, PROBLEM.c.code, after))
    rows = reading.limited(query)
    rows, onward = reading.page("ledger", rows, lambda row: (row.recorded_at.isoformat(), row.code))
    logs = _logs(reading, [row.code for row in rows])
    return Found([_problem(reading, row, logs[row.code]) for row in rows], onward)


def _logs(reading: Reading, codes: Sequence[str]) -> Mapping[str, Sequence[ProblemFact]]:
    columns = (MENDED.c.id, MENDED.c.problem, MENDED.c.step, MENDED.c.on, MENDED.c.due, MENDED.c.recorded_at)
    query = select(*columns).where(MENDED.c.problem.in_(codes)).order_by(MENDED.c.id)
    found: dict[str, list[ProblemFact]] = defaultdict(list)
    for row in reading.connection.execute(query) if codes else ():
        fact = ProblemFact(ProblemStep(row.step), row.on, row.recorded_at, due=row.due, number=row.id)
        found[row.problem].append(fact)
    return found


def _problem(reading: Reading, row: Any, log: Sequence[ProblemFact]) -> Item:  # noqa: ANN401 - a row of a problem
    stands = problems.outline(row.found_on, log, reading.house.rules.look_again_days)
    return {
        "problem": row.code,
        "place": row.place,
        "name": row.name,
        "how": row.how,
        "found_on": row.found_on,
        "state": stands.state,
        "since": stands.since,
        "due": stands.due,
        "overdue": stands.overdue(reading.today),
        "rectified_on": stands.rectified_on,
        "closed_on": stands.closed_on,
        "look_again_on": stands.look_again_on,
        "looked_again_on": stands.looked_again_on,
        "rounds": stands.rounds,
    }


def due(reading: Reading, asked: ask.Span) -> Found:
    """The deadlines of some days, each with the places of which it was said that it is done, and those that owe it."""
    first = asked.first or reading.today
    last = asked.last or first + AHEAD
    if first > last or last - first > LONGEST:
        raise RefusedError(422, "span", "first", days=LONGEST.days)
    house = reading.house
    found = [
        (each.due.isoformat(), each.rule.id, each)
        for each in deadlines(house.rules, first, last, house.zone, Workdays(workdays(reading.connection)))
    ]
    found.sort(key=lambda each: each[:2])
    if (after := reading.after("deadlines", str, str)) is not None:
        found = [each for each in found if each[:2] > tuple(after)]
    shown, onward = reading.page("deadlines", found[: asked.limit + 1], lambda each: each[:2])
    page = [each for _, _, each in shown]
    told = debts.told(reading.scope, {(each.rule.id, each.period) for each in page})
    hidden = set() if reading.token.role in ROLES else {Settled.APPLIED, Settled.REVIEWED}
    seen = [each for each in page if each.rule.settled not in hidden]
    owed = debts.owed(reading.scope, house, seen, told, reading.today)
    return Found(
        [
            {
                "deadline": each.rule.id,
                "period": each.period,
                "due": each.due,
                "settled": each.rule.settled,
                "audience": list(each.rule.audience),
                "labels": {name: each.rule.labels.get(name, each.rule.id) for name in ("zh", "en")},
                "told": sorted(told[each.rule.id, each.period]),
                **({} if each.rule.settled in hidden else {"owed": _owed(owed.get((each.rule.id, each.period)))}),
            }
            for each in page
        ],
        onward,
    )


def _owed(left: debts.Owed | None) -> Item | None:
    """Which places still owe it, and how many people; who they are is nobody's business here."""
    return left and {"places": list(left.places), "people": left.people}


def assessments(reading: Reading, asked: ask.Leveled) -> Found:
    """What was submitted, in that order: points, what was needed, and whether it qualifies."""
    reading.allowed(ROLES)
    query = (
        select(END, ASSESSMENT.c.place, ASSESSMENT.c.standard, ASSESSMENT.c.version, ASSESSMENT.c.on.label("begun"))
        .add_columns(PLACE.c.name, PLACE.c.level)
        .join(ASSESSMENT, ASSESSMENT.c.id == END.c.assessment)
        .join(PLACE, PLACE.c.code == ASSESSMENT.c.place)
        .order_by(END.c.id)
    )
    if asked.level is not None:
        query = query.where(PLACE.c.level == asked.level)
    if (after := reading.after("assessments", _number)) is not None:
        query = query.where(END.c.id > after[0])
    rows = reading.limited(reading.scope.within(query, ASSESSMENT.c.place))
    rows, onward = reading.page("assessments", rows, lambda row: (row.id,))
    return Found(
        [
            {
                "assessment": row.assessment,
                "place": row.place,
                "name": row.name,
                "level": row.level,
                "standard": row.standard,
                "version": row.version,
                "begun_on": row.begun,
                "submitted_on": row.on,
                "points": row.halves / 2,
                "needed": row.needed / 2,
                "qualifies": row.qualifies,
            }
            for row in rows
        ],
        onward,
    )


def _number(said: str) -> int:
    """A row's number in a cursor.

    Raises:
        ValueError: no database holds one so great.
    """
    number = int(said)
    if not 0 <= number < 2**31:
        raise ValueError(said)
    return number
