"""What people say of being reminded, and of deadlines → the store, an audit line, and how things stand then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.model import DeadlineSaid, RemindersWished, Snoozed, Standing
from bot.store import audit, deadlines, reached
from bot.store.authority import roles_at
from bot.store.cases import RefusedError
from scheduler.calendar import cutoff, found, quiet, waking

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept

BEFORE = timedelta(minutes=10)
"""Whoever wants to be reminded of the day's report after the cutoff is reminded so long before it."""


def _said(visit: Visit, _: Kept, fact: DeadlineSaid) -> Standing:
    """Keep it, where this person answers for the place and a word settles it."""
    tools = visit.tools
    deadline = found(tools.rules, fact.deadline, fact.period, tools.zone)
    if deadline is None:
        return Standing(visit.now, shown={"refused": "unknown"})
    act = visit.act()
    roles = roles_at(visit.connection, act.person, fact.place, visit.now.date())
    try:
        name = deadlines.say(visit.connection, act, deadline, fact.place, roles, met=fact.met)
    except RefusedError as why:
        return Standing(visit.now, shown={"refused": why.reason})
    label = deadline.rule.labels.get(visit.locale.value, deadline.rule.id)
    shown = {"place": name, "label": label, "due": deadline.due, "late": visit.now > deadline.due}
    return Standing(visit.now, shown=shown)


def _snoozed(visit: Visit, _: Kept, fact: Snoozed) -> Standing:
    """Keep until when; with a report still owed not past the last minutes before the cutoff, and not in them.

    Nobody is reminded in the quiet hours: what would be over in them is over with them.
    """
    until = waking(visit.now + timedelta(minutes=fact.minutes), visit.tools.rules)
    end = cutoff(visit.now.date(), visit.tools.rules, visit.tools.zone)
    owed = visit.now < end and any(place.status is None for place in visit.brief(visit.now.date()).owed)
    shown: dict[str, object] = {"cutoff": end if owed else None}
    if owed:
        until = min(until, end - BEFORE)
    if until <= visit.now or quiet(until, visit.tools.rules):
        return Standing(visit.now, shown=shown)
    reached.snooze(visit.connection, visit.act(), until)
    return Standing(visit.now, shown={**shown, "until": until})


def _wished(visit: Visit, _: Kept, fact: RemindersWished) -> Standing:
    reached.wish(visit.connection, visit.act(), fewer=fact.fewer)
    audit.record(visit.connection, visit.now, visit.owner, "reminders", "fewer" if fact.fewer else "all")
    return Standing(visit.now)


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {
    DeadlineSaid: _said,
    Snoozed: _snoozed,
    RemindersWished: _wished,
}
"""By fact: what writes it, and says how things stand then."""
