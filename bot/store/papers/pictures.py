"""What the pictures of the board show: places, days and counts (``model.pictures``). A few questions each."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.model import DayState, Level, Paper
from bot.model.documents import Period
from bot.model.pictures import (
    BoardLine,
    BoardPicture,
    DaysLine,
    DaysPicture,
    Head,
    OverviewLine,
    OverviewPicture,
    Received,
    tally,
)
from bot.scoring.coverage import Coverage, Tally
from bot.store import figures, sums
from bot.store.asking import House
from bot.store.day_states import day_states
from bot.store.duties import PLACE
from bot.store.ledger_counts import below
from bot.store.papers.compounds import Compound, compounds, place_row
from scheduler.calendar import cutoff

DAYS = 35
"""So many days back a calendar goes."""
HEADS = {Level.COUNTY: (Level.TOWNSHIP,)}
"""What has a line of its own in an overview of such a place."""
OTHERWISE = (Level.COMMUNITY, Level.VILLAGE)


def board_picture(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> BoardPicture:
    """The compounds of one place, or of several, with their days.

    Raises:
        ValueError: no such place.
    """
    head = _head(connection, house, wanted, period, now)
    places = (wanted.place, *wanted.also)
    lines = _lines(connection, house, compounds(connection, wanted.place, head.day, *wanted.also), head)
    counted = None if wanted.bare else _received(figures.coverage(connection, head.day, places))
    return BoardPicture(head, tuple(lines.values()), counted, house.rules.milestones)


def calendar_picture(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> DaysPicture:
    """The last days of a compound, or of each compound of a place.

    Raises:
        ValueError: no such place.
    """
    head = _head(connection, house, wanted, period, now)
    lines = _lines(connection, house, compounds(connection, wanted.place, head.day, *wanted.also), head)
    first = head.day - timedelta(days=DAYS - 1)
    states = day_states(connection, house.rules, lines.keys(), first, head.day)
    shown = (DaysLine(line.name, line.days, line.state, states[code]) for code, line in lines.items())
    return DaysPicture(head, tuple(shown))


def overview_picture(
    connection: Connection, house: House, wanted: Paper, period: Period, now: datetime
) -> OverviewPicture:
    """The communities of a place, of a county its townships; each with all that lies below it.

    Raises:
        ValueError: no such place.
    """
    head = _head(connection, house, wanted, period, now)
    down = below(wanted.place)
    query = select(PLACE.c.code, PLACE.c.name, PLACE.c.level, PLACE.c.parent, PLACE.c.closed)
    rows = connection.execute(query.join(down, down.c.code == PLACE.c.code).order_by(PLACE.c.code)).all()
    known = {row.code: row for row in rows if not (row.closed and row.closed <= head.day)}
    levels = HEADS.get(Level(known[wanted.place].level), OTHERWISE) if wanted.place in known else OTHERWISE
    lines = _lines(connection, house, compounds(connection, wanted.place, head.day), head)
    under: dict[str, list[BoardLine]] = defaultdict(list)
    for code, line in lines.items():
        under[_over(known, code, levels, wanted.place)].append(line)
    heads = [code for code, row in known.items() if row.level in levels or code in under]
    tallies = sums.tallies(connection, head.day, head.day, heads)
    shown = (OverviewLine(known[code].name, _received(tallies[code]), tally(under[code])) for code in heads)
    covered = figures.coverage(connection, head.day, [wanted.place])
    return OverviewPicture(head, tuple(shown), _received(covered), tuple(lines.values()), house.rules.milestones)


def _over(known: dict[str, Any], code: str, levels: tuple[Level, ...], top: str) -> str:
    """Under which line of the overview a compound counts: the nearest such place above it, else the whole."""
    at: str | None = code
    while at in known:
        if known[at].level in levels:
            return at
        at = known[at].parent
    return top


def _head(connection: Connection, house: House, wanted: Paper, period: Period, now: datetime) -> Head:
    name = place_row(connection, wanted.place).name
    day = period.until
    return Head("" if wanted.also else name, day, now, now < cutoff(day, house.rules, house.zone), wanted.locale)


def _lines(connection: Connection, house: House, listed: tuple[Compound, ...], head: Head) -> dict[str, BoardLine]:
    """By code, as far as the pack judges such places; two of one name each with the place that they lie in."""
    names = Counter(one.name for one in listed)
    called = {one.code: f"{one.group} {one.name}" if names[one.name] > 1 else one.name for one in listed}
    known = {
        each.place: each for each in figures.streaks(connection, house.rules, head.day, places=list(called))
    } if called else {}  # fmt: skip
    return {
        code: BoardLine(name, 0 if known[code].state is DayState.BROKEN else known[code].days, known[code].state)
        for code, name in called.items()
        if code in known
    }


def _received(counted: Coverage | Tally) -> Received:
    return Received(counted.expected, counted.received, counted.on_time)
