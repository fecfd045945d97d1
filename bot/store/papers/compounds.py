"""The compounds of a place in the order of the roster, as the daily table lists them (篇四)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from bot.model import Level
from bot.store.duties import PLACE
from bot.store.ledger_counts import below

ALONE = frozenset({Level.VILLAGE, Level.UNIT})
"""A village or unit without compounds is its own (DOMAIN 1)."""
OVER = frozenset({Level.COMMUNITY, Level.VILLAGE, Level.TOWNSHIP})
"""What a compound is listed under."""
_PART = re.compile(r"(\D*)(\d*)", re.ASCII)


class Compound(NamedTuple):
    """One line of the list."""

    code: str
    name: str
    group: str
    """The community's name; of a village that is its own compound the village's."""
    start: date | None
    closed: date | None


def place_row(connection: Connection, code: str) -> Any:  # noqa: ANN401 - a row of a place
    """The place that a document is about.

    Raises:
        ValueError: there is none.
    """
    row = connection.execute(select(PLACE).where(PLACE.c.code == code)).first()
    if row is None:
        message = f"no place {code!r}"
        raise ValueError(message)
    return row


def compounds(connection: Connection, place: str, day: date, *also: str) -> tuple[Compound, ...]:
    """Those at or below ``place`` that are not closed on ``day``, community by community. One query.

    ``also``: further places, in the same list.
    """
    places = (place, *also)
    down, above = below(*places), PLACE.alias("above")
    query = (
        select(PLACE, above.c.code.label("over"), above.c.name.label("over_name"), above.c.level.label("over_level"))
        .join(down, down.c.code == PLACE.c.code)
        .outerjoin(above, above.c.code == PLACE.c.parent)
    )
    rows = [row for row in connection.execute(query) if not (row.closed and row.closed <= day)]
    parents = {row.parent for row in rows if row.level == Level.COMPOUND}
    listed = [row for row in rows if _listed(row, places, parents)]
    groups: dict[str, list[Any]] = {}
    for row in listed:
        groups.setdefault(_group(row)[0], []).append(row)
    found = []
    for members in sorted(groups.values(), key=lambda rows: min(natural(row.code) for row in rows)):
        members.sort(key=lambda row: natural(row.code))
        found += [Compound(row.code, row.name, _group(row)[1], row.start, row.closed) for row in members]
    return tuple(found)


def _listed(row: Any, places: Collection[str], parents: set[str | None]) -> bool:  # noqa: ANN401 - a row of a place
    if row.level in ALONE:
        return row.code not in parents
    return bool(row.level == Level.COMPOUND or (row.level == Level.BUILDING and row.code in places))


def _group(row: Any) -> tuple[str, str]:  # noqa: ANN401 - a row of a place
    """The code and the name of what it is listed under."""
    own = row.level == Level.VILLAGE or row.over is None or row.over_level not in OVER
    if row.level in ALONE and row.over_level == Level.TOWNSHIP:
        own = True
    return (row.code, row.name) if own else (row.over, row.over_name)


def natural(code: str) -> tuple[tuple[str, int], ...]:
    """A code as people count: ``9`` before ``22``, ``C2`` before ``C10``."""
    return tuple((word, int(number or 0)) for word, number in _PART.findall(code))


def numbers(codes: Sequence[str]) -> list[str]:
    """The numbers of the lines: the roster's own where all are numbers, as in 篇四; else 1, 2, 3."""
    if all(code.isascii() and code.isdecimal() for code in codes):
        return list(codes)
    return [str(number) for number in range(1, len(codes) + 1)]
