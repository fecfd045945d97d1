"""Home isolation, returnees and care: written down by those who work at the place, or answer for it (DOMAIN 7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NoReturn

from sqlalchemy import Connection, insert, select

from bot.model import CareGiven, Details, Isolation, IsolationBegun, ReturneeRegistered, Stay
from bot.model.care import LONGEST
from bot.store import codec
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.care_kept import ISOLATION, RETURNEE, STAY, VISIT, read
from bot.store.cases import RefusedError, check_place
from bot.store.duties import CASE


def begin(connection: Connection, house: House, act: Act, fact: IsolationBegun) -> Isolation:
    """Write an isolation down as it was ordered.

    Raises:
        RefusedError: not the sender's place, a closed one, a day to come, days that are over or too many, a case
            that is none of that place.
    """
    _check(connection, act, fact.place, fact.on)
    free = fact.on + timedelta(days=fact.days)
    if not 0 < fact.days <= LONGEST:
        _refuse("days", days=fact.days, most=LONGEST)
    if free <= act.now.date():
        _refuse("over", on=free)
    of_place = select(CASE.c.code).where(CASE.c.code == fact.case, CASE.c.place == fact.place)
    if fact.case and connection.execute(of_place).first() is None:
        _refuse("case", code=fact.case)
    values = _sealed(house, act, fact.details) | {
        "place": fact.place, "case": fact.case or None, "since": fact.on, "days": fact.days,
    }  # fmt: skip
    number = connection.execute(insert(ISOLATION).returning(ISOLATION.c.id), values).scalar_one()
    return read(connection, house.keyring, ISOLATION.c.id == number)[0]


def happened(
    connection: Connection, house: House, act: Act, number: int, event: tuple[Stay, date]
) -> tuple[Isolation, Isolation]:
    """Write down that the person left, or that the isolation was ended; how it stood before, and stands now.

    Raises:
        RefusedError: no such isolation at a place of the sender's, a day to come or before it began, or it was over.
    """
    stay, on = event
    found = read(connection, house.keyring, ISOLATION.c.id == number)
    if not found:
        _refuse("unknown")
    before = found[0]
    _check(connection, act, before.place, on)
    if on < before.since:
        _refuse("before", on=on, since=before.since)
    if before.ended_on is not None or not before.runs_on(on):
        _refuse("over", on=before.ends)
    values = {"isolation": number, "event": stay.value, "on": on, "person": act.person, "recorded_at": act.now}
    connection.execute(insert(STAY), values)
    return before, read(connection, house.keyring, ISOLATION.c.id == number)[0]


def register(connection: Connection, house: House, act: Act, fact: ReturneeRegistered) -> int:
    """Write returnees down; the number of the entry.

    Raises:
        RefusedError: not the sender's place, a closed one, or a day to come.
    """
    _check(connection, act, fact.place, fact.arrived)
    values = _sealed(house, act, fact.details) | {"place": fact.place, "arrived": fact.arrived, "count": fact.count}
    return int(connection.execute(insert(RETURNEE).returning(RETURNEE.c.id), values).scalar_one())


def give(connection: Connection, act: Act, fact: CareGiven) -> None:
    """Write down the visits of a day; what was written before of the same groups no longer holds.

    Raises:
        RefusedError: not the sender's place, a closed one, or a day to come.
    """
    _check(connection, act, fact.place, fact.day)
    by = {"place": fact.place, "day": fact.day, "person": act.person, "recorded_at": act.now}
    rows = [by | {"care": care.value, "people": people, "visits": visits} for care, people, visits in fact.visits]
    if rows:
        connection.execute(insert(VISIT), rows)


def _check(connection: Connection, act: Act, place: str, on: date) -> None:
    """The place as it is today, whatever the day that is spoken of: where nobody answers, nothing is registered."""
    today = act.now.date()
    check_place(connection, act, place, today)
    if on > today:
        _refuse("future", on=on)


def _refuse(reason: str, **values: object) -> NoReturn:
    raise RefusedError(reason, **values)


def _sealed(house: House, act: Act, details: Details) -> dict[str, Any]:
    """What is kept of a person, under which legal basis, and who wrote it down when."""
    body = house.keyring.seal(codec.dump(details))
    return {"body": body, "basis": house.rules.basis, "person": act.person, "recorded_at": act.now}
