"""What the ledger comes to in figures, for the work log and the reports (篇三 三); nothing sealed is opened."""

from __future__ import annotations

from collections import Counter as Count
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, Connection, or_, select

from bot.model import Counter, How, ProblemFact, ProblemStep
from bot.scoring.ledger import looks
from bot.store.duties import PLACE
from bot.store.tables import named

PROBLEM = named("problem")
STEP = named("problem_event")


class Tally(NamedTuple):
    """A place's ledger within some days."""

    inspections: Mapping[How, int]
    """By kind: how often somebody found something at a place on a day; coming back to look is 回头式."""
    found: int
    rectified: int
    """Problems that were closed (销号)."""
    looked_again: int
    reopened: int


def counts(connection: Connection, place: str, since: date, until: date) -> Mapping[Counter, int]:
    """What the work log counts by itself, at a place and all below it, from ``since`` to ``until``, both included."""
    found = tally(connection, place, since, until)
    return {
        Counter.INSPECTIONS: sum(found.inspections.values()),
        Counter.FOUND: found.found,
        Counter.RECTIFIED: found.rectified,
        Counter.LOOKED_AGAIN: found.looked_again,
    }


def tally(connection: Connection, place: str, since: date, until: date) -> Tally:
    """The same, with the kinds of inspection and what was reopened. Two questions."""
    problems, logs = _read(connection, place, since, until)
    visits: set[tuple[How, object]] = set()
    counted: Count[str] = Count()
    for row in problems:
        log = logs.get(row.code, [])
        if any(fact.step is ProblemStep.WITHDRAWN for fact in log):
            continue
        if since <= row.found_on <= until:
            counted["found"] += 1
            visits.add((How(row.how), (row.person, row.place, row.found_on)))
        now = [fact for fact in log if since <= fact.on <= until]
        counted["rectified"] += any(fact.step is ProblemStep.CLOSED for fact in now)
        counted["reopened"] += sum(fact.step is ProblemStep.REOPENED for fact in now)
        again = [fact for fact in looks(row.found_on, log) if since <= fact.on <= until]
        counted["again"] += len(again)
        visits |= {(How.RETURN, (fact.person, row.place, fact.on)) for fact in again}
    inspections = Count(how for how, _ in visits)
    kinds = {how: inspections[how] for how in How}
    return Tally(kinds, counted["found"], counted["rectified"], counted["again"], counted["reopened"])


def _read(
    connection: Connection, place: str, since: date, until: date
) -> tuple[list[Any], Mapping[str, list[ProblemFact]]]:
    """The problems below a place that were found in these days or of which something was recorded, with their logs."""
    down = below(place)
    lately = select(STEP.c.problem).where(STEP.c.on >= since, STEP.c.on <= until)
    within = or_(PROBLEM.c.found_on.between(since, until), PROBLEM.c.code.in_(lately))
    columns = (PROBLEM.c.code, PROBLEM.c.place, PROBLEM.c.how, PROBLEM.c.found_on, PROBLEM.c.person)
    problems = list(connection.execute(select(*columns).join(down, down.c.code == PROBLEM.c.place).where(within)))
    steps = (
        select(STEP.c.id, STEP.c.problem, STEP.c.step, STEP.c.on, STEP.c.recorded_at, STEP.c.due, STEP.c.person)
        .join(PROBLEM, PROBLEM.c.code == STEP.c.problem)
        .join(down, down.c.code == PROBLEM.c.place)
        .where(within)
        .order_by(STEP.c.id)
    )
    logs: dict[str, list[ProblemFact]] = defaultdict(list)
    for row in connection.execute(steps) if problems else ():
        fact = ProblemFact(
            ProblemStep(row.step), row.on, row.recorded_at, due=row.due, person=row.person, number=row.id
        )
        logs[row.problem].append(fact)
    return problems, logs


def below(*places: str) -> CTE:
    """The places and every place below them: column ``code``."""
    down = select(PLACE.c.code).where(PLACE.c.code.in_(places)).cte(recursive=True)
    return down.union(select(PLACE.c.code).join(down, PLACE.c.parent == down.c.code))
