"""Who works where, and a one-time code for those who are not there yet."""

from __future__ import annotations

from bot.dialog import Choice, Dialog, Flow, Goto, Need, Option, Say
from bot.model import Brief, Fact, Standing
from bot.model.facts import PersonInvited
from bot.model.office import Ask, Office
from bot.model.paging import named, onward
from bot.model.staff import Worker
from bot.questions.pages import following
from bot.questions.refused import elsewhere, refused

BUTTONS = 4
"""So many invitations are offered under a list of people."""


def people(brief: Brief) -> Dialog:
    """Who works where, who has no chat yet, who is away and who stands in; names and phones masked."""
    office = brief.office or Office(Ask.PEOPLE)
    told = office.staff
    if told is None:
        yield from refused(office)
        return None
    waiting = [each for each in told.shown if not each.enrolled][:BUTTONS]
    invite = tuple(Option(f"invite p:{each.person}", _label(each), "invite") for each in waiting)
    pages = following(f"people {office.place}", told.page, told.more)
    actions = (*invite, *pages, *elsewhere(office), Option("menu"))
    yield from Say("staff/people", {"office": office, "told": told}, actions)
    return None


def _label(each: Worker) -> str:
    return f"＋ {each.name} {each.roles[0][1]}" if each.roles else f"＋ {each.name}"


def invite(brief: Brief) -> Dialog:
    """A code for the person who was named, by a phone or a name; else for one of those who have no chat yet."""
    office = brief.office or Office(Ask.INVITE)
    told = office.invitees
    if told is None:
        yield from refused(office)
        return None
    if not told.people:
        key = "staff/unknown" if told.said else "staff/all"
        yield from Say(key, {"office": office, "told": told}, (Option("people"), Option("menu")))
        return None
    if told.said and len(told.people) == 1:
        return PersonInvited(told.people[0].person)
    choices = tuple(Option(str(each.person), f"{each.name} {each.phone}") for each in told.people)
    more = (Option("more"),) if told.more else ()
    chosen = yield from Choice("whom", (*choices, *more), {"office": office, "told": told})
    if chosen == "more":
        return Goto("invite", onward(named(brief.subject)[0], told.page))
    return PersonInvited(int(chosen))


def receipt(fact: Fact, brief: Brief, standing: Standing) -> Say:
    """The code, what it is good for and how it gets to its person; or why there is none."""
    if "refused" in standing.shown:
        return Say("staff/refused", {"why": standing.shown["refused"]}, (Option("people"), Option("menu")))
    return Say("staff/invited", standing.shown, (Option("invite", name="another"), Option("people")))


FLOWS = (
    Flow("people", people, "staff", needs=frozenset({Need.STAFF}), about="subject"),
    Flow("invite", invite, "staff", receipt, frozenset({Need.INVITEES}), about="subject"),
)
