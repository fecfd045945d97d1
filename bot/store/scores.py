"""The newest assessments of a place and of those right below it, and the 80 % rule (篇二 三), in a few questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bot.model import Level, Place, Reached, paging
from bot.model.office import NAMES, Ask, Office, Scored, Scores, Share
from bot.scoring.township import JUDGED, SHARE, Member, township
from bot.store.asking import Asking
from bot.store.assessments import reached_of
from bot.store.duties import PLACE
from bot.store.offices import place_of

ASSESSED = (Level.TOWNSHIP, Level.COMMUNITY, Level.VILLAGE, Level.UNIT)
MOST = 12
"""So many lines fit a message that people read."""


def scores(asking: Asking) -> Mapping[str, Office]:
    """Of the place that the command named, or the widest of one's own."""
    said, at = paging.named(asking.subject)
    office, found = place_of(asking, Ask.SCORES, said)
    if found is None:
        return {"office": office}
    levels = PLACE.c.level.in_([level.value for level in ASSESSED])
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > asking.today)
    query = select(PLACE.c.code, PLACE.c.name, PLACE.c.level, PLACE.c.parent, PLACE.c.closed).where(levels, still)
    here = (PLACE.c.code == found.code) | (PLACE.c.parent == found.code)
    rows = asking.connection.execute(query.where(here).order_by(PLACE.c.code != found.code, PLACE.c.code)).all()
    towns = [row for row in rows if row.level == Level.TOWNSHIP]
    parents = [row.code for row in towns]
    members = asking.connection.execute(query.where(PLACE.c.parent.in_(parents)).order_by(PLACE.c.code)).all()
    known = reached_of(asking.connection, asking.house, {row.code for row in (*rows, *members)})
    cut = paging.page([_scored(row, known.get(row.code)) for row in rows], at, MOST)
    here_ = {each.code for each in cut.rows}
    shares = _shares(asking, [row for row in towns if row.code in here_], members, known)
    told = Scores(SHARE, cut.rows, cut.more, shares, cut.number)
    return {"office": replace(office, scores=told)}


def _scored(row: Any, reached: Reached | None) -> Scored:  # noqa: ANN401 - a row of a place
    if reached is None:
        return Scored(row.code, row.name)
    return Scored(row.code, row.name, _said(reached.points), _said(reached.needed), reached.on, reached.qualifies)


def _said(points: Decimal) -> str:
    """Without a nought behind the point."""
    return f"{points.normalize():f}"


def _shares(
    asking: Asking, towns: Sequence[Any], rows: Sequence[Any], known: Mapping[str, Reached]
) -> tuple[Share, ...]:
    """The rule of each township, as an award rests on it."""
    members: dict[str, list[Member]] = defaultdict(list)
    names = {row.code: row.name for row in rows}
    for row in rows:
        if row.level in JUDGED:
            place = Place(row.code, row.name, Level(row.level), closed=row.closed)
            members[row.parent].append(Member(place, known.get(row.code)))
    found = []
    for row in towns:
        rule = township(known.get(row.code), members[row.code], asking.today)
        lacking, missing = ([names[code] for code in codes[:NAMES]] for codes in (rule.lacking, rule.missing))
        counts = rule.counted, len(rule.qualified), rule.more
        found.append(Share(row.code, row.name, *counts, tuple(lacking), tuple(missing)))
    return tuple(found)
