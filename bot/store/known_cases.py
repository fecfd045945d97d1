"""What a person may know of cases: lists without anybody in them, and one case with what the table grants."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from bot import words
from bot.model import (
    ACCESS,
    ACTIONS,
    Action,
    CaseCard,
    Details,
    Field,
    Grant,
    KnownCase,
    PackRules,
    PlaceStreak,
    Role,
    allowed,
    grant,
)
from bot.scoring.log import Outline, Person, broke, outline
from bot.store import figures
from bot.store.asking import Asking, House
from bot.store.authority import roles_at, scope
from bot.store.case_logs import details_of, read_persons
from bot.store.duties import CASE, PLACE
from bot.store.prepared import Prepared
from bot.store.tables import named

SEEN = named("seen")
PERSON = named("person")
RECENT = timedelta(days=14)
"""So long a case is shown in lists after it was entered, even if it is over."""
MOST = 40
"""As many cases as a list in a chat can carry."""
_COLUMNS = (CASE.c.code, CASE.c.place, CASE.c.person, CASE.c.opened_at, PLACE.c.name)


def known(asking: Asking) -> Mapping[str, Any]:
    """The cases that the person may know of, and what the pack's form asks of new ones."""
    return {"cases": listed(asking), **_asked(asking.house.rules)}


def _asked(rules: PackRules) -> Mapping[str, Any]:
    return {
        "ask": dict(rules.ask),
        "fever_from": rules.fever_from,
        "breaking": tuple(sorted(rules.breaking)),
        "restores": rules.ruled_out == "restore",
    }


def rows(connection: Connection, house: House, codes: Collection[str]) -> tuple[KnownCase, ...]:
    """These cases as the desk tells of them, whoever asks: it is for the caller to say no more than may be said."""
    query = (
        select(*_COLUMNS)
        .join(PLACE, PLACE.c.code == CASE.c.place)
        .where(CASE.c.code.in_(list(codes)))
        .order_by(CASE.c.code)
    )
    found = connection.execute(query).all()
    persons = read_persons(connection, [row.code for row in found])
    told = details_of(connection, house.keyring, [row.code for row in found])
    return tuple(_known(house, None, row, _line(house, persons[row.code]), told.get(row.code)) for row in found)


def _line(house: House, person: Person) -> Outline:
    return outline(person, house.rules.breaking)


_SEEING = scope(bindparam("person"), ACTIONS[Action.SEE], bindparam("day"))
_LISTED = Prepared(
    select(*_COLUMNS)
    .join(_SEEING, _SEEING.c.code == CASE.c.place)
    .join(PLACE, PLACE.c.code == CASE.c.place)
    .where(or_(CASE.c.opened_at >= bindparam("since"), ~CASE.c.ended))
    .order_by(CASE.c.opened_at.desc(), CASE.c.code.desc())
    .limit(bindparam("most"))
)
_TOLD = [role for role, seen in ACCESS.items() if seen.get(Field.BUILDING, Grant.NONE) is Grant.FULL]
_TELLING = scope(bindparam("person"), _TOLD, bindparam("day"))
_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
_INSIDE = Prepared(select(CASE.c.code).join(_TELLING, _TELLING.c.code == CASE.c.place).where(CASE.c.code.in_(_CODES)))


def listed(asking: Asking, most: int = MOST) -> tuple[KnownCase, ...]:
    """Cases at the places for which the person works, or below: open ones and recent ones, the newest ``most``."""
    values = {"person": asking.who.person, "day": asking.today, "since": asking.now - RECENT, "most": most}
    rows = _LISTED.all(asking.connection, values)
    codes = [row.code for row in rows]
    persons = read_persons(asking.connection, codes)
    told = _buildings(asking, codes)
    found = []
    for row in rows:
        line = _line(asking.house, persons[row.code])
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
    if not codes:
        return {}
    values = {"person": asking.who.person, "day": asking.today, "codes": list(codes)}
    allowed_codes = [row.code for row in _INSIDE.all(asking.connection, values)]
    return details_of(asking.connection, asking.house.keyring, allowed_codes) if allowed_codes else {}


def card(asking: Asking) -> Mapping[str, Any]:
    """The case that the command named, as this person may see it; None where there is none for them."""
    code = asking.subject.strip().partition(" ")[0].upper()
    query = select(*_COLUMNS).join(PLACE, PLACE.c.code == CASE.c.place).where(CASE.c.code == code)
    row = asking.connection.execute(query).first()
    if row is None:
        return {"case": None}
    own = row.person == asking.who.person
    roles = roles_at(asking.connection, asking.who.person, row.place, asking.today)
    person = read_persons(asking.connection, [row.code])[row.code]
    log = (*person.log, *person.joined)
    counts = any(broke(log, pack.breaking) for pack in asking.house.judges)
    may = allowed(roles, own=own, breaks=counts)
    if Action.SEE not in may:
        return {"case": None}
    line = _line(asking.house, person)
    told = details_of(asking.connection, asking.house.keyring, [row.code]).get(row.code, Details())
    shown, sealed = visible(told, roles, own=own)
    return {
        "case": CaseCard(
            _known(asking.house, asking.who.person, row, line, told if _sees(roles, Field.BUILDING, own=own) else None),
            tuple(sorted(log, key=lambda fact: (fact.on, fact.recorded_at))),
            shown,
            sealed,
            may,
            _seen(asking, row.code, row.place),
            line.merged_into,
            tuple(sorted({fact.case for fact in person.joined})),
        ),
        "streaks": _streak(asking, row.place, row.name),
        **known(asking),
    }


def _streak(asking: Asking, place: str, name: str) -> tuple[PlaceStreak, ...]:
    """How the place of the case stands today: what a fact on the case will change."""
    found = figures.streaks(asking.connection, asking.house.rules, asking.today, places=[place])
    return tuple(PlaceStreak(name, each) for each in found)


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


def _seen(asking: Asking, code: str, place: str) -> tuple[tuple[str, datetime], ...]:
    """Who acknowledged the alert, by role and masked name, and when."""
    query = (
        select(PERSON.c.id, PERSON.c.name, SEEN.c.at)
        .join(SEEN, SEEN.c.person == PERSON.c.id)
        .where(SEEN.c.case == code)
        .order_by(SEEN.c.id)
    )
    keyring, zone = asking.house.keyring, asking.house.zone
    found = []
    for row in asking.connection.execute(query).all():
        called = words.masked_name(keyring.open(row.name))
        roles = roles_at(asking.connection, row.id, place, asking.today) & ACTIONS[Action.ACKNOWLEDGE]
        title = " ".join(words.label("roles", asking.who.locale, role.value) for role in Role if role in roles)
        found.append((f"{title} {called}".strip(), row.at.astimezone(zone)))
    return tuple(found)
