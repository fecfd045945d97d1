"""Who owes what: the places that a person must report for on a day, and how that day stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, literal_column, or_, select, union_all

from bot.model import DUTY_LEVELS, Event, Finding, Leave, Owed, Status
from bot.scoring.coverage import window
from bot.store.prepared import Prepared
from bot.store.tables import named

PLACE = named("place")
ASSIGNMENT = named("assignment")
LEAVE = named("leave")
LEAVE_END = named("leave_end")
REPORT = named("report")
FILING = named("filing")
CASE = named("case_")
EVENT = named("case_event")
LEVELS = tuple(level.value for level in DUTY_LEVELS)


@dataclass(frozen=True, slots=True)
class Away:
    """A leave as it stands after an early return; both days included."""

    id: int
    since: date
    until: date
    stand_in: int | None


@dataclass(frozen=True, slots=True)
class Duties:
    """All assignments that make a person owe reports, those by which others stand in for them, and their leaves."""

    person: int
    rows: Sequence[Any]
    leaves: tuple[Away, ...]

    def away(self, day: date) -> Away | None:
        """The leave that covers ``day``, if any; the newest announcement first."""
        return next((leave for leave in self.leaves if leave.since <= day <= leave.until), None)

    def on(self, day: date) -> dict[str, str]:
        """Code and name of every place owed on ``day``: none of one's own while on leave, a stand-in's all the same."""
        away = self.away(day) is not None
        held = {
            row.code: row
            for row in self.rows
            if row.person == self.person and _holds(row, day) and not (away and row.stands_in_for is None)
        }
        known = Counter([row.name for row in held.values()])
        if len(known) == len(held):
            return {code: row.name for code, row in held.items()}
        # Every compound has a 1栋: where two share a name, the place above comes before it.
        return {
            code: f"{row.above} {row.name}" if known[row.name] > 1 and row.above else row.name
            for code, row in held.items()
        }

    def own_days(self, first: date, length: int) -> dict[str, int]:
        """By place of one's own the days, of so many from ``first`` on as bits, that are neither leave nor stood in."""
        whole = (1 << length) - 1
        for leave in self.leaves:
            whole &= ~window(first, leave.since, leave.until, length=length)
        found, covered = Counter[str](), Counter[str]()
        for row in self.rows:
            end = row.closed - timedelta(days=1) if row.closed else None
            days = window(first, row.since, row.until, length=length) & window(first, row.start, end, length=length)
            if row.stands_in_for in {None, self.person}:
                (found if row.stands_in_for is None else covered)[row.code] |= days & whole
        return {code: days & ~covered[code] for code, days in found.items()}


def _holds(row: Any, day: date) -> bool:  # noqa: ANN401 - a row of an assignment and its place
    """Whether the assignment and its place count on that day."""
    return (
        (row.since is None or row.since <= day)
        and (row.until is None or day <= row.until)
        and (row.closed is None or day < row.closed)
        and (row.start is None or row.start <= day)
    )


_ABOVE = PLACE.alias("above")
_HELD = ASSIGNMENT.alias("held")
# One's own, and those of who stands in for one: at one's own places, by which an index finds them among everybody's.
_OF = union_all(
    select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.person == bindparam("person")),
    select(ASSIGNMENT.c.id)
    .join(_HELD, _HELD.c.place == ASSIGNMENT.c.place)
    .where(_HELD.c.person == bindparam("person"), ASSIGNMENT.c.stands_in_for == bindparam("person")),
)
_DUTIES = Prepared(
    select(
        PLACE.c.code,
        PLACE.c.name,
        _ABOVE.c.name.label("above"),
        PLACE.c.start,
        PLACE.c.closed,
        ASSIGNMENT.c.person,
        ASSIGNMENT.c.since,
        ASSIGNMENT.c.until,
        ASSIGNMENT.c.stands_in_for,
    )
    .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
    .outerjoin(_ABOVE, _ABOVE.c.code == PLACE.c.parent)
    # Literals: a list that is expanded at each call costs as much again as the question.
    .where(PLACE.c.level.in_([literal_column(f"'{level}'") for level in LEVELS]))
    .where(ASSIGNMENT.c.id.in_(_OF))
    .order_by(ASSIGNMENT.c.stands_in_for.isnot(None), ASSIGNMENT.c.id)
)
_ENDED = select(func.min(LEAVE_END.c.on)).where(LEAVE_END.c.leave == LEAVE.c.id).scalar_subquery()
_NAMES = Prepared(select(PLACE.c.code, PLACE.c.name).where(PLACE.c.code.in_(bindparam("codes", expanding=True))))
_LEAVES = Prepared(
    select(LEAVE.c.id, LEAVE.c.since, LEAVE.c.until, LEAVE.c.stand_in, _ENDED.label("on"))
    .where(LEAVE.c.person == bindparam("person"))
    .order_by(LEAVE.c.id.desc())
)


def duties(connection: Connection, person: int) -> Duties:
    """What ``person`` owes, today and on other days; two queries."""
    return Duties(person, _DUTIES.all(connection, {"person": person}), leaves(connection, person))


