"""What a daily report leaves behind: a filing, its lines, its photos, and the cases that it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from bot.model import Event, Kind, PackRules, ReportFiled, ReportWithdrawn, Status
from bot.store import figures
from bot.store.crypto import Keyring
from bot.store.duties import CASE, EVENT, FILING, REPORT, Duties, Word, found, others, standing
from bot.store.prepared import Prepared
from bot.store.tables import named

PHOTO = named("photo")
_FILE = Prepared(insert(FILING).returning(FILING.c.id))
_REPORT = Prepared(insert(REPORT))
LETTERS = {
    Kind.CONFIRMED: "C",
    Kind.SUSPECTED: "S",
    Kind.ASYMPTOMATIC: "A",
    Kind.FEVER: "F",
    Kind.CLOSE_CONTACT: "M",
    Kind.SECONDARY_CONTACT: "N",
    Kind.KEY_PERSON: "K",
}
"""How a case's number begins; a kind that a pack brings begins with its own first letter."""


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


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, through which message, at which moment (aware)."""

    person: int
    inbox: int | None
    now: datetime
    late: bool = False


def file_report(  # noqa: PLR0913, PLR0917 - who, what, and the rules that it is filed under
    connection: Connection, keyring: Keyring, rules: PackRules, act: Act, fact: ReportFiled, duty: Duties
) -> Filed:
    """Append a report. A place that is no duty of the sender, or no more, is left out; so is another's standing word.

    Authorisation is by ``duty``, which was read in the transaction that writes, not when the conversation began.
    """
    filing = _filing(connection, act, fact.day, None if fact.note is None else keyring.seal(fact.note))
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
    wanted = Counter({(line.place, each.kind): each.count for line in lines for each in line.findings})
    opened, taken = _settle(connection, act, filing, fact.day, standing_cases, wanted)
    if opened or taken:
        figures.project(connection, rules, [*opened, *taken])
    return Filed(tuple(line.place for line in lines), tuple(kept), tuple(opened), tuple(taken))


def withdraw_report(connection: Connection, rules: PackRules, act: Act, fact: ReportWithdrawn) -> Filed:
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
    cases = [row for row in found(connection, places, fact.day) if row.person == act.person]
    _, taken = _settle(connection, act, filing, fact.day, cases, Counter())
    if taken:
        figures.project(connection, rules, taken)
    return Filed(tuple(places), tuple(below), withdrawn=tuple(taken))


def _restore(connection: Connection, act: Act, filing: int, day: date, words: Mapping[str, Word]) -> None:
    """Let what others had said of these places stand again: in their name, on time or late as it was."""
    rows = [
        {
            "filing": filing, "place": place, "day": day, "status": word.status.value,
            "person": word.person, "recorded_at": act.now, "late": word.late,
        }
        for place, word in words.items()
    ]  # fmt: skip
    _REPORT.each(connection, rows)


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
    _REPORT.each(connection, rows)


def _settle(  # noqa: PLR0913, PLR0917 - who, what, when, and the cases before and after
    connection: Connection, act: Act, filing: int, day: date, before: Sequence[Any], wanted: Counter[tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """Open the cases that are missing and take back those too many; one that has been followed up stays."""
    have: dict[tuple[str, str], list[str]] = {}
    for row in before:
        have.setdefault((row.place, row.kind), []).append(row.code)
    surplus = [code for key, codes in have.items() for code in codes[wanted[key] :]]
    taken = [code for code in surplus if code not in _followed(connection, surplus)] if surplus else []
    if taken:
        places = {row.code: row.place for row in before}
        _events(connection, act, day, [(code, places[code], Event.WITHDRAWN, "") for code in taken])
    opened = [(place, kind) for (place, kind), count in wanted.items() for _ in have_not(have, place, kind, count)]
    codes = _numbers(connection, day, [kind for _, kind in opened])
    if opened:
        rows = [
            {"code": code, "place": place, "filing": filing, "opened_at": act.now}
            for code, (place, _) in zip(codes, opened, strict=True)
        ]
        connection.execute(insert(CASE), rows)
        events = [(code, place, Event.FOUND, kind) for code, (place, kind) in zip(codes, opened, strict=True)]
        _events(connection, act, day, events)
    return codes, taken


def have_not(have: dict[tuple[str, str], list[str]], place: str, kind: str, count: int) -> range:
    """One turn for each case that is said now and does not stand yet."""
    return range(max(count - len(have.get((place, kind), ())), 0))


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


def _numbers(connection: Connection, day: date, kinds: Sequence[str]) -> list[str]:
    """The next free numbers of the day, as ``F1124-03``; one query a kind."""
    if kinds and connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:day)"), {"day": day.toordinal()})
    numbers: dict[str, int] = {}
    codes = []
    for kind in kinds:
        letter = LETTERS[Kind(kind)] if kind in LETTERS else kind[:1].upper()
        prefix = f"{letter}{day:%m%d}-"
        if prefix not in numbers:
            # The digits behind the dash: a range on the primary key, and the greatest by length, then by sign.
            taken = select(CASE.c.code).where(CASE.c.code >= prefix, CASE.c.code < prefix[:-1] + ".")
            last = connection.execute(
                taken.order_by(func.length(CASE.c.code).desc(), CASE.c.code.desc()).limit(1)
            ).scalar()
            digits = (last or "").removeprefix(prefix)
            numbers[prefix] = int(digits) if digits.isdigit() else 0
        numbers[prefix] += 1
        codes.append(f"{prefix}{numbers[prefix]:02d}")
    return codes
