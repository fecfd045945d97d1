"""Home isolation, returnees and care as they stand, for those who may know; and whose isolation is over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select

from bot import words
from bot.model import (
    DUTY_LEVELS,
    Care,
    Details,
    Field,
    Grant,
    Isolation,
    Level,
    Near,
    Returned,
    Role,
    Stay,
    Visited,
    grant,
)
from bot.model.care import GRACE, LONGEST, ending, standing
from bot.model.rights import RIGHTS
from bot.store import codec
from bot.store.asking import Asking, House
from bot.store.authority import responsible, scope
from bot.store.crypto import Keyring
from bot.store.duties import PLACE
from bot.store.prepared import Prepared
from bot.store.tables import named

ISOLATION = named("isolation")
STAY = named("isolation_event")
RETURNEE = named("returnee")
VISIT = named("care_visit")
WORK = RIGHTS["care"]
"""Who keeps these registers at a place of theirs, or below it; each of them may know a building (``ACCESS``)."""
AREA = frozenset(role for role in WORK if grant((role,), Field.AREA, own=False) is Grant.FULL)
"""Who may know where returnees came from, beside whoever registered them."""
LASTING = timedelta(days=LONGEST) + GRACE
"""An isolation that was not begun, or begun anew, within this is over, and was announced."""
TOLD = frozenset({Role.BUILDING_LEADER, Role.GRID_WORKER, Role.UNIT_CONTACT, Role.COMMUNITY_LEAD})
"""Who hears that an isolation is over."""
WARDS = 8
"""As many buttons as fit a phone without scrolling."""
MOST = 60
"""As many returnees as a list in a chat can carry."""
_ABOVE = PLACE.alias("above")
_NAMED = (PLACE.c.name.label("place_name"), PLACE.c.level, _ABOVE.c.name.label("above"))


def isolations(asking: Asking) -> Mapping[str, Any]:
    """The isolations that run at the person's places, the next to end first; and where one may begin."""
    see = scope(asking.who.person, WORK, asking.today)
    theirs = and_(ISOLATION.c.place.in_(select(see.c.code)), lately(asking.today))
    found = read(asking.connection, asking.house.keyring, theirs)
    running = sorted((each for each in found if each.runs_on(asking.today)), key=lambda each: (each.ends, each.id))
    return {"isolations": tuple(running), "isolation_days": asking.house.rules.isolation_days, "wards": _wards(asking)}


def read(connection: Connection, keyring: Keyring, where: ColumnElement[bool]) -> list[Isolation]:
    """Isolations as they stand. Two queries; it is for the caller to ask for none that may not be read."""
    rows = connection.execute(_ISOLATIONS.where(where).order_by(ISOLATION.c.id)).all()
    return _stood(keyring, rows, connection.execute(_STAYS.where(where)).all() if rows else ())


def read_late(connection: Connection, keyring: Keyring, day: date) -> list[Isolation]:
    """The same, of those of ``lately``: asked at every tick."""
    since = {"since": day - LASTING}
    rows = _LATE.all(connection, since)
    return _stood(keyring, rows, _LATE_STAYS.all(connection, since) if rows else ())


def _stood(keyring: Keyring, rows: Sequence[Any], steps: Sequence[Any]) -> list[Isolation]:
    events: dict[int, list[tuple[Stay, date]]] = {row.id: [] for row in rows}
    for row in steps:
        events[row.isolation].append((Stay(row.event), row.on))
    found = []
    for row in rows:
        door = codec.load(Details, keyring.open_bytes(row.body)).door
        building = words.building(door) if door else None
        found.append(
            standing(Isolation(row.id, row.place, _called(row), row.since, row.days, building), events[row.id])
        )
    return found


def lately(day: date) -> ColumnElement[bool]:
    """Only these can still run or have just ended: ordered, or begun anew, within the longest time that one lasts."""
    return _lasting(day - LASTING)


