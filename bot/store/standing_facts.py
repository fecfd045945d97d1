"""What the facts say of a place at the end of a day, for the items of a standard that nobody types (DOMAIN 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection, select

from bot.model import DayState, Stay, Streak
from bot.scoring.answers import Facts, Lapse, Spell, spell
from bot.store import figures, sums
from bot.store.asking import House
from bot.store.care_kept import ISOLATION, RETURNEE, STAY
from bot.store.duties import PLACE
from bot.store.logs import logs

REGISTERED = timedelta(days=1)
"""So long after they came back returnees are registered in time (篇五 四 2: “第一时间”)."""


def facts_of(connection: Connection, house: House, place: str, as_of: date) -> Facts:
    """All that a rule may rest on; a handful of questions, whatever the number of cases below the place.

    Raises:
        sqlalchemy.exc.NoResultFound: there is no such place.
    """
    rules = house.rules
    start = connection.execute(select(PLACE.c.start).where(PLACE.c.code == place)).scalar_one() or rules.start
    found = figures.streaks(connection, rules, as_of, places=[place])
    below = figures.subtree(connection, [place])
    first = as_of - timedelta(days=rules.threshold_days - 1)
    reports = sums.tallies(connection, first, as_of, [place])[place]
    return Facts(
        found[0] if found else Streak(place, as_of, 0, DayState.UNVERIFIED, None, None, 0, 0),
        start,
        rules.threshold_days,
        tuple(_spells(connection, house, below, place, as_of)),
        tuple(_lapses(connection, house, below, as_of)),
        reports.expected,
        reports.received,
    )


def _spells(connection: Connection, house: House, below: set[str], place: str, as_of: date) -> Iterator[Spell]:
    """Each person's case in the subtree as what it is; those elsewhere that were ever merged are left out."""
    for log in logs(connection, None, figures.Scope(connection, frozenset({place}), None).codes()):
        if log[0].place in below and (one := spell(log, as_of, house.rules)) is not None:
            yield one


def _lapses(connection: Connection, house: House, below: set[str], as_of: date) -> Iterator[Lapse]:
    """Isolations left without leave, until it was written down; returnees registered later than they should be."""
    broken = select(STAY.c.isolation, STAY.c.on, STAY.c.recorded_at).join(ISOLATION, ISOLATION.c.id == STAY.c.isolation)
    broken = broken.where(STAY.c.event == Stay.BROKEN.value, STAY.c.on <= as_of, ISOLATION.c.place.in_(sorted(below)))
    for row in connection.execute(broken):
        yield Lapse(f"i:{row.isolation}", row.on, _seen(row.recorded_at.astimezone(house.zone).date(), row.on, as_of))
    late = select(RETURNEE.c.id, RETURNEE.c.arrived, RETURNEE.c.recorded_at).where(
        RETURNEE.c.place.in_(sorted(below)), RETURNEE.c.arrived <= as_of
    )
    for row in connection.execute(late):
        registered = row.recorded_at.astimezone(house.zone).date()
        if registered > row.arrived + REGISTERED:
            yield Lapse(f"r:{row.id}", row.arrived, _seen(registered, row.arrived, as_of))


def _seen(recorded: date, on: date, as_of: date) -> date | None:
    """The day on which it was under control again: when it was written down; None while that is to come."""
    mended = max(recorded, on)
    return mended if mended <= as_of else None
