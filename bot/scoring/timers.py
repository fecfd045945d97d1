"""What waits too long (DOMAIN 8): cases without a diagnosis, not moved, not seen; problems; what ends. No clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bot.model import CaseFact, Event, Isolation, Leave, PackRules, ProblemState, Todo
from bot.scoring.ledger import Distance
from bot.scoring.ledger import Outline as Stands
from bot.scoring.log import Person, outline

UNSEEN = timedelta(hours=1)
"""After so long an alert that nobody acknowledged is asked about again."""
SOON = timedelta(days=1)
"""So long before its day the end of an isolation or a leave, and what is to be mended, is on the list."""
MORNING = time(9)
"""When somebody is asked about what is due on a day."""
EVENING = time(18)
"""When a day is over for what is due on it (DOMAIN 8)."""
CLOSING = timedelta(days=1)
"""So long a problem that was rectified may wait to be closed."""
HIGHEST = 2
"""So many levels up a problem that nobody sees to is shown: a county hears of it by its figures."""


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


class Listed(NamedTuple):
    """A problem, and how far somebody is from being the one who must see to it."""

    code: str
    place: str
    """The place's name."""
    stands: Stands
    found_on: date
    far: Distance


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


def due(  # noqa: PLR0913, PLR0917 - what may wait, kind by kind
    now: datetime,
    cases: Iterable[Watched],
    isolations: Iterable[Isolation],
    leaves: Iterable[Leave],
    rules: PackRules,
    problems: Iterable[Listed] = (),
) -> tuple[Todo, ...]:
    """What one person has to see to at ``now`` (aware), the most urgent first.

    The one responsible sees it from the beginning, overdue once its time is up. One level up it is seen after the same
    time again. An isolation and a leave are on the list the day before they end and on the day itself; a problem from
    the day before it is due, one level up from the day after it.
    """
    found = [todo for case in cases for todo in _case(now, case, rules)]
    found += [todo for each in isolations if (todo := _isolation(now, each))]
    found += [todo for leave in leaves if (todo := _leave(now, leave))]
    found += [todo for each in problems if (todo := _problem(now, each, rules))]
    return tuple(sorted(found, key=lambda todo: (datetime.fromisoformat(todo.due), todo.kind, todo.subject)))


def _case(now: datetime, case: Watched, rules: PackRules) -> Iterator[Todo]:
    on = min(fact.on for fact in case.person.log if fact.event == Event.FOUND)
    for wait in waits(case.person, rules, seen=case.seen):
        step = case.after_reporter if wait.kind == "undiagnosed" else case.after_lead
        if step is None or (step and now < wait.due + step * wait.period):
            continue
        overdue, escalated, asks = now >= wait.due, step > 0, _said(wait.due + step * wait.period, now)
        yield Todo(wait.kind, case.code, case.place, on, _said(wait.due, now), overdue, escalated, asks)


def _isolation(now: datetime, isolation: Isolation) -> Todo | None:
    """Its end is announced; one that was ended by hand is done."""
    if isolation.ended_on is not None or not _near(isolation.ends, now):
        return None
    day, asks = _said(_midnight(isolation.ends, now), now), _said(_morning(isolation.ends - SOON, now), now)
    return Todo("isolation_ends", str(isolation.id), isolation.name, isolation.since, day, asks=asks)


def _leave(now: datetime, leave: Leave) -> Todo | None:
    back = leave.until + timedelta(days=1)
    if leave.since > now.date() or not _near(back, now):
        return None
    day = _said(_midnight(back, now), now)
    # Whoever is away for one day knows when they are back.
    asks = _said(_morning(leave.until, now), now) if leave.since < leave.until else ""
    return Todo("leave_ends", "", "", leave.since, day, asks=asks)


def _problem(now: datetime, each: Listed, rules: PackRules) -> Todo | None:
    """It is to be mended by its due day, then closed, then looked at again on its day."""
    stands, step = each.stands, each.far.decide
    match stands.state:
        case ProblemState.OPEN:
            kind, step = "problem_due", each.far.mend
            last = stands.due or each.found_on + timedelta(days=rules.rectify_days)
            first = last - SOON
        case ProblemState.RECTIFIED:
            kind, first, last = "problem_close", stands.since, stands.since + CLOSING
        case ProblemState.CLOSED:
            kind, first = "look_again", stands.look_again_on or stands.since
            last = first
        case _:
            return None
    if step is None or step > HIGHEST or now.date() < (last + timedelta(days=step) if step else first):
        return None
    end = datetime.combine(last, EVENING, now.tzinfo)
    asks = _said(_morning(last + timedelta(days=step), now), now)
    return Todo(kind, each.code, each.place, stands.since, _said(end, now), now >= end, step > 0, asks)


def _near(day: date, now: datetime) -> bool:
    return timedelta(0) <= day - now.date() <= SOON


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time.min, now.tzinfo)


def _morning(day: date, now: datetime) -> datetime:
    return datetime.combine(day, MORNING, now.tzinfo)


def _said(moment: datetime, now: datetime) -> str:
    return moment.astimezone(now.tzinfo).isoformat()
