"""What waits too long, of everybody at once: as ``todo`` has it for one person, in a handful of questions for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from bot.model import Event, Isolation, Leave, Locale, ProblemStep, Role, Todo
from bot.scoring.log import Person
from bot.scoring.timers import Listed, Watched, due
from bot.store.asking import Asking, House, Who
from bot.store.authority import holds
from bot.store.care_kept import WORK, read_late
from bot.store.case_logs import read_persons
from bot.store.duties import ASSIGNMENT, CASE, EVENT, LEAVE, PLACE, leaves
from bot.store.prepared import Prepared
from bot.store.tables import named
from bot.store.todo import FIELD, SEEN, far, listed

PROBLEM, PROBLEM_EVENT = named("problem"), named("problem_event")
OVER = (Event.RELEASED.value, Event.RULED_OUT.value, Event.WITHDRAWN.value, Event.MERGED.value)
DONE = (ProblemStep.LOOKED_AGAIN.value, ProblemStep.WITHDRAWN.value)
CONCERNED = frozenset({*FIELD, *WORK, Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER})
ONE_DAY = timedelta(days=1)
_LATER = EVENT.alias("later")
_AGAIN = select(_LATER.c.id).where(
    _LATER.c.case == EVENT.c.case, _LATER.c.event == Event.REOPENED.value, _LATER.c.id > EVENT.c.id
)
_CASES = Prepared(
    select(CASE.c.code, CASE.c.person, CASE.c.place, PLACE.c.name)
    .join(PLACE, PLACE.c.code == CASE.c.place)
    .where(CASE.c.code.not_in(select(EVENT.c.case).where(EVENT.c.event.in_(OVER), ~_AGAIN.exists())))
    .order_by(CASE.c.opened_at.desc(), CASE.c.code)
)
_LATER_STEP = PROBLEM_EVENT.alias("later")
_ONCE_MORE = select(_LATER_STEP.c.id).where(
    _LATER_STEP.c.problem == PROBLEM_EVENT.c.problem,
    _LATER_STEP.c.step == ProblemStep.REOPENED.value,
    _LATER_STEP.c.id > PROBLEM_EVENT.c.id,
)
_DONE = select(PROBLEM_EVENT.c.problem).where(PROBLEM_EVENT.c.step.in_(DONE), ~_ONCE_MORE.exists())
_SPOTS = Prepared(select(PROBLEM.c.place).where(PROBLEM.c.code.not_in(_DONE)).distinct())
_SEEN = Prepared(select(SEEN.c.case).where(SEEN.c.case.in_(bindparam("cases", expanding=True))))
_ENDING = Prepared(select(LEAVE.c.person).where(LEAVE.c.until.between(bindparam("first"), bindparam("last"))))
_UP = (
    select(PLACE.c.code.label("spot"), PLACE.c.code, PLACE.c.parent)
    .where(PLACE.c.code.in_(bindparam("places", expanding=True)))
    .cte(recursive=True)
)
_UP = _UP.union(select(_UP.c.spot, PLACE.c.code, PLACE.c.parent).join(_UP, PLACE.c.code == _UP.c.parent))
_DAY: BindParameter[date] = bindparam("day")
_HELD = Prepared(
    select(_UP.c.spot, ASSIGNMENT.c.person, ASSIGNMENT.c.role)
    .join(_UP, _UP.c.code == ASSIGNMENT.c.place)
    .where(holds(_DAY), ASSIGNMENT.c.role.in_(sorted(role.value for role in CONCERNED)))
)
Held = Mapping[str, Mapping[int, frozenset[Role]]]
"""By place and person the roles that they hold there or above."""


def waiting(
    connection: Connection, house: House, now: datetime, persons: Collection[int] | None = None, *, problems: bool
) -> dict[int, tuple[Todo, ...]]:
    """By person what they are asked about at ``now``, or will be; None: of everybody.

    ``problems``: whether to look at the ledger, too, which takes a few questions for each whom it may concern.
    """
    day = now.date()
    cases = _cases(connection)
    known = read_persons(connection, [row.code for row in cases])
    seen = {row.case for row in _SEEN.all(connection, {"cases": list(known)})} if known else set()
    stays = [each for each in read_late(connection, house.keyring, day) if each.runs_on(day)]
    held = _held(connection, {*(row.place for row in cases), *(stay.place for stay in stays)}, day)
    watched: dict[int, list[Watched]] = defaultdict(list)
    for row in cases:
        for person, roles in held.get(row.place, {}).items() if row.code in known else ():
            watched[person].append(_watched(row, known[row.code], roles, row.code in seen, person))
    staying: dict[int, list[Isolation]] = defaultdict(list)
    for stay in stays:
        for person, roles in held.get(stay.place, {}).items():
            if roles & WORK:
                staying[person].append(stay)
    ending = {row.person for row in _ENDING.all(connection, {"first": day, "last": day + ONE_DAY})}
    noted = _responsible(connection, day) if problems else set()
    found = {}
    for person in sorted({*watched, *staying, *ending, *noted}):
        if persons is None or person in persons:
            away = [Leave(each.since, each.until) for each in leaves(connection, person)] if person in ending else []
            rows = _listed(connection, house, now, person) if person in noted else ()
            found[person] = due(now, watched[person], staying[person], away, house.rules, rows)
    return found


def _cases(connection: Connection) -> Sequence[Any]:
    """Those that are not over, as far as the log says at a glance: the rule looks again."""
    return _CASES.all(connection, {})


def _held(connection: Connection, places: Collection[str], day: date) -> Held:
    if not places:
        return {}
    found: dict[str, dict[int, frozenset[Role]]] = defaultdict(dict)
    for row in _HELD.all(connection, {"places": sorted(places), "day": day}):
        mine = found[row.spot]
        mine[row.person] = mine.get(row.person, frozenset()) | {Role(row.role)}
    return found


def _watched(row: Any, person: Person, roles: frozenset[Role], seen: bool, who: int) -> Watched:  # noqa: ANN401, FBT001 - a case's row; whether its alert was seen
    """How far somebody is from being the one who must see to it: as ``todo`` has it."""
    steps = far(
        field=bool(roles & FIELD),
        lead=Role.COMMUNITY_LEAD in roles,
        township=Role.TOWNSHIP_REVIEWER in roles,
        mine=row.person == who,
        nobody=row.person is None,
    )
    return Watched(row.code, row.name, person, *steps, seen)


def _responsible(connection: Connection, day: date) -> set[int]:
    """Those at or above the places of problems that are not over."""
    spots = {row.place for row in _SPOTS.all(connection, {})}
    return {person for theirs in _held(connection, spots, day).values() for person in theirs}


def _listed(connection: Connection, house: House, now: datetime, person: int) -> list[Listed]:
    return listed(Asking(connection, house, Who(person, "", Locale.ZH, now), now, now.date()))
