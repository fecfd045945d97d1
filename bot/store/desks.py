"""Places of which somebody may have documents: those that they lead, review or oversee, and all below (PRODUCT 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, case, select

from bot import words
from bot.model import Level, Locale, Near, Paper
from bot.model.documents import ENDINGS
from bot.model.messages import PICTURES
from bot.model.rights import RIGHTS
from bot.store.acts import Act
from bot.store.asking import Asking
from bot.store.authority import holds, roles_at, scope
from bot.store.cases import RefusedError
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.naming import called
from bot.store.tables import named

ROLES = RIGHTS["document"]
"""Who may have documents of a place at which, or above which, they hold the role."""
LEVELS = (Level.COUNTY, Level.TOWNSHIP, Level.COMMUNITY, Level.VILLAGE, Level.UNIT)
MOST = 300
"""More places than this in one person's charge are for the board, not for a chat."""

_ASSESSMENT, _END, _APPLICATION = named("assessment"), named("assessment_end"), named("application")
_PLACE = {"assessment": _ASSESSMENT.c.place, "application": _APPLICATION.c.place}
RESTS = {
    "assessment": select(_END.c.id).join(_ASSESSMENT, _ASSESSMENT.c.id == _END.c.assessment),
    "application": select(_APPLICATION.c.id),
}
"""What a kind of document rests on; the others can always be made."""


def desks(asking: Asking) -> Mapping[str, Any]:
    """The place that the command named by code, name or alias; else those to choose from: one's own, then downwards."""
    said = asking.subject.partition(" ")[2].partition(" ")[0]
    mine = scope(asking.who.person, ROLES, asking.today)
    within = select(mine.c.code)
    if said:
        codes = [each.code for each in called(asking, said)]
        return {"desks": _near(asking, PLACE.c.code.in_(codes), PLACE.c.code.in_(within))}
    levels = PLACE.c.level.in_([level.value for level in LEVELS])
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > asking.today)
    return {"desks": _near(asking, PLACE.c.code.in_(within), levels, still)}


def _near(asking: Asking, *where: Any) -> tuple[Near, ...]:  # noqa: ANN401 - conditions of a query
    direct = select(ASSIGNMENT.c.place).where(
        ASSIGNMENT.c.person == asking.who.person,
        ASSIGNMENT.c.role.in_([role.value for role in ROLES]),
        holds(asking.today),
    )
    first = case((PLACE.c.code.in_(direct), 0), else_=1)
    rank = case({level.value: number for number, level in enumerate(LEVELS)}, value=PLACE.c.level, else_=len(LEVELS))
    query = select(PLACE.c.code, PLACE.c.name).where(*where).order_by(first, rank, PLACE.c.code).limit(MOST)
    return tuple(Near(row.code, row.name) for row in asking.connection.execute(query))


def check(connection: Connection, act: Act, place: str, kind: str) -> str:
    """The place's name, where the person may have its documents and there is something to be written in this one.

    Raises:
        RefusedError: ``unknown`` (no such place, or none of theirs), ``none`` (nothing was assessed or applied for).
    """
    name = entitled(connection, act, place)
    if not rests(connection, place, kind):
        raise RefusedError("none", place=name, kind=kind)
    return name


def entitled(connection: Connection, act: Act, place: str) -> str:
    """The place's name, where the person may have its documents.

    Raises:
        RefusedError: ``unknown`` (no such place, or none of theirs).
    """
    name: str | None = connection.execute(select(PLACE.c.name).where(PLACE.c.code == place)).scalar()
    if name is None or not ROLES & roles_at(connection, act.person, place, act.now.date()):
        raise RefusedError("unknown", code=place)
    return name


def rests(connection: Connection, place: str, kind: str) -> bool:
    """Whether there is something to be written in a document of this kind."""
    query = RESTS.get(kind)
    return query is None or connection.execute(query.where(_PLACE[kind] == place).limit(1)).first() is not None


def called_paper(place: str, wanted: Paper) -> Paper:
    """The paper with its ending and the name of its file; ``place`` is the place's name. Both are Chinese, as it is."""
    ending = wanted.ending or ENDINGS[wanted.kind][0]
    kind = words.label("picture/kind" if wanted.kind in PICTURES else "document/kind", Locale.ZH, wanted.kind)
    name = "-".join(part for part in (kind, place, wanted.period) if part)
    return replace(wanted, ending=ending, name=f"{name}.{ending}")
