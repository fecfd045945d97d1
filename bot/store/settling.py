"""How sums of days come to be: the clock makes them, and whoever writes what they rest on makes them stale.

A sum rests on lines of reports, on duties and places. Whoever writes these says so here, in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from bot.store.duties import PLACE, REPORT
from bot.store.prepared import Prepared
from bot.store.sums import SUM, counted, heads, heads_of

KEPT = timedelta(days=400)
"""So far back sums are kept: a year, and the quarter before the last one of it."""
AT_ONCE = 4
"""So many whole days are made at one call: a new town's year is made in the background, not at one stroke."""
SMALL = 500
"""A town of so many places or fewer needs no sums: what it asks is counted from the lines in no time."""
PATIENCE = "300ms"
"""So long PostgreSQL waits for those who write; longer, and the sums are made at the next call."""
_CODES: Any = bindparam("codes", expanding=True)
_TOUCHED = update(SUM).where(SUM.c.fresh, SUM.c.place.in_(heads_of(PLACE.c.code.in_(_CODES)))).values(fresh=False)
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


def _put(new: Any) -> Prepared:  # noqa: ANN401 - an insert of one of the two databases
    keys = ("place", "day")
    values = {column.name: new.excluded[column.name] for column in SUM.c if column.name not in keys}
    return Prepared(new.on_conflict_do_update(index_elements=keys, set_=values))


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
            "owes": part.owes, "reported": part.reported, "some": part.some, "lacking": part.lacking,
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
