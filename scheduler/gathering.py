"""What everybody owes and was reminded of, read at once from the store, for the pure rule of ``plan``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select

from bot.model import Deadline, Debt, Owing, Served, Settled
from bot.store import deadlines, owing, served
from bot.store.prepared import Prepared
from bot.store.reached import Reached, reached
from bot.store.tables import named
from bot.store.waiting import waiting
from scheduler import calendar, plan

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.desk.voice import Tools
    from bot.model import PackRules

REMINDER = named("reminder")
TIMERS = 10
"""What waits for hours is looked for every so many minutes."""
KEYS = 500
"""No database minds a list of so many."""


_SERVED = Prepared(
    select(REMINDER.c.person, REMINDER.c.slot).where(REMINDER.c.slot.in_(bindparam("slots", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of everybody: what they owe, what they were reminded of, and where they are reached."""

    owing: Sequence[Owing]
    served: Mapping[int, Served]
    reached: Mapping[int, Reached]


def gather(  # noqa: PLR0913 - of whom, when, and what to leave out
    connection: Connection,
    tools: Tools,
    now: datetime,
    persons: Collection[int] | None = None,
    *,
    timers: bool | None = None,
    dated: bool = True,
) -> Known:
    """What everybody (or ``persons``) owes at ``now``, and was reminded of: a handful of questions, however many.

    ``timers``: whether to look for what waits; by default every ten minutes. ``dated``: whether to look for what is due
    on a day of the year.
    """
    people = reached(connection, now, persons)
    debts: dict[int, list[Debt]] = defaultdict(list)
    near = _near(tools.rules, now.date(), tools.zone, tuple(deadlines.workdays(connection).items()))
    if dated:
        _dated(connection, tools, now, near, people, debts)
    # Whoever asked to be reminded again now is told of everything now.
    asked = _asked(now, people) if persons is None else {}
    if timers or (timers is None and now.minute % TIMERS == 0):
        # What is in the ledger is due at nine: once an hour is often enough.
        others = {person: each for person, each in people.items() if person not in asked}
        _waiting(connection, tools, now, others, debts, ledger=persons is not None or now.minute < TIMERS)
    if asked:
        _waiting(connection, tools, now, asked, debts, ledger=True)
    _daily(connection, now, near, people, debts, everybody=persons is not None)
    owes = [
        Owing(person, tuple(debts[person]), each.since, each.fewer, each.snoozed)
        for person, each in people.items()
        if debts.get(person)
    ]
    return Known(owes, _served(connection, owes, now), people)


@lru_cache(maxsize=8)
def _near(
    rules: PackRules, today: date, zone: ZoneInfo, written: tuple[tuple[date, bool], ...]
) -> tuple[Deadline, ...]:
    """The deadlines of which somebody may hear today, by what was written of single days: the same all day long."""
    margin = calendar.reach(rules)
    return calendar.deadlines(rules, today - margin, today + margin, zone, calendar.Workdays(dict(written)))


def _asked(now: datetime, people: Mapping[int, Reached]) -> Mapping[int, Reached]:
    """Those whose snooze was over within the last ``TIMERS`` minutes."""
    since = now - timedelta(minutes=TIMERS)
    return {person: each for person, each in people.items() if each.snoozed is not None and since < each.snoozed <= now}


def _dated(  # noqa: PLR0913, PLR0917 - where to look, and into what to write it
    connection: Connection,
    tools: Tools,
    now: datetime,
    near: Iterable[Deadline],
    people: Mapping[int, Reached],
    debts: dict[int, list[Debt]],
) -> None:
    """Deadlines of which a moment has come, of those who owe them; those past due, one level up."""
    today = now.date()
    for deadline in near:
        if deadline.rule.settled is Settled.REPORTED:
            continue
        late = plan.overdue(deadline, (), "", tools.rules)
        if deadline.reminders and deadline.reminders[0] <= now < deadline.due:
            found = deadlines.lacking(connection, tools.house, deadline, today)
            _owe(deadlines.owing(connection, found, today), people, debts, partial(plan.of_deadline, deadline))
        elif late.moments[0] <= now < late.until:
            found = deadlines.lacking(connection, tools.house, deadline, deadline.day)
            make = partial(plan.overdue, deadline, rules=tools.rules)
            _owe(deadlines.above(connection, found, today), people, debts, make)


def _owe(
    who: Mapping[int, deadlines.Places],
    people: Mapping[int, Reached],
    debts: dict[int, list[Debt]],
    make: Callable[[deadlines.Places, str], Debt],
) -> None:
    for person, places in who.items():
        if person in people:
            debt = make(places, "")
            debts[person].append(debt)


def _waiting(  # noqa: PLR0913 - where to look, and into what to write it
    connection: Connection,
    tools: Tools,
    now: datetime,
    people: Mapping[int, Reached],
    debts: dict[int, list[Debt]],
    *,
    ledger: bool,
) -> None:
    """What waits too long, of those whom it may concern, with the ``ledger`` or without."""
    for person, waits in waiting(connection, tools.house, now, people, problems=ledger).items():
        debts[person] += [plan.of_todo(each, tools.rules) for each in waits if each.asks]


def _daily(  # noqa: PLR0913 - where to look, and into what to write it
    connection: Connection,
    now: datetime,
    near: Iterable[Deadline],
    people: Mapping[int, Reached],
    debts: dict[int, list[Debt]],
    *,
    everybody: bool,
) -> None:
    """Today's report: of everybody once its first moment has come; before that of those who hear of something else."""
    today = now.date()
    report = next((each for each in near if each.rule.settled is Settled.REPORTED and each.day == today), None)
    if report is None or now >= report.due:
        return
    # A pack may remind nobody of it: then those hear of it who hear of something else.
    early = not (everybody or (report.reminders and report.reminders[0] <= now))
    snoozing = {person for person, each in people.items() if each.snoozed is not None and each.snoozed <= now}
    who = {*debts, *snoozing} if early else None
    if who is None or who:
        for person, places in owing.unreported(connection, today, who).items():
            if person in people:
                debts[person].insert(0, plan.of_deadline(report, places, ""))


def _served(connection: Connection, owes: Sequence[Owing], now: datetime) -> dict[int, Served]:
    """By person the moments that were served, and how many messages came today that nobody asked for."""
    keys = {debt.key(moment) for each in owes for debt in each.items for moment in debt.moments if moment <= now}
    keys |= {plan.snooze_key(each.snoozed) for each in owes if each.snoozed is not None}
    known: dict[int, set[str]] = defaultdict(set)
    for some in parts(sorted(keys)):
        for row in _SERVED.all(connection, {"slots": list(some)}):
            known[row.person].add(row.slot)
    today = served.today(connection, now)
    return {person: Served(frozenset(known[person]), today.get(person, 0)) for person in {*known, *today}}


def parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """The keys in lists that a database takes."""
    for first in range(0, len(keys), KEYS):
        yield keys[first : first + KEYS]
