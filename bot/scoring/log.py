"""What the log of one case comes to for those who follow it: what it is now, whether it is over, what may follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bot.model import Action, CaseFact, Event
from bot.scoring.joining import CORRECTIONS, ENDS, joined

ACTION_OF: Mapping[Event, Action] = {
    Event.DIAGNOSED: Action.DIAGNOSE,
    Event.LEFT: Action.MOVE,
    Event.RELEASED: Action.RELEASE,
    Event.RULED_OUT: Action.RULE_OUT,
    Event.REOPENED: Action.REOPEN,
    Event.MERGED: Action.MERGE,
    Event.SPLIT: Action.SPLIT,
    Event.WITHDRAWN: Action.WITHDRAW,
}
"""What somebody does who records the event, in the order in which it is offered."""


class Person(NamedTuple):
    """The facts of one case, and of those that turned out to be the same person."""

    log: tuple[CaseFact, ...]
    joined: tuple[CaseFact, ...] = ()
    """What was recorded of the cases merged into it."""
    into: str = ""
    """The case that stands for it, where it is merged itself."""


class Outline(NamedTuple):
    """A case in a line."""

    kind: str
    """As diagnosed last, else as found."""
    found_on: date
    diagnosed_on: date | None = None
    left_on: date | None = None
    closed_on: date | None = None
    """The first day on which the person was released or ruled out, by the facts that stand."""
    withdrawn: bool = False
    merged_into: str = ""

    @property
    def ended_on(self) -> date | None:
        """The first day on which the person left, was released or ruled out; None while the case is open."""
        return min((on for on in (self.left_on, self.closed_on) if on is not None), default=None)


class Misfit(NamedTuple):
    """Why a fact cannot follow on a log: a key of the words (``case/refused``), and what the words show."""

    reason: str
    values: Mapping[str, object]


def persons(logs: Mapping[str, Sequence[CaseFact]]) -> dict[str, Person]:
    """The cases of these logs, by code. What they are merged into, and what into them, has to be among the logs."""
    stand = joined(fact for log in logs.values() for fact in log)
    into = {code: _root(code, logs, stand) for code in logs}
    theirs: dict[str, list[CaseFact]] = {}
    for code, root in into.items():
        if root:
            theirs.setdefault(root, []).extend(logs[code])
    return {code: Person(tuple(log), tuple(theirs.get(code, ())), into[code]) for code, log in logs.items()}


def _root(code: str, logs: Mapping[str, Sequence[CaseFact]], stand: Mapping[str, object]) -> str:
    """The case that stands for a merged one; empty for one that stands for itself, or for nobody."""
    if code in stand or any(fact.event == Event.WITHDRAWN for fact in logs[code]):
        return ""
    while code not in stand:
        merging = [fact for fact in logs[code] if fact.event == Event.MERGED]
        code = max(merging, key=lambda fact: fact.recorded_at).other
    return code


def outline(person: Person, breaking: Collection[str] = frozenset()) -> Outline:
    """Read a case's log (at least the fact that found it); what is merged into it counts as its own.

    Found as a ``breaking`` kind, a merged report says what the person is.
    """
    known = sorted((*person.log, *person.joined), key=lambda fact: (fact.recorded_at, fact.on))
    reopened = max((fact.recorded_at for fact in known if fact.event == Event.REOPENED), default=None)
    first: dict[Event, date] = {}
    for fact in known:
        if fact.event in ENDS and (reopened is None or fact.recorded_at > reopened):
            first[fact.event] = min(fact.on, first.get(fact.event, fact.on))
    closed = [on for event, on in first.items() if event != Event.LEFT]
    return Outline(
        _kind(person, breaking),
        min(fact.on for fact in known if fact.event == Event.FOUND),
        min((fact.on for fact in known if fact.event == Event.DIAGNOSED), default=None),
        first.get(Event.LEFT),
        min(closed, default=None),
        any(fact.event == Event.WITHDRAWN for fact in person.log),
        person.into,
    )


def _kind(person: Person, breaking: Collection[str]) -> str:
    """As diagnosed last; else as found, as a kind that breaks if any of the merged reports says so."""
    known = (*person.log, *person.joined)
    diagnosed = [fact for fact in known if fact.event == Event.DIAGNOSED]
    if diagnosed:
        return max(diagnosed, key=lambda fact: (fact.on, fact.recorded_at)).kind or ""
    mine = next(fact.kind or "" for fact in person.log if fact.event == Event.FOUND)
    worse = [fact.kind or "" for fact in known if fact.event == Event.FOUND and fact.kind in breaking]
    return mine if mine in breaking or not worse else worse[0]


def broke(log: Iterable[CaseFact], breaking: Collection[str]) -> bool:
    """Whether the case was ever of a breaking kind: from then on it counts against its place."""
    return any(fact.kind in breaking for fact in log if fact.event in {Event.FOUND, Event.DIAGNOSED})


def earliest(case: Outline, event: Event) -> date:
    """The first day on which ``event`` can have happened."""
    if event in {Event.RELEASED, Event.RULED_OUT} and case.left_on is not None:
        return case.left_on
    return case.found_on


def misfit(case: Outline, event: Event, on: date, today: date, kind: str | None = None) -> Misfit | None:
    """Why ``event`` on a day cannot follow on this log; None where it can."""
    happened = event not in CORRECTIONS  # a correction holds on every day: its own day says nothing
    first = earliest(case, event)
    over = case.ended_on if event == Event.LEFT else case.closed_on
    again = event == Event.DIAGNOSED and kind is not None and (kind, on) == (case.kind, case.diagnosed_on)
    checks: tuple[tuple[bool, str, Mapping[str, object]], ...] = (
        (case.withdrawn, "withdrawn", {}),
        (bool(case.merged_into) and event != Event.SPLIT, "merged", {"other": case.merged_into}),
        (on > today, "future", {"on": on}),
        (happened and on < first, "before", {"on": on, "earliest": first}),
        (happened and over is not None, "over", {"on": over}),
        (again, "same", {"on": on}),
        (event == Event.REOPENED and case.ended_on is None, "open", {}),
        (event == Event.SPLIT and not case.merged_into, "unmerged", {}),
    )
    return next((Misfit(reason, values) for wrong, reason, values in checks if wrong), None)


def fitting(case: Outline, today: date) -> tuple[Event, ...]:
    """What may follow on this log."""
    return tuple(event for event in ACTION_OF if misfit(case, event, today, today) is None)
