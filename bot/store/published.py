"""The published figure of each day: what was known of it at its cutoff, written once and never changed.

Whoever learns more later changes the figure that is known now (``restated``), and not what was said then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.model import DayState, PackRules, Streak
from bot.store import figures
from bot.store.duties import ASSIGNMENT, EVENT, FILING, PLACE
from bot.store.prepared import Prepared
from bot.store.spans import rank, unrank
from bot.store.tables import named
from scheduler.calendar import cutoff

PUBLISHED = named("published")
GRACE = timedelta(minutes=1)
"""So long after the cutoff a day is published: a word said just before it may still be on its way to the disk."""
BACK = 30
"""A deployment that begins to publish, or takes up another pack, begins so many days back at most."""
ROWS = 5_000
"""About so many figures are computed in one go, and one day of one pack at least: nobody waits long for the writer."""
CHUNK = 500
"""Rows handed to the database at a time."""
ONCE = {
    name: make(PUBLISHED).on_conflict_do_nothing().returning(PUBLISHED.c.day)
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
"""Whoever publishes first is right: of two processes that do it at once, one writes."""
_OPEN = select(PLACE.c.code).where(PLACE.c.closed.is_(None) | (PLACE.c.closed > bindparam("last"))).limit(1)
_ANY = Prepared(_OPEN)
_ANY_OF = Prepared(_OPEN.where(PLACE.c.level.in_(bindparam("levels", expanding=True))))
_NEWEST = Prepared(select(func.max(PUBLISHED.c.day)).where(PUBLISHED.c.pack == bindparam("called")))


class Judging(Protocol):
    """By which packs places are judged, the leading one first, and in which zone days begin: ``House`` is one."""

    @property
    def judges(self) -> tuple[PackRules, ...]:
        """The packs."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """The zone."""
        ...


def closing(house: Judging, day: date) -> datetime:
    """The cutoff of ``day``, aware: one for all packs, that of the leading one, for a person files one report."""
    return cutoff(day, house.judges[0], house.zone)


def publish(connection: Connection, house: Judging, day: date, now: datetime) -> int:
    """Write the figure of every place under every pack as it was known at the cutoff of ``day``; how many are new."""
    return sum(keep(connection, figures_of(connection, house, rules, day), now) for rules in house.judges)


def publish_due(connection: Connection, house: Judging, now: datetime) -> list[date]:
    """Publish what is due, oldest first, as much as one call may do; the days, each of which is complete."""
    return keep_days(connection, due_figures(connection, house, now), now)


Figures = Mapping[date, Sequence[Mapping[str, Any]]]
"""The rows of each day."""


def due_figures(connection: Connection, house: Judging, now: datetime) -> Figures:
    """What ``publish_due`` writes. It only reads, so that the writer need not wait while a large town is computed."""
    found: dict[date, list[Mapping[str, Any]]] = {}
    rows = 0
    for day, rules in due(connection, house, now):
        if rows >= ROWS and day not in found:
            break
        of_day = figures_of(connection, house, rules, day)
        found.setdefault(day, []).extend(of_day)
        rows += len(of_day)
    return found


def keep_days(connection: Connection, rows: Figures, now: datetime) -> list[date]:
    """Write the figures of these days; returns the days in order."""
    for of_day in rows.values():
        keep(connection, of_day, now)
    return sorted(rows)


def due(connection: Connection, house: Judging, now: datetime) -> Iterator[tuple[date, PackRules]]:
    """The days, and packs, that are over and have no figures yet: from the last one published on, day by day.

    Where a pack has published nothing, it begins ``BACK`` days back, or with the first thing that the roster, a
    report or a case brought, if that was later. A pack that has no place to judge owes nothing.
    """
    today = now.astimezone(house.zone).date()
    last = today if now >= closing(house, today) + GRACE else today - timedelta(days=1)
    never = last + timedelta(days=1)
    begins = {
        rules.name: _next(connection, house, rules, last) for rules in house.judges if _judges(connection, rules, last)
    }
    first = min(begins.values(), default=never)
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        for rules in house.judges:
            if begins.get(rules.name, never) <= day:
                yield day, rules


def _judges(connection: Connection, rules: PackRules, last: date) -> bool:
    """Whether there is any place whose figure the pack gives on ``last``, and so on every day before."""
    if not rules.levels:
        return _ANY.first(connection, {"last": last}) is not None
    return _ANY_OF.first(connection, {"last": last, "levels": list(rules.levels)}) is not None


def _next(connection: Connection, house: Judging, rules: PackRules, last: date) -> date:
    """The first day that the pack has still to publish."""
    known: date | None = _NEWEST.scalar(connection, {"called": rules.name})
    if known is not None:
        return known + timedelta(days=1)
    firsts = (func.min(table.c.recorded_at) for table in (ASSIGNMENT, FILING, EVENT))
    moments = [connection.execute(select(each)).scalar() for each in firsts]
    first = min((at.astimezone(house.zone).date() for at in moments if at is not None), default=last)
    return max(first, last - timedelta(days=BACK - 1))


def figures_of(connection: Connection, house: Judging, rules: PackRules, day: date) -> list[Mapping[str, Any]]:
    """The rows of a day: every place that the pack judges, as known at the cutoff. A fixed number of questions."""
    return [
        {
            "pack": rules.name,
            "day": day,
            "place": each.place,
            "days": each.days,
            "state": each.state.value,
            "since": each.since,
            "rank": "" if each.reason is None else rank(each.reason),
            "reported_days": each.reported_days,
            "unverified_days": each.unverified_days,
        }
        for each in figures.streaks(connection, rules, day, closing(house, day))
    ]


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Write the rows that are not there yet; how many that were."""
    once = ONCE[connection.dialect.name]
    written = 0
    for begin in range(0, len(rows), CHUNK):
        chunk = [{**row, "published_at": now} for row in rows[begin : begin + CHUNK]]
        written += len(connection.execute(once, chunk).all())
    return written


def published(connection: Connection, rules: PackRules, place: str, first: date, last: date) -> list[Streak]:
    """What was published of a place from ``first`` to ``last``, newest first."""
    query = (
        select(PUBLISHED)
        .where(PUBLISHED.c.pack == rules.name, PUBLISHED.c.place == place)
        .where(PUBLISHED.c.day >= first, PUBLISHED.c.day <= last)
        .order_by(PUBLISHED.c.day.desc())
    )
    return [
        Streak(
            row.place,
            row.day,
            row.days,
            DayState(row.state),
            row.since,
            unrank(row.rank) if row.rank else None,
            row.reported_days,
            row.unverified_days,
        )
        for row in connection.execute(query)
    ]
