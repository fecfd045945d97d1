"""Pure: what somebody owes, and what they were reminded of → the reminders that are due now, one message a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.model import Deadline, Debt, Owing, Reminder, Served, Todo
from bot.model.deadlines import SNOOZE
from bot.scoring.timers import MORNING
from scheduler.calendar import quiet

if TYPE_CHECKING:
    from bot.model import PackRules

ENDS = frozenset({"isolation_ends", "leave_ends"})
"""What ends by itself: told the morning before, once."""


def due(now: datetime, owing: Iterable[Owing], served: Mapping[int, Served], rules: PackRules) -> tuple[Reminder, ...]:
    """The reminders that are due at ``now`` (aware, in the programme's zone): at most one a person.

    A reminder goes only to who still owes something of which a moment has come that was not served; it carries all
    that they owe. Nobody is reminded in the quiet hours, while they snooze, or more often a day than the pack allows;
    what could not go waits and is carried by the next one. What passed its end is not asked about any more.
    """
    if quiet(now, rules):
        return ()
    nothing = Served()
    found = (_one(now, each, served.get(each.person, nothing), rules) for each in owing)
    return tuple(reminder for reminder in found if reminder is not None)


def _one(now: datetime, owing: Owing, served: Served, rules: PackRules) -> Reminder | None:
    live = [debt for debt in owing.items if now < debt.until]
    asked = _snooze_over(now, owing, served)
    if owing.snoozed is not None and now < owing.snoozed:
        return None
    ripe = [
        (debt, moment)
        for debt in live
        for moment in wanted(debt, owing)
        if moment <= now and _new(debt, moment, served)
    ]
    if not live or not (ripe or asked):
        return None
    if not asked and served.today >= rules.reminders_a_day - _reserved(now, owing, live):
        return None
    keys = tuple(debt.key(moment) for debt, moment in ripe)
    newest = {id(debt) for debt, _ in ripe}
    snoozed = (snooze_key(owing.snoozed),) if asked and owing.snoozed else ()
    # Everything owed goes with it: what is due today, too, though its own moment is still to come.
    shown = tuple(debt for debt in live if asked or debt.due.date() <= now.date() or debt.moments[0] <= now)
    return Reminder(owing.person, shown, (*keys, *snoozed), len(keys) - len(newest), asked=asked)


def wanted(debt: Debt, owing: Owing) -> tuple[datetime, ...]:
    """The moments since they can be reached at which this person is to be reminded; of fewer, the last."""
    moments = tuple(moment for moment in debt.moments if moment >= owing.since)
    return moments[-1:] if owing.fewer else moments


def snooze_key(until: datetime) -> str:
    """The name of the moment at which a snooze is over."""
    return f"{SNOOZE}@{until:%Y-%m-%dT%H:%M}"


def _new(debt: Debt, moment: datetime, served: Served) -> bool:
    return debt.key(moment) not in served.keys


def _snooze_over(now: datetime, owing: Owing, served: Served) -> bool:
    """Whether a snooze is over that nobody has answered to."""
    until = owing.snoozed
    return until is not None and until <= now and snooze_key(until) not in served.keys


def _reserved(now: datetime, owing: Owing, live: Iterable[Debt]) -> int:
    """One of the day's messages is kept for the last call, still to come, of what is due today."""
    own = (debt for debt in live if debt.due.date() == now.date() and debt.todo is None and not debt.up)
    return int(any(moments[-1] > now for debt in own if (moments := wanted(debt, owing))))


def of_deadline(deadline: Deadline, places: tuple[tuple[str, str], ...], label: str) -> Debt:
    """What those who owe a deadline are reminded of, until it is due."""
    rule = deadline.rule
    return Debt(rule.id, deadline.period, deadline.due, deadline.reminders, deadline.due, places, label=label)


def overdue(deadline: Deadline, places: tuple[tuple[str, str], ...], label: str, rules: PackRules) -> Debt:
    """What is told one level up once a deadline has passed: once a day, so many days."""
    moments = tuple(_mornings(deadline.due, rules.overdue_days))
    until = datetime.combine(moments[-1].date(), time.fromisoformat(rules.quiet_from), deadline.due.tzinfo)
    return Debt(deadline.rule.id, deadline.period, deadline.due, moments, until, places, up=True, label=label)


def of_todo(todo: Todo, rules: PackRules) -> Debt:
    """What waits too long is asked about when its time is up, and again on the mornings after."""
    end, first = datetime.fromisoformat(todo.due), datetime.fromisoformat(todo.asks)
    if todo.kind in ENDS:
        return Debt(todo.kind, todo.subject or todo.due[:10], end, (first,), end, up=todo.escalated, todo=todo)
    moments = (first, *_mornings(first, rules.overdue_days - 1))
    until = moments[-1] + timedelta(days=1)
    # When it is due is part of the name: a case that is reopened is asked about anew.
    return Debt(todo.kind, f"{todo.subject}/{todo.due[:16]}", end, moments, until, up=todo.escalated, todo=todo)


def _mornings(after: datetime, count: int) -> Iterator[datetime]:
    """09:00 of so many days after a moment's day."""
    for number in range(1, count + 1):
        yield datetime.combine(after.date() + timedelta(days=number), MORNING, after.tzinfo)
