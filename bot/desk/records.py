"""What a conversation came to → facts in the store, an audit line, a receipt, and a word to those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot import words
from bot.desk import (
    alerts,
    announced,
    assess_records,
    barring,
    cards,
    care_records,
    case_records,
    creation_notices,
    creation_records,
    nudges,
    own_records,
    paper_records,
    problem_records,
    reminder_records,
    staff_records,
    work_records,
)
from bot.dialog import Flow, Option, Say
from bot.model import (
    ConsentWithdrawn,
    Fact,
    LeaveEnded,
    LeaveTaken,
    LocaleChosen,
    NoticeAccepted,
    Paper,
    ReportFiled,
    ReportWithdrawn,
    Standing,
)
from bot.store import absence, audit, briefs, duties, figures, filings, glance, people
from scheduler.calendar import cutoff

if TYPE_CHECKING:
    from bot.desk.visit import Visit
    from bot.store.conversations import Kept


RECORDERS: Mapping[type, Callable[[Visit, Kept, Any], Standing]] = {
    **case_records.RECORDERS,
    **care_records.RECORDERS,
    **own_records.RECORDERS,
    **paper_records.RECORDERS,
    **problem_records.RECORDERS,
    **reminder_records.RECORDERS,
    **work_records.RECORDERS,
    **assess_records.RECORDERS,
    **creation_records.RECORDERS,
    **nudges.RECORDERS,
    **staff_records.RECORDERS,
}
"""How each other fact is written: the work of the room that it belongs to."""


def record(visit: Visit, flow: Flow, kept: Kept, fact: Fact, said: Sequence[Say]) -> None:
    """Write the fact and answer with the flow's receipt."""
    match fact:
        case ReportFiled() | ReportWithdrawn():
            standing = _report(visit, kept, fact)
        case LeaveTaken() | LeaveEnded():
            standing = _leave(visit, fact)
        case LocaleChosen():
            people.choose_locale(visit.connection, visit.act().person, fact.locale)
            visit.recognise()
            standing = Standing(visit.now)
        case NoticeAccepted():
            _enrolled(visit, flow, kept, fact)
            return
        case ConsentWithdrawn():
            people.forget(visit.connection, visit.act(), visit.inbound.address)
            audit.record(visit.connection, visit.now, visit.owner, "consent withdrawn", visit.owner)
            standing = Standing(visit.now)
        case _:
            standing = RECORDERS[type(fact)](visit, kept, fact)
    if flow.receipt is None:
        return
    brief = replace(kept.brief, now=visit.now, locale=visit.locale)
    receipt = flow.receipt(fact, brief, standing)
    onward = flow.then(fact, brief, standing) if flow.then else None
    onward = onward or barring.onward(flow.name, fact, standing)
    if onward is not None:
        visit.open(onward.flow, None, said=(*said, receipt), subject=onward.subject)
        return
    card = cards.card(flow, brief, (*said, receipt))
    photo, paper = standing.shown.get("photo"), standing.shown.get("paper")
    visit.write(card, kept.id, photo=str(photo) if photo else None, paper=paper if isinstance(paper, Paper) else None)


