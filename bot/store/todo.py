"""What a person still has to see to beside the daily report, gathered for the pure rule of ``scoring.timers``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from bot.model import Event, Leave, Role
from bot.scoring.log import Person
from bot.scoring.timers import Listed, Watched, due
from bot.store.asking import Asking
from bot.store.authority import scope
from bot.store.care_kept import isolations
from bot.store.case_logs import read_persons
from bot.store.creation_todo import creation_todo
from bot.store.duties import CASE, EVENT, PLACE, leaves
from bot.store.known_cases import RECENT
from bot.store.ledger_kept import entries, lasting, seen, visible
from bot.store.tables import named

SEEN = named("seen")
FIELD = frozenset({Role.BUILDING_LEADER, Role.GRID_WORKER, Role.UNIT_CONTACT})
MOST = 200
"""More open cases, or problems, than this in one person's care are for the board, not for a chat."""


def todo(asking: Asking) -> Mapping[str, Any]:
    """What waits for this person: cases, isolations, leaves, problems, steps of the creation workflow.

    A handful of questions, however many there are.
    """
    rows = _open(asking)
    codes = [row.code for row in rows]
    near = {role: _within(asking, roles, codes) for role, roles in ROLES.items()} if codes else {}
    known = read_persons(asking.connection, codes) if codes else {}
    seen = select(SEEN.c.case).where(SEEN.c.case.in_(codes))
    acknowledged = set(asking.connection.execute(seen).scalars()) if codes else set()
    cases = [_watched(asking, row, known[row.code], near, acknowledged) for row in rows if row.code in known]
    away = [Leave(each.since, each.until) for each in leaves(asking.connection, asking.who.person)]
    stays = isolations(asking)["isolations"]
    timed = due(asking.now, cases, stays, away, asking.house.rules, listed(asking))
    return {"todo": (*timed, *creation_todo(asking))}


def listed(asking: Asking) -> list[Listed]:
    """The problems at the person's places; whoever only found one has nothing to see to."""
    found = seen(asking, entries(asking.connection, asking.house, visible(asking) & lasting(asking), MOST))
    return [
        Listed(each.entry.row.code, each.entry.row.name, each.entry.stands, each.entry.row.found_on, each.far)
        for each in found
    ]


ROLES: Mapping[str, frozenset[Role]] = {
    "field": FIELD,
    "lead": frozenset({Role.COMMUNITY_LEAD}),
    "township": frozenset({Role.TOWNSHIP_REVIEWER}),
}


def _open(asking: Asking) -> Sequence[Any]:
    """The cases at the person's places that are not over, and those over lately: they may have been reopened."""
    mine = scope(asking.who.person, [role for roles in ROLES.values() for role in roles], asking.today)
    over = (Event.RELEASED.value, Event.RULED_OUT.value, Event.WITHDRAWN.value)
    ended = select(EVENT.c.case).where(EVENT.c.event.in_(over))
    query = (
        select(CASE.c.code, CASE.c.person, PLACE.c.name)
        .join(mine, mine.c.code == CASE.c.place)
        .join(PLACE, PLACE.c.code == CASE.c.place)
        .where(or_(CASE.c.code.not_in(ended), CASE.c.opened_at >= asking.now - RECENT))
        .order_by(CASE.c.opened_at.desc(), CASE.c.code)
        .limit(MOST)
    )
    return asking.connection.execute(query).all()


def _within(asking: Asking, roles: Collection[Role], codes: Collection[str]) -> set[str]:
    """Those of the cases that lie at or below a place where the person holds one of the roles."""
    mine = scope(asking.who.person, roles, asking.today)
    query = select(CASE.c.code).join(mine, mine.c.code == CASE.c.place).where(CASE.c.code.in_(codes))
    return set(asking.connection.execute(query).scalars())


def _watched(
    asking: Asking,
    row: Any,  # noqa: ANN401 - a case's row
    person: Person,
    near: Mapping[str, set[str]],
    seen: Collection[str],
) -> Watched:
    """How far this person is from being the one who must see to it."""
    at = {role: row.code in codes for role, codes in near.items()}
    mine, nobody = row.person == asking.who.person, row.person is None
    return Watched(row.code, row.name, person, *far(**at, mine=mine, nobody=nobody), row.code in seen)


def far(*, field: bool, lead: bool, township: bool, mine: bool, nobody: bool) -> tuple[int | None, int | None]:
    """How many levels somebody is above what the reporter of a case sees to, and above what the lead does (DOMAIN 8).

    ``field``, ``lead``, ``township``: what they are at the case's place or above it. ``mine``: they reported it;
    ``nobody``: an import did. None: it is not their concern.
    """
    if lead:
        return (0 if mine or nobody else 1), 0
    if township:
        return 2, 1
    return (0 if mine and field else None), None
