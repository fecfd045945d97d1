"""Word of the creation workflow: to the one below what was decided, to the one above that it is their turn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from bot.desk import announced
from bot.desk.voice import Tools, tell
from bot.dialog import Option, Say
from bot.model import Course, Level, Role, Step, Stepped
from bot.scoring.awards import ANSWERS_FOR, applicant_of
from bot.store import creation, creation_kept
from bot.store.authority import responsible
from bot.store.duties import PLACE

if TYPE_CHECKING:
    from bot.desk.visit import Visit

NEXT = {Step.PASSED: (Role.OFFICE,)}
"""Whose turn it is after a step, beside whoever applied."""


def stepped(visit: Visit, course: Course, step: Step) -> tuple[str, ...]:
    """Tell whom a step concerns; the roles that were reached."""
    roles = _whom(course, step)
    told: dict[str, None] = {}
    say = _news(course.place, course.name, course.steps[-1])
    found = responsible(visit.connection, course.place, roles, visit.now.date())
    people = {each.person: each.role.value for each in reversed(found)}
    if (applicant := applicant_of(course.steps)) is not None and ANSWERS_FOR[course.level] in roles:
        people.setdefault(applicant, ANSWERS_FOR[course.level].value)
    for person, role in reversed(people.items()):
        if person != visit.act().person and visit.notify(person, say):
            told[role] = None
    return tuple(told)


def _whom(course: Course, step: Step) -> tuple[Role, ...]:
    mine = ANSWERS_FOR[course.level]
    if step in {Step.APPLIED, Step.WITHDRAWN}:
        return (Role.OFFICE,) if course.level is Level.TOWNSHIP else (Role.TOWNSHIP_REVIEWER,)
    above = () if course.level is Level.TOWNSHIP else (Role.TOWNSHIP_REVIEWER,)
    return (mine, *NEXT.get(step, () if step is Step.RETURNED else above))


def _news(place: str, name: str, step: Stepped) -> Say:
    return Say("creation/news", {"place": name, "step": step}, (Option(f"creation {place}", name="creation"),))


def revoked(visit: Visit) -> None:
    """A case was recorded: the awards that it ends, end in the same turn."""
    visit.written += revoke(visit.connection, visit.tools, visit.now)


def revoke(connection: Connection, tools: Tools, now: datetime) -> list[int]:
    """End the awards whose days were broken, and tell who answers for the place, the township and the office."""
    written: list[int | None] = []
    ended = creation.revoke_broken(connection, tools.house, now)
    announced.awards(connection, tools, now, [step.place for step in ended])
    for step in ended:
        written += _tell(connection, tools, now, step)
    return [number for number in written if number]


def _tell(connection: Connection, tools: Tools, now: datetime, step: Stepped) -> Sequence[int | None]:
    row = connection.execute(select(PLACE.c.name, PLACE.c.level).where(PLACE.c.code == step.place)).one()
    roles = {ANSWERS_FOR[row.level], Role.TOWNSHIP_REVIEWER, Role.OFFICE}
    people = dict.fromkeys(each.person for each in responsible(connection, step.place, roles, now.date()))
    applicant = applicant_of(creation_kept.steps_of(connection, tools.house, [step.place])[step.place])
    if applicant is not None:
        people.setdefault(applicant)
    say = _news(step.place, row.name, step)
    return [tell(tools, connection, now, person, [say], kind="alert") for person in people]