def leaves(connection: Connection, person: int) -> tuple[Away, ...]:
    """The person's leaves as they stand, newest announcement first; a leave that ended before it began is left out."""
    found = []
    for row in _LEAVES.all(connection, {"person": person}):
        until = row.until if row.on is None else min(row.until, row.on - timedelta(days=1))
        if row.since <= until:
            found.append(Away(row.id, row.since, until, row.stand_in))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Word:
    """What stands reported of a place's day, and by whom."""

    status: Status
    person: int | None
    late: bool


Words = dict[tuple[str, date], Word]
_STANDING = Prepared(
    select(REPORT.c.place, REPORT.c.day, REPORT.c.status, REPORT.c.person, REPORT.c.late)
    .where(REPORT.c.place.in_(bindparam("places", expanding=True)), REPORT.c.day.in_(bindparam("days", expanding=True)))
    .order_by(REPORT.c.recorded_at, REPORT.c.id)
)


def standing(connection: Connection, places: Collection[str], days: Collection[date]) -> Words:
    """The newest word on each place's day; one that was withdrawn is left out. One query."""
    if not places or not days:
        return {}
    rows = _STANDING.all(connection, {"places": list(places), "days": list(days)})
    words = {(row.place, row.day): row for row in rows}
    return {
        key: Word(Status(row.status), row.person, row.late)
        for key, row in words.items()
        if row.status != Status.WITHDRAWN
    }


def others(connection: Connection, places: Collection[str], day: date, person: int) -> dict[str, Word]:
    """What somebody else than ``person`` last said of each place's day and did not take back."""
    newest: dict[tuple[str, int | None], Any] = {}
    for row in _STANDING.all(connection, {"places": list(places), "days": [day]}):
        newest.pop((row.place, row.person), None)  # so that the order is that of the last words
        newest[row.place, row.person] = row
    return {
        place: Word(Status(row.status), row.person, row.late)
        for (place, who), row in newest.items()
        if who != person and row.status != Status.WITHDRAWN
    }


_LATER = EVENT.alias("later")
_FOUND = Prepared(
    select(CASE.c.code, CASE.c.place, EVENT.c.kind, FILING.c.person)
    .join(EVENT, and_(EVENT.c.case == CASE.c.code, EVENT.c.event == Event.FOUND))
    .join(FILING, FILING.c.id == CASE.c.filing)
    .where(CASE.c.place.in_(bindparam("places", expanding=True)), FILING.c.day == bindparam("day"))
    .where(~select(_LATER.c.id).where(_LATER.c.case == CASE.c.code, _LATER.c.event == Event.WITHDRAWN).exists())
    .order_by(CASE.c.code)
)


def found(connection: Connection, places: Collection[str], day: date) -> Sequence[Any]:
    """The cases that daily reports found at these places on ``day`` and that still stand: code, place, kind, person."""
    return _FOUND.all(connection, {"places": list(places), "day": day}) if places else ()


def owed(connection: Connection, mine: Duties, day: date, words: Words) -> tuple[Owed, ...]:
    """The places of a person's day in the order of the roster, with what stands reported (``words``)."""
    places = mine.on(day)
    abnormal = [code for code in places if (word := words.get((code, day))) and word.status is Status.ABNORMAL]
    cases = found(connection, abnormal, day)
    own, all_found = _findings(row for row in cases if row.person == mine.person), _findings(cases)
    shown = []
    for code, name in places.items():
        word = words.get((code, day))
        one = Owed(code, name)
        if word is not None:
            is_mine = word.person == mine.person
            # One's own word is corrected by one's own findings; a colleague's are the colleague's to correct.
            findings = (own if is_mine else all_found).get(code, ())
            one = replace(one, status=word.status, mine=is_mine, findings=findings)
        shown.append(one)
    return tuple(shown)


def _findings(cases: Iterable[Any]) -> dict[str, tuple[Finding, ...]]:
    counts: dict[str, dict[str, int]] = {}
    for row in cases:
        kinds = counts.setdefault(row.place, {})
        kinds[row.kind] = kinds.get(row.kind, 0) + 1
    return {place: tuple(Finding(kind, count) for kind, count in kinds.items()) for place, kinds in counts.items()}


def stand_in_names(leave: Away | None, names: dict[int, str]) -> Leave | None:
    """A leave as a brief shows it."""
    if leave is None:
        return None
    return Leave(leave.since, leave.until, names.get(leave.stand_in or 0))


def end_stand_in(connection: Connection, leave: int, on: date) -> tuple[str, ...]:
    """End the stand-in assignments of a leave the day before ``on``; the places where they were."""
    change = (
        ASSIGNMENT.update()
        .where(ASSIGNMENT.c.leave == leave, or_(ASSIGNMENT.c.until.is_(None), ASSIGNMENT.c.until >= on))
        .values(until=on - timedelta(days=1))
    )
    return tuple(dict.fromkeys(connection.execute(change.returning(ASSIGNMENT.c.place)).scalars()))


def names(connection: Connection, codes: Collection[str]) -> tuple[str, ...]:
    """The names of these places, in their order."""
    known = {row.code: row.name for row in _NAMES.all(connection, {"codes": list(codes)})} if codes else {}
    return tuple(known[code] for code in codes if code in known)
