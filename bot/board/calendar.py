"""The last weeks of a place, day by day, on both axes of time: what we said of a day, and what we know of it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from bot.model import DayState, Streak
from bot.store.asking import House
from bot.store.course import Course
from bot.store.duties import PLACE
from bot.store.published import closing, published

WEEKS = 6
"""As many as a month can touch."""
WEEK = timedelta(days=7)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a place."""

    day: date
    now: Streak | None = None
    """As it is known now; None: that was not looked up."""
    said: Streak | None = None
    """As it was published; None: it was not."""

    @property
    def shown(self) -> Streak | None:
        """The figure in the cell: by what is known now, wherever that is known."""
        return self.now or self.said

    @property
    def state(self) -> DayState | None:
        """Its colour."""
        return self.shown.state if self.shown else None

    @property
    def differs(self) -> bool:
        """Whether we said something else at the time."""
        if self.now is None or self.said is None:
            return False
        return (self.now.days, self.now.state) != (self.said.days, self.said.state)


Week = tuple[Cell | None, ...]


def weeks(connection: Connection, house: House, place: str, today: date, *, quick: bool = False) -> tuple[Week, ...]:
    """The weeks up to this one, Monday first; None is a day before the place counts, or one to come.

    ``quick``: what we said only, which is one question however large the place is.
    """
    row = connection.execute(select(PLACE.c.start).where(PLACE.c.code == place)).first()
    if row is None:
        return ()
    monday = today - timedelta(days=today.weekday()) - (WEEKS - 1) * WEEK
    first = max(monday, row.start or house.rules.start)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    said = {each.as_of: each for each in published(connection, house.rules, place, first, today)} if days else {}
    now: Mapping[date, Streak] = {}
    if days and not quick:
        now = Course(connection, house.rules, place, days, closing(house, first)).now()
    cells = {day: Cell(day, now.get(day), said.get(day)) for day in days}
    rows = [tuple(cells.get(monday + n * WEEK + timedelta(days=m)) for m in range(7)) for n in range(WEEKS)]
    return tuple(row for row in rows if any(row))
