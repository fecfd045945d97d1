"""How long the places count that somebody asks of: all of a few; of many the longest and the shortest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from bot.model import DUTY_LEVELS, DayState, Streak, paging
from bot.model.office import Ask, Counting, Longest, Office
from bot.scoring.coverage import Days
from bot.scoring.streak import streak
from bot.store import figures
from bot.store.asking import Asking, Looking
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.offices import place_of
from bot.store.overview import Counted, counted, decided, names_of

ALL = 10
"""So many places fit a message that people read."""
EACH = 5
"""Of more, so many of the longest and of the shortest."""


def streaks(asking: Asking) -> Mapping[str, Office]:
    """Of the place that the command named; else of all below the widest of one's own, or of all one works for."""
    said, at = paging.named(asking.subject)
    at = at if said != asking.subject.strip() else 0
    office, found = place_of(asking, Ask.STREAKS, said)
    if found is None:
        return {"office": office}
    if said or found.level not in DUTY_LEVELS:
        return {"office": replace(office, streaks=below(asking, found.code, at))}
    own = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == asking.who.person, holds(asking.today))
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > asking.today)
    query = select(PLACE.c.code).where(PLACE.c.code.in_(own), still).order_by(PLACE.c.code)
    codes = list(asking.connection.execute(query).scalars())
    known = figures.streaks(asking.connection, asking.house.rules, asking.today, places=codes)
    return {"office": replace(office, name="", others=(), streaks=_picked(asking, known, at))}


def below(look: Looking, code: str, at: int = 0) -> Longest:
    """Of a place with all below it: a fixed number of questions. ``at``: a page of all, 0 where the ends will do."""
    town = counted(look, code, look.today)
    return _picked(look, _all(look, town), at)


def _all(look: Looking, town: Counted) -> list[Streak]:
    rules, today = look.house.rules, look.today
    if rules.unverified != "count":  # a day without a report changes the figure: only the whole one knows
        return figures.streaks(look.connection, rules, today, places=list(town.places)) if town.places else []
    cases, seen = decided(look, town, today), Days(today, 1)
    return [cases.get(code) or streak(code, today, start, None, seen, rules) for code, start in town.places.items()]


def _picked(look: Looking, known: list[Streak], at: int = 0) -> Longest:
    """The longest first; of equals the one with the smaller code."""
    known.sort(key=lambda each: (-each.days, each.state is DayState.BROKEN, each.place))
    cut = paging.page(known, at, ALL)
    high: Sequence[Streak] = cut.rows if at or len(known) <= ALL else known[:EACH]
    low = () if at or len(known) <= ALL else known[: -EACH - 1 : -1]
    names = names_of(look, [each.place for each in (*high, *low)])
    shown = [
        tuple(Counting(each.place, names[each.place], each.days, each.state is DayState.BROKEN) for each in some)
        for some in (high, low)
    ]
    broken = sum(each.state is DayState.BROKEN for each in known)
    return Longest(len(known), broken, shown[0], shown[1], cut.more if at else 0, cut.number if at else 0)
