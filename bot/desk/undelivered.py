"""What could not be delivered: to the person's other chat, else to who answers above them, else to the admin."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client import Counter
from sqlalchemy import Connection, select, update

from bot import words
from bot.desk import letters
from bot.desk.alerts import UP
from bot.desk.cards import Card
from bot.desk.letters import OUTBOX
from bot.desk.voice import Tools, tell
from bot.dialog import Option, Say
from bot.model import Address, Outbound
from bot.store import audit, codec, known_cases, people
from bot.store.authority import holds, responsible
from bot.store.briefs import PERSON
from bot.store.duties import ASSIGNMENT
from bot.store.tables import named

REMINDER = named("reminder")
SEEN_TO = frozenset({"alert", "notice", "reminder", "digest"})
"""Kinds that are tried elsewhere; whoever asked something sees for themselves that no answer came."""
TOLD = frozenset({"alert", "reminder"})
"""Kinds of which somebody above hears, where nothing else is left."""
AGAIN, ABOVE = "again:", "unreached:"
"""How the letters are named, so that each is written once: of which letter; of whom, what, and to whom."""
CASE = "/case "
LETTERS = Counter("wuyi_undelivered", "Letters that could not be delivered, by what was done", ["kind", "done"])
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lost:
    """A letter that will not arrive."""

    id: int
    """Its number; of the word to somebody above, the number of the letter that it was about."""
    kind: str
    person: int
    """For whom it was, before anybody else was told in their place."""
    tried: frozenset[int]
    """Those whom it did not reach."""
    outbound: Outbound

    @property
    def cases(self) -> tuple[str, ...]:
        """The numbers of the cases that it was about: its buttons open them."""
        values = [button.value for row in self.outbound.buttons for button in row]
        return tuple(dict.fromkeys(value.removeprefix(CASE) for value in values if value.startswith(CASE)))


def see_to(connection: Connection, tools: Tools, now: datetime, number: int, *, gone: bool) -> int:
    """See to a letter that has just become dead; the number of the one written instead, 0 for none.

    ``gone``: nothing at all goes to its address any more. To be called in the transaction that says it is dead, which
    it never fails: that a letter is dead is true even where nobody could be told.
    """
    row = connection.execute(select(OUTBOX).where(OUTBOX.c.id == number)).one()
    if row.person is None or row.group or row.kind not in SEEN_TO:
        return 0
    address = Address(row.channel, row.address)
    if gone:
        people.unreachable(connection, address, now)
    here, written, done = now.astimezone(tools.zone), 0, "elsewhere"
    try:
        with connection.begin_nested():
            written = _elsewhere(connection, tools, here, row, address)
            if not written and row.kind in TOLD:
                done, written = (
                    "above",
                    _above(connection, tools, here, _lost(connection, tools, row)),
                )
    except Exception as why:  # noqa: BLE001 - see above
        log.error("nobody is told of message %d: %s", number, type(why).__name__)  # noqa: TRY400 - a traceback may hold what was said
    if written:
        LETTERS.labels(row.kind, done).inc()
    elif row.kind == "alert":
        lost(connection, now, number)
    return written


def lost(connection: Connection, now: datetime, number: int) -> None:
    """Leave a line that an admin sees: an alert reached nobody."""
    LETTERS.labels("alert", "lost").inc()
    log.error("an alert reached nobody: see `wuyi outbox --state dead`, message %d", number)
    audit.record(connection, now, "app", "alert-lost", f"outbox:{number}")


def _elsewhere(connection: Connection, tools: Tools, now: datetime, row: Any, failed: Address) -> int:  # noqa: ANN401 - a row of the outbox
    """Write the same letter to another chat of the same person, once; 0: there is none, or that was it."""
    other = next((each for each in people.addresses_of(connection, row.person) if each != failed), None)
    if other is None or (row.dedupe or "").startswith(AGAIN):
        return 0
    outbound = _read(tools, row)
    letter = letters.Letter(
        Card(outbound.text, outbound.buttons),
        other,
        row.person,
        conversation=row.conversation,
        asked=row.asked,
        kind=row.kind,
        photo=outbound.photo,
        paper=outbound.paper,
        dedupe=f"{AGAIN}{row.id}",
    )
    written = letters.write(connection, tools.keyring, tools.token, now, letter)
    if written:  # what it served is served by the new one, or by none if that is cancelled
        connection.execute(update(REMINDER).where(REMINDER.c.outbox == row.id).values(outbox=written))
    return written


def _above(connection: Connection, tools: Tools, now: datetime, letter: Lost) -> int:
    """Tell somebody above that the letter did not reach its person; 0: there is nobody who can be told, or was told.

    Of reminders somebody above hears once a day a person, of every alert that did not arrive once.
    """
    name = connection.execute(select(PERSON.c.name).where(PERSON.c.id == letter.person)).scalar_one()
    cases = letter.cases
    about = letter.id if letter.kind == "alert" else now.date().isoformat()
    actions = tuple(Option(f"case {code}", name="case" if len(cases) == 1 else code) for code in cases)
    values = {"name": words.masked_name(tools.keyring.open(name)), "cases": cases}
    said = Say(f"undelivered/{letter.kind}", values, actions)
    kind = "alert" if letter.kind == "alert" else "notice"
    for person in _leads(connection, tools, now, letter):
        once = f"{ABOVE}{letter.person}:{about}:{person}"
        written = tell(tools, connection, now, person, [said], kind=kind, dedupe=once)
        if written or (written == 0 and letter.kind == "reminder"):
            return written
    return 0


def _leads(connection: Connection, tools: Tools, now: datetime, letter: Lost) -> Iterator[int]:
    """Who answers for the cases' places, or for the person's, nearest first; nobody whom it did not reach."""
    today = now.date()
    places = [case.place for case in known_cases.rows(connection, tools.house, letter.cases)] if letter.cases else []
    if not places:
        query = select(ASSIGNMENT.c.place).where(ASSIGNMENT.c.person == letter.person, holds(today))
        places = list(connection.execute(query.order_by(ASSIGNMENT.c.id)).scalars())
    for place in dict.fromkeys(places):
        found = responsible(connection, place, UP, today)
        for person in (each.person for role in UP for each in found if each.role is role):
            if person not in letter.tried:
                yield person


def _lost(connection: Connection, tools: Tools, row: Any) -> Lost:  # noqa: ANN401 - a row of the outbox
    """The letter, or the one in whose place it was written."""
    tried = {int(row.person)}
    if (row.dedupe or "").startswith(AGAIN):
        first = OUTBOX.c.id == int(row.dedupe.removeprefix(AGAIN))
        row = connection.execute(select(OUTBOX).where(first)).first() or row
    person, number, name = int(row.person), int(row.id), row.dedupe or ""
    if name.startswith(ABOVE):
        person, number = (int(part) for part in name.removeprefix(ABOVE).split(":")[:2])
    return Lost(number, row.kind, person, frozenset(tried | {person}), _read(tools, row))


def _read(tools: Tools, row: Any) -> Outbound:  # noqa: ANN401 - a row of the outbox
    return codec.load(Outbound, tools.keyring.open_bytes(row.body))
