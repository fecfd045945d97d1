"""What a person may assess, and the assessment that a conversation is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import case, func, or_, select

from bot.model import Assessable, Locale, Standard
from bot.scoring.awards import ANSWERS_FOR
from bot.store import assessments, codec
from bot.store.asking import Asking
from bot.store.assessments import ASSESSMENT, END, KEPT, MARK, sheet_of
from bot.store.authority import holds, scope
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.naming import called

OFFERED = 12
"""As many places as buttons are of use on a phone."""


class Progress(NamedTuple):
    """The newest assessment of a place by a standard."""

    begun: Standard | None
    """The standard as it is kept for an assessment that was not submitted yet; None: it was submitted."""
    done: int
    """How many items somebody judged."""


def assessable(asking: Asking) -> Mapping[str, Any]:
    """The places that this person assesses, their own first, each with its standards and how far they are."""
    rows = _places(asking)
    known = _progress(asking, [row.code for row in rows])
    asked = {row.level: asking.house.rules.standards.get(row.level, ()) for row in rows}
    present = {name: assessments.present(name) for names in asked.values() for name in names}
    found = []
    for row in rows:
        going = [name for (code, name), each in known.items() if code == row.code and each.begun]
        names = dict.fromkeys((*asked[row.level], *going))
        lines = [_line(name, known.get((row.code, name)), present.get(name), asking.who.locale) for name in names]
        found.append(Assessable(row.code, row.name, tuple(line for line in lines if line is not None)))
    return {"assessable": tuple(each for each in found if each.standards)}


def _line(
    name: str, known: Progress | None, present: Standard | None, locale: Locale
) -> tuple[str, str, str, int, int] | None:
    """A standard as the list has it, in the version that it goes on with; None: it is gone, and nothing was begun."""
    standard = known.begun if known and known.begun else present
    if standard is None:
        return None
    asked = sum(leaf.auto is None for leaf in standard.leaves)
    state = "none" if known is None else "begun" if known.begun else "submitted"
    return name, standard.said(locale), state, min(known.done, asked) if known else 0, asked


def _places(asking: Asking, *where: Any) -> Sequence[Any]:  # noqa: ANN401 - conditions of a query
    """Those for which this person holds the role that assesses their level."""
    mine = []
    for role in sorted(set(ANSWERS_FOR.values())):
        levels = [level for level, who in ANSWERS_FOR.items() if who is role]
        within = scope(asking.who.person, [role], asking.today)
        mine.append(PLACE.c.level.in_(levels) & PLACE.c.code.in_(select(within.c.code)))
    direct = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == asking.who.person, holds(asking.today))
    first = case((PLACE.c.code.in_(direct), 0), else_=1)
    still = or_(PLACE.c.closed.is_(None), PLACE.c.closed > asking.today)
    query = select(PLACE).where(or_(*mine), still, *where).order_by(first, PLACE.c.code).limit(OFFERED)
    return asking.connection.execute(query).all()


def _progress(asking: Asking, codes: Sequence[str]) -> dict[tuple[str, str], Progress]:
    """By place and standard the newest assessment. Two queries."""
    version = (KEPT.c.id == ASSESSMENT.c.standard) & (KEPT.c.version == ASSESSMENT.c.version)
    done = func.count(MARK.c.item.distinct()).label("done")
    of = (ASSESSMENT.c.id, ASSESSMENT.c.place, ASSESSMENT.c.standard, ASSESSMENT.c.version)
    query = (
        select(*of, END.c.id.label("ended"), done)
        .outerjoin(END, END.c.assessment == ASSESSMENT.c.id)
        .outerjoin(MARK, MARK.c.assessment == ASSESSMENT.c.id)
        .where(ASSESSMENT.c.place.in_(codes))
        .group_by(*of, END.c.id)
        .order_by(ASSESSMENT.c.id)
    )
    rows = {(row.place, row.standard): row for row in asking.connection.execute(query)} if codes else {}
    open_ones = [row.id for row in rows.values() if row.ended is None]
    bodies = select(ASSESSMENT.c.id, KEPT.c.body).join(KEPT, version).where(ASSESSMENT.c.id.in_(open_ones))
    begun = {row.id: codec.load(Standard, row.body) for row in asking.connection.execute(bodies)} if open_ones else {}
    return {key: Progress(begun.get(row.id), row.done) for key, row in rows.items()}


def sheet(asking: Asking) -> Mapping[str, Any]:
    """The assessment that the command named (``JA assessment-form``); without a standard, the one that decides."""
    said, _, rest = asking.subject.partition(" ")
    codes = [each.code for each in called(asking, said)] if said else []
    rows = _places(asking, PLACE.c.code.in_(codes)) if codes else ()
    if len(rows) != 1:
        return {"sheet": None}
    name = rest.partition(" ")[0] or assessments.deciding(asking.house, rows[0].level) or ""
    return {"sheet": sheet_of(asking.connection, asking.house, rows[0], name, asking.today)}