def _lasting(since: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a day, or the parameter for one
    anew = select(STAY.c.isolation).where(STAY.c.event == Stay.BROKEN.value, STAY.c.on > since)
    return or_(ISOLATION.c.since > since, ISOLATION.c.id.in_(anew))


def _with_above(query: Any) -> Any:  # noqa: ANN401 - a select of whatever columns
    """Beside each place the one above it: every compound has a 1栋."""
    return query.outerjoin(_ABOVE, _ABOVE.c.code == PLACE.c.parent)


_ISOLATIONS = _with_above(select(ISOLATION, *_NAMED).join(PLACE, PLACE.c.code == ISOLATION.c.place))
_STAYS = select(STAY.c.isolation, STAY.c.event, STAY.c.on).join(ISOLATION, ISOLATION.c.id == STAY.c.isolation)
_LATE = Prepared(_ISOLATIONS.where(_lasting(bindparam("since"))).order_by(ISOLATION.c.id))
_LATE_STAYS = Prepared(_STAYS.where(_lasting(bindparam("since"))))


def _called(row: Any) -> str:  # noqa: ANN401 - a row with the columns of ``_NAMED``
    """A place's name; that of a building comes with the place above."""
    building = row.level == Level.BUILDING.value and row.above
    return f"{row.above} {row.place_name}" if building else str(row.place_name)


def _wards(asking: Asking) -> tuple[Near, ...]:
    """Some of the places for which the person works or answers."""
    see = scope(asking.who.person, WORK, asking.today)
    levels = [level.value for level in DUTY_LEVELS - {Level.BUILDING}]
    query = (
        _with_above(select(PLACE.c.code, *_NAMED).join(see, see.c.code == PLACE.c.code))
        .where(PLACE.c.level.in_(levels), or_(PLACE.c.closed.is_(None), PLACE.c.closed > asking.today))
        .order_by(PLACE.c.code)
        .limit(WARDS)
    )
    return tuple(Near(row.code, _called(row)) for row in asking.connection.execute(query))


def returnees(asking: Asking) -> Mapping[str, Any]:
    """Who came back to the person's places within the pack's days; the area where the table grants it."""
    days = asking.house.rules.returnee_days
    see, areas = scope(asking.who.person, WORK, asking.today), scope(asking.who.person, AREA, asking.today)
    people = RETURNEE.c.count.label("people")
    query = (
        select(RETURNEE, people, *_NAMED, areas.c.code.label("may"))
        .join(see, see.c.code == RETURNEE.c.place)
        .join(PLACE, PLACE.c.code == RETURNEE.c.place)
        .outerjoin(areas, areas.c.code == RETURNEE.c.place)
        .where(RETURNEE.c.arrived > asking.today - timedelta(days=days))
        .order_by(RETURNEE.c.arrived.desc(), RETURNEE.c.id.desc())
        .limit(MOST)
    )
    found = []
    for row in asking.connection.execute(_with_above(query)):
        one = Returned(row.place, _called(row), row.arrived, row.people)
        if row.may is not None or row.person == asking.who.person:
            details = codec.load(Details, asking.house.keyring.open_bytes(row.body))
            one = replace(one, area=details.area)
        found.append(one)
    return {"returnees": tuple(found), "returnee_days": days, "wards": _wards(asking)}


def care(asking: Asking) -> Mapping[str, Any]:
    """The last word on each group of those in need, up to the day that is spoken of, at the person's places."""
    see = scope(asking.who.person, WORK, asking.today)
    newest = (VISIT.c.day.desc(), VISIT.c.id.desc())
    rank = func.row_number().over(partition_by=(VISIT.c.place, VISIT.c.care), order_by=newest).label("rank")
    ranked = select(VISIT, rank).join(see, see.c.code == VISIT.c.place).where(VISIT.c.day <= asking.day).subquery()
    query = select(ranked).where(ranked.c.rank == 1).order_by(ranked.c.place, ranked.c.id)
    rows = asking.connection.execute(query)
    found = tuple(Visited(row.place, Care(row.care), row.day, row.people, row.visits) for row in rows)
    return {"visited": found, "wards": _wards(asking)}


def announced(connection: Connection, house: House, now: datetime) -> list[tuple[int, Isolation]]:
    """Whom to tell that which isolation is over: its place's workers, and who leads there. ``now`` is in the zone."""
    today = now.date()
    found = []
    for isolation in ending(read_late(connection, house.keyring, today), today):
        found += [(person, isolation) for person in _people(connection, isolation.place, TOLD, today)]
    return found


def leads(connection: Connection, place: str, day: date) -> list[int]:
    """Who leads the community of a place."""
    return _people(connection, place, {Role.COMMUNITY_LEAD}, day)


def _people(connection: Connection, place: str, roles: Collection[Role], day: date) -> list[int]:
    return list(dict.fromkeys(each.person for each in responsible(connection, place, roles, day)))
