"""What a daily report leaves behind: a filing, its lines, its photos, and the cases that it found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from bot.model import Event, Finding, ReportFiled, ReportWithdrawn, Status
from bot.store import cases, figures, settling
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.duties import EVENT, FILING, REPORT, Duties, Word, found, others, standing
from bot.store.prepared import Prepared
from bot.store.tables import named

PHOTO = named("photo")
FIELD = named("field_value")
_FILE = Prepared(insert(FILING).returning(FILING.c.id))
_REPORT = Prepared(insert(REPORT))


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a report."""

    lines: tuple[str, ...]
    """Places whose word now stands as filed."""
    kept: tuple[str, ...] = ()
    """Places left as somebody else had reported them."""
    cases: tuple[str, ...] = ()
    """Codes of the cases it opened."""
    withdrawn: tuple[str, ...] = ()
    """Codes of the cases that it took back."""


def file_report(connection: Connection, house: House, act: Act, fact: ReportFiled, duty: Duties) -> Filed:
    """Append a report. A place that is no duty of the sender, or no more, is left out; so is another's standing word.

    Authorisation is by ``duty``, which was read in the transaction that writes, not when the conversation began.
    """
    filing = _filing(connection, act, fact.day, None if fact.note is None else house.keyring.seal(fact.note))
    if fact.photos:
        connection.execute(insert(PHOTO), [{"filing": filing, "media": name} for name in fact.photos])
    if fact.adds:
        return Filed(())
    mine = duty.on(fact.day)
    said = standing(connection, [line.place for line in fact.lines], (fact.day,))
    kept, lines = [], []
    for line in fact.lines:
        word = said.get((line.place, fact.day))
        others = word is not None and word.person != act.person
        if line.place not in mine or (others and line.status is Status.NORMAL):
            kept.append(line.place)
        else:
            lines.append(line)
    _lines(connection, act, filing, fact.day, ((line.place, line.status) for line in lines))
    # Found cases are looked up only where there may be any: a normal day asks nothing.
    before = [line.place for line in lines if (line.place, fact.day) in said]
    standing_cases = [row for row in found(connection, before, fact.day) if row.person == act.person]
    _fields(connection, filing, fact, {line.place for line in lines})
    wanted = {(line.place, each.kind): each for line in lines for each in line.findings}
    opened, taken = _settle(connection, house, act, filing, fact.day, standing_cases, wanted)
    if opened or taken:
        figures.project(connection, house.judges, [*opened, *taken])
    return Filed(tuple(line.place for line in lines), tuple(kept), tuple(opened), tuple(taken))


def withdraw_report(connection: Connection, house: House, act: Act, fact: ReportWithdrawn) -> Filed:
    """Take the sender's own word back; the places are owed again, and what it found is void unless followed up."""
    said = standing(connection, fact.places, (fact.day,))
    places = [
        place for place in fact.places if (place, fact.day) in said and said[place, fact.day].person == act.person
    ]
    if not places:
        return Filed(())
    filing = _filing(connection, act, fact.day, None)
    below = others(connection, places, fact.day, act.person)
    _lines(connection, act, filing, fact.day, ((place, Status.WITHDRAWN) for place in places if place not in below))
    _restore(connection, act, filing, fact.day, below)
    before = [row for row in found(connection, places, fact.day) if row.person == act.person]
    _, taken = _settle(connection, house, act, filing, fact.day, before, {})
    if taken:
        figures.project(connection, house.judges, taken)
    return Filed(tuple(places), tuple(below), withdrawn=tuple(taken))


_NEWEST = Prepared(
    select(FILING.c.day)
    .where(FILING.c.person == bindparam("who"), FILING.c.day >= bindparam("since"))
    .order_by(FILING.c.id.desc())
    .limit(1)
)


def newest(connection: Connection, person: int, since: date) -> date | None:
    """The day of which the person made a report last, of the days from ``since`` on."""
    day: date | None = _NEWEST.scalar(connection, {"who": person, "since": since})
    return day


