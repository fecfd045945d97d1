"""Who has not reported today: places by community, who owes them, and who of these can be reminded now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from bot import words
from bot.model import Field, Grant, Level, Settled, grant, paging
from bot.model.office import Ask, Gap, Missing, Nudge, Office, Sum
from bot.model.places import Outside
from bot.scoring.nudging import AGAIN, Known, held
from bot.store import daily, served
from bot.store.asking import Asking, House
from bot.store.authority import holds
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.offices import place_of
from bot.store.owing import Places, unreported
from bot.store.reached import Reached, reached
from bot.store.tables import named
from bot.store.within import spanned, within
from scheduler.calendar import deadlines

PERSON = named("person")
SHOWN = 20
"""So many places fit a message that people read; the others are counted."""
AT_ONCE = 500
"""So many are reminded in one go, as the clock does it: nobody else waits long for the writer."""
HEADS = (Level.COMMUNITY, Level.VILLAGE)


def missing(asking: Asking) -> Mapping[str, Office]:
    """Who owes the report of today, or of the day that was named, at the place named, or the widest of one's own."""
    subject, at = paging.named(asking.subject)
    name, said = spanned(asking, Ask.MISSING, subject)
    office, found = place_of(asking, Ask.MISSING, said)
    if found is None:
        return {"office": replace(office, days=name)}
    days = within(asking, found.code, name, one=True)
    if isinstance(days, Outside):
        return {"office": replace(office, outside=days)}
    named_ = grant(found.roles, Field.REPORTER, own=False) >= Grant.MASKED
    told = lacking(asking.connection, found.code, days.until, at)
    if named_:
        told = _with_workers(asking, told, days.until)
    return {"office": replace(office, missing=told, on=days.until if days.until < asking.today else None)}


def lacking(connection: Connection, code: str, day: date, at: int = 1) -> Missing:
    """The places of this subtree that owe a report of ``day``, by community: a page of them, nobody named."""
    covered = daily.day_of(connection, daily.rows(connection, code), day).coverage()
    reports = Sum(covered.expected, covered.received, covered.on_time)
    above = PLACE.alias("above")
    shown = sorted(covered.missing)[: SHOWN * SHOWN]
    query = (
        select(PLACE.c.code, PLACE.c.name, PLACE.c.level, PLACE.c.parent, above.c.name.label("above"))
        .outerjoin(above, above.c.code == PLACE.c.parent)
        .where(PLACE.c.code.in_(shown))
        .order_by(PLACE.c.parent, PLACE.c.code)
    )
    groups: dict[str, list[Gap]] = defaultdict(list)
    rows: Sequence[Any] = connection.execute(query).all() if shown else ()
    cut = paging.page(rows, at, SHOWN)
    for row in cut.rows:
        alone = row.level in HEADS or row.above is None
        groups["" if alone else row.above].append(Gap(row.code, row.name))
    more = cut.more + len(covered.missing) - len(rows)
    return Missing(reports, tuple((name, tuple(gaps)) for name, gaps in groups.items()), more, page=cut.number)


def _with_workers(asking: Asking, told: Missing, day: date) -> Missing:
    """The same with the masked names of those who owe each of the places shown: a stand-in, not who is away."""
    codes = [gap.code for _, gaps in told.groups for gap in gaps]
    owed = _owed(asking.connection, codes, day)
    query = select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(sorted(owed)))
    keyring = asking.house.keyring
    names = (
        {row.id: words.masked_name(keyring.open(row.name)) for row in asking.connection.execute(query)} if owed else {}
    )
    who: dict[str, list[str]] = defaultdict(list)
    for person, places in owed.items():
        for code, _ in places:
            who[code].append(names[person])
    groups = tuple(
        (name, tuple(gap._replace(workers=tuple(who[gap.code])) for gap in gaps)) for name, gaps in told.groups
    )
    return replace(told, groups=groups, named=True)


def _owed(connection: Connection, codes: Collection[str], day: date) -> dict[int, Places]:
    """By person all that they owe of ``day``: of those who have one of these places."""
    if not codes:
        return {}
    query = select(ASSIGNMENT.c.person).where(ASSIGNMENT.c.place.in_(sorted(codes)), holds(day)).distinct()
    found = unreported(connection, day, list(connection.execute(query).scalars()))
    wanted = set(codes)
    return {person: places for person, places in sorted(found.items()) if any(code in wanted for code, _ in places)}


@dataclass(frozen=True, slots=True)
class Whom:
    """Who would be reminded of today's report now, and who not."""

    places: int = 0
    """Places that owe it."""
    ready: tuple[tuple[Reached, Places], ...] = ()
    """Who can be reminded, and all that they owe."""
    held: Mapping[str, int] = field(default_factory=dict)
    """By reason, the people who are not; ``many``: they come with the next tap; ``nobody`` counts places for which
    nobody is there to be asked."""


def nudge(asking: Asking) -> Mapping[str, Office]:
    """How many would be reminded now, at the place that the command named, or the widest of the person's own."""
    _, said = spanned(asking, Ask.NUDGE, asking.subject)  # only today's report is called for
    office, found = place_of(asking, Ask.NUDGE, said)
    if found is None:
        return {"office": office}
    who = whom(asking.connection, asking.house, asking.now, found.code)
    return {"office": replace(office, nudge=Nudge(who.places, len(who.ready), who.held))}


def whom(connection: Connection, house: House, now: datetime, code: str) -> Whom:
    """Who owes today's report in this subtree, each once; a handful of questions, however many they are."""
    day = now.date()
    codes = daily.day_of(connection, daily.rows(connection, code), day).coverage().missing
    owed = _owed(connection, codes, day)
    people = reached(connection, now, list(owed))
    messages, lately = served.today(connection, now), served.lately(connection, now, AGAIN, owed)
    calls = tuple(
        moment
        for each in deadlines(house.rules, day, day, house.zone)
        if each.rule.settled is Settled.REPORTED
        for moment in each.reminders
    )
    ready: list[tuple[Reached, Places]] = []
    why: Counter[str] = Counter()
    for person, places in owed.items():
        to = people.get(person)
        if to is None:
            why["unreached"] += 1
            continue
        known = Known(messages.get(person, 0), lately.get(person, ()), to.snoozed, calls)
        reason = held(now, known, house.rules)
        if reason is None:
            ready.append((to, places))
        else:
            why[reason] += 1
    theirs = {each for places in owed.values() for each, _ in places}
    why["many"] = max(len(ready) - AT_ONCE, 0)
    why["nobody"] = sum(each not in theirs for each in codes)
    return Whom(len(codes), tuple(ready[:AT_ONCE]), {reason: count for reason, count in why.items() if count})
