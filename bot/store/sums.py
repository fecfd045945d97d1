"""The projection ``day_sum``: days of reports in counts, so that a month of a county costs what a day of it does.

A sum is made of lines of reports, duties and places; whoever writes these says so here (``reported``, ``reassigned``,
``replanted``), in the same transaction, and the sum is stale. What is stale or was never made is counted from the lines
when it is asked for, so that no figure depends on when the clock last ticked; the clock makes them anew (``settle``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from bot.model import DUTY_LEVELS
from bot.scoring.coverage import Beneath, Tally, Town
from bot.store import daily, figures
from bot.store.duties import PLACE, REPORT
from bot.store.prepared import Prepared
from bot.store.tables import named

SUM = named("day_sum")
KEPT = timedelta(days=400)
"""So far back sums are kept: a year, and the quarter before the last one of it."""
AT_ONCE = 4
"""So many whole days are made at one call: a new town's year is made in the background, not at one stroke."""
SCATTERED = 3
"""Stale days up to so many are counted one by one; for more, all lines of these days are read at once."""
SMALL = 500
"""A town of so many places or fewer needs no sums: what it asks is counted from the lines in no time."""
FEW = 50
"""Heads up to so many are looked for one by one."""
PATIENCE = "300ms"
"""So long PostgreSQL waits for those who write; longer, and the sums are made at the next call."""
ONE_DAY = timedelta(days=1)
_LEAVES = sorted(level.value for level in DUTY_LEVELS)
_LEAF = PLACE.c.level.in_(_LEAVES)


class Part(NamedTuple):
    """One day of a head: of what hangs from it without another head between."""

    tally: Tally
    reported: bool = False
    some: bool = False
    lacking: bool = False


@dataclass(frozen=True, slots=True)
class Heads:
    """The places that others hang from (communities, townships, the county), each with the one above it."""

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
        return Town(self.parents, {}, closed).rolled_up(own, known).covered


def _put(new: Any) -> Prepared:  # noqa: ANN401 - an insert of one of the two databases
    keys = ("place", "day")
    values = {column.name: new.excluded[column.name] for column in SUM.c if column.name not in keys}
    return Prepared(new.on_conflict_do_update(index_elements=keys, set_=values))


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


_DAY = Prepared(
    select(SUM.c.place, SUM.c.expected, SUM.c.received, SUM.c.on_time, SUM.c.reported, SUM.c.some, SUM.c.lacking).where(
        SUM.c.day == bindparam("day"), SUM.c.fresh
    )
)


def parts_of(connection: Connection, day: date, known: Heads) -> dict[str, Part]:
    """One day of every head: kept sums, and the others counted from the lines."""
    found = {
        row.place: Part(Tally(row.expected, row.received, row.on_time), row.reported, row.some, row.lacking)
        for row in _DAY.all(connection, {"day": day})
    }
    stale = known.parents.keys() - found.keys()
    return found | counted(connection, day, stale) if stale else found


_HANGS = case((_LEAF, PLACE.c.parent), else_=None).label("parent")
_WHOLE = select(PLACE.c.code, _HANGS, PLACE.c.level, PLACE.c.start, PLACE.c.closed)


def _some() -> Select[Any]:
    top = select(PLACE.c.code).where(PLACE.c.code.in_(bindparam("codes", expanding=True))).cte(recursive=True)
    tree = top.union_all(select(PLACE.c.code).join(top, PLACE.c.parent == top.c.code).where(_LEAF))
    return _WHOLE.join(tree, tree.c.code == PLACE.c.code)


