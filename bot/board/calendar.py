"""The last weeks of a place, day by day, on both axes of time: what we said of a day, and what we know of it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from bot.model import DayState, Locale, Streak
from bot.store import figures
from bot.store.asking import House
from bot.store.course import Course
from bot.store.duties import PLACE
from bot.store.explained import explained
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


@dataclass(frozen=True, slots=True)
class Told:
    """Why the figure of one day is what it is: as we know it now, and as we knew it at that day's cutoff."""

    day: date
    now: Mapping[str, object] | None
    then: Mapping[str, object] | None
    """None: the day's cutoff is still to come, or the pack judged no such place."""

    @property
    def differs(self) -> bool:
        """Whether both say something else of the figure."""
        return bool(self.now and self.then) and self._figure(self.now) != self._figure(self.then)

    @staticmethod
    def _figure(values: Mapping[str, object] | None) -> tuple[object, object]:
        return (values["days"], values["state"]) if values else (None, None)


def told(connection: Connection, house: House, place: str, day: date, now: datetime, locale: Locale) -> Told:  # noqa: PLR0913, PLR0917 - which day of which place, for whom
    """Work both out; ``now`` is the moment of asking, aware."""
    cutoff = closing(house, day)
    then = _why(connection, house, place, day, locale, cutoff) if cutoff <= now else None
    return Told(day, _why(connection, house, place, day, locale, None), then)


def _why(  # noqa: PLR0913, PLR0917 - as above
    connection: Connection, house: House, place: str, day: date, locale: Locale, known_at: datetime | None
) -> Mapping[str, object] | None:
    found = figures.streaks(connection, house.rules, day, known_at, places=[place])
    return explained(connection, house.rules, found[0], locale, known_at) if found else None


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
