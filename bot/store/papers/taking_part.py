"""The places that take part in the creation, for a report: progress, reviews, praise and criticism (DOMAIN 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from bot import words
from bot.model import INSPECTIONS, Level, Locale, Stage, Step, Stepped
from bot.model.reports import Progress, Reviewed
from bot.scoring.awards import since as began
from bot.scoring.awards import stage
from bot.scoring.circulars import Taking, Town, circular
from bot.scoring.quarters import quarter
from bot.store import sums
from bot.store.asking import House
from bot.store.assessments import ASSESSMENT, END, deciding
from bot.store.creation_kept import LEVELS, steps_of
from bot.store.duties import PLACE
from bot.store.ledger_counts import below
from bot.store.papers.compounds import natural

STAGE: Mapping[Stage, str] = {
    Stage.NONE: "未申报",
    Stage.APPLIED: "已申报",
    Stage.PASSED: "乡镇已通过",
    Stage.RETURNED: "退回",
    Stage.REFUSED: "未予命名",
    Stage.AWARDED: "已命名",
    Stage.REVOKED: "命名已撤销",
}
OUTCOME: Mapping[Step, str] = {
    Step.AWARDED: "命名",
    Step.REFUSED: "不予命名",
    Step.KEPT: "复核保留",
    Step.REVOKED: "撤销命名",
    Step.REINSTATED: "恢复命名",
}
"""What an office decides on an award."""
WHY: Mapping[str, str] = {
    "awarded": "获命名",
    "kept": "复核保留",
    "revoked": "命名撤销",
    "returned": "申报被退回",
    "refused": "未予命名",
}


class Member(NamedTuple):
    """A place that takes part, or could, with its steps until the report's last day."""

    row: Any
    steps: tuple[Stepped, ...]


def taking_part(connection: Connection, house: House, place: str, until: date) -> tuple[Member, ...]:
    """The place and those below it, as the roster has them: each township before its communities. Two queries."""
    down = below(place)
    query = select(PLACE).join(down, down.c.code == PLACE.c.code).where(PLACE.c.level.in_(LEVELS))
    rows = connection.execute(query.where(PLACE.c.closed.is_(None) | (PLACE.c.closed > until))).all()
    steps = steps_of(connection, house, [row.code for row in rows])
    towns = {row.code for row in rows if row.level == Level.TOWNSHIP}

    def order(row: Any) -> tuple[object, ...]:  # noqa: ANN401 - a row of a place
        above = row.code if row.code in towns else row.parent if row.parent in towns else ""
        return (natural(above), row.code not in towns, natural(row.code))

    return tuple(
        Member(row, tuple(each for each in steps.get(row.code, ()) if each.on <= until))
        for row in sorted(rows, key=order)
    )


def progress(connection: Connection, house: House, members: Sequence[Member], until: date) -> tuple[Progress, ...]:
    """How far each is, and what its newest assessment came to by then. One query."""
    levels = {member.row.code: member.row.level for member in members}
    query = (
        select(END.c.halves, ASSESSMENT.c.place, ASSESSMENT.c.standard)
        .join(ASSESSMENT, ASSESSMENT.c.id == END.c.assessment)
        .where(ASSESSMENT.c.place.in_(list(levels)), END.c.on <= until)
        .order_by(END.c.id)
    )
    points = {
        row.place: Decimal(row.halves) / 2
        for row in connection.execute(query)
        if row.standard == deciding(house, levels[row.place])
    }
    return tuple(
        Progress(
            member.row.name, words.label("levels", Locale.ZH, member.row.level), STAGE[stage(member.steps)],
            began(member.steps), points.get(member.row.code),
        )
        for member in members
    )  # fmt: skip


def reviewed(members: Sequence[Member], since: date, until: date) -> tuple[Reviewed, ...]:
    """Every decision on an award in these days, in the order of days."""
    found = [
        Reviewed(member.row.name, OUTCOME[each.step], each.on, each.words or each.case)
        for member in members
        for each in member.steps
        if each.step in OUTCOME and since <= each.on <= until
    ]
    return tuple(sorted(found, key=lambda each: each.on))


def inspections(members: Sequence[Member], since: date, until: date) -> int:
    """Open and hidden inspections of those that applied or hold an award (明查、暗访)."""
    return sum(each.step in INSPECTIONS and since <= each.on <= until for member in members for each in member.steps)


Mentions = tuple[tuple[str, str], ...]


def mentions(
    connection: Connection, house: House, members: Sequence[Member], days: tuple[date, date, date]
) -> tuple[Mentions, Mentions]:
    """Praise and criticism as the circular of the quarter has them, those of these days: place and reason."""
    since, until, reported = days
    towns = [member.row for member in members if member.row.level == Level.TOWNSHIP]
    sent = sums.tallies(connection, since, reported, [row.code for row in towns]) if towns else {}
    found = circular(
        quarter(since),
        [_taking(member) for member in members],
        [Town(row.code, row.name, sent[row.code].expected, sent[row.code].received) for row in towns],
        until,
        house.rules,
    )
    owed = [(name, "首次创建尚未申报示范" + "、".join(map(_level, levels))) for name, levels in found.quotas]
    praised, criticised = (
        tuple((place, _why(reason, values)) for place, reason, values in lines if _within(values, since, until))
        for lines in (found.praised, found.criticised)
    )
    return praised, (*criticised, *owed)


def _taking(member: Member) -> Taking:
    row = member.row
    return Taking(row.name, row.level, row.code if row.level == Level.TOWNSHIP else row.parent or "", member.steps)


def _level(level: str) -> str:
    return words.label("levels", Locale.ZH, level)


def _within(values: Mapping[str, object], since: date, until: date) -> bool:
    on = values.get("on")
    return not isinstance(on, date) or since <= on <= until


def _why(reason: str, values: Mapping[str, object]) -> str:
    if reason == "coverage":
        return f"日报 {values['received']}/{values['expected']}，不到 80%"
    on = values["on"]
    said = f"{WHY[reason]}（{words.day(on, Locale.ZH)}" if isinstance(on, date) else WHY[reason]
    return f"{said}，{values['case']}）" if values.get("case") else f"{said}）"
