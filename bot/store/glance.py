"""The clean days of a few places at a glance: what a receipt shows of places that have just been reported."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from bot.model import PackRules, PlaceStreak
from bot.scoring.coverage import Days
from bot.scoring.streak import streak
from bot.store import figures, ranks, spans
from bot.store.duties import PLACE
from bot.store.prepared import Prepared

_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
_PLACES = Prepared(select(PLACE.c.code, PLACE.c.name, PLACE.c.start).where(PLACE.c.code.in_(_CODES)))


def streaks(connection: Connection, rules: PackRules, day: date, codes: Collection[str]) -> tuple[PlaceStreak, ...]:
    """The streaks of these places on ``day``, in their order, each known to be reported for that day.

    Where unverified days do not change the length (the pack's ``count``), three small questions answer, and the counts
    of reported days are left at one; else the whole figures are asked.
    """
    if not codes:
        return ()
    places = {row.code: row for row in _PLACES.all(connection, {"codes": list(codes)})}
    known = ranks.read(connection, rules.name, day, codes) if spans.current(connection, rules) else None
    if rules.unverified != "count" or known is None:
        found = {each.place: each for each in figures.streaks(connection, rules, day, places=codes)}
        return tuple(PlaceStreak(places[code].name, found[code]) for code in codes if code in found)
    today = Days(day, 1)
    shown = []
    for code in codes:
        case = spans.unrank(known[code]) if code in known else None
        row = places[code]
        shown.append(PlaceStreak(row.name, streak(code, day, row.start or rules.start, case, today, rules)))
    return tuple(shown)
