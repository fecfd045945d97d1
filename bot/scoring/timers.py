"""What waits too long (DOMAIN 8): cases without a diagnosis, not moved, not seen; what ends soon. Pure, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bot.model import CaseFact, Event, Isolation, Leave, PackRules, Todo
from bot.scoring.log import Person, outline

UNSEEN = timedelta(hours=1)
"""After so long an alert that nobody acknowledged is asked about again."""
SOON = timedelta(days=1)
"""So long before its day the end of an isolation or a leave is on the list."""


class Watched(NamedTuple):
    """A case, and how far somebody is from being the one who must see to it: 0 they themself, 1 one level up."""

    code: str
    place: str
    """The place's name."""
    person: Person
    after_reporter: int | None = None
    """For what whoever reported it sees to; None: it is not this person's concern."""
    after_lead: int | None = None
    """For what the lead sees to."""
    seen: bool = False
    """Whether somebody acknowledged the alert."""


class Wait(NamedTuple):
    """Something that a case waits for."""

    kind: str
    """``undiagnosed``, ``unmoved`` or ``unseen``."""
    since: datetime
    period: timedelta

    @property
    def due(self) -> datetime:
        """The moment from which it has waited too long."""
        return self.since + self.period


def waits(person: Person, rules: PackRules, *, seen: bool = True) -> tuple[Wait, ...]:
    """What a case waits for, however long it has waited.

    A kind that does not break but falls under a rule (a fever: note 3) waits for its diagnosis, also after the person
    was moved; a breaking one waits for the person to leave.
    """
    case = outline(person, rules.breaking)
    if case.withdrawn or case.merged_into or case.closed_on is not None:
        return ()
    known = (*person.log, *person.joined)
    again = [fact.recorded_at for fact in known if fact.event == Event.REOPENED]
    entered = max([min(fact.recorded_at for fact in known), *again])
    found: list[Wait] = []
    if not seen and case.left_on is None and rules.alert.get(case.kind):
        found.append(Wait("unseen", max(entered, _named(known, {case.kind})), UNSEEN))
    if case.kind in rules.breaking:
        if case.left_on is None:
            since = max(entered, _named(known, rules.breaking))
            found.append(Wait("unmoved", since, timedelta(hours=rules.unmoved_hours)))
    elif case.diagnosed_on is None and case.kind in rules.rule_of:
        found.append(Wait("undiagnosed", entered, timedelta(hours=rules.undiagnosed_hours)))
    return tuple(found)


def _named(known: Iterable[CaseFact], kinds: Collection[str]) -> datetime:
    """When it became known that the case is of one of these kinds."""
    return min(fact.recorded_at for fact in known if fact.kind in kinds)


def due(
    now: datetime, cases: Iterable[Watched], isolations: Iterable[Isolation], leaves: Iterable[Leave], rules: PackRules
) -> tuple[Todo, ...]:
    """What one person has to see to at ``now`` (aware), the most urgent first.

    The one responsible sees it from the beginning, overdue once its time is up. One level up it is seen after the same
    time again. An isolation and a leave are on the list the day before they end and on the day itself.
    """
    found = [todo for case in cases for todo in _case(now, case, rules)]
    found += [todo for each in isolations if (todo := _isolation(now, each))]
    found += [todo for leave in leaves if (todo := _leave(now, leave))]
    return tuple(sorted(found, key=lambda todo: (datetime.fromisoformat(todo.due), todo.kind, todo.subject)))


def _case(now: datetime, case: Watched, rules: PackRules) -> Iterator[Todo]:
    on = min(fact.on for fact in case.person.log if fact.event == Event.FOUND)
    for wait in waits(case.person, rules, seen=case.seen):
        step = case.after_reporter if wait.kind == "undiagnosed" else case.after_lead
        if step is None or (step and now < wait.due + step * wait.period):
            continue
        overdue, escalated = now >= wait.due, step > 0
        yield Todo(wait.kind, case.code, case.place, on, _said(wait.due, now), overdue, escalated)


def _isolation(now: datetime, isolation: Isolation) -> Todo | None:
    """Its end is announced; one that was ended by hand is done."""
    if isolation.ended_on is not None or not _near(isolation.ends, now):
        return None
    day = _said(_midnight(isolation.ends, now), now)
    return Todo("isolation_ends", str(isolation.id), isolation.name, isolation.since, day)


def _leave(now: datetime, leave: Leave) -> Todo | None:
    back = leave.until + timedelta(days=1)
    if leave.since > now.date() or not _near(back, now):
        return None
    return Todo("leave_ends", "", "", leave.since, _said(_midnight(back, now), now))


def _near(day: date, now: datetime) -> bool:
    return timedelta(0) <= day - now.date() <= SOON


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time.min, now.tzinfo)


def _said(moment: datetime, now: datetime) -> str:
    return moment.astimezone(now.tzinfo).isoformat()
