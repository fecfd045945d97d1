"""An invented example of each picture; ``docs/examples`` holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.documents.pictures import board, days, overview
from bot.model import DayState
from bot.model.pictures import (
    BoardLine,
    BoardPicture,
    DaysLine,
    DaysPicture,
    Head,
    OverviewLine,
    OverviewPicture,
    Received,
)
from tests.documents.samples import AT, COMPOUNDS, DAILY
from tests.town import RULES

CLEAN, BROKEN, UNVERIFIED = DayState.CLEAN, DayState.BROKEN, DayState.UNVERIFIED
HEAD = Head("样板街道", AT.date(), AT)
LINES = tuple(BoardLine(row.compound, row.days, row.state) for row in DAILY.rows)
BY_NAME = {line.name: line for line in LINES}
MILESTONES = RULES.milestones
BOARD = BoardPicture(HEAD, LINES, Received(40, 39, 38), MILESTONES)
STATES = (*(CLEAN,) * 20, *(BROKEN,) * 3, *(CLEAN,) * 6, UNVERIFIED, *(CLEAN,) * 4, UNVERIFIED)
CALENDAR = DaysPicture(
    Head("君安花园小区", AT.date(), datetime(2026, 11, 24, 9, 5, tzinfo=AT.tzinfo), open=True),
    (DaysLine("君安花园小区", 12, UNVERIFIED, STATES),),
)


def _community(name: str) -> OverviewLine:
    lines = [BY_NAME[compound] for compound in COMPOUNDS[name]]
    states = [line.state for line in lines]
    clean, broken, unverified = (states.count(state) for state in (CLEAN, BROKEN, UNVERIFIED))
    late = int(name in {"新苗社区", "跃进社区"})
    reported = Received(len(lines), len(lines) - unverified, len(lines) - unverified - late)
    return OverviewLine(name, reported, (clean, broken, unverified))


OVERVIEW = OverviewPicture(HEAD, tuple(map(_community, COMPOUNDS)), Received(40, 39, 37), LINES, MILESTONES)
PICTURED: Mapping[str, tuple[Callable[..., bytes], object]] = {
    "看板图.png": (board, BOARD),
    "日历图.png": (days, CALENDAR),
    "总览图.png": (overview, OVERVIEW),
}
"""By file name: what draws it, and of what."""
