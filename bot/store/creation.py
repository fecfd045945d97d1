"""The creation workflow, written down: applications, steps of those entitled, awards that a case ends (DOMAIN 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, insert, or_, select

from bot.model import ApplicationMade, Course, CreationStepped, Stage, Step, Stepped
from bot.model.creation import TEXT_LIMIT
from bot.scoring.awards import WORDED, lapsed, refusal, stage
from bot.scoring.quarters import quarter
from bot.store import audit, codec, glance
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.cases import RefusedError
from bot.store.creation_kept import APPLICATION, PERSON, STEP, course_of, ever_awarded, steps_of
from bot.store.duties import PLACE
from bot.store.prepared import Prepared
from bot.store.tables import named

EVIDENCE = named("evidence")
_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
_OPEN = Prepared(
    select(PLACE.c.code)
    .where(PLACE.c.code.in_(_CODES), or_(PLACE.c.closed.is_(None), PLACE.c.closed > bindparam("day")))
    .order_by(PLACE.c.code)
)


def apply(connection: Connection, house: House, act: Act, fact: ApplicationMade) -> Course:
    """Hand an application in; the place as it stands then.

    Raises:
        RefusedError: ``unknown`` place, ``long`` text, or a reason of ``scoring.awards``.
    """
    before = _allowed(connection, house, act, fact.place, Step.APPLIED)
    if len(fact.text) > TEXT_LIMIT:
        raise RefusedError("long", length=len(fact.text), limit=TEXT_LIMIT)
    person = connection.execute(select(PERSON.c.name, PERSON.c.phone).where(PERSON.c.id == act.person)).one()
    own = {"leader": house.keyring.open(person.name), "phone": house.keyring.open(person.phone).removeprefix("+86")}
    body = replace(fact, leader=fact.leader or own["leader"], phone=fact.phone or own["phone"])
    reached = before.reached
    assert reached is not None  # noqa: S101 - the rule asks for one
    values = {
        "place": fact.place, "assessment": reached.number, "on": act.now.date(),
        "body": house.keyring.seal(codec.dump(body)), "basis": house.rules.basis,
        "person": act.person, "recorded_at": act.now,
    }  # fmt: skip
    number = connection.execute(insert(APPLICATION).returning(APPLICATION.c.id), values).scalar_one()
    _write(connection, act, fact.place, Step.APPLIED, application=number, halves=int(reached.points * 2))
    return _after(connection, house, before)


def step(connection: Connection, house: House, act: Act, fact: CreationStepped) -> Course:
    """Record a step; the place as it stands then. Whoever comes second finds that it does not fit any more.

    Raises:
        RefusedError: ``unknown`` place, ``words`` (reasons are missing), ``score``, or a reason of ``scoring.awards``.
    """
    before = _allowed(connection, house, act, fact.place, fact.step)
    if fact.step in WORDED and not fact.words.strip():
        raise RefusedError("words")
    scored = fact.step in {Step.INSPECTED_OPEN, Step.INSPECTED_HIDDEN}
    if scored != (fact.score is not None) or (fact.score is not None and not 0 <= fact.score <= 100):  # noqa: PLR2004 - points of a hundred
        raise RefusedError("score")
    reviewed = fact.step in {Step.KEPT, Step.REVOKED}
    number = _write(
        connection,
        act,
        fact.place,
        fact.step,
        application=_application(connection, fact.place),
        halves=None if fact.score is None else int(fact.score * 2),
        words=house.keyring.seal(fact.words) if fact.words else None,
        period=quarter(act.now.date()) if reviewed else "",
    )
    if fact.photos:
        connection.execute(
            insert(EVIDENCE), [{"media": media, "creation_event": number} for media in dict.fromkeys(fact.photos)]
        )
    return _after(connection, house, before)


def _allowed(connection: Connection, house: House, act: Act, code: str, wanted: Step) -> Course:
    """The place as it stands, where the step may be recorded; on PostgreSQL nobody else changes it meanwhile."""
    place = connection.execute(select(PLACE).where(PLACE.c.code == code).with_for_update()).first()
    if place is None:
        raise RefusedError("unknown")
    today = act.now.date()
    if place.closed is not None and place.closed <= today:
        raise RefusedError("closed", on=place.closed)
    course = course_of(connection, house, act.person, place, today)
    why = refusal(course, wanted, today)
    if why is not None:
        raise RefusedError(why.reason, **why.values)
    return course


def _after(connection: Connection, house: House, before: Course) -> Course:
    steps = steps_of(connection, house, [before.place])[before.place]
    return replace(before, steps=steps)


def _application(connection: Connection, place: str) -> int | None:
    newest = select(APPLICATION.c.id).where(APPLICATION.c.place == place).order_by(APPLICATION.c.id.desc()).limit(1)
    number: int | None = connection.execute(newest).scalar()
    return number


def _write(connection: Connection, act: Act, place: str, what: Step, **values: Any) -> int:  # noqa: ANN401 - columns of a step
    row = {
        "place": place, "step": what.value, "on": act.now.date(), "period": "", "case": "",
        "person": act.person, "recorded_at": act.now,
    }  # fmt: skip
    return int(connection.execute(insert(STEP).returning(STEP.c.id), row | values).scalar_one())


def lapsing(connection: Connection, house: House, now: datetime) -> list[tuple[str, str]]:
    """The places whose awards end because the days were broken since they are held, each with the case that decides.

    Nothing where the pack leaves that to the quarterly review. ``now`` is in the programme's zone.
    """
    awarded = ever_awarded(connection) if house.rules.revoke_on_break else []
    if not awarded:
        return []
    known = steps_of(connection, house, awarded)
    held = [place for place in awarded if stage(known[place]) is Stage.AWARDED]
    codes = [row.code for row in _OPEN.all(connection, {"codes": held, "day": now.date()})] if held else []
    # What was reported does not matter here: the case that decides is all that is asked for.
    found = [each.streak for each in glance.streaks(connection, house.rules, now.date(), codes)]
    return [(each.place, each.reason.case) for each in found if each.reason and lapsed(known[each.place], each)]


def revoke_broken(connection: Connection, house: House, now: datetime) -> list[Stepped]:
    """End those awards; what was written. It may be called as often as one likes: what has ended is held no more."""
    written = []
    for place, case in lapsing(connection, house, now):
        values = {
            "place": place, "application": _application(connection, place), "step": Step.REVOKED.value,
            "on": now.date(), "period": quarter(now.date()), "case": case, "person": None, "recorded_at": now,
        }  # fmt: skip
        connection.execute(insert(STEP), values)
        audit.record(connection, now, "app", "award revoked", place, case)
        written.append(Stepped(place, Step.REVOKED, now.date(), now, case=case))
    return written
