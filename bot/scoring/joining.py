"""Logs put right: which facts of a case hold, and which cases are one person. Pure.

A correction holds on every day, whatever its own day: as of a day nothing changes, only what was known before it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.model import CaseFact, Event

ENDS = frozenset({Event.LEFT, Event.RELEASED, Event.RULED_OUT})
CORRECTIONS = frozenset({Event.WITHDRAWN, Event.REOPENED, Event.MERGED, Event.SPLIT})


def in_force(facts: Iterable[CaseFact]) -> list[CaseFact]:
    """The facts of one log that hold, in the order of days; none where the case does not count by itself.

    A case that was withdrawn, or that is merged into another, does not. What ended a case before it was reopened (by
    when it was recorded) is void; what ends it later counts.
    """
    known = sorted(facts, key=lambda fact: (fact.on, fact.recorded_at))
    events = {fact.event for fact in known}
    if events.isdisjoint(CORRECTIONS):
        return known
    if Event.WITHDRAWN in events or _merging(known) is not None:
        return []
    reopened = [fact.recorded_at for fact in known if fact.event is Event.REOPENED]
    void = max(reopened) if reopened else None
    return [
        fact
        for fact in known
        if fact.event not in CORRECTIONS and (fact.event not in ENDS or void is None or fact.recorded_at > void)
    ]


def joined(facts: Iterable[CaseFact]) -> dict[str, list[CaseFact]]:
    """The logs of persons, by the case that stands for each: its own facts, and those of the cases merged into it.

    Every fact takes that case's code and place, and the mergings themselves are left out. Of a case the newest word
    holds, merged or split. A withdrawn case is none: its facts are left out, and whatever was merged into it stands
    for itself again, as does a case whose other is not among the facts. Where mergings lead in a circle, the one
    recorded last does not hold.
    """
    own: dict[str, list[CaseFact]] = {}
    for fact in facts:
        own.setdefault(fact.case, []).append(fact)
    living = {case: log for case, log in own.items() if all(fact.event is not Event.WITHDRAWN for fact in log)}
    mergings = {case: merging for case, log in living.items() if (merging := _merging(log)) and merging.other in living}
    found: dict[str, list[CaseFact]] = {}
    for case, log in living.items():
        root = _root(case, mergings)
        place = living[root][0].place
        lines = [replace(fact, case=root, place=place) for fact in log if fact.event not in {Event.MERGED, Event.SPLIT}]
        if lines:
            found.setdefault(root, []).extend(lines)
    return found


def _merging(log: Iterable[CaseFact]) -> CaseFact | None:
    """The merging that holds, if any: the newest word of merged and split."""
    words = [fact for fact in log if fact.event in {Event.MERGED, Event.SPLIT}]
    newest = max(words, key=lambda fact: (fact.recorded_at, fact.on, fact.event, fact.other), default=None)
    return newest if newest is not None and newest.event is Event.MERGED else None


def _root(case: str, mergings: Mapping[str, CaseFact]) -> str:
    """The case that stands for ``case``: where its mergings end."""
    way: list[str] = []
    while case in mergings:
        if case in way:
            return max(way[way.index(case) :], key=lambda each: _age(mergings[each]))
        way.append(case)
        case = mergings[case].other
    return case


def _age(merging: CaseFact) -> tuple[datetime, str]:
    return merging.recorded_at, merging.case
