"""One day of a large town without its ten thousand compounds: what others hang from, and of these what one holds."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from bot.model import Level, PackRules
from bot.scoring.coverage import Coverage
from bot.store import daily, ranks, sums
from bot.store.duties import PLACE
from bot.store.prepared import Prepared
from bot.store.spans import current
from bot.store.today import Today

MANY = 400
"""A town of so many compounds and units or fewer is read as a whole."""
_COUNTED = (Level.COMPOUND.value, Level.UNIT.value)
_LEAF = PLACE.c.level.in_(sums.LEAVES)
_COLUMNS = (PLACE.c.code, PLACE.c.name, PLACE.c.level, PLACE.c.parent, PLACE.c.start, PLACE.c.closed)
_HANGING = Prepared(
    select(PLACE.c.parent, func.count().label("places")).where(PLACE.c.level.in_(_COUNTED)).group_by(PLACE.c.parent)
)
_HEADS = Prepared(select(*_COLUMNS).where(~_LEAF).order_by(PLACE.c.code))


_HEAD = Prepared(sums.heads_of(PLACE.c.code == bindparam("code")))
_OURS = sums.hanging(PLACE.c.code == bindparam("head"))
_BELOW = Prepared(select(*_COLUMNS).join(_OURS, _OURS.c.code == PLACE.c.code).order_by(PLACE.c.code))


def head_of(connection: Connection, code: str) -> str | None:
    """The village, community or wider place that a place is, or hangs from; None where there is none."""
    head: str | None = _HEAD.scalar(connection, {"code": code})
    return head


def glimpse(connection: Connection, rules: PackRules, day: date, head: str | None = None) -> Today | None:
    """The villages, communities and wider places on ``day``, with what hangs from ``head``; at most ten questions.

    None where the town is to be read as a whole: it is small, or has compounds that hang from nothing, or its figures
    rest on more than this day and the cases that decide now.
    """
    hanging: Counter[str | None] = Counter()
    for row in _HANGING.all(connection, {}):
        hanging[row.parent] += row.places
    if hanging.total() <= MANY or hanging[None] or rules.unverified != "count" or not current(connection, rules):
        return None
    rows = {row.code: row for row in _HEADS.all(connection, {})}
    known = sums.Heads(
        {code: row.parent for code, row in rows.items()},
        {code: row.closed for code, row in rows.items() if row.closed},
    )
    parts = sums.parts_of(connection, day, known)
    covered = known.covered(parts, day)
    if head is not None:
        leaves = {row.code: row for row in _BELOW.all(connection, {"head": head}) if row.code != head}
        beneath, _ = daily.day_of(connection, tuple(leaves.values()), day).rolled_up()
        covered |= {code: bits for code, bits in beneath.covered.items() if code in leaves}
        rows |= leaves
        hanging.pop(head, None)
    decided = ranks.read(connection, rules.name, day, rows)
    if decided is None:
        return None
    expected, received, on_time = (sum(each) for each in zip(*(part.tally for part in parts.values()), strict=True))
    return Today(rules, day, rows, Coverage(expected, received, on_time), decided, covered, hanging=hanging)
