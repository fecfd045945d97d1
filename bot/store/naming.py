"""The place that somebody names in a command: one of theirs, one of theirs with a slip of the pen, or another's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, select

from bot.model import Level, Misnamed, Near, Role
from bot.store.asking import Asking
from bot.store.authority import responsible, scope
from bot.store.duties import PLACE
from bot.understand.periods import bare
from bot.understand.places import Candidate, Ranking, fold

UPWARD = (Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE, Role.ADMIN)
"""Whom to ask, the nearest first."""
OFFERED = 6
"""So many places that could be meant are offered."""
_COLUMNS = (PLACE.c.code, PLACE.c.name, PLACE.c.aliases, PLACE.c.parent)


def meant(asking: Asking, said: str, roles: Collection[Role] = tuple(Role)) -> tuple[list[Near], Misnamed | None]:
    """The places within the scope of the person's ``roles`` that the words name, as reports are read.

    Where none is named so: what could be meant instead, or whose the place is; nothing at all where nobody knows it.
    """
    for words in dict.fromkeys((said, bare(said))):
        found = called(asking, words, roles) if words else []
        if found:
            return found, None
    mine = scope(asking.who.person, roles, asking.today)
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > asking.today)
    query = select(*_COLUMNS).join(mine, mine.c.code == PLACE.c.code).where(still).order_by(PLACE.c.code)
    rows = {row.code: row for row in asking.connection.execute(query)}
    candidates = tuple(
        Candidate(row.code, row.name, tuple(filter(None, map(str.strip, row.aliases.split(";")))))
        for row in rows.values()
    )
    likely, sure = Ranking(candidates).meant(bare(said) or said)
    near = shown(asking.connection, [rows[each.code] for each in likely[:OFFERED]])
    if near and sure:
        return near, None
    other = _other(asking, bare(said) or said)
    if other is not None:
        return [], other
    return [], Misnamed(said, tuple(near)) if near else None


def called(asking: Asking, said: str, roles: Collection[Role] = tuple(Role)) -> list[Near]:
    """The places within the scope of the person's ``roles`` that are called so: by code, else by name or alias."""
    mine = scope(asking.who.person, roles, asking.today)
    query = select(PLACE.c.code, PLACE.c.name, PLACE.c.aliases, PLACE.c.parent).join(mine, mine.c.code == PLACE.c.code)
    like = PLACE.c.aliases.contains(said, autoescape=True)
    query = query.where((PLACE.c.code == said) | (PLACE.c.name == said) | like).order_by(PLACE.c.code)
    rows = asking.connection.execute(query).all()
    for kept in (
        [row for row in rows if row.code == said],
        [row for row in rows if row.name == said],
        [row for row in rows if said in (alias.strip() for alias in row.aliases.split(";"))],
    ):
        if kept:
            return shown(asking.connection, kept)
    return []


def shown(connection: Connection, rows: Sequence[Any]) -> list[Near]:
    """Places by name; with the place above where two share it."""
    names = [row.name for row in rows]
    twice = {row.parent for row in rows if names.count(row.name) > 1 and row.parent}
    above = {row.code: row.name for row in connection.execute(select(PLACE).where(PLACE.c.code.in_(twice)))}
    return [
        Near(
            row.code,
            f"{above[row.parent]} {row.name}" if row.parent in above and names.count(row.name) > 1 else row.name,
        )
        for row in rows
    ]


def _other(asking: Asking, said: str) -> Misnamed | None:
    """The place of others that is called so, and who answers for it; of a building nobody else is told."""
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > asking.today)
    mine = scope(asking.who.person, tuple(Role), asking.today)
    others = PLACE.c.level != Level.BUILDING.value, PLACE.c.code.not_in(select(mine.c.code)), still
    wanted = fold(said)
    for row in asking.connection.execute(select(*_COLUMNS).where(*others).order_by(PLACE.c.code)):
        if said == row.code or wanted in {fold(name) for name in (row.name, *row.aliases.split(";")) if name}:
            return Misnamed(said, (), row.name, _whom(asking, row.code))
    return None


def _whom(asking: Asking, code: str) -> tuple[tuple[str, str], ...]:
    """Who answers for a place, the nearest: role and place."""
    above = responsible(asking.connection, code, UPWARD, asking.today)
    first = next((each for role in UPWARD for each in above if each.role is role), None)
    if first is None:
        return ()
    name = select(PLACE.c.name).where(PLACE.c.code == first.place)
    return ((first.role.value, asking.connection.execute(name).scalar_one()),)