def _fields(connection: Connection, filing: int, fact: ReportFiled, places: Collection[str]) -> None:
    """Keep the numbers that the pack's form asked for, of the places whose line was taken."""
    rows = [
        {"filing": filing, "place": place, "day": fact.day, "field": field, "value": value}
        for place, field, value in fact.fields
        if place in places
    ]
    if rows:
        connection.execute(insert(FIELD), rows)


def _restore(connection: Connection, act: Act, filing: int, day: date, words: Mapping[str, Word]) -> None:
    """Let what others had said of these places stand again: in their name, on time or late as it was."""
    rows = [
        {
            "filing": filing, "place": place, "day": day, "status": word.status.value,
            "person": word.person, "recorded_at": act.now, "late": word.late,
        }
        for place, word in words.items()
    ]  # fmt: skip
    _keep(connection, day, rows)


def _filing(connection: Connection, act: Act, day: date, note: bytes | None) -> int:
    values = {
        "person": act.person, "day": day, "recorded_at": act.now, "late": act.late,
        "note": note, "source": "chat", "inbox": act.inbox,
    }  # fmt: skip
    return int(_FILE.scalar(connection, values))


def _lines(connection: Connection, act: Act, filing: int, day: date, lines: Iterable[tuple[str, Status]]) -> None:
    rows = [
        {
            "filing": filing, "place": place, "day": day, "status": status.value,
            "person": act.person, "recorded_at": act.now, "late": act.late,
        }
        for place, status in lines
    ]  # fmt: skip
    _keep(connection, day, rows)


def _keep(connection: Connection, day: date, rows: Sequence[Mapping[str, Any]]) -> None:
    _REPORT.each(connection, rows)
    settling.reported(connection, day, [row["place"] for row in rows])


def _settle(  # noqa: PLR0913, PLR0917 - who, what, when, and the cases before and after
    connection: Connection,
    house: House,
    act: Act,
    filing: int,
    day: date,
    before: Sequence[Any],
    wanted: Mapping[tuple[str, str], Finding],
) -> tuple[list[str], list[str]]:
    """Open the cases that are missing and take back those too many; one that has been followed up stays."""
    have: dict[tuple[str, str], list[str]] = {}
    for row in before:
        have.setdefault((row.place, row.kind), []).append(row.code)
    surplus = [code for key, codes in have.items() for code in codes[_wanted(wanted.get(key), codes) :]]
    taken = [code for code in surplus if code not in _followed(connection, surplus)] if surplus else []
    if taken:
        places = {row.code: row.place for row in before}
        _events(connection, act, day, [(code, places[code], Event.WITHDRAWN, "") for code in taken])
    missing = []
    for (place, kind), finding in wanted.items():
        known = have.get((place, kind), [])
        new = max(_wanted(finding, known) - len(known), 0)
        # Who was said before comes first: of more people than are new, the last are the new ones.
        people = list(finding.people)[max(len(finding.people) - new, 0) :]
        told = [*people, *[None] * (new - len(people))]
        missing += [cases.Opened(place, kind, (details and details.on) or day, details) for details in told]
    return cases.enter(connection, house.keyring, house.rules, act, missing, filing), taken


def _wanted(finding: Finding | None, have: Collection[str]) -> int:
    """How many cases of this report a finding wants: not those that are known from elsewhere."""
    return finding.count - len(set(finding.known) - set(have)) if finding else 0


def _followed(connection: Connection, codes: Collection[str]) -> set[str]:
    query = (
        select(EVENT.c.case)
        .where(EVENT.c.case.in_(codes))
        .where(EVENT.c.event.notin_((Event.FOUND.value, Event.WITHDRAWN.value)))
    )
    return set(connection.execute(query).scalars())


def _events(connection: Connection, act: Act, day: date, events: Sequence[tuple[str, str, Event, str]]) -> None:
    rows = [
        {
            "case": code, "place": place, "event": event.value, "kind": kind, "on": day,
            "recorded_at": act.now, "person": act.person, "source": "chat",
        }
        for code, place, event, kind in events
    ]  # fmt: skip
    connection.execute(insert(EVENT), rows)
