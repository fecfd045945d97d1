"""What was written and shown in the workflow, the ledger and on the board goes after its term; figures stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, update

from bot.model import ProblemStep, Stage, Step
from bot.scoring.awards import COMES_TO
from bot.store.tables import named

GONE = b""
"""In the place of a sealed text whose column must hold something."""
OVER = (ProblemStep.LOOKED_AGAIN.value, ProblemStep.WITHDRAWN.value)
RUNNING = (Stage.APPLIED, Stage.PASSED, Stage.AWARDED)
Add = Callable[[str, int], None]


def forget_work(connection: Connection, term: datetime, add: Add) -> list[str]:
    """Empty the texts that are past their term, and let go of the pictures that went with them; their media names.

    A place whose application is on its way, or whose award is held, keeps what that rests on; so does a problem that
    was not looked at again.
    """
    mark, entry, problem, event = (named(name) for name in ("assessment_mark", "red_black", "problem", "problem_event"))
    sheet, application, step = named("assessment"), named("application"), named("creation_event")
    running, solved = _running(connection), _solved(connection, term)
    old_marks = mark.c.recorded_at < term
    of_others = mark.c.assessment.in_(select(sheet.c.id).where(sheet.c.place.not_in(running)))
    _empty(connection, mark, "reason", old_marks & of_others, add)
    _empty(connection, entry, "words", entry.c.recorded_at < term, add)
    elsewhere = (application.c.recorded_at < term) & application.c.place.not_in(running)
    _empty(connection, application, "body", elsewhere, add)
    _empty(connection, step, "words", (step.c.recorded_at < term) & step.c.place.not_in(running), add)
    _empty(connection, problem, "words", problem.c.code.in_(solved), add)
    _empty(connection, event, "words", event.c.problem.in_(solved), add)
    return list(_pictures(connection, term, running, solved, add))


def _running(connection: Connection) -> list[str]:
    """The places whose newest step leads on: an application on its way, an award that is held."""
    step = named("creation_event")
    rows = connection.execute(select(step.c.place, step.c.step).order_by(step.c.id))
    now = {row.place: COMES_TO[Step(row.step)] for row in rows if Step(row.step) in COMES_TO}
    return sorted(place for place, stage in now.items() if stage in RUNNING)


def _solved(connection: Connection, term: datetime) -> list[str]:
    """The problems whose last word, before the term, was that they are no more."""
    event = named("problem_event")
    newest = select(func.max(event.c.id)).group_by(event.c.problem)
    query = select(event.c.problem).where(event.c.id.in_(newest), event.c.step.in_(OVER), event.c.recorded_at < term)
    return list(connection.execute(query).scalars())


def _empty(connection: Connection, table: Table, column: str, where: ColumnElement[bool], add: Add) -> None:
    """Put nothing in the place of a sealed text."""
    kept = table.c[column]
    there = kept.isnot(None) if kept.nullable else kept != GONE
    change = update(table).where(where, there).values({column: None if kept.nullable else GONE})
    add(f"{table.name}_{column}", connection.execute(change).rowcount)


def _pictures(connection: Connection, term: datetime, running: list[str], solved: list[str], add: Add) -> Iterator[str]:
    evidence, mark, sheet = named("evidence"), named("assessment_mark"), named("assessment")
    tick, event, step = named("duty_tick"), named("problem_event"), named("creation_event")
    marks = select(mark.c.id).join(sheet, sheet.c.id == mark.c.assessment)
    where = (
        evidence.c.mark.in_(marks.where(mark.c.recorded_at < term, sheet.c.place.not_in(running))),
        evidence.c.tick.in_(select(tick.c.id).where(tick.c.recorded_at < term)),
        evidence.c.problem.in_(solved),
        evidence.c.problem_event.in_(select(event.c.id).where(event.c.problem.in_(solved))),
        evidence.c.creation_event.in_(select(step.c.id).where(step.c.recorded_at < term, step.c.place.not_in(running))),
    )
    for each in where:
        found = list(connection.execute(select(evidence.c.media).where(each)).scalars())
        add("evidence", connection.execute(delete(evidence).where(each)).rowcount)
        yield from found