def _report(visit: Visit, kept: Kept, fact: ReportFiled | ReportWithdrawn) -> Standing:
    """File or withdraw, then see how the places stand."""
    connection, rules = visit.connection, visit.tools.rules
    due = cutoff(fact.day, rules, visit.tools.zone)
    doing = visit.act(late=visit.now > due)
    if isinstance(fact, ReportWithdrawn):
        filed = filings.withdraw_report(connection, visit.tools.house, doing, fact)
        audit.record(
            connection,
            visit.now,
            visit.owner,
            "report withdrawn",
            fact.day.isoformat(),
            ",".join((*filed.lines, *filed.withdrawn)),
        )
        alerts.taken_back(visit, filed.withdrawn)
        announced.cases(visit, filed.withdrawn)
        names = {place.code: place.name for place in kept.brief.owed}
        return Standing(visit.now, late=doing.late, kept=tuple(names[code] for code in filed.kept))
    mine = visit.duties()
    filed = filings.file_report(connection, visit.tools.house, doing, fact, mine)
    what = "report supplemented" if fact.adds else "report filed"
    audit.record(
        connection,
        visit.now,
        visit.owner,
        what,
        fact.day.isoformat(),
        ",".join((*filed.lines, *filed.cases, *filed.withdrawn)),
    )
    told = alerts.found(visit, filed.cases)
    announced.cases(visit, (*filed.cases, *filed.withdrawn))
    if filed.cases:
        creation_notices.revoked(visit)
    alerts.taken_back(visit, filed.withdrawn)
    today = visit.now.date()
    if fact.adds:  # a note changes no figure
        return Standing(visit.now, late=doing.late, missed=kept.brief.missed if fact.day == today else ())
    names = {place.code: place.name for place in kept.brief.owed}
    codes = [line.place for line in fact.lines]
    look = glance.streaks if fact.day == today else briefs.place_streaks
    today_open = visit.now <= cutoff(today, rules, visit.tools.zone)
    return Standing(
        visit.now,
        late=doing.late,
        filed=filed.lines,
        streaks=look(connection, rules, today, codes),
        run=figures.run_of(connection, doing.person, today, today_open=today_open, mine=mine),
        cases=filed.cases,
        shown={"told": told},
        kept=tuple(names.get(code, code) for code in filed.kept),
        missed=kept.brief.missed if fact.day == today else (),
    )


def _leave(visit: Visit, fact: LeaveTaken | LeaveEnded) -> Standing:
    """Keep the leave or its end, and tell the stand-ins, and those for whom this person was to stand in."""
    connection, today = visit.connection, visit.now.date()
    name = words.masked_name(visit.who.name) if visit.who else ""
    if isinstance(fact, LeaveEnded):
        stand_ins = absence.end_leave(connection, visit.act(), fact)
        audit.record(connection, visit.now, visit.owner, "leave ended", fact.on.isoformat())
        for stand_in in stand_ins:
            visit.notify(stand_in, Say("leave/returned", {"name": name, "on": fact.on}))
        return Standing(visit.now)
    mine = visit.duties()
    # Asked anew: whoever has taken leave since the question was shown stands in for nobody.
    known = briefs.colleagues(connection, visit.tools.keyring, mine.person, mine.on(today), today)
    reachable = {person.person: person.name for person in known}
    codes = absence.take_leave(connection, visit.act(), fact, reachable)
    audit.record(connection, visit.now, visit.owner, "leave taken", f"{fact.since}/{fact.until}", f"p:{fact.stand_in}")
    for person in absence.stood_in_for(mine, fact.since, fact.until):
        visit.notify(person, Say("leave/stand_in_away", {"name": name, "since": fact.since, "until": fact.until}))
    if not codes or fact.stand_in is None:
        return Standing(visit.now)
    places = duties.names(connection, codes)
    shown = {"name": name, "since": fact.since, "until": fact.until, "places": places}
    visit.notify(fact.stand_in, Say("leave/asked", shown, (Option("places"),)))
    return Standing(visit.now, stand_in=reachable[fact.stand_in])


def _enrolled(visit: Visit, flow: Flow, kept: Kept, fact: NoticeAccepted) -> None:
    """Bind the chat if the code is still good, welcome the person, and show today's report at once."""
    from bot.desk import enrolment  # noqa: PLC0415 - it opens conversations, and those come here

    if not enrolment.bound(visit, kept, fact):
        visit.say(Say("enrol/wrong"))
        return
    brief = visit.brief(visit.now.date())
    welcome = () if flow.receipt is None else (flow.receipt(fact, brief, Standing(visit.now)),)
    visit.open("daily_report", None, said=welcome)
