"""Milestones: a place reached so many days in one count, or lost them again; facts, each recorded once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, and_, bindparam, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.prepared import Prepared
from bot.store.published import PUBLISHED, Judging
from bot.store.tables import named

MILESTONE = named("milestone")
INSERT: Mapping[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
COLUMNS = ("pack", "place", "days", "since", "event", "on", "recorded_at")
REACHED, LOST = "reached", "lost"
_BEGAN = Prepared(
    select(PUBLISHED.c.published_at).where(PUBLISHED.c.pack == bindparam("called")).order_by(PUBLISHED.c.day).limit(1)
)
_PASSED = Prepared(
    select(*(MILESTONE.c[name] for name in COLUMNS[:-1]))
    .where(MILESTONE.c.pack == bindparam("called"), MILESTONE.c.on >= bindparam("first"))
    .order_by(MILESTONE.c.on, MILESTONE.c.place, MILESTONE.c.days)
)


class Milestone(NamedTuple):
    """A place reached ``days`` in the count that began on ``since``, or lost them, by what was published of ``on``."""

    pack: str
    place: str
    days: int
    since: date
    event: str
    on: date


def record_milestones(connection: Connection, house: Judging, day: date, now: datetime) -> list[Milestone]:
    """Record what the published figures of ``day`` come to; what was not known before. Two statements a pack.

    A milestone is reached on the day whose published figure is just as many days. It is lost when that count is
    published as broken: counting has not begun again, or began later. A count that turns out longer loses nothing.
    """
    found: list[Milestone] = []
    for rules in house.judges:
        if rules.milestones:
            found += _record(connection, _reached(rules.name, rules.milestones, day, now))
        found += _record(connection, _lost(rules.name, day, now))
    return found


def _reached(pack: str, milestones: Collection[int], day: date, now: datetime) -> Select[Any]:
    what = (PUBLISHED.c.pack, PUBLISHED.c.place, PUBLISHED.c.days, PUBLISHED.c.since)
    return select(*what, *_said(REACHED, day, now)).where(
        PUBLISHED.c.pack == pack,
        PUBLISHED.c.day == day,
        PUBLISHED.c.since.isnot(None),
        PUBLISHED.c.days.in_(milestones),
    )


def _lost(pack: str, day: date, now: datetime) -> Select[Any]:
    gone = MILESTONE.alias("gone")
    same = [gone.c[name] == MILESTONE.c[name] for name in ("pack", "place", "days", "since")]
    figure = and_(PUBLISHED.c.pack == MILESTONE.c.pack, PUBLISHED.c.place == MILESTONE.c.place, PUBLISHED.c.day == day)
    what = (MILESTONE.c.pack, MILESTONE.c.place, MILESTONE.c.days, MILESTONE.c.since)
    return (
        select(*what, *_said(LOST, day, now))
        .join(PUBLISHED, figure)
        .where(MILESTONE.c.pack == pack, MILESTONE.c.event == REACHED, MILESTONE.c.on < day)
        .where(or_(PUBLISHED.c.since.is_(None), PUBLISHED.c.since > MILESTONE.c.since))
        .where(~select(gone.c.id).where(*same, gone.c.event == LOST).exists())
    )


def _said(event: str, day: date, now: datetime) -> tuple[Any, ...]:
    types = MILESTONE.c
    return literal(event), literal(day, types.on.type), literal(now, types.recorded_at.type)


def _record(connection: Connection, query: Select[Any]) -> list[Milestone]:
    new = INSERT[connection.dialect.name](MILESTONE).from_select(list(COLUMNS), query).on_conflict_do_nothing()
    rows = connection.execute(new.returning(*(MILESTONE.c[name] for name in COLUMNS[:-1])))
    return sorted(Milestone(*row) for row in rows)


def began(connection: Connection, pack: str) -> datetime | None:
    """When the pack's first day was published; None before that."""
    moment: datetime | None = _BEGAN.scalar(connection, {"called": pack})
    return moment


def passed(connection: Connection, pack: str, since: date) -> list[Milestone]:
    """The milestones of a pack that were reached or lost on ``since`` or later; the highest of each place and day."""
    rows = _PASSED.all(connection, {"called": pack, "first": since})
    highest = {(row.on, row.place, row.event): Milestone(*row) for row in rows}
    return list(highest.values())
