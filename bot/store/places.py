"""Places that a person may name: near at hand for buttons, and all of theirs for a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, String, bindparam, func, select

from bot.model import DUTY_LEVELS, Called, Level, Near, Role
from bot.model.rights import RIGHTS
from bot.store.asking import Asking
from bot.store.authority import scope
from bot.store.duties import CASE, PLACE
from bot.store.known_cases import RECENT
from bot.store.prepared import Prepared
from bot.understand.places import Candidate

WHO = RIGHTS["notice"]
"""Who may notice a case."""
FINDERS = WHO | {Role.OFFICE}
"""Who may name a place that is searched by its name: an office finds problems; that it enters no case is told there."""
LEVELS = [level.value for level in DUTY_LEVELS]
BUTTONS = 8
"""As many places as a phone shows at a glance."""

PAGES = 1000
"""Among so many places of the board a name is searched that is none of them."""
NAMED = 200
"""Places among which a sentence is read: more than anybody reports for; an office names one that it writes in full."""


_PERSON: BindParameter[int] = bindparam("person")
_DAY: BindParameter[date] = bindparam("day")
_MINE = scope(_PERSON, WHO, _DAY)
_LATELY = (
    select(CASE.c.place, func.max(CASE.c.opened_at).label("at"))
    .where(CASE.c.opened_at >= bindparam("since"))
    .group_by(CASE.c.place)
    .subquery()
)
_NEAR = Prepared(
    select(PLACE.c.code, PLACE.c.name)
    .join(_MINE, _MINE.c.code == PLACE.c.code)
    .outerjoin(_LATELY, _LATELY.c.place == PLACE.c.code)
    .where(PLACE.c.level.in_(LEVELS), PLACE.c.closed.is_(None) | (PLACE.c.closed > _DAY))
    .order_by(_LATELY.c.at.is_(None), _LATELY.c.at.desc(), PLACE.c.code)
    .limit(BUTTONS)
)
_HERE = Prepared(
    select(PLACE.c.code, PLACE.c.name)
    .where(
        PLACE.c.level.in_(LEVELS), func.length(PLACE.c.name) > 1, bindparam("said", type_=String).contains(PLACE.c.name)
    )
    .order_by(PLACE.c.code)
    .limit(NAMED + NAMED)
)
_FOUND = scope(_PERSON, FINDERS, _DAY)
_ABOVE = PLACE.alias("above")
_CANDIDATES = Prepared(
    select(PLACE.c.code, PLACE.c.name, PLACE.c.aliases, PLACE.c.closed, _ABOVE.c.name.label("above"))
    .join(_FOUND, _FOUND.c.code == PLACE.c.code)
    .outerjoin(_ABOVE, _ABOVE.c.code == PLACE.c.parent)
    .where(PLACE.c.level.in_(LEVELS))
    .order_by(PLACE.c.code)
)


def near(asking: Asking) -> Mapping[str, Any]:
    """The first places to choose from: those with cases lately, then the others in the order of the roster."""
    asked = {"person": asking.who.person, "day": asking.today, "since": asking.now - RECENT}
    return {"near": tuple(Near(row.code, row.name) for row in _NEAR.all(asking.connection, asked))}


def names(asking: Asking) -> Mapping[str, Any]:
    """What the person may name in plain words; ``asking.subject`` is what they said.

    Places that it names and that are none of theirs are told, too: they are refused by their name, and what was found
    there goes to no other place.
    """
    said, day = asking.subject, asking.today
    known = candidates(asking.connection, asking.who.person, day)
    known.sort(key=lambda each: not any(name in said for name in each.others))
    codes = {each.code for each in known}
    foreign = [row for row in _HERE.all(asking.connection, {"said": said}) if row.code not in codes]
    others = [Called(row.code, row.name, (row.name,), mine=False) for row in foreign[:NAMED]]
    mine = [
        Called(each.code, each.name, each.others, each.closed is None or each.closed > day) for each in known[:NAMED]
    ]
    return {"called": (*mine, *others)}


def code_of(connection: Connection, said: str) -> str | None:
    """The code of the place of that code, or the one place of that name; None where there is none."""
    called = (PLACE.c.code == said) | (PLACE.c.name == said)
    rows = connection.execute(select(PLACE.c.code).where(called).order_by(PLACE.c.code != said).limit(2)).all()
    codes = [row.code for row in rows]
    return codes[0] if codes and (len(codes) == 1 or codes[0] == said) else None


def pages(connection: Connection, day: date) -> list[Candidate]:
    """Every place that has a page of the board on ``day``, the higher ones first; of a large roster the first."""
    query = (
        select(PLACE.c.code, PLACE.c.name, PLACE.c.closed)
        .where(PLACE.c.level != Level.BUILDING.value, PLACE.c.closed.is_(None) | (PLACE.c.closed > day))
        .order_by(PLACE.c.parent.isnot(None), PLACE.c.code)
        .limit(PAGES)
    )
    return [Candidate(row.code, row.name, (row.name,), row.closed) for row in connection.execute(query)]


def candidates(connection: Connection, person: int, day: date) -> list[Candidate]:
    """Every place that ``person`` may name, closed ones too, for they have to be spoken of."""
    rows = _CANDIDATES.all(connection, {"person": person, "day": day})
    known = Counter(row.name for row in rows)
    found = []
    for row in rows:
        shown = f"{row.above} {row.name}" if known[row.name] > 1 and row.above else row.name
        others = (row.name, *(alias.strip() for alias in row.aliases.split(";") if alias.strip()))
        found.append(Candidate(row.code, shown, others, row.closed))
    return found
