"""The clean days of a few places at a glance: what a receipt shows of places that have just been reported."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, or_, select

from bot.model import PackRules, PlaceStreak
from bot.scoring.coverage import Days
from bot.scoring.streak import streak
from bot.store import figures, spans
from bot.store.duties import PLACE
from bot.store.prepared import Prepared
from bot.store.tables import named

SPAN = named("case_span")
_CODES: BindParameter[Any] = bindparam("codes", expanding=True)


_TREE = select(PLACE.c.code, PLACE.c.code.label("root")).where(PLACE.c.code.in_(_CODES)).cte("tree", recursive=True)
_TREE = _TREE.union(select(PLACE.c.code, _TREE.c.root).join(_TREE, PLACE.c.parent == _TREE.c.code))
_RANKS = Prepared(
    select(_TREE.c.root, func.max(SPAN.c.rank))
    .join(SPAN, SPAN.c.place == _TREE.c.code)
    .where(SPAN.c.pack == bindparam("pack"), SPAN.c.valid_from <= bindparam("day"))
    .where(or_(SPAN.c.valid_until.is_(None), SPAN.c.valid_until > bindparam("day")))
    .group_by(_TREE.c.root)
)
_PLACES = Prepared(select(PLACE.c.code, PLACE.c.name, PLACE.c.start).where(PLACE.c.code.in_(_CODES)))


def streaks(connection: Connection, rules: PackRules, day: date, codes: Collection[str]) -> tuple[PlaceStreak, ...]:
    """The streaks of these places on ``day``, in their order, each known to be reported for that day.

    Where unverified days do not change the length (the pack's ``count``), three small queries answer, and the counts of
    reported days are left at one; else the whole figures are asked.
    """
    if not codes:
        return ()
    places = {row.code: row for row in _PLACES.all(connection, {"codes": list(codes)})}
    if rules.unverified != "count" or not spans.current(connection, rules):
        found = {each.place: each for each in figures.streaks(connection, rules, day, places=codes)}
        return tuple(PlaceStreak(places[code].name, found[code]) for code in codes if code in found)
    values = {"codes": list(codes), "pack": rules.name, "day": day}
    ranks = dict(_RANKS.all(connection, values))
    today = Days(day, 1)
    shown = []
    for code in codes:
        case = spans.unrank(ranks[code]) if code in ranks else None
        row = places[code]
        shown.append(PlaceStreak(row.name, streak(code, day, row.start or rules.start, case, today, rules)))
    return tuple(shown)
