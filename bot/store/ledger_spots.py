"""Places at which somebody may put a problem on the list: their own, or the next best of those they answer for."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Select, func, select

from bot import words
from bot.model import DUTY_LEVELS, Level, Spot
from bot.scoring.ledger import LADDER, SEE, WORKERS
from bot.store.asking import Asking
from bot.store.authority import holds, scope
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.ledger_roles import workers
from bot.store.tables import named

PROBLEM = named("problem")
LEVELS = [level.value for level in DUTY_LEVELS]
BUTTONS = 8
"""As many places as a phone shows at a glance; others are found by their names."""
_ABOVE = PLACE.alias("above")


def spots(asking: Asking) -> tuple[Spot, ...]:
    """The place that the command named, if the person works there or answers for it; without one, the first few."""
    said = asking.subject.strip()
    theirs = scope(asking.who.person, SEE, asking.today)
    if said:
        query = _places(asking).join(theirs, theirs.c.code == PLACE.c.code).where(PLACE.c.code == said)
        return _shown(asking, query)
    return tuple({each.code: each for each in (*_own(asking), *_answered_for(asking))}.values())[:BUTTONS]


def _own(asking: Asking) -> tuple[Spot, ...]:
    """Where the person works themself, in the order of the roster."""
    mine = (
        select(ASSIGNMENT.c.place, func.min(ASSIGNMENT.c.id).label("first"))
        .where(ASSIGNMENT.c.person == asking.who.person, holds(asking.today))
        .where(ASSIGNMENT.c.role.in_([role.value for role in WORKERS]))
        .group_by(ASSIGNMENT.c.place)
        .subquery()
    )
    return _shown(asking, _places(asking).join(mine, mine.c.place == PLACE.c.code).order_by(mine.c.first))


def _answered_for(asking: Asking) -> tuple[Spot, ...]:
    """What lies below where they decide: where a problem was found last, then by code."""
    mine = scope(asking.who.person, LADDER, asking.today)
    last = select(PROBLEM.c.place, func.max(PROBLEM.c.recorded_at).label("at")).group_by(PROBLEM.c.place).subquery()
    query = (
        _places(asking)
        .join(mine, mine.c.code == PLACE.c.code)
        .outerjoin(last, last.c.place == PLACE.c.code)
        .where(PLACE.c.level != Level.BUILDING.value)
        .order_by(last.c.at.is_(None), last.c.at.desc(), PLACE.c.code)
    )
    return _shown(asking, query)


def _places(asking: Asking) -> Select[Any]:
    """Places that owe reports and are not closed."""
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > asking.today)
    return (
        select(PLACE.c.code, PLACE.c.name, PLACE.c.level, _ABOVE.c.name.label("above"))
        .outerjoin(_ABOVE, _ABOVE.c.code == PLACE.c.parent)
        .where(PLACE.c.level.in_(LEVELS), still)
    )


def _shown(asking: Asking, query: Select[Any]) -> tuple[Spot, ...]:
    rows = asking.connection.execute(query.limit(BUTTONS)).all()
    known = Counter(row.name for row in rows)
    mine = scope(asking.who.person, LADDER, asking.today)
    codes = [row.code for row in rows]
    decided = set(asking.connection.execute(select(mine.c.code).where(mine.c.code.in_(codes))).scalars())
    found = []
    for row in rows:
        alike = row.above and (known[row.name] > 1 or row.level == Level.BUILDING.value)
        name = f"{row.above} {row.name}" if alike else row.name
        found.append(spot(asking, row.code, name, decides=row.code in decided))
    return tuple(found)


def spot(asking: Asking, code: str, name: str, *, decides: bool) -> Spot:
    """A place, with those who work there where this person says who of them mends something."""
    if not decides:
        return Spot(code, name)
    found = workers(asking.connection, asking.house.keyring, code, asking.today)
    labels = [f"{words.label('roles', asking.who.locale, role.value)} {called}" for _, called, role in found]
    same: Counter[str] = Counter()
    shown = []
    for (person, _, _), label in zip(found, labels, strict=True):
        same[label] += 1
        # Of two 张* at one place the second is told apart by a number, as in the roster.
        shown.append((person, f"{label} {same[label]}" if labels.count(label) > 1 else label))
    return Spot(code, name, decides=True, workers=tuple(shown))
