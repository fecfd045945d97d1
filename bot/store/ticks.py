"""Recurring duties: what is to be ticked off at a person's places, and what was (篇七)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from bot.model import DUTY_LEVELS, Check, DutiesTicked
from bot.model.rights import DECIDING
from bot.scoring.recurring import WEEK, period
from bot.store.acts import Act
from bot.store.asking import Asking, House
from bot.store.authority import scope
from bot.store.cases import RefusedError
from bot.store.duties import PLACE, duties
from bot.store.tables import named

TICK = named("duty_tick")
EVIDENCE = named("evidence")
LEADS = DECIDING
MOST = 400
"""More places than this are for the board."""


def checks(asking: Asking) -> Mapping[str, Any]:
    """The recurring duties of the places that the person reports for; of the places below for who answers for them."""
    mine = duties(asking.connection, asking.who.person).on(asking.today)
    rows = asking.connection.execute(select(PLACE.c.code, PLACE.c.level).where(PLACE.c.code.in_(list(mine)))).all()
    levels = {row.code: row.level for row in rows}
    own = [(code, name, levels[code]) for code, name in mine.items()]
    if own:
        return {"checks": _checks(asking, own)}
    below = scope(asking.who.person, LEADS, asking.today)
    query = (
        select(PLACE.c.code, PLACE.c.name, PLACE.c.level)
        .join(below, below.c.code == PLACE.c.code)
        .where(PLACE.c.level.in_([level.value for level in DUTY_LEVELS]))
        .where(or_(PLACE.c.closed.is_(None), PLACE.c.closed > asking.today))
        .order_by(PLACE.c.code)
        .limit(MOST)
    )
    watched = [(row.code, row.name, row.level) for row in asking.connection.execute(query)]
    return {"watched": _checks(asking, watched)}


def _checks(asking: Asking, places: Sequence[tuple[str, str, str]]) -> tuple[Check, ...]:
    if not places:
        return ()
    first, _ = period(asking.today, WEEK)
    query = select(TICK.c.place, TICK.c.item, TICK.c.day).distinct()
    query = query.where(TICK.c.place.in_([code for code, *_ in places]), TICK.c.day >= first)
    ticked = {(row.place, row.item, row.day) for row in asking.connection.execute(query)}
    locale, found = asking.who.locale.value, []
    for duty in asking.house.rules.duties:
        since, until = period(asking.today, duty.every)
        for code, name, level in places:
            if duty.levels and level not in duty.levels:
                continue
            days = {day for place, item, day in ticked if (place, item) == (code, duty.id) and since <= day <= until}
            label = duty.labels.get(locale, duty.id)
            today = asking.today in days
            found.append(Check(code, name, duty.id, label, duty.every, duty.times, len(days), today))
    return tuple(found)


def tick(connection: Connection, house: House, act: Act, fact: DutiesTicked) -> int:
    """Tick off what was done; what was ticked on that day already stays as it is. How many were new.

    Raises:
        RefusedError: ``place`` (none of the sender's today), ``unknown`` (no such duty), ``future``.
    """
    today = act.now.date()
    if fact.day > today:
        raise RefusedError("future", on=fact.day)
    mine = duties(connection, act.person).on(fact.day)
    known = {duty.id for duty in house.rules.duties}
    for place, item in fact.done:
        if place not in mine:
            raise RefusedError("place")
        if item not in known:
            raise RefusedError("unknown")
    places = [place for place, _ in fact.done]
    query = select(TICK.c.place, TICK.c.item).where(TICK.c.day == fact.day, TICK.c.place.in_(places))
    there = {(row.place, row.item) for row in connection.execute(query)}
    new = [each for each in dict.fromkeys(fact.done) if each not in there]
    by = {"day": fact.day, "person": act.person, "recorded_at": act.now}
    numbers = [
        connection.execute(insert(TICK).returning(TICK.c.id), by | {"place": place, "item": item}).scalar_one()
        for place, item in new
    ]
    if numbers and fact.photos:
        connection.execute(insert(EVIDENCE), [{"media": media, "tick": numbers[0]} for media in fact.photos])
    return len(numbers)
