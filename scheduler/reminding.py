"""Reminders: what everybody owes → ``plan.due`` → letters in the outbox, each moment served once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from bot.desk import letters
from bot.desk.letters import OUTBOX
from bot.desk.reminders import DAILY, SETTLES, Words, asks_for_report, worded
from bot.model import Locale, Outbound, Reminder
from bot.model.deadlines import NUDGE, SNOOZE
from bot.store import codec
from bot.store.owing import unreported
from bot.store.prepared import Prepared
from bot.store.reached import Reached
from scheduler import calendar, plan
from scheduler.gathering import REMINDER, gather, parts
from scheduler.outbox import OPEN, PENDING

if TYPE_CHECKING:
    from bot.desk.voice import Tools
    from scheduler.lease import Fenced

PART = 500
"""So many reminders are written in one transaction: the first can leave while the rest is being written."""


_LETTERS: BindParameter[Any] = bindparam("letters", expanding=True)
_PERSONS: BindParameter[Any] = bindparam("persons", expanding=True)
_SLOTS: BindParameter[Any] = bindparam("slots", expanding=True)
_ABOUT = Prepared(select(REMINDER.c.outbox, REMINDER.c.slot).where(REMINDER.c.outbox.in_(_LETTERS)))
_BODIES = Prepared(select(OUTBOX.c.id, OUTBOX.c.body).where(OUTBOX.c.id.in_(_LETTERS)))
_TAKEN = Prepared(
    select(REMINDER.c.person, REMINDER.c.slot).where(REMINDER.c.person.in_(_PERSONS), REMINDER.c.slot.in_(_SLOTS))
)
_REMINDED = Prepared(insert(REMINDER))
_WAITS = Prepared(
    select(OUTBOX.c.id, OUTBOX.c.person)
    # The nought keeps SQLite from the index of persons: little is open, and much was sent to each.
    .where(OPEN, PENDING, OUTBOX.c.kind == "reminder", (OUTBOX.c.person + 0).in_(_PERSONS))
    .where(OUTBOX.c.id < bindparam("below"))
)


class Reminding:
    """Reminds people over one database. ``wake`` is called when there is something new to send."""

    def __init__(self, database: Fenced, tools: Tools, wake: Callable[[], None]) -> None:
        """Nothing is read yet."""
        self._database = database
        self._tools = tools
        self._wake = wake
        self._dated = {rule.id for rule in tools.rules.deadlines} - {DAILY}

    def remind(self, now: datetime) -> int:
        """Write the reminders that are due at ``now`` (in the programme's zone); how many there were.

        However often, and by however many processes, it is called: a moment is served once, by constraint.
        """
        if calendar.quiet(now, self._tools.rules):
            return 0
        with self._database.read() as connection:
            known = gather(connection, self._tools, now)
        found = plan.due(now, known.owing, known.served, self._tools.rules)
        written = 0
        for first in range(0, len(found), PART):
            part = found[first : first + PART]
            written += self._database.write(partial(write, part, known.reached, self._tools, now))
            self._wake()
        return written

    def still(self, connection: Connection, now: datetime, rows: Sequence[Any]) -> set[int]:
        """Of these letters (``id``, ``person``, ``kind``) the reminders that are not to go: what is settled, or late.

        What is left of them is planned anew, without what is done, and in the morning what waited into the night. The
        day in one message waits for no morning: it is not sent at night, and stands in the figures.
        """
        asked = {row.id: row.person for row in rows if row.kind == "reminder"}
        moment = now.astimezone(self._tools.zone)
        if calendar.quiet(moment, self._tools.rules):
            return {row.id for row in rows}
        if not asked:
            return set()
        about: dict[int, set[str]] = {number: set() for number in asked}
        for row in _ABOUT.all(connection, {"letters": list(asked)}):
            about[row.outbox].add(_name(row.slot))
        over = self._nudged(connection, moment, asked, about)
        if not asked:
            return over
        about = {number: names - {SNOOZE} for number, names in about.items() if number in asked}
        kinds = {_kind(name) for names in about.values() for name in names}
        whole = not all(about.values())  # what only a snooze was about was about everything that was owed
        timers, dated = whole or bool(kinds - self._dated - {DAILY}), whole or bool(kinds & self._dated)
        known = gather(connection, self._tools, moment, set(asked.values()), timers=timers, dated=dated)
        live = {
            each.person: {_name(debt.key(moment)) for debt in each.items if moment < debt.until} for each in known.owing
        }
        # Something more became due while it waited (the program was away, say): one message is to carry both.
        more = {each.person for each in plan.due(moment, known.owing, known.served, self._tools.rules)}
        for number, person in asked.items():
            owed = live.get(person, set())
            if not owed or not about[number] <= owed or person in more:
                over.add(number)
        return over | self._reported(connection, {number: live[asked[number]] for number in asked.keys() - over})

    @staticmethod
    def _nudged(
        connection: Connection, now: datetime, asked: dict[int, int], about: Mapping[int, set[str]]
    ) -> set[int]:
        """Take out of ``asked`` what a colleague sent; of these, what is settled: they are good after the cutoff, too.

        Such a one asks for the day's report and nothing else.
        """
        sent = {number: names for number, names in about.items() if any(_kind(name) == NUDGE for name in names)}
        whose = {number: asked.pop(number) for number in sent}
        owed = unreported(connection, now.date(), set(whose.values()))
        today = f"{NUDGE}/{now.date()}"
        return {number for number, person in whose.items() if person not in owed or today not in sent[number]}

    def _reported(self, connection: Connection, live: Mapping[int, set[str]]) -> set[int]:
        """Those that ask for the day's report, too, which was filed meanwhile; ``live``: what is owed still, by letter.

        A report is shown from the morning on with whatever else is due, long before its own moment has come.
        """
        done = [number for number, names in live.items() if not any(_kind(name) == DAILY for name in names)]
        keyring = self._tools.keyring
        rows = _BODIES.all(connection, {"letters": done}) if done else ()
        return {row.id for row in rows if asks_for_report(codec.load(Outbound, keyring.open_bytes(row.body)))}


def _name(key: str) -> str:
    """What a moment is about, without when: ``daily-report/2026-11-24``."""
    return key.rpartition("@")[0]


def _kind(name: str) -> str:
    """Of which deadline, or which kind of thing that waits."""
    return name.partition("/")[0]


def write(
    reminders: Sequence[Reminder], people: Mapping[int, Reached], tools: Tools, now: datetime, connection: Connection
) -> int:
    """Write these reminders, those of which nobody else served a moment meanwhile; how many."""
    mine = [each.person for each in reminders]
    taken = set()
    for some in parts(sorted({key for each in reminders for key in each.keys})):
        rows_taken = _TAKEN.all(connection, {"persons": mine, "slots": list(some)})
        taken |= {(row.person, row.slot) for row in rows_taken}
    fresh = [each for each in reminders if not any((each.person, key) in taken for key in each.keys)]
    settled = {rule.id: rule.settled for rule in tools.rules.deadlines}
    labels = {
        (rule.id, locale): rule.labels.get(locale.value, rule.id) for rule in tools.rules.deadlines for locale in Locale
    }
    said: dict[tuple[Any, ...], Words] = {}
    rows = []
    for each in fresh:
        to = people[each.person]
        same = (to.locale, each.items, each.folded)
        if same not in said:
            items = tuple(replace(debt, label=labels.get((debt.kind, to.locale), "")) for debt in each.items)
            said[same] = worded(replace(each, items=items), to.locale, now, settled)
        asked = SETTLES if said[same].single else None
        rows.append(letters.Letter(said[same].card, to.address, each.person, kind="reminder", asked=asked))
    numbers = letters.write_all(connection, tools.keyring, tools.token, now, rows)
    lines = [
        {"person": each.person, "slot": key, "outbox": number, "at": now}
        for each, number in zip(fresh, numbers, strict=True)
        for key in each.keys
    ]
    if lines:
        _REMINDED.each(connection, lines)
        _carry(connection, {each.person: number for each, number in zip(fresh, numbers, strict=True)})
    return len(fresh)


def _carry(connection: Connection, newest: Mapping[int, int]) -> None:
    """What still waits to be sent to these people is in the new letter, too: only that one is to go."""
    for row in _WAITS.all(connection, {"persons": list(newest), "below": min(newest.values())}):
        cancelled = {"state": "cancelled", "why": "a newer one carries it"}
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(cancelled))
        moved = update(REMINDER).where(REMINDER.c.outbox == row.id)
        connection.execute(moved.values(outbox=newest[row.person]))
