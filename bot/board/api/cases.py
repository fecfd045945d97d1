"""Cases by their facts; of the person what the table of access grants to the caller's role."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from bot.board.api import asked as ask
from bot.board.api.reading import Found, Reading, began, beyond, moment
from bot.model import ACCESS, ACTIONS, Action, Grant
from bot.scoring.log import Outline, outline
from bot.store import case_logs, known_cases
from bot.store.duties import CASE, EVENT, PLACE

_COLUMNS: tuple[ColumnElement[Any], ...] = (CASE.c.code, CASE.c.place, CASE.c.opened_at, PLACE.c.name)


def cases(reading: Reading, asked: ask.Since) -> Found:
    """The cases in the order in which they were entered; with ``since``, those of which something is new."""
    reading.allowed(ACTIONS[Action.SEE])
    query = select(*_COLUMNS).join(PLACE, PLACE.c.code == CASE.c.place)
    query = reading.scope.within(query, CASE.c.place).order_by(CASE.c.opened_at, CASE.c.code)
    if asked.since is not None:
        fresh = select(EVENT.c.id).where(EVENT.c.case == CASE.c.code)
        query = query.where(fresh.where(EVENT.c.recorded_at >= began(reading, asked.since)).exists())
    if (after := reading.after("cases", moment, str)) is not None:
        query = query.where(beyond(CASE.c.opened_at, CASE.c.code, after))
    rows, onward = reading.page("cases", reading.limited(query), lambda row: (row.opened_at.isoformat(), row.code))
    codes = [row.code for row in rows]
    persons = case_logs.read_persons(reading.connection, codes)
    lines = {code: outline(person, reading.house.rules.breaking) for code, person in persons.items()}
    told = _details(reading, [code for code, line in lines.items() if not line.withdrawn])
    near = _near(reading, {line.merged_into for line in lines.values() if line.merged_into})
    found = [
        _case(reading, row, persons[row.code].log, lines[row.code], near) | told.get(row.code, {})
        for row in rows
        if row.code in persons
    ]
    return Found(found, onward, len(told))


def _details(reading: Reading, codes: Sequence[str]) -> Mapping[str, dict[str, object]]:
    """By case what the role sees of the person: in full or masked, and never what would need a reason."""
    granted = ACCESS[reading.token.role].values()
    if not codes or max(granted, default=Grant.NONE) < Grant.MASKED:
        return {}
    known = case_logs.details_of(reading.connection, reading.house.keyring, codes)
    roles = frozenset((reading.token.role,))
    found: dict[str, dict[str, object]] = {}
    for code, details in known.items():
        shown, _ = known_cases.visible(details, roles, own=False)
        if shown:
            found[code] = {"details": {field.value: value for field, value in shown}}
    return found


def _near(reading: Reading, codes: Collection[str]) -> frozenset[str]:
    """Of these cases those at a place that is asked about."""
    query = reading.scope.within(select(CASE.c.code).where(CASE.c.code.in_(sorted(codes))), CASE.c.place)
    return frozenset(reading.connection.execute(query).scalars()) if codes else frozenset()


def _case(reading: Reading, row: Any, log: Sequence[Any], line: Outline, near: Collection[str]) -> dict[str, object]:  # noqa: ANN401 - a case's row
    zone = reading.house.zone
    state = "withdrawn" if line.withdrawn else "merged" if line.merged_into else "ended" if line.ended_on else "open"
    return {
        "case": row.code,
        "place": row.place,
        "name": row.name,
        "kind": line.kind,
        "state": state,
        "found_on": line.found_on,
        "diagnosed_on": line.diagnosed_on,
        "left_on": line.left_on,
        "closed_on": line.closed_on,
        **({"merged_into": line.merged_into} if line.merged_into in near else {}),
        "updated": max(fact.recorded_at for fact in log).astimezone(zone),
        "facts": [
            {
                "event": fact.event,
                "kind": fact.kind,
                "on": fact.on,
                "recorded_at": fact.recorded_at.astimezone(zone),
            }
            for fact in log
        ],
    }
