"""Where a command has no answer: not theirs, and whom to ask; or no such place."""

from __future__ import annotations

from bot.dialog import Goto, Option, Say
from bot.model import Misnamed
from bot.model.office import MAY, Office
from bot.model.rights import Barred, told

SHOWN = 20
"""So much of what was named is shown back."""
OTHERS = 4
"""So many buttons of places leave room for the others."""


def barred(command: str, said: str = "") -> Goto:
    """Who may use the command, and whom to ask; ``said``: what was named and is none of theirs."""
    return Goto("barred", f"{command} {said}".strip())


def whom(step: str, place: str = "") -> Goto:
    """Behind words that say why not: whom to ask."""
    return Goto("whom", f"{step} {place}".strip())


def refused(office: Office) -> Say:
    """Why nothing can be told, and what to do instead."""
    if office.outside:
        return _outside(office)
    if office.misnamed:
        return misnamed(office.misnamed, f"{office.ask} {office.days}".removesuffix("today").strip())
    if office.unknown:
        others = tuple(Option(f"{office.ask} {code}", name) for code, name in office.others[:OTHERS])
        return Say("office/unknown", {"said": office.unknown[:SHOWN], "whom": office.whom}, (*others, Option("menu")))
    barred_ = Barred(office.ask.value, "", told(MAY[office.ask]), whom=office.whom)
    return Say("barred/barred", {"told": barred_}, (Option("menu"),))


def _outside(office: Office) -> Say:
    """Why nothing can be told of the days that were named; the same of today, and of more than a day as a summary."""
    days = office.outside
    span = days is not None and days.why == "span"
    more = (Option(f"summary {days.said} {office.place}", name="summary"),) if days and span else ()
    today = Option(f"{office.ask} {office.place}", name="today")
    return Say("office/outside", {"office": office, "days": days}, (*more, today, Option("menu")))


def misnamed(place: Misnamed, command: str) -> Say:
    """A name that is none of theirs as it stands: what is meant instead, or whom to ask about what is another's."""
    near = tuple(Option(f"{command} {each.code}", each.name) for each in place.near)
    others = () if near else (Option("places"),)
    return Say("office/misnamed", {"place": place, "said": place.said[:SHOWN]}, (*near, *others, Option("menu")))


def elsewhere(office: Office, *words: str) -> tuple[Option, ...]:
    """The same of the person's other places."""
    return tuple(Option(" ".join((office.ask, *words, code)), name) for code, name in office.others[:OTHERS])
