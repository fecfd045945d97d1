"""Steps of the creation workflow that wait for a person, for the list of what is owed (DOMAIN 5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, or_, select, union_all

from bot.model import Level, Todo
from bot.scoring.awards import since, waiting
from bot.scoring.quarters import days_of, quarter
from bot.scoring.timers import EVENING
from bot.store.asking import Asking
from bot.store.authority import scope
from bot.store.creation_kept import LEVELS, ROLES, STEP, steps_of
from bot.store.duties import PLACE


def creation_todo(asking: Asking) -> tuple[Todo, ...]:
    """What has waited longest comes first; only an award's review has a day. Two questions."""
    roles: dict[str, set[str]] = {}
    places = {}
    for row in asking.connection.execute(_within(asking)):
        roles.setdefault(row.code, set()).add(row.role)
        places[row.code] = row
    known = steps_of(asking.connection, asking.house, list(places)) if places else {}
    today, person = asking.today, asking.who.person
    end = datetime.combine(days_of(quarter(today))[1], EVENING, asking.now.tzinfo).isoformat()
    found = []
    for code, steps in known.items():
        held = [role for role in ROLES if role.value in roles[code]]
        kind = waiting(steps, Level(places[code].level), held, person, today)
        if kind is not None:
            on = since(steps) or today
            found.append(Todo(kind, code, places[code].name, on, end if kind == "review" else ""))
    return tuple(sorted(found, key=lambda todo: (todo.kind != "review", todo.since, todo.subject)))


def _within(asking: Asking) -> Select[Any]:
    """The places in the workflow with each role that the person holds there, or above."""
    parts = []
    for role in ROLES:
        mine = scope(asking.who.person, [role], asking.today)
        parts.append(select(mine.c.code, literal(role.value).label("role")))
    held = union_all(*parts).subquery()
    begun = select(STEP.c.place).distinct()
    return (
        select(PLACE.c.code, PLACE.c.name, PLACE.c.level, held.c.role)
        .join(held, held.c.code == PLACE.c.code)
        .where(PLACE.c.level.in_(LEVELS), PLACE.c.code.in_(begun))
        .where(or_(PLACE.c.closed.is_(None), PLACE.c.closed > asking.today))
    )
