"""The projection ``place_rank``: by pack and place the case that decides there, all below it included.

A new fact on a case changes the place of the case and those above it, and nothing else: a handful of small questions,
whatever the size of the town.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.prepared import Prepared
from bot.store.tables import named

PLACE = named("place")
SPAN = named("case_span")
RANK = named("place_rank")
LOCK = 0x77756172
"""The advisory lock under which PostgreSQL changes ranks: two at once would each miss the other's case higher up."""
CHUNK = 5000
_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
# The empty text behind the pack keeps SQLite from the index that begins with it, where it would read the whole pack.
_HERE = (SPAN.c.place == bindparam("code"), SPAN.c.pack.concat("") == bindparam("pack"))
_LASTING = select(func.max(SPAN.c.rank)).where(*_HERE, SPAN.c.valid_until.is_(None))
_CHANGED = select(func.max(SPAN.c.valid_from), func.max(SPAN.c.valid_until)).where(*_HERE)
_CHILDREN = select(PLACE.c.code).where(PLACE.c.parent == bindparam("code"))
_BELOW = select(func.max(RANK.c.rank), func.max(RANK.c.since)).where(
    RANK.c.pack == bindparam("pack"), RANK.c.place.in_(_CHILDREN)
)
_PARENT = select(PLACE.c.parent).where(PLACE.c.code == bindparam("code"))


def _put(name: str) -> Any:  # noqa: ANN401 - an insert of one of the two databases
    new = (sqlite.insert if name == "sqlite" else postgresql.insert)(RANK)
    return new.on_conflict_do_update(
        index_elements=["pack", "place"], set_={"rank": new.excluded.rank, "since": new.excluded.since}
    )


_PUT = {name: _put(name) for name in ("sqlite", "postgresql")}
_READ = Prepared(
    select(RANK.c.place, RANK.c.rank, RANK.c.since).where(RANK.c.pack == bindparam("pack"), RANK.c.place.in_(_CODES))
)
_ALL = select(RANK.c.place, RANK.c.rank).where(RANK.c.pack == bindparam("pack"))
_LATELY = Prepared(_ALL.where(RANK.c.rank >= bindparam("first"), RANK.c.rank < bindparam("beyond")))
_NEWEST = select(func.max(RANK.c.since)).where(RANK.c.pack == bindparam("pack"))


def lately(connection: Connection, pack: str, as_of: date, since: date) -> dict[str, date] | None:
    """By place the day on which its deciding case ended, where that was from ``since`` to the day before ``as_of``.

    The result is None where something changed after ``as_of``.
    """
    newest = connection.execute(_NEWEST, {"pack": pack}).scalar()
    if newest is not None and newest > as_of:
        return None
    # A rank begins with the day on which its case ended, and sorts by it.
    values = {"pack": pack, "first": since.isoformat(), "beyond": as_of.isoformat()}
    return {row.place: date.fromisoformat(row.rank[:10]) for row in _LATELY.all(connection, values)}


def read(
    connection: Connection, pack: str, as_of: date, places: Collection[str] | None = None
) -> dict[str, str] | None:
    """By place its deciding case on ``as_of`` as ``spans.rank`` writes it; places without one are left out.

    ``places`` None: everywhere. The result is None where something changed after ``as_of``: then the spans must be
    asked, which know of every day.
    """
    values: dict[str, Any] = {"pack": pack}
    if places is None:
        newest = connection.execute(_NEWEST, values).scalar()
        if newest is not None and newest > as_of:
            return None
        return {place: rank for place, rank in connection.execute(_ALL, values).all() if rank}
    found = {}
    for place, rank, since in _READ.all(connection, values | {"codes": list(places)}):
        if since > as_of:
            return None
        if rank:
            found[place] = rank
    return found


def follow(connection: Connection, packs: Sequence[str], places: Iterable[str]) -> None:
    """Bring these places and all above them up to date, after their spans were written."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    waiting = set(places)
    while waiting:
        above = set()
        for code in sorted(waiting):
            for pack in packs:
                _one(connection, pack, code)
            parent = connection.execute(_PARENT, {"code": code}).scalar()
            if parent is not None:
                above.add(parent)
        waiting = above


def _one(connection: Connection, pack: str, code: str) -> None:
    at = {"pack": pack, "code": code}
    lasting = connection.execute(_LASTING, at).scalar()
    began, ended = connection.execute(_CHANGED, at).one()
    below, changed = connection.execute(_BELOW, at).one()
    since = max((day for day in (began, ended, changed) if day is not None), default=None)
    if since is None:
        connection.execute(delete(RANK).where(RANK.c.pack == pack, RANK.c.place == code))
        return
    row = {"pack": pack, "place": code, "rank": max(lasting or "", below or ""), "since": since}
    connection.execute(_PUT[connection.dialect.name], row)


def rebuild(connection: Connection, packs: Collection[str]) -> None:
    """Make the ranks of these packs anew, from their spans and the places as they stand."""
    connection.execute(delete(RANK).where(RANK.c.pack.in_(list(packs))))
    parents: dict[str, str | None] = dict(iter(connection.execute(select(PLACE.c.code, PLACE.c.parent))))
    for pack in packs:
        here = select(SPAN.c.place, func.max(SPAN.c.rank)).where(SPAN.c.pack == pack, SPAN.c.valid_until.is_(None))
        ranks: dict[str, str] = dict(iter(connection.execute(here.group_by(SPAN.c.place))))
        moments = select(SPAN.c.place, func.max(SPAN.c.valid_from), func.max(SPAN.c.valid_until)).where(
            SPAN.c.pack == pack
        )
        since = {
            place: max(began, ended or began)
            for place, began, ended in connection.execute(moments.group_by(SPAN.c.place))
        }
        _raise(parents, ranks)
        _raise(parents, since)
        rows = [{"pack": pack, "place": code, "rank": ranks.get(code, ""), "since": day} for code, day in since.items()]
        for n in range(0, len(rows), CHUNK):
            connection.execute(insert(RANK), rows[n : n + CHUNK])


def _raise(parents: Mapping[str, str | None], values: dict[str, Any]) -> None:
    """Give every place above the greatest of what lies below it."""
    for code, value in list(values.items()):
        above = parents.get(code)
        while above is not None and (above not in values or value > values[above]):
            values[above] = value
            above = parents.get(above)
