"""The day in one message: to those who lead, review and oversee, and to groups (counts and places, never a person)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.desk import cards, letters
from bot.desk.groups import GROUP
from bot.desk.paper_records import picture
from bot.desk.voice import Tools, tell
from bot.dialog import Option, Say
from bot.model import Address, Brief, Locale
from bot.store.authority import MUTE
from bot.store.day_counts import DayCounts, day_counts, leading
from bot.store.mentions import mentions
from bot.store.reached import Reached, reached
from scheduler.calendar import cutoff, quiet

PATIENCE = timedelta(minutes=10)
"""So long somebody who asked for fewer may be told of a day that lacks something; others until the quiet hours."""
Owed = tuple[int | Address, tuple[str, ...]]
ROBOT = "robot"
"""The channel whose addresses are the codes of places."""
MOST = 8
"""So many names fit a message that people read."""
CALLED = 20
"""The attention of so many is called in a group."""


def due(tools: Tools, now: datetime) -> bool:
    """Whether today's digest is to go: from some minutes after the cutoff until the quiet hours."""
    return now >= _from(tools, now) and not quiet(now, tools.rules)


def _from(tools: Tools, now: datetime) -> datetime:
    return cutoff(now.date(), tools.rules, tools.zone) + timedelta(minutes=tools.rules.digest_minutes)


def owed(connection: Connection, tools: Tools, now: datetime) -> Mapping[str, Owed]:
    """By the letter's name, which is said once only: to whom, and of which places; what was said is left out."""
    day, people = now.date(), reached(connection, now)
    over = now >= _from(tools, now) + PATIENCE
    found: dict[str, Owed] = {
        f"digest:{day}:{person}": (person, places)
        for person, places in leading(connection, day).items()
        if person in people and not (over and people[person].fewer)
    }
    speaking = GROUP.c.channel.not_in(MUTE)
    for row in connection.execute(select(GROUP.c.channel, GROUP.c.address, GROUP.c.place).where(speaking)):
        to = Address(row.channel, row.address, group=True)
        found[f"digest:{day}:{row.channel}:{row.address}"] = (to, (row.place,))
    for code in tools.robots:
        found[f"digest:{day}:{ROBOT}:{code}"] = (Address(ROBOT, code, group=True), (code,))
    known = letters.said(connection, found)
    return {name: letter for name, letter in found.items() if name not in known}


def send(connection: Connection, tools: Tools, now: datetime) -> list[int]:
    """Write what is owed; the letters' numbers. Somebody who asked for fewer hears only of a day that lacks something.

    Whoever owes the same is told the same: the counts are read once.
    """
    letters_owed = owed(connection, tools, now)
    places = {code for _, codes in letters_owed.values() for code in codes}
    people = reached(connection, now)
    counts = day_counts(connection, tools.rules, now.date(), places, people) if places else {}
    written: list[int | None] = []
    for name, (whom, codes) in letters_owed.items():
        shown = [counts[code] for code in codes if code in counts]
        if not any(each.tally.expected for each in shown):
            continue
        if isinstance(whom, Address):
            called = _called(connection, tools, now, shown[0], people) if whom.channel == ROBOT else ()
            written.append(_post(connection, tools, now, name, whom, shown[0], called))
        elif not people[whom].fewer or any(_lacks(each) for each in shown):
            said = [_say("digest/day", each, tools, now) for each in shown]
            written.append(tell(tools, connection, now, whom, said, kind="digest", dedupe=name))
    return [number for number in written if number]


def _lacks(counts: DayCounts) -> bool:
    return counts.tally.received < counts.tally.expected or bool(counts.found) or bool(counts.waiting)


def _called(
    connection: Connection, tools: Tools, now: datetime, counts: DayCounts, people: Mapping[int, Reached]
) -> tuple[str, ...]:
    """Whose attention is called, where the pack allows it: of those who owe, nobody who asked to be reminded later."""
    if not tools.rules.mention_missing:
        return ()
    later = {person for person, each in people.items() if each.snoozed is not None and each.snoozed > now}
    found = mentions(connection, tools.keyring, [person for person in counts.owing if person not in later])
    return tuple(found[person] for person in sorted(found))[:CALLED]


def _say(key: str, counts: DayCounts, tools: Tools, now: datetime, *, called: bool = False) -> Say:
    values = {
        "at": now, "counts": counts, "shown": counts.missing[:MOST], "more": max(len(counts.missing) - MOST, 0),
        "labels": tools.rules.labels, "called": called,
    }  # fmt: skip
    return Say(key, values, (Option("todo"), Option("places")) if key == "digest/day" else ())


def _post(  # noqa: PLR0913, PLR0917 - where, when, under which name, and what
    connection: Connection,
    tools: Tools,
    now: datetime,
    name: str,
    group: Address,
    counts: DayCounts,
    called: tuple[str, ...],
) -> int:
    brief = Brief(now, now.date(), now, Locale.ZH)
    card = cards.card(None, brief, [_say("digest/group", counts, tools, now, called=bool(called))])
    paper = picture("board-picture", [counts.code], [counts.name], now.date(), Locale.ZH)
    letter = letters.Letter(card, group, kind="digest", dedupe=name, paper=paper, mentions=called)
    return letters.write(connection, tools.keyring, tools.token, now, letter)
