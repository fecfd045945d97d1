"""The logs and details of cases, as they are kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace

from sqlalchemy import BindParameter, Connection, bindparam, select

from bot.model import CaseFact, Details, Event
from bot.scoring.log import Person, persons
from bot.store import codec
from bot.store.crypto import Keyring
from bot.store.duties import EVENT
from bot.store.logs import tangled
from bot.store.prepared import Prepared
from bot.store.tables import named

DETAIL = named("case_detail")
_CODES: BindParameter[str] = bindparam("codes", expanding=True)
_LOGS = Prepared(select(EVENT).where(EVENT.c.case.in_(_CODES)).order_by(EVENT.c.recorded_at, EVENT.c.id))
_DETAILS = Prepared(select(DETAIL.c.case, DETAIL.c.body).where(DETAIL.c.case.in_(_CODES)).order_by(DETAIL.c.id))


def read_logs(connection: Connection, codes: Sequence[str]) -> dict[str, list[CaseFact]]:
    """Each case's own log, in the order in which it was recorded. One query."""
    found: dict[str, list[CaseFact]] = {}
    for row in _LOGS.all(connection, {"codes": list(codes)}):
        fact = CaseFact(row.case, row.place, Event(row.event), row.on, row.recorded_at, row.kind or None, row.other)
        found.setdefault(row.case, []).append(fact)
    return found


def read_persons(connection: Connection, codes: Collection[str]) -> dict[str, Person]:
    """These cases with what is merged into each; a code without a log is left out. Two queries where none is merged."""
    if not codes:
        return {}
    found = persons(read_logs(connection, [*{*codes, *tangled(connection, codes)}]))
    return {code: found[code] for code in codes if code in found}


def details_of(connection: Connection, keyring: Keyring, codes: Sequence[str]) -> dict[str, Details]:
    """By case, the newest word on each item. One query."""
    found: dict[str, Details] = {}
    for row in _DETAILS.all(connection, {"codes": list(codes)}):
        more = codec.load(Details, keyring.open_bytes(row.body))
        known = {each.name: value for each in fields(more) if (value := getattr(more, each.name)) not in {None, ()}}
        found[row.case] = replace(found.get(row.case, Details()), **known)
    return found
