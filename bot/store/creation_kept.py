"""The creation workflow as it stands, for those who answer for the places (DOMAIN 5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from bot import words
from bot.model import (
    Course,
    CourseLine,
    Event,
    Level,
    Near,
    Reached,
    Step,
    Stepped,
)
from bot.model.rights import RIGHTS
from bot.scoring.awards import ANSWERS_FOR, since, stage
from bot.store import figures
from bot.store.asking import Asking, House
from bot.store.assessments import reached
from bot.store.authority import roles_at, scope
from bot.store.case_logs import read_persons
from bot.store.creation_draft import draft
from bot.store.creation_hints import hints_of
from bot.store.duties import PLACE
from bot.store.naming import called
from bot.store.prepared import Prepared
from bot.store.tables import named
from bot.store.townships import townlet

STEP = named("creation_event")
APPLICATION = named("application")
ASSESSMENT_END = named("assessment_end")
PERSON = named("person")
ROLES = RIGHTS["creation"]
"""Who sees the workflow of a place at which, or above which, they hold the role."""
LEVELS = tuple(ANSWERS_FOR)
MOST = 300
"""More places than this in one person's charge are for the board, not for a chat."""


_STEPS = Prepared(
    select(STEP, PERSON.c.name.label("who"))
    .outerjoin(PERSON, PERSON.c.id == STEP.c.person)
    .where(STEP.c.place.in_(bindparam("places", expanding=True)))
    .order_by(STEP.c.id)  # not by the clock: of two processes one may be ahead
)
_AWARDED = Prepared(select(STEP.c.place).where(STEP.c.step == Step.AWARDED.value).distinct().order_by(STEP.c.place))


def ever_awarded(connection: Connection) -> list[str]:
    """The places that were awarded at some time, in the order of codes."""
    return [row.place for row in _AWARDED.all(connection, {})]


def steps_of(connection: Connection, house: House, places: Collection[str]) -> dict[str, tuple[Stepped, ...]]:
    """By place every step, in the order in which it was recorded. One query."""
    found: dict[str, list[Stepped]] = {}
    for row in _STEPS.all(connection, {"places": list(places)}) if places else ():
        found.setdefault(row.place, []).append(_stepped(house, row))
    return {place: tuple(steps) for place, steps in found.items()}


def _stepped(house: House, row: Any) -> Stepped:  # noqa: ANN401 - a row of a step
    name = words.masked_name(house.keyring.open(row.who)) if row.who else ""
    said = house.keyring.open(row.words) if row.words else ""
    score = None if row.halves is None else Decimal(row.halves) / 2
    at = row.recorded_at.astimezone(house.zone)
    return Stepped(row.place, Step(row.step), row.on, at, row.person, name, score, said, row.period, row.case)


def courses(asking: Asking) -> Mapping[str, Any]:
    """The places in this person's charge that take part; those that have not begun come last."""
    mine = scope(asking.who.person, ROLES, asking.today)
    above = PLACE.alias("above")
    query = (
        select(PLACE.c.code, PLACE.c.name, PLACE.c.level, above.c.name.label("above"))
        .join(mine, mine.c.code == PLACE.c.code)
        .outerjoin(above, above.c.code == PLACE.c.parent)
        .where(PLACE.c.level.in_(LEVELS), or_(PLACE.c.closed.is_(None), PLACE.c.closed > asking.today))
        .order_by(PLACE.c.code)
        .limit(MOST)
    )
    rows = asking.connection.execute(query).all()
    known = steps_of(asking.connection, asking.house, [row.code for row in rows])
    lines = []
    for row in rows:
        steps = known.get(row.code, ())
        lines.append(CourseLine(row.code, row.name, Level(row.level), stage(steps), since(steps), row.above or ""))
    return {"courses": tuple(lines)}


def course(asking: Asking) -> Mapping[str, Any]:
    """The place that the command named by code, name or alias; without one, those that this person could mean."""
    said = asking.subject.partition(" ")[0]
    codes = [each.code for each in called(asking, said)] if said else []
    mine = scope(asking.who.person, ROLES, asking.today)
    query = select(PLACE).join(mine, mine.c.code == PLACE.c.code).where(PLACE.c.level.in_(LEVELS))
    if codes:
        rows = asking.connection.execute(query.where(PLACE.c.code.in_(codes))).all()
        if len(rows) == 1:
            found = course_of(asking.connection, asking.house, asking.who.person, rows[0], asking.today)
            drafted = draft(asking.connection, asking.house, found, asking.today)
            hints = hints_of(asking.connection, asking.house, found, asking.today)
            return {"course": replace(found, draft=drafted, hints=hints)}
    return {"course": None, "desks": _own(asking)}


def _own(asking: Asking) -> tuple[Near, ...]:
    """Places for which this person applies."""
    found = []
    for level, role in ANSWERS_FOR.items():
        mine = scope(asking.who.person, [role], asking.today)
        query = select(PLACE.c.code, PLACE.c.name).join(mine, mine.c.code == PLACE.c.code)
        still = or_(PLACE.c.closed.is_(None), PLACE.c.closed > asking.today)
        rows = asking.connection.execute(query.where(PLACE.c.level == level, still).order_by(PLACE.c.code))
        found += [Near(row.code, row.name) for row in rows]
    return tuple(sorted(found, key=lambda near: near.code))


def course_of(connection: Connection, house: House, person: int, place: Any, today: date) -> Course:  # noqa: ANN401 - a row of a place
    """Where a place stands, and what its next step would rest on, for one person."""
    steps = steps_of(connection, house, [place.code]).get(place.code, ())
    newest = reached(connection, house, place.code)
    streak = figures.streaks(connection, house.rules, today, places=[place.code])
    return Course(
        place=place.code,
        name=place.name,
        level=Level(place.level),
        steps=steps,
        reached=newest,
        township=townlet(connection, house, place.code, today) if place.level == Level.TOWNSHIP else None,
        streak=streak[0] if streak else None,
        roles=roles_at(connection, person, place.code, today),
        own=person in _applicants(connection, place.code, steps, newest),
        revokes=house.rules.revoke_on_break,
        void=_void(connection, steps, house),
    )


def _applicants(
    connection: Connection, place: str, steps: Sequence[Stepped], newest: Reached | None
) -> set[int | None]:
    """Who assessed the place or applied for it: nobody reviews their own."""
    applied = [each.person for each in steps if each.step is Step.APPLIED]
    query = (
        select(ASSESSMENT_END.c.person)
        .join(APPLICATION, APPLICATION.c.assessment == ASSESSMENT_END.c.assessment)
        .where(APPLICATION.c.place == place)
        .order_by(APPLICATION.c.id.desc())
        .limit(1)
    )
    return {*applied[-1:], *connection.execute(query).scalars(), newest.person if newest else None} - {None}


def _void(connection: Connection, steps: Sequence[Stepped], house: House) -> bool:
    """Whether the case by which the rule took the award was a mistake, or never was one, as the pack has it."""
    code = steps[-1].case if steps and steps[-1].step is Step.REVOKED else ""
    if not code:
        return False
    person = read_persons(connection, [code]).get(code)
    events = {fact.event for fact in (*person.log, *person.joined)} if person else set()
    return Event.WITHDRAWN in events or (house.rules.ruled_out == "restore" and Event.RULED_OUT in events)
