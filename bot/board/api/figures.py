"""Places and their figures: streaks, history, coverage, and what was reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from bot.board.api import asked as ask
from bot.board.api.reading import Found, Item, Reading, RefusedError
from bot.board.past import Bench
from bot.model import DUTY_LEVELS, Cause, Status, Streak
from bot.store import figures, sums
from bot.store.duties import EVENT, PLACE, REPORT
from bot.store.restated import DAYS, history

LONGEST = timedelta(days=366)
"""The most days of a history in one answer's reach."""


def places(reading: Reading, asked: ask.Leveled) -> Found:
    """The subtree, in the order of codes; ``updated`` is when a report or a fact of a case was last recorded there."""
    rows, onward = _places(reading, "places", asked.level)
    codes = [row.code for row in rows]
    newest = [
        select(table.c.place, func.max(table.c.recorded_at).label("at"))
        .where(table.c.place.in_(codes))
        .group_by(table.c.place)
        for table in (REPORT, EVENT)
    ]
    updated: dict[str, Any] = {}
    for query in newest:
        for place, at in reading.connection.execute(query):
            updated[place] = max(at, updated.get(place, at))
    zone = reading.house.zone
    return Found(
        [
            {
                "place": row.code,
                "name": row.name,
                "level": row.level,
                "parent": row.parent,
                "start": row.start,
                "closed": row.closed,
                "updated": updated[row.code].astimezone(zone) if row.code in updated else None,
            }
            for row in rows
        ],
        onward,
    )


def _places(
    reading: Reading, what: str, level: str | None, day: date | None = None, levels: Sequence[str] = ()
) -> tuple[Sequence[Any], str | None]:
    """A page of the places: not closed on ``day``, of one level, or of those that count."""
    query = select(PLACE).order_by(PLACE.c.code)
    query = reading.scope.within(query, PLACE.c.code)
    if level is not None:
        query = query.where(PLACE.c.level == level)
    if levels:
        query = query.where(PLACE.c.level.in_(levels))
    if day is not None:
        query = query.where(or_(PLACE.c.closed.is_(None), PLACE.c.closed > day))
    if (after := reading.after(what, str)) is not None:
        query = query.where(PLACE.c.code > after[0])
    return reading.page(what, reading.limited(query), lambda row: (row.code,))


def streaks(reading: Reading, asked: ask.Figures) -> Found:
    """As ``wuyi streaks --json`` has them."""
    rules = reading.rules(asked.pack)
    day = reading.past(asked.as_of, "as_of")
    at = asked.known_at
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=reading.house.zone)
    rows, onward = _places(reading, "streaks", asked.level, day, sorted(rules.levels))
    named = {row.code: row for row in rows}
    found = figures.streaks(reading.connection, rules, day, at, None, named) if named else []
    return Found([_streak(reading, named[each.place], each) for each in found], onward)


def _streak(reading: Reading, row: Any, streak: Streak) -> Item:  # noqa: ANN401 - a row of a place
    reason = streak.reason
    why: dict[str, object] | None = None
    if reason is not None:
        seen = {"case": reason.case} if reading.sees_cases else {}
        why = {"rule": reason.rule, **seen, "kind": reason.kind, "ended_on": reason.ended_on}
    return {
        "place": streak.place,
        "name": row.name,
        "level": row.level,
        "as_of": streak.as_of,
        "streak": streak.days,
        "state": streak.state,
        "since": streak.since,
        "reason": why,
        "reported_days": streak.reported_days,
        "unverified_days": streak.unverified_days,
    }


def past(reading: Reading, asked: ask.Days, code: str) -> Found:
    """Day by day what was published of a place beside what is known now, newest first, one pack after another."""
    name = reading.within(code, "code")
    last = reading.past(asked.last, "last")
    first = asked.first or max(last - timedelta(days=DAYS), date(ask.FIRST, 1, 1))
    if first > last or last - first > LONGEST:
        raise RefusedError(422, "span", "first", days=LONGEST.days)
    packs = [rules.name for rules in reading.house.judges]
    bench = Bench(reading.house.judges, reading.house.zone)
    days = [
        (packs.index(of.pack), day) for of in history(reading.connection, bench, code, first, last) for day in of.days
    ]
    if (after := reading.after("history", int, date.fromisoformat)) is not None:
        pack, until = after
        days = [each for each in days if each[0] > pack or (each[0] == pack and each[1].day < until)]
    shown, onward = reading.page("history", days[: asked.limit + 1], lambda each: (each[0], each[1].day))
    return Found(
        [
            {
                "place": code,
                "name": name,
                "pack": packs[pack],
                "day": day.day,
                "published": _figure(day.published),
                "restated": _figure(day.restated),
                "differs": day.differs,
                "cause": day.cause and _cause(reading, day.cause),
            }
            for pack, day in shown
        ],
        onward,
    )


def _figure(streak: Streak) -> Item:
    return {"streak": streak.days, "state": streak.state, "since": streak.since}


def _cause(reading: Reading, cause: Cause) -> Item:
    seen = {"case": cause.case or None} if reading.sees_cases else {}
    return {**seen, "event": cause.event, "on": cause.on, "recorded_at": cause.recorded_at}


def coverage(reading: Reading, asked: ask.OfDay) -> Found:
    """Of each place with all below it: reports owed, received, received on time."""
    day = reading.past(asked.day, "day")
    rows, onward = _places(reading, "coverage", asked.level, day)
    tallies = sums.tallies(reading.connection, day, day, [row.code for row in rows]) if rows else {}
    return Found(
        [
            {
                "place": row.code,
                "name": row.name,
                "level": row.level,
                "day": day,
                "expected": tallies[row.code].expected,
                "received": tallies[row.code].received,
                "on_time": tallies[row.code].on_time,
            }
            for row in rows
        ],
        onward,
    )


def reports(reading: Reading, asked: ask.OfDay) -> Found:
    """Of each place of which somebody may report, what stands of the day; who said it is nobody's business here."""
    day = reading.past(asked.day, "day")
    rows, onward = _places(reading, "reports", asked.level, day, sorted(level.value for level in DUTY_LEVELS))
    stands = _newest(reading, [row.code for row in rows], day)
    zone = reading.house.zone
    found = []
    for row in rows:
        said = stands.get(row.code)
        if said is not None and said.status == Status.WITHDRAWN:
            said = None
        found.append(
            {
                "place": row.code,
                "name": row.name,
                "level": row.level,
                "day": day,
                "status": said and said.status,
                "late": said and said.late,
                "recorded_at": said and said.recorded_at.astimezone(zone),
            }
        )
    return Found(found, onward)


def _newest(reading: Reading, codes: Sequence[str], day: date) -> Mapping[str, Any]:
    """The last word of each place's day."""
    query = (
        select(REPORT.c.place, REPORT.c.status, REPORT.c.late, REPORT.c.recorded_at)
        .where(REPORT.c.place.in_(codes), REPORT.c.day == day)
        .order_by(REPORT.c.recorded_at, REPORT.c.id)
    )
    return {row.place: row for row in reading.connection.execute(query)}
