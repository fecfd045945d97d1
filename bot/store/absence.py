"""Leave: taken, ended early, and who stands in meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, insert, select

from bot.model import LeaveEnded, LeaveTaken, Role
from bot.store import settling
from bot.store.acts import Act
from bot.store.duties import ASSIGNMENT, LEAVE, LEAVE_END, LEVELS, PLACE, Duties, end_stand_in, leaves

KEPT = (Role.TOWNSHIP_REVIEWER.value, Role.OFFICE.value, Role.ADMIN.value)
"""Roles that nobody hands over by a leave, at whatever place they are held: they come with rights over others."""


def take_leave(connection: Connection, act: Act, fact: LeaveTaken, reachable: Collection[int]) -> tuple[str, ...]:
    """Keep a leave; the stand-in, if one of ``reachable``, owes the person's reports for those days.

    Returns the codes of the places that the stand-in covers: what is no duty to report (a community's lead, an
    office) is not handed over.
    """
    stand_in = fact.stand_in if fact.stand_in in reachable else None
    values = {
        "person": act.person, "since": fact.since, "until": fact.until, "stand_in": stand_in, "recorded_at": act.now,
    }  # fmt: skip
    leave = connection.execute(insert(LEAVE).returning(LEAVE.c.id), values).scalar_one()
    if stand_in is None:
        return ()
    rows = connection.execute(
        select(ASSIGNMENT.c.role, ASSIGNMENT.c.place, ASSIGNMENT.c.since, ASSIGNMENT.c.until)
        .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
        .where(ASSIGNMENT.c.person == act.person, ASSIGNMENT.c.stands_in_for.is_(None), PLACE.c.level.in_(LEVELS))
        .where(ASSIGNMENT.c.role.not_in(KEPT))
        .order_by(ASSIGNMENT.c.id)
    ).all()
    covering = [
        {
            "person": stand_in, "role": row.role, "place": row.place, "stands_in_for": act.person, "leave": leave,
            "since": max(fact.since, row.since or fact.since), "until": min(fact.until, row.until or fact.until),
            "recorded_at": act.now,
        }
        for row in rows
        if (row.since is None or row.since <= fact.until) and (row.until is None or row.until >= fact.since)
    ]  # fmt: skip
    if covering:
        connection.execute(insert(ASSIGNMENT), covering)
        settling.reassigned(connection, [row["place"] for row in covering], fact.since, fact.until)
    return tuple(dict.fromkeys(str(row["place"]) for row in covering))


def end_leave(connection: Connection, act: Act, fact: LeaveEnded) -> tuple[int, ...]:
    """End every leave that covers ``fact.on``, for leaves may overlap; their stand-ins are returned, to be told."""
    over = [leave for leave in leaves(connection, act.person) if leave.since <= fact.on <= leave.until]
    for leave in over:
        connection.execute(insert(LEAVE_END), {"leave": leave.id, "on": fact.on, "recorded_at": act.now})
        settling.reassigned(connection, end_stand_in(connection, leave.id, fact.on), fact.on, None)
    return tuple(dict.fromkeys(leave.stand_in for leave in over if leave.stand_in is not None))


def stood_in_for(mine: Duties, since: date, until: date) -> tuple[int, ...]:
    """Those for whom the person stands in on some day from ``since`` to ``until``."""
    return tuple(
        dict.fromkeys(
            row.stands_in_for
            for row in mine.rows
            if row.person == mine.person
            and row.stands_in_for is not None
            and max(since, row.since or since) <= min(until, row.until or until)
        )
    )
