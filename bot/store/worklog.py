"""The work log (篇三): what was told by hand, and all that the bot counts by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bot.model import INSPECTIONS, TOLD, Counter, WorkCounted
from bot.store import figures, ledger_counts
from bot.store.acts import Act
from bot.store.asking import Asking
from bot.store.authority import holds, roles_at
from bot.store.care_kept import RETURNEE, VISIT
from bot.store.cases import RefusedError
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.tables import named

WORK = named("work_count")
STEP = named("creation_event")


def counts(connection: Connection, place: str, since: date, until: date) -> Mapping[Counter, int]:
    """What a place and all below it did from ``since`` to ``until``, both included; a fixed number of questions.

    Returnees registered and persons visited count as screened (摸排), beside what was told; inspections of the creation
    workflow as inspections, beside those of the ledger.
    """
    below = sorted(figures.subtree(connection, [place]))
    found = dict.fromkeys(Counter, 0) | dict(ledger_counts.counts(connection, place, since, until))
    told = select(WORK.c.counter, func.sum(WORK.c.value).label("n")).where(
        WORK.c.place.in_(below), WORK.c.day >= since, WORK.c.day <= until
    )
    for row in connection.execute(told.group_by(WORK.c.counter)):
        found[Counter(row.counter)] += int(row.n)
    returned = select(func.sum(RETURNEE.c["count"])).where(
        RETURNEE.c.place.in_(below), RETURNEE.c.arrived >= since, RETURNEE.c.arrived <= until
    )
    newest = select(func.max(VISIT.c.id)).where(VISIT.c.place.in_(below), VISIT.c.day >= since, VISIT.c.day <= until)
    newest = newest.group_by(VISIT.c.place, VISIT.c.day, VISIT.c.care)
    visited = select(func.sum(VISIT.c.visits)).where(VISIT.c.id.in_(newest))
    steps = [step.value for step in INSPECTIONS]
    seen = select(func.count()).where(
        STEP.c.place.in_(below), STEP.c.step.in_(steps), STEP.c.on >= since, STEP.c.on <= until
    )
    for counter, query in ((Counter.SCREENED, returned), (Counter.SCREENED, visited), (Counter.INSPECTIONS, seen)):
        found[counter] += int(connection.execute(query).scalar() or 0)
    return found


def work(asking: Asking) -> Mapping[str, Any]:
    """This month's counters over the places that were assigned to the person, and what they told of today."""
    today = asking.today
    direct = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == asking.who.person, holds(today)).distinct()
    total = dict.fromkeys(Counter, 0)
    for place in asking.connection.execute(direct.order_by(ASSIGNMENT.c.place).limit(MOST)).scalars():
        for counter, number in counts(asking.connection, place, today.replace(day=1), today).items():
            total[counter] += number
    mine = select(WORK.c.place, WORK.c.counter, func.sum(WORK.c.value).label("n"))
    mine = mine.where(WORK.c.person == asking.who.person, WORK.c.day == today).group_by(WORK.c.place, WORK.c.counter)
    worked = tuple((row.place, Counter(row.counter), int(row.n)) for row in asking.connection.execute(mine))
    return {"work": tuple(total.items()), "worked": worked}


MOST = 6
"""So many assigned places are added up one by one; more than this a worker does not have."""


def count(connection: Connection, act: Act, fact: WorkCounted) -> None:
    """Keep the figures of a day in place of what the sender told of it before: the difference is appended.

    Raises:
        RefusedError: ``place`` (none of theirs), ``unknown`` (counted by the bot itself), ``future``.
    """
    if fact.day > act.now.date():
        raise RefusedError("future", on=fact.day)
    known = connection.execute(select(PLACE.c.code).where(PLACE.c.code == fact.place)).first()
    if known is None or not roles_at(connection, act.person, fact.place, act.now.date()):
        raise RefusedError("place")
    mine = (WORK.c.place == fact.place, WORK.c.day == fact.day, WORK.c.person == act.person)
    before = select(WORK.c.counter, func.sum(WORK.c.value).label("n")).where(*mine).group_by(WORK.c.counter)
    told = {row.counter: int(row.n) for row in connection.execute(before)}
    by = {"place": fact.place, "day": fact.day, "person": act.person, "recorded_at": act.now}
    rows = []
    for counter, number in fact.counts:
        if counter not in TOLD:
            raise RefusedError("unknown")
        if difference := number - told.get(counter.value, 0):
            rows.append(by | {"counter": counter.value, "value": difference})
    if rows:
        connection.execute(insert(WORK), rows)
