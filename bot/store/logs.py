"""The logs of cases as the figures need them: read case by case, with cases that are one person joined."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, literal_column, select, union_all

from bot.model import CaseFact, Event
from bot.scoring.joining import joined
from bot.store.tables import Case, CaseEvent

CHUNK = 500
"""Cases in one statement, well under what any database takes."""

case_event = CaseEvent.__table__  # type: ignore[attr-defined]
case_ = Case.__table__  # type: ignore[attr-defined]


def facts_query() -> Select[Any]:
    """Every fact of every case with the case's place, case by case."""
    columns = (case_event.c.case, case_.c.place, case_event.c.event, case_event.c.kind, case_event.c.on)
    return (
        select(*columns, case_event.c.recorded_at, case_event.c.other)
        .join(case_, case_.c.code == case_event.c.case)
        .order_by(case_event.c.case, case_event.c.on, case_event.c.recorded_at, case_event.c.id)
    )


_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
_FACTS = facts_query()
_FACTS_OF = _FACTS.where(case_event.c.case.in_(_CODES))
# The empty text is spelt out, and each half asks one column: so the index on ``other``, which holds mergings only,
# can answer the second, and the one on ``case`` the first.
_MERGINGS = select(case_event.c.case, case_event.c.other).where(case_event.c.other != literal_column("''"))
_MERGINGS_OF = union_all(
    _MERGINGS.where(case_event.c.case.in_(_CODES)),
    _MERGINGS.where(case_event.c.other.in_(_CODES)),
)


def chunks(codes: Iterable[str]) -> Iterator[list[str]]:
    """The codes in order, as many at a time as one statement takes."""
    ordered = sorted(codes)
    return (ordered[n : n + CHUNK] for n in range(0, len(ordered), CHUNK))


def tangled(connection: Connection, codes: Collection[str] | None = None) -> set[str]:
    """The cases that were ever merged, or merged into: all of them (None), or those connected with ``codes``.

    For more codes than one statement takes it is all of them: more than asked, never less.
    """
    if codes is None or len(codes) > CHUNK:
        return {code for row in connection.execute(_MERGINGS) for code in row}
    found: set[str] = set()
    fresh = set(codes)
    while fresh:
        near = {
            code
            for chunk in chunks(fresh)
            for row in connection.execute(_MERGINGS_OF, {"codes": chunk})
            for code in row
        }
        fresh = near - found - set(codes)
        found |= near
    return found


def logs_of(
    connection: Connection, codes: Collection[str], known_at: datetime | None = None
) -> tuple[set[str], Iterator[list[CaseFact]]]:
    """These cases and all that were ever merged with them; and the logs of the persons that they are."""
    bound = tangled(connection, codes)
    wanted = bound.union(codes)
    rows = (
        row for chunk in chunks(wanted) for row in connection.execute(_known(_FACTS_OF, known_at), {"codes": chunk})
    )
    return wanted, _grouped(rows, bound)


def logs(
    connection: Connection, known_at: datetime | None = None, places: Select[Any] | None = None
) -> Iterator[list[CaseFact]]:
    """The logs of all persons, as known at ``known_at``.

    Args:
        connection: of the database.
        known_at: facts recorded later are left out; None: none is.
        places: only cases at places whose codes this finds; those that were ever merged come in any case.
    """
    query = _known(_FACTS, known_at)
    if places is not None:
        here = select(case_.c.code).where(case_.c.place.in_(places))
        either = union_all(here, _MERGINGS.with_only_columns(case_event.c.case), select(_MERGINGS.subquery().c.other))
        query = query.where(case_event.c.case.in_(either))
    return _grouped(connection.execute(query), tangled(connection))


def _known(query: Select[Any], known_at: datetime | None) -> Select[Any]:
    return query if known_at is None else query.where(case_event.c.recorded_at <= known_at)


def _grouped(rows: Iterable[Sequence[Any]], bound: Collection[str]) -> Iterator[list[CaseFact]]:
    """One log after another; those of cases that may be one person with others wait until all is read."""
    facts = (
        CaseFact(case, place, Event(event), on, at, kind or None, other)
        for case, place, event, kind, on, at, other in rows
    )
    held: list[CaseFact] = []
    for case, log in groupby(facts, key=attrgetter("case")):
        if case in bound:
            held.extend(log)
        else:
            yield list(log)
    yield from joined(held).values()
