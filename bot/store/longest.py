"""How long the places count that somebody asks of: all of a few; of many the longest and the shortest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from bot.model import DUTY_LEVELS, DayState, Streak, paging
from bot.model.office import Ask, Counting, Longest, Office
from bot.model.places import Outside
from bot.scoring.coverage import Days
from bot.scoring.streak import streak
from bot.store import figures
from bot.store.asking import Asking, Looking
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.offices import place_of
from bot.store.overview import Counted, counted, decided, names_of
from bot.store.within import spanned, within

ALL = 10
"""So many places fit a message that people read."""
EACH = 5
"""Of more, so many of the longest and of the shortest."""


def streaks(asking: Asking) -> Mapping[str, Office]:
    """Of the place that the command named; else of all below the widest of one's own, or of all one works for.

    As things stand today, or stood at the end of the day that was named, as it is known now.
    """
    subject, at = paging.named(asking.subject)
    at = at if subject != asking.subject.strip() else 0
    name, said = spanned(asking, Ask.STREAKS, subject)
    office, found = place_of(asking, Ask.STREAKS, said)
    if found is None:
        return {"office": replace(office, days=name)}
    days = within(asking, found.code, name, one=True)
    if isinstance(days, Outside):
        return {"office": replace(office, outside=days)}
    day = days.until
    office = replace(office, on=day if day < asking.today else None)
    if said or found.level not in DUTY_LEVELS:
        return {"office": replace(office, streaks=below(asking, found.code, day, at))}
    own = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == asking.who.person, holds(asking.today))
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > asking.today)
    query = select(PLACE.c.code).where(PLACE.c.code.in_(own), still).order_by(PLACE.c.code)
    codes = list(asking.connection.execute(query).scalars())
    known = _begun(figures.streaks(asking.connection, asking.house.rules, day, places=codes), asking, day)
    return {"office": replace(office, name="", others=(), streaks=_picked(asking, known, at))}


def below(look: Looking, code: str, day: date | None = None, at: int = 0) -> Longest:
    """Of a place with all below it: a fixed number of questions. ``at``: a page of all, 0 where the ends will do."""
    day = day or look.today
    town = counted(look, code, day)
    return _picked(look, _begun(_all(look, town, day), look, day), at)


def _begun(known: list[Streak], look: Looking, day: date) -> list[Streak]:
    """Without those that did not count yet on a day that is over."""
    over = day < look.today
    return [each for each in known if not over or each.reason or each.since]


def _all(look: Looking, town: Counted, day: date) -> list[Streak]:
    rules = look.house.rules
    if rules.unverified != "count":  # a day without a report changes the figure: only the whole one knows
        return figures.streaks(look.connection, rules, day, places=list(town.places)) if town.places else []
    cases, seen = decided(look, town, day), Days(day, 1)
    return [cases.get(code) or streak(code, day, start, None, seen, rules) for code, start in town.places.items()]


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
