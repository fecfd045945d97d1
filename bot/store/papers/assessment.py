"""The newest assessment that was submitted of a place, as a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from bot import words
from bot.model import Answer, Item, Locale, Mark, PackRules, Scale, Standard
from bot.model.documents import AssessmentSheet, SheetLine, SheetPart
from bot.store import codec
from bot.store.asking import House
from bot.store.assessments import ASSESSMENT, END, KEPT, MARK, deciding, marks
from bot.store.explained import kind_name
from bot.store.ledger_roles import names
from bot.store.papers.compounds import place_row

ZH = Locale.ZH


def assessment(connection: Connection, house: House, place: str, until: date) -> AssessmentSheet:
    """The newest that was submitted until a day: by the standard that decides, else by any.

    Raises:
        ValueError: no such place, or none was submitted.
    """
    row = place_row(connection, place)
    end = _newest(connection, place, until, deciding(house, row.level))
    standard = codec.load(Standard, end.body)
    given = marks(connection, house, end.assessment, standard)
    answers = codec.load(dict[str, Answer], end.answers)
    lines = _lines(standard, {each.item: each for each in given}, answers, house.rules)
    points = standard.scale is Scale.POINTS
    return AssessmentSheet(
        standard.title if standard.title.endswith("测评表") else f"{standard.title}测评表",
        row.name,
        f"{standard.source}，第 {standard.version} 版",
        _parts(lines),
        points,
        Decimal(end.halves) / 2,
        standard.total if standard.total is not None else Decimal(len(standard.leaves)),
        Decimal(end.needed) / 2,
        bool(end.qualifies),
        _assessors(connection, house, end),
        end.on,
    )


def _newest(connection: Connection, place: str, until: date, decides: str | None) -> Any:  # noqa: ANN401 - a row
    query = (
        select(END, ASSESSMENT.c.standard, KEPT.c.body)
        .join(ASSESSMENT, ASSESSMENT.c.id == END.c.assessment)
        .join(KEPT, (KEPT.c.id == ASSESSMENT.c.standard) & (KEPT.c.version == ASSESSMENT.c.version))
        .where(ASSESSMENT.c.place == place, END.c.on <= until)
        .order_by(ASSESSMENT.c.standard != (decides or ""), END.c.id.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        message = f"no assessment of {place} was submitted"
        raise ValueError(message)
    return found


Lines = list[tuple[str, SheetLine]]
"""Each line with its group."""


def _lines(standard: Standard, given: Mapping[str, Mark], answers: Mapping[str, Answer], rules: PackRules) -> Lines:
    """Every item in the order of the source; what is judged through others is given what they were given."""

    def of(item: Item) -> SheetLine:
        if item.items:
            known = [of(leaf).given for leaf in item.leaves]
            total = sum((each for each in known if each is not None), Decimal()) if item.points is not None else None
            return SheetLine(item.id, item.title, item.points, total, head=True)
        answer, mark = answers.get(item.id), given.get(item.id)
        if answer is not None:
            return SheetLine(item.id, item.title, item.points, answer.points, reason(answer, rules))
        if mark is not None:
            return SheetLine(item.id, item.title, item.points, mark.points, mark.reason)
        return SheetLine(item.id, item.title, item.points, None)

    return [(item.group.value, of(item)) for _, item in standard]


def _parts(lines: Lines) -> tuple[SheetPart, ...]:
    """组织管理, 防控措施, 防控效果, where the form keeps them together; 篇二 附件3 does not, and has no parts."""
    runs = [(group, tuple(line for _, line in run)) for group, run in groupby(lines, key=lambda each: each[0])]
    if len({group for group, _ in runs}) < len(runs) or len(runs) == 1:
        return (SheetPart("", tuple(line for _, line in lines)),)
    return tuple(SheetPart(words.label("standards/groups", ZH, group), run) for group, run in runs)


def reason(answer: Answer, rules: PackRules) -> str:
    """What the facts say of an item, in words."""
    called = kind_name(rules, answer.kind, ZH) if answer.kind else ""
    return words.label("standards/reasons", ZH, answer.reason, {**asdict(answer), "named": called})


def _assessors(connection: Connection, house: House, end: Any) -> tuple[str, ...]:  # noqa: ANN401 - a row
    """Who judged an item or submitted it, masked, in the order in which they came."""
    query = select(MARK.c.person).where(MARK.c.assessment == end.assessment).order_by(MARK.c.id)
    people = [*dict.fromkeys([*connection.execute(query).scalars(), end.person])]
    known = names(connection, house.keyring, [each for each in people if each is not None])
    return tuple(known[each] for each in people if each in known)
