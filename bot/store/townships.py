"""Whether a township qualifies: its own newest assessment, and those of the communities and villages below it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from bot.model import Level, Place, Reached, Townlet
from bot.scoring.township import JUDGED, Member, Township, township
from bot.store.asking import House
from bot.store.assessments import reached_of
from bot.store.duties import PLACE


def township_of(connection: Connection, house: House, code: str, as_of: date) -> tuple[Township, dict[str, str]]:
    """The rule of 80 % over the places right below a township (篇二 三), and their names by code. Three queries."""
    below = select(PLACE).where(PLACE.c.parent == code, PLACE.c.level.in_([level.value for level in JUDGED]))
    rows = connection.execute(below.order_by(PLACE.c.code)).all()
    reached = reached_of(connection, house, [code, *(row.code for row in rows)])
    members = [
        Member(Place(row.code, row.name, Level(row.level), closed=row.closed), reached.get(row.code)) for row in rows
    ]
    return township(reached.get(code), members, as_of), {row.code: row.name for row in rows}


def townlet(connection: Connection, house: House, code: str, as_of: date) -> Townlet:
    """The same with the places by name, for a conversation."""
    found, names = township_of(connection, house, code, as_of)
    own = found.own
    assert own is None or isinstance(own, Reached)  # noqa: S101 - what the store has kept
    return Townlet(
        own,
        tuple(names[each] for each in found.qualified),
        tuple(names[each] for each in found.lacking),
        tuple(names[each] for each in found.missing),
        found.reasons,
    )
