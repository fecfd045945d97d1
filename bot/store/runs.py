"""A person's own run, read from the database: duty days in a row that were reported on time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, String, and_, bindparam, cast, func, select

from bot.model import Status
from bot.scoring.coverage import run
from bot.store.day_texts import written
from bot.store.duties import REPORT, Duties, duties
from bot.store.prepared import Prepared

Timely = Mapping[str, Mapping[int | None, int]]
"""By place and person, the days reported on time, as bits."""
SPANS = (45, 90, 180, 360, 20_000)
"""So many days are read at a time, back from today: most runs are short, and nothing is read twice."""
ONE_DAY = timedelta(days=1)
_HERE = REPORT.c.place.in_(bindparam("places", expanding=True))
_TIME = (REPORT.c.late.is_(False), REPORT.c.day.between(bindparam("first"), bindparam("last")))
_TIMELY = Prepared(
    select(REPORT.c.place, REPORT.c.person, REPORT.c.status, func.aggregate_strings(cast(REPORT.c.day, String), ","))
    .where(_HERE, *_TIME)
    .group_by(REPORT.c.place, REPORT.c.person, REPORT.c.status)
)
_BACK = REPORT.alias("back")
_TAKEN = (
    select(_BACK.c.place, _BACK.c.day)
    .where(_BACK.c.place.in_(bindparam("places", expanding=True)), _BACK.c.late.is_(False))
    .where(_BACK.c.day.between(bindparam("first"), bindparam("last")), _BACK.c.status == Status.WITHDRAWN.value)
    .distinct()
    .subquery()
)
_DOUBTFUL = Prepared(
    select(REPORT.c.place, REPORT.c.day, REPORT.c.person, REPORT.c.status)
    .join(_TAKEN, and_(_TAKEN.c.place == REPORT.c.place, _TAKEN.c.day == REPORT.c.day))
    .where(REPORT.c.late.is_(False))
    .order_by(REPORT.c.recorded_at, REPORT.c.id)
)
_OLDEST = Prepared(
    select(func.min(REPORT.c.day)).where(
        REPORT.c.place.in_(bindparam("places", expanding=True)), REPORT.c.day < bindparam("first")
    )
)


def run_of(
    connection: Connection, person: int, today: date, *, today_open: bool = True, mine: Duties | None = None
) -> int:
    """The consecutive duty days up to ``today`` that this person reported on time.

    ``today_open``: today's cutoff is still to come, so what today still lacks does not break the run. ``mine`` spares
    the questions for the person's duties where they are known.
    """
    known = duties(connection, person) if mine is None else mine
    places = sorted({row.code for row in known.rows if row.stands_in_for is None})
    length, last = 0, today
    for span in SPANS if places else ():
        first = last - timedelta(days=span - 1)
        reported, missed = _days(known, _timely(connection, places, first, last), first, span)
        newest = 1 << span - 1 if last == today else 0
        length += run(reported, missed, newest, today_open=today_open)
        if missed & ~(newest if today_open else 0) or not _older(connection, places, first):
            break
        last = first - ONE_DAY
    return length


def _older(connection: Connection, places: Iterable[str], first: date) -> bool:
    """Whether there is a report from before ``first``; a leave may cover many days without any after it."""
    return _OLDEST.scalar(connection, {"places": list(places), "first": first}) is not None


def _days(known: Duties, timely: Timely, first: date, length: int) -> tuple[int, int]:
    """The days on which the person reported a place of theirs, and those on which nobody reported one of them."""
    mine = missed = 0
    for place, owed in known.own_days(first, length).items():
        by = timely.get(place, {})
        anybody = 0
        for days in by.values():
            anybody |= days
        mine |= owed & by.get(known.person, 0)
        missed |= owed & ~anybody
    return mine, missed


def _timely(connection: Connection, places: Sequence[str], first: date, last: date) -> Timely:
    """By place, who reported which days on time and did not take it back before the cutoff.

    A year of several places is a thousand lines and more, so the database hands over one text of days a person, and
    only the few days on which somebody took a report back are looked at line by line.
    """
    values = {"places": places, "first": first, "last": last}
    found: dict[str, dict[int | None, int]] = {place: {} for place in places}
    back = False
    for place, person, status, text in _TIMELY.all(connection, values):
        if status == Status.WITHDRAWN:
            back = True
        else:
            found[place][person] = found[place].get(person, 0) | written(text, first, last)
    return _without(found, _DOUBTFUL.all(connection, values), first) if back else found


def _without(found: dict[str, dict[int | None, int]], rows: Sequence[Any], first: date) -> Timely:
    """The same, on the days of these lines by what was said last before the cutoff."""
    who: dict[tuple[str, int], set[int | None]] = {}
    for row in rows:
        said = who.setdefault((row.place, 1 << (row.day - first).days), set())
        (said.discard if row.status == Status.WITHDRAWN else said.add)(row.person)
    for (place, bit), people in who.items():
        for person, days in found[place].items():
            found[place][person] = days | bit if person in people else days & ~bit
    return found
