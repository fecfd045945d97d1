"""What figures ask of the lines of reports equals a look at every line, on both databases."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from unittest import mock

import pytest
from sqlalchemy import Connection, delete, insert

from bot.model import Status
from bot.store import figures
from bot.store.database import Database
from bot.store.tables import Filing, Report
from tests.town import NOW, _fill

FIRST = date(2026, 9, 1)
LENGTH = 70
FILING = 1000
PLACES = ("22", "23", "T")
INSIDE = {"22", "23"}
"""Of these, the places below JA."""


class Line(NamedTuple):
    """A line of a report."""

    place: str
    day: date
    status: Status
    recorded_at: datetime
    late: bool


def lines_of(chance: Random) -> list[Line]:
    """Reports of some days, some of them late, some taken back and some given again."""
    found = []
    for n in range(LENGTH):
        day = FIRST + timedelta(days=n)
        for place in PLACES:
            for hour in sorted(chance.sample(range(6, 22), chance.choice((0, 1, 1, 1, 2, 3)))):
                status = chance.choice((Status.NORMAL, Status.NORMAL, Status.ABNORMAL, Status.WITHDRAWN))
                at = datetime.combine(day, time(hour), NOW.tzinfo)
                found.append(Line(place, day, status, at, hour >= 17))
    return found


def keep(connection: Connection, lines: list[Line]) -> None:
    """Write them, one filing for all."""
    values = {"id": FILING, "person": 3, "day": FIRST, "recorded_at": NOW, "late": False, "source": "chat"}
    connection.execute(insert(Filing), values)
    connection.execute(delete(Report))  # the town has some already
    rows = [{**line._asdict(), "status": line.status.value, "filing": FILING, "person": 3} for line in lines]
    connection.execute(insert(Report), rows)


def naive(lines: list[Line], last: date, known: datetime | None, *, timely: bool) -> dict[str, int]:
    """By place the days on which its own report stands, as bits: the last word counts."""
    own: dict[str, int] = {}
    for line in sorted(lines, key=lambda line: line.recorded_at):
        unknown = known is not None and line.recorded_at > known
        if unknown or (timely and line.late) or line.day > last:
            continue
        bit = 1 << (line.day - FIRST).days
        before = own.get(line.place, 0)
        own[line.place] = before & ~bit if line.status is Status.WITHDRAWN else before | bit
    return own


@pytest.mark.parametrize("seed", range(4))
def test_every_way_of_asking_finds_the_same(database: Database, seed: int) -> None:
    """A long window or a short one, everywhere or in one subtree, on time or at all, now or as known at a moment."""
    chance = Random(seed)
    lines = lines_of(chance)
    database.write(_fill)
    database.write(lambda connection: keep(connection, lines))
    last = FIRST + timedelta(days=chance.randrange(1, LENGTH))
    moment = datetime.combine(last, time(16), NOW.tzinfo) - timedelta(days=chance.randrange(3))
    with database.read() as connection:
        for long in (0, 10_000):
            for places in (None, frozenset({"JA"})):
                for known in (None, moment):
                    for timely in (False, True):
                        scope = figures.Scope(connection, places, known)
                        with mock.patch.object(figures, "LONG", long):
                            found = figures.reported_on(scope, FIRST, last, timely=timely)
                        expected = naive(lines, last, known, timely=timely)
                        inside = {place: bits for place, bits in expected.items() if places is None or place in INSIDE}
                        assert found == inside
