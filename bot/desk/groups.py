"""In a group: counts and places, never a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from bot import words
from bot.desk import cards, spoken, typed
from bot.desk.paper_records import picture
from bot.dialog import Say
from bot.model import Level, Locale, Role
from bot.model.office import Ask, Office
from bot.model.places import Outside
from bot.store import audit, briefs, figures, lacking, overview
from bot.store.asking import Look
from bot.store.duties import ASSIGNMENT, PLACE
from bot.store.tables import named
from bot.store.within import within

if TYPE_CHECKING:
    from bot.desk.visit import Visit

GROUP = named("group_chat")
OWN = ("bind", "board", "streaks", "summary", "missing")
MOST = 30
"""So many compounds fit a message that people read."""


def answer(visit: Visit) -> None:
    """Answer the few words that the bot knows in a group; everything else is people talking to each other."""
    said = visit.inbound.text.strip()
    name, _, argument = said.removeprefix("/").partition(" ")
    found = _named(visit, name)
    if found == "bind":
        _bind(visit, argument.strip())
    elif found is not None and found in SHOWN and not argument.strip():
        SHOWN[found](visit)
    elif found != "board" and (days := _days(visit, said.removeprefix("/"))):
        _summary(visit, days)
    elif said.startswith("/") and found is not None:
        visit.say(Say("desk/private"))
    elif found is None:
        spoken.in_group(visit, said)


def _days(visit: Visit, said: str) -> str | None:
    """The days of which a summary is wanted."""
    dated = typed.with_days(_locales(visit), said, ("summary",), loosely=False)
    return dated[1] if dated else None


def _named(visit: Visit, said: str) -> str | None:
    """The command that a word names, in either language; a group's own words first (“天数” is the summary here)."""
    known = (*OWN, *words.entry("commands", Locale.ZH).choices)
    if said in known:
        return said
    return next((name for locale in _locales(visit) if (name := words.matches("commands", locale, said, known))), None)


def _locales(visit: Visit) -> tuple[Locale, ...]:
    """The speaker's language, then the other."""
    return (visit.locale, *(other for other in Locale if other is not visit.locale))


def _bind(visit: Visit, argument: str) -> None:
    """Link the group to a place; for the lead of that place, or an administrator. Two places may have one name."""
    query = select(PLACE.c.code, PLACE.c.name).where((PLACE.c.code == argument) | (PLACE.c.name == argument))
    person = visit.who.person if visit.who else None
    found = [row for row in visit.connection.execute(query) if person and _may_bind(visit, person, row.code)]
    if visit.who is None or len(found) != 1:
        visit.say(Say("group/refused"))
        return
    (place,) = found
    address = visit.inbound.address
    live = (GROUP.c.channel == address.channel) & (GROUP.c.address == address.id)
    visit.connection.execute(GROUP.delete().where(live))
    values = {
        "channel": address.channel, "address": address.id, "place": place.code,
        "bound_by": visit.who.person, "bound_at": visit.now,
    }  # fmt: skip
    visit.connection.execute(insert(GROUP), values)
    audit.record(visit.connection, visit.now, visit.owner, "group bound", place.code, address.channel)
    visit.say(Say("group/bound", {"place": place.name}))


def _may_bind(visit: Visit, person: int, code: str) -> bool:
    today = visit.now.date()
    query = select(ASSIGNMENT.c.id).where(
        ASSIGNMENT.c.person == person,
        ASSIGNMENT.c.stands_in_for.is_(None),
        (ASSIGNMENT.c.role == Role.ADMIN) | (ASSIGNMENT.c.place == code),
        ASSIGNMENT.c.role.in_(
            (Role.ADMIN.value, Role.COMMUNITY_LEAD.value, Role.TOWNSHIP_REVIEWER.value, Role.OFFICE.value)
        ),
        ASSIGNMENT.c.since.is_(None) | (ASSIGNMENT.c.since <= today),
        ASSIGNMENT.c.until.is_(None) | (ASSIGNMENT.c.until >= today),
    )
    return visit.connection.execute(query.limit(1)).first() is not None


def _place(visit: Visit) -> tuple[str, str] | None:
    """Code and name of the place that the group is bound to; where it is to none, that is said."""
    address = visit.inbound.address
    query = (
        select(PLACE.c.code, PLACE.c.name)
        .join(GROUP, GROUP.c.place == PLACE.c.code)
        .where(GROUP.c.channel == address.channel, GROUP.c.address == address.id)
    )
    place = visit.connection.execute(query).first()
    if place is None:
        visit.say(Say("group/unbound"))
        return None
    return place.code, place.name


def _board(visit: Visit) -> None:
    """Today in the group's place: how many have reported, and the clean days of each compound; with the picture."""
    place = _place(visit)
    if place is None:
        return
    code, name = place
    today = visit.now.date()
    covered = figures.coverage(visit.connection, today, [code])
    codes = _listed(visit, code)
    shown = {
        "at": visit.now, "place": name, "expected": covered.expected, "received": covered.received,
        "on_time": covered.on_time, "streaks": briefs.place_streaks(visit.connection, visit.tools.rules, today, codes),
    }  # fmt: skip
    card = cards.card(None, visit.plain(), [Say("group/board", shown)])
    paper = picture("board-picture", [code], [name], today, visit.locale)
    visit.write(card, paper=paper if codes else None)


def _summary(visit: Visit, days: str = "today") -> None:
    """Some days of the group's place, in counts and places."""
    place = _place(visit)
    if place is None:
        return
    look = Look(visit.connection, visit.tools.house, visit.now)
    office = Office(Ask.SUMMARY, *place, at=visit.now)
    named = within(look, place[0], days)
    if isinstance(named, Outside):
        visit.say(Say("office/outside", {"office": office, "days": named}))
        return
    told = overview.overview(look, place[0], named)
    labels = visit.tools.rules.labels
    visit.say(Say("office/summary", {"office": office, "told": told, "overdue": 0, "labels": labels}))


def _missing(visit: Visit) -> None:
    """Which places of the group's have not reported today; nobody is named."""
    place = _place(visit)
    if place is None:
        return
    told = lacking.lacking(visit.connection, place[0], visit.now.date())
    visit.say(Say("office/missing", {"office": Office(Ask.MISSING, *place, at=visit.now), "told": told}))


def _listed(visit: Visit, code: str) -> list[str]:
    """The first compounds and villages of a place, however deep they lie below it."""
    below = figures.subtree(visit.connection, [code])
    levels = PLACE.c.level.in_((Level.COMPOUND.value, Level.VILLAGE.value))
    still = PLACE.c.closed.is_(None) | (PLACE.c.closed > visit.now.date())
    found = visit.connection.execute(select(PLACE.c.code).where(levels, still).order_by(PLACE.c.code)).scalars()
    return [each for each in found if each in below][:MOST]


SHOWN: Mapping[str, Callable[[Visit], None]] = {
    "board": _board,
    "streaks": _board,
    "summary": _summary,
    "missing": _missing,
}
"""What a group is told, by the word for it."""
