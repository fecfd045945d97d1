"""The red-and-black board: commendations and criticisms of a day, for the people of a township (DOMAIN 6, 篇三)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, literal, select, update

from bot.model import BoardEntry, Colour, EntryPosted, EntryTakenBack, Level, Role
from bot.model.rights import OVERSEEING
from bot.store.acts import Act
from bot.store.asking import Asking, House
from bot.store.authority import holds, roles_at, scope
from bot.store.cases import RefusedError
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.figures import subtree
from bot.store.tables import named

ENTRY = named("red_black")
POSTERS = OVERSEEING
"""Who posts on it, for places at or below their own."""
DAYS = timedelta(days=7)
MOST = 40


def entries(asking: Asking) -> Mapping[str, Any]:
    """The entries of the last days for the places of this person's townships; and whether they may post."""
    may = select(scope(asking.who.person, POSTERS, asking.today).c.code).limit(1)
    posts = asking.connection.execute(may).first() is not None
    roots = _roots(asking)
    if not roots:
        return {"entries": (), "posts": posts}
    query = (
        select(ENTRY, PLACE.c.name)
        .join(PLACE, PLACE.c.code == ENTRY.c.place)
        .where(ENTRY.c.place.in_(sorted(subtree(asking.connection, roots))))
        .where(ENTRY.c.day > asking.today - DAYS, ENTRY.c.taken_back_at.is_(None))
        .order_by(ENTRY.c.day.desc(), ENTRY.c.colour.desc(), ENTRY.c.id.desc())
        .limit(MOST)
    )
    found = tuple(
        BoardEntry(
            row.id,
            row.day,
            Colour(row.colour),
            row.name,
            asking.house.keyring.open(row.words) if row.words else "",
            row.person == asking.who.person,
        )
        for row in asking.connection.execute(query)
    )
    return {"entries": found, "posts": posts}


def _roots(asking: Asking) -> set[str]:
    """The townships in which this person works; where a place lies in none, the place itself."""
    up = (
        select(PLACE.c.code, PLACE.c.parent, PLACE.c.level, PLACE.c.code.label("of"), literal(0).label("step"))
        .join(ASSIGNMENT, ASSIGNMENT.c.place == PLACE.c.code)
        .where(ASSIGNMENT.c.person == asking.who.person, holds(asking.today))
        .cte(recursive=True)
    )
    above = select(PLACE.c.code, PLACE.c.parent, PLACE.c.level, up.c.of, up.c.step + 1)
    up = up.union_all(above.join(up, PLACE.c.code == up.c.parent))
    rows = asking.connection.execute(select(up.c.code, up.c.level, up.c.of)).all()
    towns = {row.of: row.code for row in rows if row.level == Level.TOWNSHIP}
    return {towns.get(row.of, row.of) for row in rows}


def post(connection: Connection, house: House, act: Act, fact: EntryPosted) -> None:
    """Put an entry on the board.

    Raises:
        RefusedError: ``entitled``, or ``future`` (a day to come).
    """
    if not POSTERS & roles_at(connection, act.person, fact.place, act.now.date()):
        raise RefusedError("entitled")
    if fact.day > act.now.date():
        raise RefusedError("future", on=fact.day)
    values = {
        "place": fact.place, "day": fact.day, "colour": fact.colour.value, "words": house.keyring.seal(fact.words),
        "person": act.person, "recorded_at": act.now,
    }  # fmt: skip
    connection.execute(insert(ENTRY), values)


def take_back(connection: Connection, act: Act, fact: EntryTakenBack) -> str:
    """Take an entry back: by who posted it, or an administrator of the place; the place.

    Raises:
        RefusedError: ``unknown``: none of theirs, or taken back already.
    """
    row = connection.execute(select(ENTRY).where(ENTRY.c.id == fact.entry, ENTRY.c.taken_back_at.is_(None))).first()
    if row is None:
        raise RefusedError("unknown")
    admin = Role.ADMIN in roles_at(connection, act.person, row.place, act.now.date())
    if row.person != act.person and not admin:
        raise RefusedError("unknown")
    back = update(ENTRY).where(ENTRY.c.id == fact.entry).values(taken_back_at=act.now, taken_back_by=act.person)
    connection.execute(back)
    return str(row.place)
