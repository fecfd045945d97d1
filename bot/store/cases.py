"""Cases: entered, followed, acknowledged, by those who may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from bot.model import (
    ACTIONS,
    Action,
    CaseFollowed,
    Details,
    Event,
    Kind,
    PackRules,
    Role,
    allowed,
)
from bot.scoring.log import Outline, outline
from bot.store import codec, figures
from bot.store.acts import Act
from bot.store.authority import roles_at
from bot.store.case_logs import DETAIL, read_logs
from bot.store.crypto import Keyring
from bot.store.duties import CASE, EVENT, PLACE
from bot.store.tables import named

SEEN = named("seen")
LETTERS = {
    Kind.CONFIRMED: "C",
    Kind.SUSPECTED: "S",
    Kind.ASYMPTOMATIC: "A",
    Kind.FEVER: "F",
    Kind.CLOSE_CONTACT: "M",
    Kind.SECONDARY_CONTACT: "N",
    Kind.KEY_PERSON: "K",
}
"""How a case's number begins, where the pack does not say; a kind that a pack brings begins with its first letter."""
ACTION_OF: Mapping[Event, Action] = {
    Event.DIAGNOSED: Action.DIAGNOSE,
    Event.LEFT: Action.MOVE,
    Event.RELEASED: Action.RELEASE,
    Event.RULED_OUT: Action.RULE_OUT,
    Event.REOPENED: Action.REOPEN,
    Event.MERGED: Action.MERGE,
    Event.SPLIT: Action.SPLIT,
    Event.WITHDRAWN: Action.WITHDRAW,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A person found, to be entered as a case."""

    place: str
    kind: str
    on: date
    details: Details | None = None


class RefusedError(Exception):
    """A fact on a case that cannot be recorded; ``reason`` is a key of the words (``case/refused``)."""

    def __init__(self, reason: str, **values: object) -> None:
        """Keep the reason and what the words may show of it."""
        super().__init__(reason)
        self.reason = reason
        self.values = values


def enter(  # noqa: PLR0913, PLR0917 - who found whom, under which rules, in which report
    connection: Connection,
    keyring: Keyring,
    rules: PackRules,
    act: Act,
    found: Sequence[Opened],
    filing: int | None = None,
) -> list[str]:
    """Enter a case for each, with its first fact and its details; returns their numbers. The caller projects them."""
    if not found:
        return []
    codes = _numbers(connection, rules, found)
    by = {"person": act.person, "recorded_at": act.now}
    cases = [
        {"code": code, "place": each.place, "filing": filing, "person": act.person, "opened_at": act.now}
        for code, each in zip(codes, found, strict=True)
    ]
    events = [
        {"case": code, "place": each.place, "event": Event.FOUND.value, "kind": each.kind, "on": each.on, **by}
        | {"source": "chat", "other": ""}
        for code, each in zip(codes, found, strict=True)
    ]
    details = [
        {"case": code, "body": keyring.seal(codec.dump(each.details)), "basis": rules.basis, **by}
        for code, each in zip(codes, found, strict=True)
        if each.details is not None
    ]
    for table, rows in ((CASE, cases), (EVENT, events), (DETAIL, details)):
        if rows:
            connection.execute(insert(table), rows)
    return codes


def _numbers(connection: Connection, rules: PackRules, found: Sequence[Opened]) -> list[str]:
    """The next free numbers of the days, as ``F1124-03``; one query a kind and day."""
    days = {each.on for each in found}
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        for day in sorted(days):
            connection.execute(text("SELECT pg_advisory_xact_lock(:day)"), {"day": day.toordinal()})
    numbers: dict[str, int] = {}
    codes = []
    for each in found:
        letter = rules.letters.get(each.kind) or (
            LETTERS[Kind(each.kind)] if each.kind in LETTERS else each.kind[:1].upper()
        )
        prefix = f"{letter}{each.on:%m%d}-"
        if prefix not in numbers:
            # The digits behind the dash: a range on the primary key, and the greatest by length, then by sign.
            taken = select(CASE.c.code).where(CASE.c.code >= prefix, CASE.c.code < prefix[:-1] + ".")
            order = (func.length(CASE.c.code).desc(), CASE.c.code.desc())
            last = connection.execute(taken.order_by(*order).limit(1)).scalar()
            digits = (last or "").removeprefix(prefix)
            numbers[prefix] = int(digits) if digits.isdigit() else 0
        numbers[prefix] += 1
        codes.append(f"{prefix}{numbers[prefix]:02d}")
    return codes


def follow(connection: Connection, rules: Sequence[PackRules], act: Act, fact: CaseFollowed) -> Outline:
    """Append a fact to a case's log and bring the figures up to date; returns what the case was before.

    Raises:
        RefusedError: no such case, not entitled, a day that cannot be, or a fact that does not fit the log.
    """
    row, before = _row(connection, fact.case)
    roles = roles_at(connection, act.person, row.place, act.now.date())
    if ACTION_OF.get(fact.event) not in allowed(roles, own=row.person == act.person):
        raise RefusedError("entitled")
    _check(connection, before, fact, act.now.date(), row.place)
    values = {
        "case": fact.case, "place": row.place, "event": fact.event.value, "kind": fact.kind or "", "on": fact.on,
        "recorded_at": act.now, "person": act.person, "source": "chat", "other": fact.other,
    }  # fmt: skip
    connection.execute(insert(EVENT), values)
    touched = [fact.case, *(code for code in (fact.other, before.merged_into) if code)]
    figures.project(connection, rules, touched)
    return before


def _row(connection: Connection, code: str) -> tuple[Any, Outline]:
    row = connection.execute(select(CASE).where(CASE.c.code == code)).first()
    log = read_logs(connection, [code]).get(code)
    if row is None or not log:
        raise RefusedError("unknown", code=code)
    return row, outline(log)


def _check(connection: Connection, before: Outline, fact: CaseFollowed, today: date, place: str) -> None:  # noqa: C901 - one refusal after another
    if before.withdrawn:
        raise RefusedError("withdrawn")
    if fact.on > today:
        raise RefusedError("future", on=fact.on)
    if fact.on < before.found_on and fact.event != Event.MERGED:
        raise RefusedError("before", on=fact.on, found=before.found_on)
    over = before.ended_on is not None
    if fact.event == Event.REOPENED and not over:
        raise RefusedError("open")
    if fact.event in {Event.LEFT, Event.RELEASED, Event.RULED_OUT} and over:
        raise RefusedError("over", on=before.ended_on)
    if fact.event == Event.SPLIT and not before.merged_into:
        raise RefusedError("unmerged")
    if fact.event != Event.SPLIT and before.merged_into:
        raise RefusedError("merged", other=before.merged_into)
    if fact.event == Event.MERGED:
        if fact.other == fact.case:
            raise RefusedError("itself")
        other, theirs = _row(connection, fact.other)
        if theirs.withdrawn or theirs.merged_into or other.place != place:
            raise RefusedError("other", code=fact.other)


def check_place(connection: Connection, act: Act, place: str, on: date) -> None:
    """Whether the sender may enter a case that was found at ``place`` on ``on``.

    Raises:
        RefusedError: no such place, one that is closed or not theirs, or a day that is still to come.
    """
    row = connection.execute(select(PLACE.c.name, PLACE.c.closed).where(PLACE.c.code == place)).first()
    today = act.now.date()
    if row is None or not roles_at(connection, act.person, place, today) & ACTIONS[Action.SEE] - {Role.OFFICE}:
        raise RefusedError("place")
    if row.closed is not None and row.closed <= on:
        raise RefusedError("closed", name=row.name, on=row.closed)
    if on > today:
        raise RefusedError("future", on=on)


def place_of(connection: Connection, case: str) -> str | None:
    """The place of a case, if there is such a case."""
    return connection.execute(select(CASE.c.place).where(CASE.c.code == case)).scalar()


def reporter(connection: Connection, case: str) -> int | None:
    """Who reported a case; None where it was imported."""
    return connection.execute(select(CASE.c.person).where(CASE.c.code == case)).scalar()


def add_details(  # noqa: PLR0913, PLR0917 - who tells what, under which rules
    connection: Connection, keyring: Keyring, rules: PackRules, act: Act, case: str, more: Details
) -> None:
    """Append what became known of the person of a case.

    Raises:
        RefusedError: no such case, or not entitled.
    """
    row, _ = _row(connection, case)
    roles = roles_at(connection, act.person, row.place, act.now.date())
    if Action.ADD not in allowed(roles, own=row.person == act.person):
        raise RefusedError("entitled")
    values = {"case": case, "person": act.person, "body": keyring.seal(codec.dump(more)), "basis": rules.basis}
    connection.execute(insert(DETAIL), values | {"recorded_at": act.now})


def acknowledge(connection: Connection, act: Act, case: str) -> tuple[Any, bool]:
    """Record that the sender has seen the alert; the case's row, and whether it is the first time.

    Raises:
        RefusedError: no such case, or not entitled.
    """
    row, _ = _row(connection, case)
    if Action.ACKNOWLEDGE not in allowed(roles_at(connection, act.person, row.place, act.now.date()), own=False):
        raise RefusedError("entitled")
    known = select(SEEN.c.id).where(SEEN.c.case == case, SEEN.c.person == act.person)
    if connection.execute(known).first() is not None:
        return row, False
    connection.execute(insert(SEEN), {"case": case, "person": act.person, "at": act.now})
    return row, True
