"""Which cases are over: a mark on each case, kept with its facts, so that a list of open ones reads no others."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select, update

from bot.model import Event
from bot.store.duties import CASE, EVENT
from bot.store.prepared import Prepared

ENDS = (Event.LEFT.value, Event.RELEASED.value, Event.RULED_OUT.value)
_LATER = EVENT.alias("later")
_REOPENED = select(_LATER.c.id).where(
    _LATER.c.case == EVENT.c.case,
    _LATER.c.event == Event.REOPENED.value,
    _LATER.c.recorded_at >= EVENT.c.recorded_at,
)


def ended(*events: str) -> ColumnElement[bool]:
    """Whether a case has one of these ends, and was not reopened since. To be used where ``CASE`` is asked."""
    here = select(EVENT.c.id).where(EVENT.c.case == CASE.c.code, EVENT.c.event.in_(events))
    return here.where(~_REOPENED.exists()).exists()


_MARK = update(CASE).values(ended=ended(*ENDS))
_SOME = Prepared(_MARK.where(CASE.c.code.in_(bindparam("codes", expanding=True))))


def note(connection: Connection, cases: Collection[str] | None = None) -> None:
    """Mark these cases (None: all) by the facts that are there now."""
    if cases is None:
        connection.execute(_MARK.where(or_(~CASE.c.ended & ended(*ENDS), CASE.c.ended & ~ended(*ENDS))))
    elif cases:
        _SOME.run(connection, {"codes": sorted(cases)})
