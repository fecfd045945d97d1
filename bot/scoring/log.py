"""What the log of one case comes to for those who read it: what it is now, and whether it is over. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from bot.model import CaseFact, Event

ENDS = frozenset({Event.LEFT, Event.RELEASED, Event.RULED_OUT})


class Outline(NamedTuple):
    """A case in a line."""

    kind: str
    """As diagnosed last, else as found."""
    found_on: date
    diagnosed: bool
    left_on: date | None
    ended_on: date | None
    """The first day on which the person left, was released or ruled out, by the ends that stand."""
    withdrawn: bool
    merged_into: str


def outline(facts: Iterable[CaseFact]) -> Outline:
    """Read one case's own log (at least the fact that found it); other cases merged into it are not looked at."""
    known = sorted(facts, key=lambda fact: (fact.recorded_at, fact.on))
    reopened = max((fact.recorded_at for fact in known if fact.event == Event.REOPENED), default=None)
    kind, found_on = "", known[0].on
    diagnoses: list[tuple[date, str]] = []
    ends: dict[Event, date] = {}
    withdrawn, merged_into = False, ""
    for fact in known:
        match fact.event:
            case Event.FOUND:
                kind, found_on = kind or fact.kind or "", min(found_on, fact.on)
            case Event.DIAGNOSED:
                diagnoses.append((fact.on, fact.kind or ""))
            case Event.WITHDRAWN:
                withdrawn = True
            case Event.MERGED | Event.SPLIT:
                merged_into = fact.other if fact.event == Event.MERGED else ""
            case Event.LEFT | Event.RELEASED | Event.RULED_OUT:
                if reopened is None or fact.recorded_at > reopened:
                    ends.setdefault(fact.event, fact.on)
            case Event.REOPENED:
                pass
    if diagnoses:
        kind = max(diagnoses, key=lambda each: each[0])[1]
    return Outline(
        kind,
        found_on,
        bool(diagnoses),
        ends.get(Event.LEFT),
        min(ends.values(), default=None),
        withdrawn,
        merged_into,
    )
