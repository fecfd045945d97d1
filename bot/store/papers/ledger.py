"""The ledger of a place for some days, as a table: each problem as it stood on the last of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection

from bot.model import How, Problem, ProblemFact, ProblemState, ProblemStep
from bot.model.documents import LedgerRow, LedgerTable, Period
from bot.scoring.ledger import Outline, outline
from bot.store import ledger as kept
from bot.store.asking import House
from bot.store.papers.compounds import place_row

HOW = {How.EXPERIENCE: "体验式", How.LISTED: "挂账式", How.RETURN: "回头式"}
STATE = {
    ProblemState.OPEN: "待整改",
    ProblemState.RECTIFIED: "待销号",
    ProblemState.CLOSED: "已销号",
    ProblemState.DONE: "已回头看",
}
GONE = "（内容已到期删除）"


def ledger(connection: Connection, house: House, place: str, period: Period, now: datetime) -> LedgerTable:
    """What was found in these days, or not yet done when they began, oldest first.

    Raises:
        ValueError: no such place.
    """
    row, until = place_row(connection, place), min(period.until, now.date())
    rows = tuple(_row(problem, stands, until) for problem, stands in as_of(connection, house, place, period, until))
    return LedgerTable(row.name, period, rows, now)


def as_of(
    connection: Connection, house: House, place: str, period: Period, until: date
) -> list[tuple[Problem, Outline]]:
    """The problems of these days, each with how it stood at the end of ``until``."""
    found = kept.rows(connection, house, place, period.since, until)
    days = house.rules.look_again_days
    return [(each, outline(each.found_on, _until(each.log, until), days)) for each in found]


def _until(log: Iterable[ProblemFact], until: date) -> list[ProblemFact]:
    return [fact for fact in log if fact.on <= until]


def _row(problem: Problem, stands: Outline, until: date) -> LedgerRow:
    days = _days(_until(problem.log, until))
    return LedgerRow(
        problem.code,
        problem.name,
        HOW[problem.how],
        problem.words or GONE,
        problem.found_on,
        problem.responsible,
        stands.due,
        days.get(ProblemStep.RECTIFIED),
        days.get(ProblemStep.CLOSED),
        days.get(ProblemStep.LOOKED_AGAIN),
        STATE.get(stands.state, ""),
        stands.overdue(until),
        stands.rounds,
    )


def _days(log: Iterable[ProblemFact]) -> dict[ProblemStep, date]:
    """When what was done last, since it was put on the list for the last time."""
    found: dict[ProblemStep, date] = {}
    for fact in sorted(log, key=lambda fact: (fact.at, fact.number)):
        if fact.step is ProblemStep.REOPENED:
            found.clear()
        found[fact.step] = fact.on
    return found