_ALL_LEAVES, _SOME_LEAVES = Prepared(_WHOLE), Prepared(_some())


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
    for place in known.town.expected():
        here = counts.get(_top(place, known.town.parents, top))
        if here is not None:
            here[0] += 1
            here[1] += beneath.covered.get(place, 0)
            here[2] += early.get(place, 0)
    return {
        code: Part(
            Tally(*count), bool(known.stands.get(code)), bool(beneath.some.get(code)), bool(beneath.lacking.get(code))
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


_CODES: Any = bindparam("codes", expanding=True)


def _of(codes: ColumnElement[bool]) -> Select[Any]:
    """The heads from which these places hang, each itself if it is one."""
    up = select(PLACE.c.code, PLACE.c.parent, PLACE.c.level).where(codes).cte(recursive=True)
    above = select(PLACE.c.code, PLACE.c.parent, PLACE.c.level)
    up = up.union(above.join(up, PLACE.c.code == up.c.parent).where(up.c.level.in_(_LEAVES)))
    return select(up.c.code).where(up.c.level.not_in(_LEAVES))


_TOUCHED = update(SUM).where(SUM.c.fresh, SUM.c.place.in_(_of(PLACE.c.code.in_(_CODES)))).values(fresh=False)
_REPORTED = Prepared(_TOUCHED.where(SUM.c.day == bindparam("of")))


def reported(connection: Connection, day: date, places: Collection[str]) -> None:
    """To be called with the places of which a report of ``day`` was written, in the transaction that writes it."""
    if places:
        _REPORTED.run(connection, {"of": day, "codes": sorted(places)})


def reassigned(connection: Connection, places: Collection[str], since: date | None, until: date | None) -> None:
    """To be called when duties at these places begin or end within these days (None: for ever)."""
    change = _TOUCHED
    if since is not None:
        change = change.where(SUM.c.day >= since)
    if until is not None:
        change = change.where(SUM.c.day <= until)
    if places:
        connection.execute(change, {"codes": sorted(places)})


def replanted(connection: Connection) -> None:
    """To be called when places, or a whole roster, were written: nothing that was summed up holds any more."""
    connection.execute(delete(SUM))


_STALE = Prepared(select(SUM.c.day, SUM.c.place).where(~SUM.c.fresh, SUM.c.day >= bindparam("first")))
_LAID = Prepared(select(SUM.c.day).where(SUM.c.place == bindparam("place"), SUM.c.day >= bindparam("first")))
_FEWER = Prepared(select(PLACE.c.code).offset(SMALL).limit(1))
_FIRST = Prepared(select(func.min(REPORT.c.day)))


def waiting(connection: Connection, today: date) -> list[tuple[date, set[str]]]:
    """By day the heads whose sum is to be made now, the newest day first: what is stale, and some that never was."""
    if _FEWER.scalar(connection, {}) is None:
        return []
    known = heads(connection).parents
    began = _FIRST.scalar(connection, {})
    if not known or began is None:
        return []
    first = max(began, today - KEPT)
    stale: dict[date, set[str]] = defaultdict(set)
    for row in _STALE.all(connection, {"first": first}):
        stale[row.day].add(row.place)
    laid = {row.day for row in _LAID.all(connection, {"place": min(known), "first": first})}
    days = (today - timedelta(days=n) for n in range((today - first).days + 1))
    never = [day for day in days if day not in laid][:AT_ONCE]
    stale.update((day, set(known)) for day in never)
    found, room = [], AT_ONCE * len(known)
    for day, codes in sorted(stale.items(), reverse=True):
        if room <= 0:
            break
        room -= len(codes)
        found.append((day, codes))
    return found


_PUT = {name: _put(make(SUM)) for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))}


def settle(connection: Connection, today: date) -> int:
    """Make the sums that wait, and forget those of long ago; how many were made.

    PostgreSQL lets nobody write reports, duties or places meanwhile: else what another adds just now, unseen, would
    not be in a sum that is called fresh. If somebody takes long over it, nothing is made.
    """
    if not _alone(connection):
        return 0
    made = [
        {
            "place": code, "day": day, "fresh": True, **part.tally._asdict(),
            "reported": part.reported, "some": part.some, "lacking": part.lacking,
        }
        for day, codes in waiting(connection, today)
        for code, part in counted(connection, day, codes).items()
    ]  # fmt: skip
    _PUT[connection.dialect.name].each(connection, made)
    connection.execute(delete(SUM).where(SUM.c.day < today - KEPT))
    return len(made)


def _alone(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite":
        return True  # there is one writer
    try:
        with connection.begin_nested():
            connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
            connection.execute(text("LOCK TABLE report, assignment, place IN SHARE MODE"))
            connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    except OperationalError:
        return False
    return True
