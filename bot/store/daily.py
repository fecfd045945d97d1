"""One day of a place with all below it, read so that ten thousand compounds take no time that anybody notices.

The rule is that of ``scoring.coverage``, asked once over plain rows; many days at once are for ``sums.tallies``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.model import DUTY_LEVELS, Status
from bot.scoring.coverage import Beneath, Coverage, Town, coverage
from bot.store import figures
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, PLACE, REPORT
from bot.store.prepared import Prepared

FEW = 400
"""Up to so many places are asked for one by one; of more, the whole day is read."""
_DAY: Any = bindparam("day")
_CODES: Any = bindparam("codes", expanding=True)
_COLUMNS = (PLACE.c.code, PLACE.c.parent, PLACE.c.level, PLACE.c.start, PLACE.c.closed)
_ROOTS = Prepared(select(PLACE.c.code).where(PLACE.c.parent.is_(None)).limit(2))
_PLACES = Prepared(select(*_COLUMNS).order_by(PLACE.c.code))
_HELD = select(ASSIGNMENT.c.place).where(holds(_DAY))
_ALL_HELD, _SOME_HELD = Prepared(_HELD), Prepared(_HELD.where(ASSIGNMENT.c.place.in_(_CODES)))
_SAID = (
    select(REPORT.c.place, REPORT.c.status, REPORT.c.late)
    .where(REPORT.c.day == _DAY)
    .order_by(REPORT.c.recorded_at, REPORT.c.id)
)
_ALL_SAID, _SOME_SAID = Prepared(_SAID), Prepared(_SAID.where(REPORT.c.place.in_(_CODES)))


def rows(connection: Connection, root: str) -> Sequence[Any]:
    """The place and all below it, in the order of codes; where that is all there is, without looking who is below."""
    if [row.code for row in _ROOTS.all(connection, {})] == [root]:
        return _PLACES.all(connection, {})
    return figures.Scope(connection, frozenset({root}), None).rows()


@dataclass(frozen=True, slots=True)
class Day:
    """What is owed and said on one day in a subtree."""

    town: Town
    stands: Mapping[str, int]
    timely: Mapping[str, int]

    def coverage(self) -> Coverage:
        """How complete it is, and what is missing."""
        return coverage(self.town, self.stands, self.timely)

    def rolled_up(self) -> tuple[Beneath, Mapping[str, int]]:
        """What is covered, with what lies beneath each place; and what is covered by what was on time."""
        beneath = self.town.rolled_up(self.stands)
        same = self.timely == self.stands
        return beneath, beneath.covered if same else self.town.covered(self._early())

    def _early(self) -> dict[str, int]:
        return {place: stood & self.timely.get(place, 0) for place, stood in self.stands.items()}


def day_of(connection: Connection, places: Sequence[Any], day: date) -> Day:
    """The day of these places (``rows``): two questions."""
    owing = {row.code for row in places if row.level in DUTY_LEVELS and (row.start is None or row.start <= day)}
    known = {row.code for row in places}
    duty = {row.place: 1 for row in _ask(connection, _ALL_HELD, _SOME_HELD, day, known) if row.place in owing}
    stands: dict[str, int] = {}
    timely: dict[str, int] = {}
    for row in _ask(connection, _ALL_SAID, _SOME_SAID, day, known):
        if row.place in known:
            stands[row.place] = int(row.status != Status.WITHDRAWN)
            if not row.late:
                timely[row.place] = stands[row.place]
    closed = {row.code: 1 for row in places if row.closed is not None and row.closed <= day}
    return Day(Town({row.code: row.parent for row in places}, duty, closed), stands, timely)


def _ask(connection: Connection, whole: Prepared, some: Prepared, day: date, codes: Collection[str]) -> Sequence[Any]:
    if 0 < len(codes) <= FEW:
        return some.all(connection, {"day": day, "codes": sorted(codes)})
    return whole.all(connection, {"day": day})
