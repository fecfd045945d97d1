"""What a person may assess, and the assessment that a conversation is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, or_, select

from bot.model import Assessable
from bot.scoring.awards import ANSWERS_FOR
from bot.store.asking import Asking
from bot.store.assessments import ASSESSMENT, END, MARK, present, sheet_of
from bot.store.authority import holds, scope
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.past import called

OFFERED = 12
"""As many places as buttons are of use on a phone."""


def assessable(asking: Asking) -> Mapping[str, Any]:
    """The places that this person assesses, their own first, each with its standards and how far they are."""
    rows = _places(asking)
    progress = _progress(asking, [row.code for row in rows])
    names = {name for levels in asking.house.rules.standards.values() for name in levels}
    known = {name: present(name) for name in sorted(names)} if rows else {}
    locale = asking.who.locale
    found = []
    for row in rows:
        standards = []
        for name in asking.house.rules.standards[row.level]:
            state, done = progress.get((row.code, name), ("none", 0))
            asked = sum(leaf.auto is None for leaf in known[name].leaves)
            title = known[name].said(locale)
            standards.append((name, title, state, min(done, asked), asked))
        found.append(Assessable(row.code, row.name, tuple(standards)))
    return {"assessable": tuple(found)}


def _places(asking: Asking, *where: Any) -> Sequence[Any]:  # noqa: ANN401 - conditions of a query
    """Those that the pack has standards for, and for which this person holds the role that assesses their level."""
    mine = []
    for role in sorted(set(ANSWERS_FOR.values())):
        levels = [lv for lv, who in ANSWERS_FOR.items() if who is role and asking.house.rules.standards.get(lv)]
        within = scope(asking.who.person, [role], asking.today)
        mine.append(PLACE.c.level.in_(levels) & PLACE.c.code.in_(select(within.c.code)))
    direct = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == asking.who.person, holds(asking.today))
    first = case((PLACE.c.code.in_(direct), 0), else_=1)
    still = or_(PLACE.c.closed.is_(None), PLACE.c.closed > asking.today)
    query = select(PLACE).where(or_(*mine), still, *where).order_by(first, PLACE.c.code).limit(OFFERED)
    return asking.connection.execute(query).all()


def _progress(asking: Asking, codes: Sequence[str]) -> dict[tuple[str, str], tuple[str, int]]:
    """By place and standard the newest assessment: whether it was submitted, and how many items are judged."""
    query = (
        select(ASSESSMENT.c.place, ASSESSMENT.c.standard, END.c.id, func.count(MARK.c.item.distinct()).label("done"))
        .outerjoin(END, END.c.assessment == ASSESSMENT.c.id)
        .outerjoin(MARK, MARK.c.assessment == ASSESSMENT.c.id)
        .where(ASSESSMENT.c.place.in_(codes))
        .group_by(ASSESSMENT.c.id, ASSESSMENT.c.place, ASSESSMENT.c.standard, END.c.id)
        .order_by(ASSESSMENT.c.id)
    )
    rows = asking.connection.execute(query) if codes else ()
    return {(row.place, row.standard): ("submitted" if row.id else "begun", row.done) for row in rows}


def sheet(asking: Asking) -> Mapping[str, Any]:
    """The assessment that the command named (``JA assessment-form``); without a standard, the one that decides."""
    said, _, rest = asking.subject.partition(" ")
    codes = [each.code for each in called(asking, said)] if said else []
    rows = _places(asking, PLACE.c.code.in_(codes)) if codes else ()
    if len(rows) != 1:
        return {"sheet": None}
    name = rest.partition(" ")[0]
    standards = asking.house.rules.standards[rows[0].level]
    if name and name not in standards:
        return {"sheet": None}
    table = sheet_of(asking.connection, asking.house, rows[0], name or standards[0], asking.today)
    return {"sheet": table}
