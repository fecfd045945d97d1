"""What was written and shown in the workflow, the ledger and on the board goes after its term; figures stay.

The term runs from the end of what it belongs to: an application from the step that ended it (so an award that is held
keeps what it rests on), an assessment from the day it was submitted, a problem from the day it was looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
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
_STEP = named("creation_event")
_TERM: BindParameter[datetime] = bindparam("term")
_HELD: BindParameter[Any] = bindparam("held", expanding=True)
_GONE: BindParameter[bytes] = bindparam("gone")
_STEPS = Prepared(select(_STEP).where(_STEP.c.application.isnot(None)).order_by(_STEP.c.id))
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
    values = {"term": term, "held": _held(connection, term), "gone": GONE}
    for kind, empty in _TEXTS.items():
        add(kind, empty.run(connection, _asked(empty, values)))
    media: list[str] = []
    for shown, drop in _SHOWN:
        media += [row.media for row in shown.all(connection, _asked(shown, values))]
        add("evidence", drop.run(connection, _asked(drop, values)))
    return media


def _asked(statement: Prepared, values: Mapping[str, object]) -> Mapping[str, object]:
    return {name: values[name] for name in statement.asks}


def _held(connection: Connection, term: datetime) -> list[int]:
    """The applications that are on their way, whose award is held, or that came to an end since the term began."""
    newest: dict[str, int] = {}
    stages: dict[int, Stage] = {}
    last: dict[int, datetime] = {}
    for row in _STEPS.all(connection, {}):
        newest[row.place] = row.application
        stages[row.application] = COMES_TO.get(Step(row.step), stages.get(row.application, Stage.APPLIED))
        last[row.application] = row.recorded_at
    running = {number for number in newest.values() if stages[number] in RUNNING}
    return sorted(running | {number for number, at in last.items() if at >= term})


def _steps() -> ColumnElement[bool]:
    """Steps of applications that are over, and those of none that were recorded before the term."""
    alone = _STEP.c.application.is_(None) & (_STEP.c.recorded_at < _TERM)
    return or_(alone, _STEP.c.application.not_in(_HELD))


def _sheets() -> Select[Any]:
    """Assessments on which no such application rests, neither judged nor submitted since the term began."""
    sheet, mark, end = named("assessment"), named("assessment_mark"), named("assessment_end")
    application = named("application")
    rested = select(application.c.assessment).where(application.c.id.in_(_HELD), application.c.assessment.isnot(None))
    return select(sheet.c.id).where(
        sheet.c.id.not_in(rested),
        sheet.c.id.not_in(select(mark.c.assessment).where(mark.c.recorded_at >= _TERM)),
        sheet.c.id.not_in(select(end.c.assessment).where(end.c.recorded_at >= _TERM)),
    )


def _solved() -> Select[Any]:
    """The problems whose last word, before the term, was that they are no more."""
    event = named("problem_event").alias()
    newest = select(func.max(event.c.id)).group_by(event.c.problem)
    last = named("problem_event").alias()
    over = (last.c.step.in_(OVER), last.c.recorded_at < _TERM)
    return select(last.c.problem).where(last.c.id.in_(newest), *over)


def _texts() -> Iterator[tuple[str, Prepared]]:
    """By what is counted: how nothing is put in the place of a sealed text."""
    for name, column, over in (
        ("application", "body", named("application").c.id.not_in(_HELD)),
        ("creation_event", "words", _steps()),
        ("assessment_mark", "reason", named("assessment_mark").c.assessment.in_(_sheets())),
        ("problem", "words", named("problem").c.code.in_(_solved())),
        ("problem_event", "words", named("problem_event").c.problem.in_(_solved())),
        ("red_black", "words", named("red_black").c.recorded_at < _TERM),
    ):
        table = named(name)
        kept = table.c[column]
        nothing = None if kept.nullable else _GONE
        there = kept.isnot(None) if kept.nullable else kept != _GONE
        yield f"{name}_{column}", Prepared(update(table).where(over, there).values({column: nothing}))


def _evidence() -> Iterator[tuple[Prepared, Prepared]]:
    """Which pictures went with them, and how those are let go."""
    evidence, mark, tick = named("evidence"), named("assessment_mark"), named("duty_tick")
    event = named("problem_event")
    for gone in (
        evidence.c.mark.in_(select(mark.c.id).where(mark.c.assessment.in_(_sheets()))),
        evidence.c.tick.in_(select(tick.c.id).where(tick.c.recorded_at < _TERM)),
        evidence.c.problem.in_(_solved()),
        evidence.c.problem_event.in_(select(event.c.id).where(event.c.problem.in_(_solved()))),
        evidence.c.creation_event.in_(select(_STEP.c.id).where(_steps())),
    ):
        yield Prepared(select(evidence.c.media).where(gone)), Prepared(delete(evidence).where(gone))


_TEXTS = dict(_texts())
_SHOWN = tuple(_evidence())
