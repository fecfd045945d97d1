"""Cases that were noticed, followed and seen → the store, the figures, and a word to those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot import words
from bot.desk import alerts, announced, creation_notices
from bot.dialog import Option, Say
from bot.model import (
    ACTIONS,
    Action,
    CaseAcknowledged,
    CaseFollowed,
    CaseFound,
    DetailsAdded,
    Event,
    Standing,
)
from bot.store import audit, briefs, cases, figures
from bot.store.authority import roles_at
from bot.store.cases import RefusedError

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept


def _found(visit: Visit, _: Kept, fact: CaseFound) -> Standing:
    """Enter the cases, bring the figures up to date, alert whoever answers for the place."""
    connection, house, act = visit.connection, visit.tools.house, visit.act()
    try:
        cases.check_place(connection, act, fact.place, fact.on)
    except RefusedError as why:
        return _refused(visit, why)
    people = [*fact.finding.people, *[None] * (fact.finding.count - len(fact.finding.people))]
    found = [
        cases.Opened(fact.place, fact.finding.kind, (details and details.on) or fact.on, details) for details in people
    ]
    codes = cases.enter(connection, house.keyring, house.rules, act, found)
    figures.project(connection, house.judges, codes)
    audit.record(connection, visit.now, visit.owner, "case found", fact.place, ",".join(codes))
    told = alerts.found(visit, codes)
    announced.cases(visit, codes)
    creation_notices.revoked(visit)
    streaks = briefs.place_streaks(connection, house.rules, visit.now.date(), [fact.place])
    return Standing(visit.now, cases=tuple(codes), streaks=streaks, shown={"told": told})


def _followed(visit: Visit, _: Kept, fact: CaseFollowed) -> Standing:
    """Append the fact, bring the figures up to date, tell the reporter and whoever must act now."""
    connection, house, act = visit.connection, visit.tools.house, visit.act()
    place = cases.place_of(connection, fact.case)
    before = briefs.place_streaks(connection, house.rules, visit.now.date(), [place] if place else [])
    try:
        cases.follow(connection, house.judges, act, fact)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(connection, visit.now, visit.owner, f"case {fact.event.value}", fact.case, fact.other)
    told = alerts.changed(visit, fact.case) if fact.event is Event.DIAGNOSED else ()
    announced.cases(visit, [fact.case])
    creation_notices.revoked(visit)
    if fact.event is Event.WITHDRAWN:
        alerts.taken_back(visit, [fact.case])
    _tell_reporter(visit, fact)
    streaks = briefs.place_streaks(connection, house.rules, visit.now.date(), [place] if place else [])
    return Standing(visit.now, cases=(fact.case,), streaks=streaks, shown={"told": told, "before": before})


def _tell_reporter(visit: Visit, fact: CaseFollowed) -> None:
    """Whoever reported the case hears what became of it, if they still work there and did not do it themselves."""
    reporter = cases.reporter(visit.connection, fact.case)
    if reporter is None or reporter == visit.act().person:
        return
    place = cases.place_of(visit.connection, fact.case) or ""
    if not roles_at(visit.connection, reporter, place, visit.now.date()) & ACTIONS[Action.SEE]:
        return
    labels = visit.tools.rules.labels
    visit.notify(
        reporter, Say("case/news", {"fact": fact, "labels": labels}, (Option(f"case {fact.case}", name="case"),))
    )


def _details(visit: Visit, _: Kept, fact: DetailsAdded) -> Standing:
    house = visit.tools.house
    try:
        cases.add_details(visit.connection, house.keyring, house.rules, visit.act(), fact.case, fact.details)
    except RefusedError as why:
        return _refused(visit, why)
    audit.record(visit.connection, visit.now, visit.owner, "case details", fact.case)
    return Standing(visit.now, cases=(fact.case,))


def _acknowledged(visit: Visit, _: Kept, fact: CaseAcknowledged) -> Standing:
    """Record that the alert was seen, and show it to whoever reported the case."""
    try:
        row, before = cases.acknowledge(visit.connection, visit.act(), fact.case)
    except RefusedError as why:
        return _refused(visit, why)
    if before is None:
        audit.record(visit.connection, visit.now, visit.owner, "case seen", fact.case)
        if row.person is not None and row.person != visit.act().person and visit.who is not None:
            name = words.masked_name(visit.who.name)
            visit.notify(row.person, Say("case/seen", {"code": fact.case, "name": name, "at": visit.now}))
    return Standing(visit.now, cases=(fact.case,), shown={"before": before})


def _refused(visit: Visit, why: RefusedError) -> Standing:
    """Nothing was recorded; the receipt says why (``standing.shown.refused``) and what to do."""
    return Standing(visit.now, shown={"refused": why.reason, **why.values})


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {
    CaseFound: _found,
    CaseFollowed: _followed,
    DetailsAdded: _details,
    CaseAcknowledged: _acknowledged,
}
"""By fact: what writes it, and says how things stand then."""
