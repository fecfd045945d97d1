"""What was written and shown in the workflow, the ledger and on the board goes after its term; figures stay.

The term runs from the end of what it belongs to: an application from the step that ended it (so an award that is held
keeps what it rests on), an assessment from the day it was submitted, a problem from the day it was looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.model import ProblemStep, Stage, Step
from bot.scoring.awards import COMES_TO
from bot.store.prepared import Prepared
from bot.store.tables import named

GONE = b""
"""In the place of a sealed text whose column must hold something."""
OVER = (ProblemStep.LOOKED_AGAIN.value, ProblemStep.WITHDRAWN.value)
RUNNING = frozenset({Stage.APPLIED, Stage.PASSED, Stage.AWARDED})
Add = Callable[[str, int], None]
_DATED = ("application", "creation_event", "assessment_mark", "problem_event", "red_black", "duty_tick")
_OLD = Prepared(
    select(literal_column("1").label("old")).where(
        or_(*(select(each.c.id).where(each.c.recorded_at < bindparam("term")).exists() for each in map(named, _DATED)))
    )
)
"""Whether something was written down before the term: all that is forgotten here goes with such a line."""


def forget_work(connection: Connection, term: datetime, add: Add) -> list[str]:
    """Empty the texts that are past their term, and let go of the pictures that went with them; their media names."""
    if _OLD.first(connection, {"term": term}) is None:
        return []  # on most nights of the first years nothing is that old
    held = _held(connection, term)
    texts = {
        ("application", "body"): named("application").c.id.not_in(held),
        ("creation_event", "words"): _steps(term, held),
        ("assessment_mark", "reason"): named("assessment_mark").c.assessment.in_(_sheets(term, held)),
        ("problem", "words"): named("problem").c.code.in_(_solved(term)),
        ("problem_event", "words"): named("problem_event").c.problem.in_(_solved(term)),
        ("red_black", "words"): named("red_black").c.recorded_at < term,
    }
    for (name, column), over in texts.items():
        _empty(connection, named(name), column, over, add)
    return list(_pictures(connection, term, held, add))


def _held(connection: Connection, term: datetime) -> list[int]:
    """The applications that are on their way, whose award is held, or that came to an end since the term began."""
    step = named("creation_event")
    rows = connection.execute(select(step).where(step.c.application.isnot(None)).order_by(step.c.id))
    newest: dict[str, int] = {}
    stages: dict[int, Stage] = {}
    last: dict[int, datetime] = {}
    for row in rows:
        newest[row.place] = row.application
        stages[row.application] = COMES_TO.get(Step(row.step), stages.get(row.application, Stage.APPLIED))
        last[row.application] = row.recorded_at
    running = {number for number in newest.values() if stages[number] in RUNNING}
    return sorted(running | {number for number, at in last.items() if at >= term})


def _steps(term: datetime, held: list[int]) -> ColumnElement[bool]:
    """Steps of applications that are over, and those of none that were recorded before the term."""
    step = named("creation_event")
    alone = step.c.application.is_(None) & (step.c.recorded_at < term)
    return or_(alone, step.c.application.not_in(held))


def _sheets(term: datetime, held: list[int]) -> Select[Any]:
    """Assessments on which no such application rests, neither judged nor submitted since the term began."""
    sheet, mark, end = named("assessment"), named("assessment_mark"), named("assessment_end")
    application = named("application")
    rested = select(application.c.assessment).where(application.c.id.in_(held), application.c.assessment.isnot(None))
    return select(sheet.c.id).where(
        sheet.c.id.not_in(rested),
        sheet.c.id.not_in(select(mark.c.assessment).where(mark.c.recorded_at >= term)),
        sheet.c.id.not_in(select(end.c.assessment).where(end.c.recorded_at >= term)),
    )


def _solved(term: datetime) -> Select[Any]:
    """The problems whose last word, before the term, was that they are no more."""
    event = named("problem_event").alias()
    newest = select(func.max(event.c.id)).group_by(event.c.problem)
    last = named("problem_event").alias()
    over = (last.c.step.in_(OVER), last.c.recorded_at < term)
    return select(last.c.problem).where(last.c.id.in_(newest), *over)


def _empty(connection: Connection, table: Table, column: str, where: ColumnElement[bool], add: Add) -> None:
    """Put nothing in the place of a sealed text."""
    kept = table.c[column]
    there = kept.isnot(None) if kept.nullable else kept != GONE
    change = update(table).where(where, there).values({column: None if kept.nullable else GONE})
    add(f"{table.name}_{column}", connection.execute(change).rowcount)


def _pictures(connection: Connection, term: datetime, held: list[int], add: Add) -> Iterator[str]:
    evidence, mark, tick = named("evidence"), named("assessment_mark"), named("duty_tick")
    event, step = named("problem_event"), named("creation_event")
    where = (
        evidence.c.mark.in_(select(mark.c.id).where(mark.c.assessment.in_(_sheets(term, held)))),
        evidence.c.tick.in_(select(tick.c.id).where(tick.c.recorded_at < term)),
        evidence.c.problem.in_(_solved(term)),
        evidence.c.problem_event.in_(select(event.c.id).where(event.c.problem.in_(_solved(term)))),
        evidence.c.creation_event.in_(select(step.c.id).where(_steps(term, held))),
    )
    for each in where:
        found = list(connection.execute(select(evidence.c.media).where(each)).scalars())
        add("evidence", connection.execute(delete(evidence).where(each)).rowcount)
        yield from found
