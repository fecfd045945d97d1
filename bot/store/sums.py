"""The projection ``day_sum``: days of reports in counts, so that a month of a county costs what a day of it does.

What is stale or was never made is counted from the lines of reports when it is asked for, so that no figure depends on
when the clock last ticked. Who makes sums, and what makes them stale: ``bot.store.settling``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Connection, Select, bindparam, case, func, select

from bot.model import DUTY_LEVELS, Level
from bot.scoring.coverage import Beneath, Tally, Town
from bot.store import daily, figures
from bot.store.duties import PLACE
from bot.store.prepared import Prepared
from bot.store.tables import named

SUM = named("day_sum")
SCATTERED = 3
"""Stale days up to so many are counted one by one; for more, all lines of these days are read at once."""
FEW = 50
"""Heads up to so many are looked for one by one."""
ONE_DAY = timedelta(days=1)
LEAVES = sorted(level.value for level in DUTY_LEVELS - {Level.VILLAGE})
"""What has no sum of its own: it hangs from a village, a community or wider."""
_LEAF = PLACE.c.level.in_(LEAVES)


class Part(NamedTuple):
    """One day of a head: of itself and of what hangs from it without another head between."""

    tally: Tally
    owes: bool = False
    """A report of the place itself is expected."""
    reported: bool = False
    some: bool = False
    lacking: bool = False


@dataclass(frozen=True, slots=True)
class Heads:
    """The places that others hang from (villages, communities, townships, the county), each with the one above it."""

    parents: Mapping[str, str | None]
    closed: Mapping[str, date]

    def below(self, places: Collection[str]) -> set[str]:
        """Those of ``places`` that are heads, and all heads below them."""
        found = set(places) & self.parents.keys()
        for code in self.parents:
            way: list[str] = []
            at: str | None = code
            while at is not None and at not in found:
                way.append(at)
                at = self.parents.get(at)
            if at is not None:
                found.update(way)
        return found

    def raised(self, parts: Iterable[tuple[str, Tally]], places: Collection[str]) -> dict[str, Tally]:
        """For each of ``places`` the sum of the parts of itself and of all heads below it."""
        found = dict.fromkeys(places, Tally())
        for code, tally in parts:
            up: str | None = code
            while up is not None:
                if up in found:
                    found[up] = Tally(*(a + b for a, b in zip(found[up], tally, strict=True)))
                up = self.parents.get(up)
        return found

    def covered(self, parts: Mapping[str, Part], day: date) -> dict[str, int]:
        """The heads that are covered on ``day``, as bits of this one day."""
        known = Beneath(
            {},
            {code: 1 for code, part in parts.items() if part.some},
            {code: 1 for code, part in parts.items() if part.lacking},
        )
        closed = {code: 1 for code, on in self.closed.items() if on <= day}
        own = {code: 1 for code, part in parts.items() if part.reported}
        duty = {code: 1 for code, part in parts.items() if part.owes}
        return Town(self.parents, duty, closed).rolled_up(own, known).covered


_HEADS = Prepared(select(PLACE.c.code, PLACE.c.parent, PLACE.c.closed).where(~_LEAF).order_by(PLACE.c.code))


def heads(connection: Connection) -> Heads:
    """All of them, from one question."""
    rows = _HEADS.all(connection, {})
    return Heads({row.code: row.parent for row in rows}, {row.code: row.closed for row in rows if row.closed})


def tallies(connection: Connection, first: date, last: date, places: Collection[str]) -> dict[str, Tally]:
    """As ``figures.tallies``, from the sums as far as they are fresh."""
    known = heads(connection)
    mine = set(places) & known.parents.keys()
    leaves = set(places) - mine
    found = figures.tallies(connection, first, last, leaves) if leaves else {}
    if not mine or last < first:
        return found | dict.fromkeys(mine, Tally())
    wanted = known.below(mine)
    kept, stale = _kept(connection, wanted, first, last)
    if len(stale) > SCATTERED:
        return found | figures.tallies(connection, first, last, mine)
    parts = list(kept.items())
    for day, codes in stale.items():
        parts += [(code, part.tally) for code, part in counted(connection, day, codes).items()]
    return found | known.raised(parts, mine)


_SUMS = (func.sum(SUM.c.expected), func.sum(SUM.c.received), func.sum(SUM.c.on_time), func.count())
_SPAN = (SUM.c.day >= bindparam("first"), SUM.c.day <= bindparam("last"), SUM.c.fresh)
_TOTALS = Prepared(select(SUM.c.place, *_SUMS).where(*_SPAN).group_by(SUM.c.place))
_FRESH = select(SUM.c.place, SUM.c.day).where(*_SPAN)


def _kept(
    connection: Connection, wanted: Collection[str], first: date, last: date
) -> tuple[dict[str, Tally], dict[date, set[str]]]:
    """By head the sum of its fresh days, and by day the heads whose sum is not."""
    length = (last - first).days + 1
    rows = {row[0]: row for row in _TOTALS.all(connection, {"first": first, "last": last}) if row[0] in wanted}
    partly = [code for code in wanted if code not in rows or rows[code][4] < length]
    stale: dict[date, set[str]] = {}
    if partly:
        fresh: dict[date, set[str]] = defaultdict(set)
        if any(code in rows for code in partly):
            query = _FRESH if len(partly) > FEW else _FRESH.where(SUM.c.place.in_(partly))
            for place, day in connection.execute(query, {"first": first, "last": last}).all():
                fresh[day].add(place)
        for day in (first + timedelta(days=n) for n in range(length)):
            if lacking := set(partly) - fresh[day]:
                stale[day] = lacking
    return {code: Tally(*row[1:4]) for code, row in rows.items()}, stale


_PART = (SUM.c[name] for name in ("place", *Tally._fields, *Part._fields[1:]))
_DAY = Prepared(select(*_PART).where(SUM.c.day == bindparam("day"), SUM.c.fresh))


def parts_of(connection: Connection, day: date, known: Heads) -> dict[str, Part]:
    """One day of every head: kept sums, and the others counted from the lines."""
    found = {row.place: Part(Tally(*row[1:4]), *row[4:]) for row in _DAY.all(connection, {"day": day})}
    stale = known.parents.keys() - found.keys()
    return found | counted(connection, day, stale) if stale else found


_HANGS = case((_LEAF, PLACE.c.parent), else_=None).label("parent")
_WHOLE = select(PLACE.c.code, _HANGS, PLACE.c.level, PLACE.c.start, PLACE.c.closed)


def hanging(heads: ColumnElement[bool]) -> CTE:
    """These places and what hangs from them without another head between: column ``code``."""
    top = select(PLACE.c.code).where(heads).cte(recursive=True)
    return top.union_all(select(PLACE.c.code).join(top, PLACE.c.parent == top.c.code).where(_LEAF))


def heads_of(places: ColumnElement[bool]) -> Select[Any]:
    """The heads from which these places hang, each itself if it is one."""
    up = select(PLACE.c.code, PLACE.c.parent, PLACE.c.level).where(places).cte("up", recursive=True)
    above = select(PLACE.c.code, PLACE.c.parent, PLACE.c.level)
    up = up.union(above.join(up, PLACE.c.code == up.c.parent).where(up.c.level.in_(LEAVES)))
    return select(up.c.code).where(up.c.level.not_in(LEAVES))


_OURS = hanging(PLACE.c.code.in_(bindparam("codes", expanding=True)))
_ALL_LEAVES, _SOME_LEAVES = Prepared(_WHOLE), Prepared(_WHOLE.join(_OURS, _OURS.c.code == PLACE.c.code))


def leaves(connection: Connection, codes: Collection[str]) -> list[Any]:
    """These heads and what hangs from them without another head between; heads hang from nothing here."""
    if len(codes) > FEW:
        return _ALL_LEAVES.all(connection, {})
    return _SOME_LEAVES.all(connection, {"codes": sorted(codes)})


def counted(connection: Connection, day: date, codes: Collection[str]) -> dict[str, Part]:
    """One day of these heads, from the lines of reports: three questions."""
    rows = leaves(connection, codes)
    known = daily.day_of(connection, rows, day)
    beneath, early = known.rolled_up()
    counts = {code: [0, 0, 0] for code in codes}
    top: dict[str, str] = {}
    owed = known.town.expected()
    for place in owed:
        here = counts.get(_top(place, known.town.parents, top))
        if here is not None:
            here[0] += 1
            here[1] += beneath.covered.get(place, 0)
            here[2] += early.get(place, 0)
    return {
        code: Part(
            Tally(*count),
            code in owed,
            bool(known.stands.get(code)),
            bool(beneath.some.get(code)),
            bool(beneath.lacking.get(code)),
        )
        for code, count in counts.items()
    }


def _top(place: str, parents: Mapping[str, str | None], known: dict[str, str]) -> str:
    """The place from which one hangs in the end; neighbours hang alike, which ``known`` keeps."""
    parent = parents.get(place)
    if parent is None:
        return place
    if parent not in known:
        known[parent] = _top(parent, parents, known)
    return known[parent]
