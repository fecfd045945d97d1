"""Deadlines in the store: what was said to be done, which places still lack it, who owes it, and the working days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, or_, select

from bot.model import Deadline, DeadlineLine, Level, Role, Settled, Stage, Step
from bot.scoring.awards import granted_on, stage
from bot.scoring.circulars import Taking, Town, quotas
from bot.scoring.quarters import quarter
from bot.store import audit
from bot.store.acts import Act
from bot.store.asking import Asking, House
from bot.store.authority import holds, responsible
from bot.store.cases import RefusedError
from bot.store.creation_kept import ever_awarded, steps_of
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.prepared import Prepared
from bot.store.tables import named
from scheduler.calendar import Workdays, deadlines, reach

MET, WORKDAY, ASSESSMENT = named("deadline_met"), named("workday"), named("assessment")
UP = {Role.COMMUNITY_LEAD: Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_REVIEWER: Role.OFFICE}
"""Who is told one level up; above an office there is nobody."""
LEVELS = {Role.TOWNSHIP_REVIEWER: (Level.TOWNSHIP,), Role.COMMUNITY_LEAD: (Level.COMMUNITY, Level.VILLAGE)}
"""The places whose duty a deadline is, by the role that answers for them."""
Places = tuple[tuple[str, str], ...]
_WORKDAYS = Prepared(select(WORKDAY.c.day, WORKDAY.c.working))
_SAID = Prepared(
    select(MET.c.place, MET.c.met)
    .where(MET.c.deadline == bindparam("rule"), MET.c.period == bindparam("of"))
    .order_by(MET.c.id)
)
_OPEN = Prepared(
    select(PLACE.c.code, PLACE.c.name, PLACE.c.level, PLACE.c.parent, PLACE.c.start)
    .where(PLACE.c.level.in_(bindparam("levels", expanding=True)))
    .where(or_(PLACE.c.closed.is_(None), PLACE.c.closed > bindparam("day")))
    .order_by(PLACE.c.code)
)
_NAMES = Prepared(select(PLACE.c.code, PLACE.c.name).where(PLACE.c.code.in_(bindparam("codes", expanding=True))))
_DAY: BindParameter[date] = bindparam("day")
_HOLDING = Prepared(
    select(ASSIGNMENT.c.person, ASSIGNMENT.c.role, ASSIGNMENT.c.place).where(
        ASSIGNMENT.c.place.in_(bindparam("places", expanding=True)), holds(_DAY)
    )
)


class Lacking(NamedTuple):
    """A place of which something is still wanted, and who answers for it: those who hold ``role`` at ``at``."""

    role: Role
    at: str
    code: str
    name: str


def lacking(connection: Connection, house: House, deadline: Deadline, day: date) -> tuple[Lacking, ...]:
    """The places that still owe this deadline on ``day``, by what settles it."""
    rule = deadline.rule
    if rule.settled is Settled.REVIEWED:
        return tuple(_unreviewed(connection, house, deadline, day))
    told = _told(connection, deadline)
    wanted = [role for role in LEVELS if role.value in rule.audience]
    rows = [
        (role, row)
        for role in wanted
        for row in _open(connection, LEVELS[role], day)
        if row.code not in told and (row.start is None or row.start <= day)
    ]
    if rule.settled is Settled.APPLIED and rows:
        wanting = unapplied(connection, house, [row for _, row in rows])
        rows = [(role, row) for role, row in rows if row.code in wanting]
    return tuple(Lacking(role, row.code, row.code, row.name) for role, row in rows)


def owing(connection: Connection, found: Collection[Lacking], day: date) -> dict[int, Places]:
    """By person, the places of which they owe it: whoever holds the role at the place."""
    return _by_person(connection, [(each.role, each.at, each) for each in found], day)


def above(connection: Connection, found: Collection[Lacking], day: date) -> dict[int, Places]:
    """By person one level up, the places below that are late with it."""
    wanted = [
        (up.role, up.place, each)
        for each in found
        if each.role in UP
        for up in responsible(connection, each.at, [UP[each.role]], day)
    ]
    return _by_person(connection, wanted, day)


def _by_person(connection: Connection, wanted: Sequence[tuple[Role, str, Lacking]], day: date) -> dict[int, Places]:
    places: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for role, at, each in wanted:
        places[role.value, at][each.code] = each.name
    at_these = {"places": sorted({at for _, at in places}), "day": day}
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in _HOLDING.all(connection, at_these) if places else ():
        found[row.person].update(places.get((row.role, row.place), {}))
    return {person: tuple(sorted(theirs.items())) for person, theirs in found.items() if theirs}


def _open(connection: Connection, levels: Collection[Level], day: date) -> Sequence[Any]:
    return _OPEN.all(connection, {"levels": list(levels), "day": day})


def _told(connection: Connection, deadline: Deadline) -> set[str]:
    rows = _SAID.all(connection, {"rule": deadline.rule.id, "of": deadline.period})
    newest = {row.place: row.met for row in rows}
    return {place for place, met in newest.items() if met}


def unapplied(connection: Connection, house: House, rows: Sequence[Any]) -> set[str]:
    """Townships that have not nominated what the first cycle asks (篇六), and places that began and did not apply."""
    since = house.rules.cycle_from
    taking = _open(connection, (Level.COMMUNITY, Level.VILLAGE), since)
    steps = steps_of(connection, house, [row.code for row in taking])
    towns = [Town(row.code, row.code, 0, 0) for row in rows if row.level == Level.TOWNSHIP]
    all_taking = [Taking(row.name, row.level, row.parent or "", steps.get(row.code, ())) for row in taking]
    found = {code for code, _ in quotas(all_taking, towns, house.rules)}
    begun = select(ASSESSMENT.c.place).where(ASSESSMENT.c.on >= since).distinct()
    for code in connection.execute(begun).scalars():
        applied = any(step.step is Step.APPLIED and step.on >= since for step in steps.get(code, ()))
        if not applied or stage(steps.get(code, ())) is Stage.RETURNED:
            found.add(code)
    return found


def _unreviewed(connection: Connection, house: House, deadline: Deadline, day: date) -> Iterator[Lacking]:
    """Awards held since before the quarter and not reviewed in it, under the office that answers for them."""
    known = steps_of(connection, house, ever_awarded(connection))
    names = {row.code: row.name for row in _NAMES.all(connection, {"codes": sorted(known)})} if known else {}
    for code, steps in sorted(known.items()):
        since = granted_on(steps)
        reviewed = any(each.step is Step.KEPT and each.period == deadline.period for each in steps)
        if since is not None and not reviewed and quarter(since) < deadline.period:
            for each in responsible(connection, code, [Role.OFFICE], day):
                yield Lacking(Role.OFFICE, each.place, code, names[code])


def say(  # noqa: PLR0913 - who says of which place what
    connection: Connection, act: Act, deadline: Deadline, place: str, roles: Collection[Role], *, met: bool
) -> str:
    """Keep that a place has done what a deadline asks, or that it has not; the place's name.

    Raises:
        RefusedError: ``unknown`` place, ``entitled`` (none of the roles that answer for it), ``settled`` (the facts
            settle it, not a word).
    """
    row = connection.execute(select(PLACE.c.name, PLACE.c.level).where(PLACE.c.code == place)).first()
    if row is None:
        raise RefusedError("unknown")
    wanted = {role for role in roles if role.value in deadline.rule.audience and row.level in LEVELS.get(role, ())}
    if not wanted:
        raise RefusedError("entitled")
    if deadline.rule.settled is Settled.REVIEWED or (
        deadline.rule.settled is Settled.APPLIED and row.level != Level.TOWNSHIP
    ):
        raise RefusedError("settled")
    values = {
        "deadline": deadline.rule.id, "period": deadline.period, "place": place, "met": met,
        "person": act.person, "recorded_at": act.now,
    }  # fmt: skip
    connection.execute(insert(MET), values)
    what = "deadline met" if met else "deadline open again"
    audit.record(connection, act.now, f"p:{act.person}", what, place, f"{deadline.rule.id} {deadline.period}")
    return str(row.name)


def listed(asking: Asking) -> Mapping[str, Any]:
    """What is due within the reach of its reminders, the daily report apart, with what this person still owes of it."""
    rules, today = asking.house.rules, asking.today
    found = []
    for each in deadlines(rules, today, today + reach(rules), asking.house.zone, Workdays(workdays(asking.connection))):
        if each.rule.settled is Settled.REPORTED:
            continue
        mine = owing(asking.connection, lacking(asking.connection, asking.house, each, today), today)
        label = each.rule.labels.get(asking.who.locale.value, each.rule.id)
        places = mine.get(asking.who.person, ())
        found.append(DeadlineLine(each.rule.id, each.period, label, each.due, each.rule.settled, places))
    return {"deadlines": tuple(found)}


def workdays(connection: Connection) -> dict[date, bool]:
    """What an admin wrote of single days: whether they are worked."""
    return {row.day: row.working for row in _WORKDAYS.all(connection, {})}


def set_workday(connection: Connection, day: date, working: bool | None, now: datetime, name: str = "") -> None:  # noqa: FBT001 - three states: worked, off, as the library has it
    """Write that a day is worked or off; None: as the library has it."""
    connection.execute(delete(WORKDAY).where(WORKDAY.c.day == day))
    if working is not None:
        connection.execute(insert(WORKDAY), {"day": day, "working": working, "name": name, "recorded_at": now})
    said = {None: "as known", True: "worked", False: "off"}[working]
    audit.record(connection, now, "cli", "working day set", day.isoformat(), said)
