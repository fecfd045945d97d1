"""What a conversation is told when it opens, gathered in a few questions to the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot import words
from bot.dialog import Need
from bot.model import Brief, Colleague, Locale, PackRules, PastDay, PlaceStreak, Status
from bot.store import (
    asked,
    assessable,
    care_kept,
    circulars,
    creation_kept,
    deadlines,
    desks,
    figures,
    known_cases,
    ledger_kept,
    offices,
    own_data,
    past,
    pictured,
    places,
    reasons,
    redblack,
    rights,
    ticks,
    todo,
    worklog,
)
from bot.store.asking import Asking, House, Who
from bot.store.authority import ACCOUNT, HEARD
from bot.store.crypto import Keyring
from bot.store.duties import (
    ASSIGNMENT,
    LEAVE,
    LEAVE_END,
    PLACE,
    Duties,
    duties,
    owed,
    stand_in_names,
    standing,
)
from bot.store.prepared import Prepared
from bot.store.tables import named
from scheduler.calendar import cutoff

PERSON = named("person")
CONSENT = named("consent")
BACK = 3
"""How many days back a missed report can be made good."""
WEEK = 7
COLLEAGUES = 8
"""As many buttons as fit a phone without scrolling."""


_WHO = Prepared(
    select(PERSON.c.id, PERSON.c.name, PERSON.c.locale, ACCOUNT.c.bound_at, ACCOUNT.c.unreachable_at)
    .join(ACCOUNT, ACCOUNT.c.person == PERSON.c.id)
    .where(ACCOUNT.c.channel == bindparam("channel"), ACCOUNT.c.address == bindparam("address"))
    .where(ACCOUNT.c.unbound_at.is_(None))
)


def who(connection: Connection, keyring: Keyring, channel: str, address: str) -> Who | None:
    """The person to whom this address is bound, or None."""
    row = _WHO.first(connection, {"channel": channel, "address": address})
    if row is None:
        return None
    return Who(row.id, keyring.open(row.name), Locale(row.locale), row.bound_at, row.unreachable_at is not None)


def person(connection: Connection, keyring: Keyring, number: int, now: datetime) -> Who:
    """Somebody of the roster who has no chat yet.

    Raises:
        sqlalchemy.exc.NoResultFound: there is no such person.
    """
    row = connection.execute(select(PERSON.c.name, PERSON.c.locale).where(PERSON.c.id == number)).one()
    return Who(number, keyring.open(row.name), Locale(row.locale), now)


def brief(  # noqa: PLR0913, PLR0917 - the house, the person, the moment, the day and what the flow needs
    connection: Connection,
    house: House,
    someone: Who,
    now: datetime,
    day: date,
    needs: Collection[Need] = (),
    mine: Duties | None = None,
    subject: str = "",
) -> Brief:
    """What ``someone`` owes on ``day`` as seen at ``now`` (aware, in the programme's zone).

    ``mine`` spares the questions for the person's duties where they are known.
    """
    mine = duties(connection, someone.person) if mine is None else mine
    today = now.date()
    back = _back(mine, today, someone.bound_at.astimezone(house.zone).date())
    codes = {code for expected in (mine.on(day), *back.values()) for code in expected}
    said = standing(connection, codes, {day, *back})
    places = owed(connection, mine, day, said)
    away = mine.away(today)
    ahead = [] if away else [leave for leave in mine.leaves if leave.since > today]
    coming = min(ahead, key=lambda leave: leave.since, default=None)
    named_in = away or coming
    names = _names(connection, house.keyring, [named_in.stand_in] if named_in and named_in.stand_in else [])
    codes_owed = [place.code for place in places]
    told = Brief(
        now=now,
        day=day,
        cutoff=cutoff(day, house.rules, house.zone),
        locale=someone.locale,
        person=someone.person,
        name=words.masked_name(someone.name),
        owed=places,
        missed=tuple(each for each, expected in back.items() if any((code, each) not in said for code in expected)),
        leave=stand_in_names(away, names),
        coming=stand_in_names(coming, names),
        colleagues=colleagues(connection, house.keyring, someone.person, codes_owed, today)
        if Need.COLLEAGUES in needs
        else (),
        streaks=place_streaks(connection, house.rules, today, codes_owed) if Need.STREAKS in needs else (),
        history=_history(connection, mine, today) if Need.HISTORY in needs else (),
        me=own_data.shown(connection, house, someone, now) if Need.SELF in needs else None,
        kinds=house.rules.form_kinds,
        note_limit=house.rules.note_limit,
        photo_limit=house.rules.photo_limit,
        subject=subject,
        labels={kind: row[word] for kind, row in house.rules.labels.items() if (word := someone.locale.value) in row},
        fields=house.rules.fields,
    )
    asking = Asking(connection, house, someone, now, day, subject)
    for need in needs:
        if need in MORE:
            told = replace(told, **MORE[need](asking))
    return told


MORE: Mapping[Need, Callable[[Asking], Mapping[str, Any]]] = {
    Need.NEAR: places.near,
    Need.NAMES: places.names,
    Need.TODO: todo.todo,
    Need.CASES: known_cases.known,
    Need.CASE: known_cases.card,
    Need.PROBLEMS: ledger_kept.problems,
    Need.PROBLEM: ledger_kept.card,
    Need.PAST: past.past,
    Need.DESKS: desks.desks,
    Need.DEADLINES: deadlines.listed,
    Need.REASONS: reasons.reasons,
    Need.PICTURED: pictured.pictured,
    Need.CHECKS: ticks.checks,
    Need.ENTRIES: redblack.entries,
    Need.WORK: worklog.work,
    Need.COURSE: creation_kept.course,
    Need.COURSES: creation_kept.courses,
    Need.CIRCULAR: circulars.told,
    Need.ASSESSABLE: assessable.assessable,
    Need.SHEET: assessable.sheet,
    Need.ISOLATIONS: care_kept.isolations,
    Need.RETURNEES: care_kept.returnees,
    Need.CARE: care_kept.care,
    Need.RIGHTS: rights.rights,
    Need.BARRED: offices.barred,
    **asked.ANSWERS,
}
"""What a need adds to a brief: the fields of ``Brief`` that it fills. Nothing of it is asked on a normal day."""


def _back(mine: Duties, today: date, bound: date) -> dict[date, dict[str, str]]:
    """What was owed on the days before today, newest first, since the person came to the bot."""
    days = (today - timedelta(days=n) for n in range(1, BACK + 1))
    return {day: mine.on(day) for day in days if day >= bound}


def place_streaks(
    connection: Connection, rules: PackRules, day: date, codes: Collection[str]
) -> tuple[PlaceStreak, ...]:
    """The streaks of these places, in their order, with their names."""
    if not codes:
        return ()
    found = {each.place: each for each in figures.streaks(connection, rules, day, places=codes)}
    query = select(PLACE.c.code, PLACE.c.name).where(PLACE.c.code.in_(codes))
    names = {row.code: row.name for row in connection.execute(query)}
    return tuple(PlaceStreak(names[code], found[code]) for code in codes if code in found)


def _names(connection: Connection, keyring: Keyring, people: Collection[int]) -> dict[int, str]:
    if not people:
        return {}
    query = select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(people))
    return {row.id: words.masked_name(keyring.open(row.name)) for row in connection.execute(query)}


def colleagues(
    connection: Connection, keyring: Keyring, person: int, codes: Collection[str], today: date
) -> tuple[Colleague, ...]:
    """Who works in the same communities and can be reached, to stand in; with a place, for many share a surname.

    Whoever is on leave ``today`` or will be is left out.
    """
    parents = select(PLACE.c.parent).where(PLACE.c.code.in_(codes), PLACE.c.parent.isnot(None))
    near = PLACE.c.parent.in_(parents) | PLACE.c.code.in_(parents)
    reachable = select(ACCOUNT.c.person).where(*HEARD)
    over = select(LEAVE_END.c.id).where(
        LEAVE_END.c.leave == LEAVE.c.id, (LEAVE_END.c.on <= today) | (LEAVE_END.c.on <= LEAVE.c.since)
    )
    away = select(LEAVE.c.person).where(LEAVE.c.until >= today, ~over.exists())
    query = (
        select(PERSON.c.id, PERSON.c.name, PLACE.c.name.label("place"))
        .join(ASSIGNMENT, ASSIGNMENT.c.person == PERSON.c.id)
        .join(PLACE, PLACE.c.code == ASSIGNMENT.c.place)
        .where(PERSON.c.id != person, PERSON.c.id.in_(reachable), PERSON.c.id.not_in(away))
        .where(near, ASSIGNMENT.c.stands_in_for.is_(None))
        .order_by(PERSON.c.id, ASSIGNMENT.c.id)
    )
    found: dict[int, Colleague] = {}
    for row in connection.execute(query):
        if row.id not in found:
            if len(found) == COLLEAGUES:
                break
            found[row.id] = Colleague(row.id, f"{words.masked_name(keyring.open(row.name))} · {row.place}")
    return tuple(found.values())


def _history(connection: Connection, mine: Duties, today: date) -> tuple[PastDay, ...]:
    days = [today - timedelta(days=n) for n in range(WEEK)]
    expected = {day: mine.on(day) for day in days}
    places = {code for codes in expected.values() for code in codes}
    said = standing(connection, places, days)
    shown = []
    for day, codes in expected.items():
        known = [said[code, day] for code in codes if (code, day) in said]
        abnormal = sum(word.status is Status.ABNORMAL for word in known)
        shown.append(PastDay(day, len(known), len(codes), abnormal, on_time=not any(word.late for word in known)))
    return tuple(shown)
