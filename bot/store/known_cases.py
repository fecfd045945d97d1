"""What a person may know of cases: lists without anybody in them, and one case with what the table grants."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from bot import words
from bot.model import ACCESS, ACTIONS, Action, CaseCard, Details, Event, Field, Grant, KnownCase, Role, allowed, grant
from bot.scoring.log import Outline, outline
from bot.store.asking import Asking, House
from bot.store.authority import roles_at, scope
from bot.store.case_logs import details_of, read_logs
from bot.store.duties import CASE, EVENT, PLACE
from bot.store.tables import named

SEEN = named("seen")
PERSON = named("person")
RECENT = timedelta(days=14)
"""So long a case is shown in lists after it was entered, even if it is over."""
MOST = 40
"""As many cases as a list in a chat can carry."""


def known(asking: Asking) -> Mapping[str, Any]:
    """The cases that the person may know of, and what the pack's form asks of new ones."""
    rules = asking.house.rules
    return {"cases": listed(asking), "ask": dict(rules.ask), "fever_from": rules.fever_from}


def rows(connection: Connection, house: House, codes: Collection[str]) -> tuple[KnownCase, ...]:
    """These cases as the desk tells of them, whoever asks: it is for the caller to say no more than may be said."""
    query = (
        select(CASE.c.code, CASE.c.place, CASE.c.person, CASE.c.opened_at, PLACE.c.name)
        .join(PLACE, PLACE.c.code == CASE.c.place)
        .where(CASE.c.code.in_(list(codes)))
        .order_by(CASE.c.code)
    )
    found = connection.execute(query).all()
    logs = read_logs(connection, [row.code for row in found])
    told = details_of(connection, house.keyring, [row.code for row in found])
    return tuple(_known(house, None, row, outline(logs[row.code]), told.get(row.code)) for row in found)


def listed(asking: Asking) -> tuple[KnownCase, ...]:
    """Cases at the places for which the person works, or below: open ones and recent ones, newest first."""
    see = scope(asking.who.person, ACTIONS[Action.SEE], asking.today)
    since = asking.now - RECENT
    ends = select(EVENT.c.case).where(
        EVENT.c.event.in_([Event.LEFT.value, Event.RELEASED.value, Event.RULED_OUT.value])
    )
    query = (
        select(CASE.c.code, CASE.c.place, CASE.c.person, CASE.c.opened_at, PLACE.c.name)
        .join(see, see.c.code == CASE.c.place)
        .join(PLACE, PLACE.c.code == CASE.c.place)
        .where(or_(CASE.c.opened_at >= since, CASE.c.code.not_in(ends)))
        .order_by(CASE.c.opened_at.desc(), CASE.c.code.desc())
        .limit(MOST)
    )
    rows = asking.connection.execute(query).all()
    codes = [row.code for row in rows]
    logs = read_logs(asking.connection, codes)
    told = _buildings(asking, codes)
    found = []
    for row in rows:
        line = outline(logs[row.code])
        if not line.withdrawn and not line.merged_into:
            found.append(_known(asking.house, asking.who.person, row, line, told.get(row.code)))
    return tuple(found)


def _known(house: House, person: int | None, row: Any, line: Outline, details: Details | None) -> KnownCase:  # noqa: ANN401 - a case's row
    return KnownCase(
        row.code,
        row.place,
        row.name,
        line.kind,
        line.found_on,
        row.opened_at.astimezone(house.zone),
        words.building(details.door) if details and details.door else None,
        person is not None and row.person == person,
        line.ended_on,
    )


def _buildings(asking: Asking, codes: Sequence[str]) -> dict[str, Details]:
    """The details of those of the cases whose building the person may see."""
    may = [role for role, seen in ACCESS.items() if seen.get(Field.BUILDING, Grant.NONE) is Grant.FULL]
    see = scope(asking.who.person, may, asking.today)
    query = select(CASE.c.code).join(see, see.c.code == CASE.c.place).where(CASE.c.code.in_(codes))
    allowed_codes = list(asking.connection.execute(query).scalars()) if codes else []
    return details_of(asking.connection, asking.house.keyring, allowed_codes) if allowed_codes else {}


def card(asking: Asking) -> Mapping[str, Any]:
    """The case that the command named, as this person may see it; None where there is none for them."""
    columns = (CASE.c.code, CASE.c.place, CASE.c.person, CASE.c.opened_at, PLACE.c.name)
    query = select(*columns).join(PLACE, PLACE.c.code == CASE.c.place).where(CASE.c.code == asking.subject.upper())
    row = asking.connection.execute(query).first()
    if row is None:
        return {"case": None}
    own = row.person == asking.who.person
    roles = roles_at(asking.connection, asking.who.person, row.place, asking.today)
    may = allowed(roles, own=own)
    if Action.SEE not in may:
        return {"case": None}
    log = read_logs(asking.connection, [row.code])[row.code]
    line = outline(log)
    joined = select(EVENT.c.case).where(EVENT.c.event == Event.MERGED.value, EVENT.c.other == row.code).distinct()
    others = list(asking.connection.execute(joined).scalars())
    theirs = read_logs(asking.connection, others) if others else {}
    told = details_of(asking.connection, asking.house.keyring, [row.code]).get(row.code, Details())
    shown, sealed = visible(told, roles, own=own)
    return {
        "case": CaseCard(
            _known(asking.house, asking.who.person, row, line, told if _sees(roles, Field.BUILDING, own=own) else None),
            tuple(log),
            shown,
            sealed,
            may,
            _seen(asking, row.code),
            line.merged_into,
            tuple(code for code, facts in theirs.items() if outline(facts).merged_into == row.code),
        ),
        **known(asking),
    }


def _sees(roles: frozenset[Role], field: Field, *, own: bool) -> bool:
    return grant(roles, field, own=own) is Grant.FULL


MASKS = {Field.NAME: words.masked_name, Field.PHONE: words.masked_phone}


def visible(
    details: Details, roles: frozenset[Role], *, own: bool
) -> tuple[tuple[tuple[Field, str], ...], tuple[Field, ...]]:
    """What of the details may be shown, masked where the table says so; and what can be opened with a reason."""
    shown: list[tuple[Field, str]] = []
    sealed: list[Field] = []
    for field in Field:
        value = value_of(details, field)
        granted = grant(roles, field, own=own)
        if not value or granted is Grant.NONE:
            continue
        if granted is Grant.FULL:
            shown.append((field, value))
        else:
            sealed.append(field)
            if granted is Grant.MASKED and field in MASKS:
                shown.append((field, MASKS[field](value)))
    return tuple(shown), tuple(sealed)


def value_of(details: Details, field: Field) -> str:
    """One item as a text; empty where it is not known."""
    if field is Field.BUILDING:
        return words.building(details.door) or "" if details.door else ""
    value = getattr(details, field.value, None)
    if isinstance(value, tuple):
        return "、".join(value)
    return "" if value is None else str(value)


def _seen(asking: Asking, code: str) -> tuple[tuple[str, datetime], ...]:
    query = (
        select(PERSON.c.name, SEEN.c.at)
        .join(SEEN, SEEN.c.person == PERSON.c.id)
        .where(SEEN.c.case == code)
        .order_by(SEEN.c.id)
    )
    keyring, zone = asking.house.keyring, asking.house.zone
    rows = asking.connection.execute(query)
    return tuple((words.masked_name(keyring.open(row.name)), row.at.astimezone(zone)) for row in rows)
