"""Alerts: whoever answers for a place hears of a case at once, with what to do next and by when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.dialog import Option, Say
from bot.model import Field, Grant, KnownCase, Role, grant
from bot.store import known_cases
from bot.store.authority import Answerable, responsible

if TYPE_CHECKING:
    from bot.desk.visit import Visit

UP = (Role.COMMUNITY_LEAD, Role.TOWNSHIP_REVIEWER, Role.OFFICE)
"""Where an alert goes when nobody of the role meant can be reached: one level up, and again."""

MOST = 9
"""So many buttons stand under one alert; the list of cases has all."""


def found(visit: Visit, codes: Collection[str]) -> tuple[str, ...]:
    """Alert those whom the pack names for these new cases; returns the roles that were reached."""
    return _alert(visit, known_cases.rows(visit.connection, visit.tools.house, codes), "found") if codes else ()


def changed(visit: Visit, code: str) -> tuple[str, ...]:
    """Alert those whom the pack names for what a case was just diagnosed as."""
    return _alert(visit, known_cases.rows(visit.connection, visit.tools.house, [code]), "diagnosed")


def taken_back(visit: Visit, codes: Collection[str]) -> None:
    """Tell those who were alerted that these cases were entered by mistake: nobody is to go there."""
    told: dict[int, list[KnownCase]] = defaultdict(list)
    for case in known_cases.rows(visit.connection, visit.tools.house, codes) if codes else ():
        for role in visit.tools.rules.alert.get(case.kind, ()):
            for answerable in reachable(visit, case.place, Role(role), None):
                if case not in told[answerable.person]:
                    told[answerable.person].append(case)
    me = visit.who.person if visit.who else None
    for person, cases in told.items():
        if person != me:
            visit.notify(
                person, Say("case/taken_back", {"cases": cases, "labels": visit.tools.rules.labels}), kind="alert"
            )


def _alert(visit: Visit, cases: Sequence[KnownCase], what: str) -> tuple[str, ...]:
    letters: dict[Answerable, list[KnownCase]] = defaultdict(list)
    reached: dict[str, None] = {}
    me = visit.who.person if visit.who else None
    for case in cases:
        for role in visit.tools.rules.alert.get(case.kind, ()):
            for answerable in reachable(visit, case.place, Role(role), me):
                letters[answerable].append(case)
    told: dict[int, list[KnownCase]] = {}
    for answerable, theirs in letters.items():
        reached[answerable.role.value] = None
        # Somebody with two roles gets one letter.
        known = told.setdefault(answerable.person, [])
        fresh = [case for case in theirs if case not in known]
        known.extend(fresh)
        if fresh and answerable.person != me:
            visit.notify(answerable.person, _letter(visit, answerable.role, fresh, what), kind="alert")
    return tuple(reached)


def reachable(visit: Visit, place: str, role: Role, me: int | None) -> Sequence[Answerable]:
    """Those of the role nearest to the place who have a chat; else those of the role above."""
    today = visit.now.date()
    for each in UP[UP.index(role) :] if role in UP else (role,):
        people = responsible(visit.connection, place, (each,), today)
        chats = [one for one in people if one.person == me or visit.reaches(one.person)]
        if chats:
            return chats
    return ()


def _letter(visit: Visit, role: Role, cases: Sequence[KnownCase], what: str) -> Say:
    """What the recipient is told: places, kinds, buildings where their role sees them; never a person."""
    rules = visit.tools.rules
    building = grant((role,), Field.BUILDING, own=False) is Grant.FULL
    breaking = [case for case in cases if case.kind in rules.breaking]
    hours = rules.unmoved_hours if breaking else rules.undiagnosed_hours
    shown = {
        "cases": cases,
        "building": building,
        "what": what,
        "breaking": bool(breaking),
        "due": visit.now + timedelta(hours=hours),
        "labels": rules.labels,
    }
    if len(cases) == 1:
        code = cases[0].code
        return Say("case/alert", shown, (Option(f"ack {code}", name="ack"), Option(f"case {code}", name="case")))
    # Of several each is acknowledged on its own card.
    return Say("case/alert", shown, tuple(Option(f"case {case.code}", name=case.code) for case in cases[:MOST]))
