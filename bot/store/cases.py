"""Cases: entered, followed, acknowledged, by those who may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
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
from bot.scoring.log import ACTION_OF, Outline, Person, broke, misfit, outline
from bot.store import codec, figures
from bot.store.acts import Act
from bot.store.authority import roles_at
from bot.store.case_logs import DETAIL, read_persons
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
    row, person = _row(connection, fact.case)
    breaking = frozenset[str]().union(*(pack.breaking for pack in rules))
    counts = broke((*person.log, *person.joined), breaking)
    _entitled(connection, act, row, ACTION_OF.get(fact.event), breaks=counts)
    before = outline(person, breaking)
    why = misfit(before, fact.event, fact.on, act.now.date(), fact.kind)
    if why is not None:
        raise RefusedError(why.reason, **why.values)
    if fact.event == Event.DIAGNOSED and not any(fact.kind in pack.kinds for pack in rules):
        raise RefusedError("kind", kind=fact.kind)
    if fact.event == Event.MERGED:
        _check_other(connection, row, fact.other)
    values = {
        "case": fact.case, "place": row.place, "event": fact.event.value, "kind": fact.kind or "", "on": fact.on,
        "recorded_at": act.now, "person": act.person, "source": "chat", "other": fact.other,
    }  # fmt: skip
    connection.execute(insert(EVENT), values)
    figures.project(connection, rules, [fact.case])
    return before


def _row(connection: Connection, code: str) -> tuple[Any, Person]:
    row = connection.execute(select(CASE).where(CASE.c.code == code)).first()
    person = read_persons(connection, [code]).get(code)
    if row is None or person is None:
        raise RefusedError("unknown", code=code)
    return row, person


def _entitled(connection: Connection, act: Act, row: Any, action: Action | None, *, breaks: bool = True) -> None:  # noqa: ANN401 - a case's row
    """Asked in the transaction that writes: what was offered when the conversation began may hold no more."""
    roles = roles_at(connection, act.person, row.place, act.now.date())
    if action not in allowed(roles, own=row.person == act.person, breaks=breaks):
        raise RefusedError("entitled")


def _check_other(connection: Connection, row: Any, code: str) -> None:  # noqa: ANN401 - a case's row
    """A case is merged into another one of its place that stands for itself."""
    if code == row.code:
        raise RefusedError("itself")
    other, person = _row(connection, code)
    theirs = outline(person)
    if theirs.withdrawn or theirs.merged_into or other.place != row.place:
        raise RefusedError("other", code=code)


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
        RefusedError: no such case, not entitled, or a case that was withdrawn or merged into another.
    """
    row, person = _row(connection, case)
    _entitled(connection, act, row, Action.ADD)
    known = outline(person)
    if known.withdrawn or known.merged_into:
        raise RefusedError("withdrawn" if known.withdrawn else "merged", other=known.merged_into)
    values = {"case": case, "person": act.person, "body": keyring.seal(codec.dump(more)), "basis": rules.basis}
    connection.execute(insert(DETAIL), values | {"recorded_at": act.now})


def acknowledge(connection: Connection, act: Act, case: str) -> tuple[Any, datetime | None]:
    """Record that the sender has seen the alert; the case's row, and when they had seen it before.

    Raises:
        RefusedError: no such case, or not entitled.
    """
    row, _ = _row(connection, case)
    _entitled(connection, act, row, Action.ACKNOWLEDGE)
    known = select(SEEN.c.at).where(SEEN.c.case == case, SEEN.c.person == act.person)
    before = connection.execute(known).scalar()
    if before is None:
        connection.execute(insert(SEEN), {"case": case, "person": act.person, "at": act.now})
    return row, before
